import type { SwarmEvent } from '../events.ts';

/** What whoever looks after a swarm should know now. `key`: a receiver drops repeats by it. */
export type Notice = Readonly<{ key: string; severity: 'info' | 'warning' | 'critical'; title: string; text: string }>;

/** Events that are told of. */
export type NoticedEvent = Extract<
  SwarmEvent,
  {
    type:
      | 'agent.health-changed'
      | 'agent.stopped'
      | 'alert.fired'
      | 'alert.resolved'
      | 'breaker.opened'
      | 'account.paused';
  }
>;

const HOUR_MS = 3_600_000;

/** `atMs`: when it happened, in led time. */
export function noticeOf(event: NoticedEvent, atMs: number): Notice {
  switch (event.type) {
    case 'agent.health-changed':
      return {
        key: `health:${event.agentId}:${event.status}:${atMs}`,
        severity: event.status === 'lost' ? 'critical' : 'warning',
        title: `Agent ${event.agentId} is ${event.status}`,
        text:
          event.status === 'lost' ? 'Its tasks go to other agents, and it is started anew.' : event.causes.join(', '),
      };
    case 'agent.stopped':
      return {
        key: `stopped:${event.agentId}:${atMs}`,
        severity: 'critical',
        title: `Agent ${event.agentId} was stopped`,
        text: `It was started anew ${event.restarts} times in a minute. It stays out until somebody lets it begin again.`,
      };
    case 'alert.fired':
      return {
        key: `alert:${event.key}:${event.episode}`,
        severity: event.severity,
        title: `Alert ${event.key}`,
        text: textOf(event),
      };
    case 'alert.resolved':
      return {
        key: `resolved:${event.key}:${event.episode}`,
        severity: 'info',
        title: `Alert ${event.key} is over`,
        text: event.cause === 'over' ? 'What it warned of is so no more.' : 'Nobody asks for it any more.',
      };
    case 'account.paused':
      return {
        // A pause is prolonged again and again: told once an hour.
        key: `account:${event.account}:${event.kind}:${Math.floor(event.untilMs / HOUR_MS)}`,
        severity: 'warning',
        title: `Account ${event.account} takes nothing for now`,
        text: `Tasks that need it wait, lose no attempt, and go on by themselves. Reason: ${event.kind}.`,
      };
    case 'breaker.opened':
      return {
        key: `breaker:${event.key}:${event.untilMs}`,
        severity: 'warning',
        title: `Nothing goes to ${event.key.replace(':', ' ')} for now`,
        text: `${event.failures === 0 ? 'An alert asked for that.' : `${event.failures} attempts in a row failed.`} One at a time is let through after a while.`,
      };
  }
}

function textOf({ description, condition, figure }: Extract<NoticedEvent, { type: 'alert.fired' }>): string {
  const words = description === condition ? condition : `${description} ${condition}`;
  return `${words}${figure === null ? '' : `, now ${figure}`}.`;
}
