import type { MessageEvent, MessageRecord } from '../../app/views.ts';
import { duration, plural, when } from './format.ts';
import type { Style } from './style.ts';
import { visible, wrap } from './text.ts';

const WIDEST = 120;

/** How it was addressed: `task:b`, `all`, or `topic findings.secrets`. */
export function addressWords({ message }: Pick<MessageRecord, 'message'>): string {
  return visible(message.topic === undefined ? (message.to ?? '') : `topic ${message.topic}`);
}

type Standing = Readonly<{ waiting: number; read: number; dead: number }>;

export function standingOf({ deliveries }: MessageRecord): Standing {
  const count = (state: string): number => deliveries.filter((delivery) => delivery.state === state).length;
  return { waiting: count('waiting'), read: count('acknowledged'), dead: count('dead') };
}

/** `read`, `waits`, `dead: expired`; of several recipients how many. */
export function standingWords(record: MessageRecord): string {
  const { deliveries } = record;
  const [only] = deliveries;
  if (only === undefined) return 'nobody there';
  const { waiting, read, dead } = standingOf(record);
  if (deliveries.length === 1) {
    if (only.state === 'waiting') return 'waits';
    return only.state === 'dead' ? `dead: ${DEATHS[only.why ?? 'expired']}` : 'read';
  }
  const parts = [
    ...(read > 0 ? [`${read} read`] : []),
    ...(waiting > 0 ? [`${waiting} wait`] : []),
    ...(dead > 0 ? [`${dead} dead`] : []),
  ];
  return parts.join(', ');
}

const DEATHS = {
  expired: 'expired',
  'mailbox-full': 'mailbox full',
  'recipient-gone': 'recipient gone',
  'run-ended': 'run ended',
} as const;

export function standingColour(record: MessageRecord, style: Style): (text: string) => string {
  const { waiting, dead } = standingOf(record);
  if (dead > 0) return style.red;
  return waiting > 0 ? style.yellow : style.green;
}

/** One message with all that became of it. */
export function messageLines(record: MessageRecord, style: Style, columns: number): readonly string[] {
  const width = Math.min(columns, WIDEST);
  const { message, from, runId, hops, bytes, sentAtMs, deliveries } = record;
  const nowMs = Date.now();
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['from', visible(from)],
    ['to', addressWords(record)],
    ['priority', message.priority],
    ['answers', message.replyTo],
    ['follows', message.cause],
    ['chain', hops > 1 ? `message ${hops} of its chain` : undefined],
    ['sent', when(sentAtMs, nowMs)],
    ['size', plural(bytes, 'byte')],
  ];
  return [
    `${style.bold(visible(message.type))}  ${runId} ${visible(message.id)}`,
    ...facts.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(10)}${visible(text)}`])),
    '',
    ...wrap(visible(JSON.stringify(message.body)), width - 2).map((line) => `  ${line}`),
    '',
    ...deliveries.map((delivery) => `  ${visible(delivery.address).padEnd(24)}${deliveryWords(delivery)}`),
  ];
}

function deliveryWords({ state, why, waitedMs }: MessageRecord['deliveries'][number]): string {
  if (state === 'waiting') return 'waits';
  if (state === 'dead') return `dead letter: ${DEATHS[why ?? 'expired']}`;
  return waitedMs === undefined ? 'read' : `read, ${duration(waitedMs)} after it was sent`;
}

/** What one event of the mail of a run means, in a line. */
export function mailLine(event: MessageEvent, style: Style): string {
  switch (event.type) {
    case 'message.sent': {
      const { from, message, no, recipients } = event;
      const to = message.topic === undefined ? (message.to ?? '') : `topic ${message.topic}`;
      const count = recipients.length === 1 ? '' : ` (${plural(recipients.length, 'recipient')})`;
      const head = `#${no} ${visible(from)} → ${visible(to)}${count}`;
      return `${head}  ${style.bold(visible(message.type))}  ${visible(JSON.stringify(message.body))}`;
    }
    case 'messages.acknowledged':
      return style.dim(`${visible(event.address)} has read ${namesOf(event.ids)}`);
    case 'messages.died':
      return style.red(`dead for ${visible(event.address)} (${DEATHS[event.why]}): ${namesOf(event.ids)}`);
    case 'topic.subscribed':
      return style.dim(`${visible(event.address)} subscribes to ${visible(event.pattern)}`);
    case 'topic.unsubscribed':
      return style.dim(`${visible(event.address)} does not subscribe to ${visible(event.pattern)} any more`);
  }
}

function namesOf(ids: readonly string[]): string {
  const shown = ids.slice(0, 3).map(visible).join(', ');
  return ids.length > 3 ? `${shown} and ${ids.length - 3} more` : shown;
}
