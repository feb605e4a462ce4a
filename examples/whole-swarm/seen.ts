import { strict as assert } from 'node:assert';
import type { SwarmEvent } from '../../src/index.ts';

type Seen = (events: readonly SwarmEvent[]) => boolean;
type Type = SwarmEvent['type'];

const has =
  (...types: readonly Type[]): Seen =>
  (events) =>
    types.every((type) => events.some((event) => event.type === type));
const closed =
  (outcome: string): Seen =>
  (events) =>
    events.some((event) => event.type === 'proposal.closed' && event.outcome === outcome);

/** What must have happened, and how the events of the run show it. */
const MECHANISMS: readonly (readonly [what: string, seen: Seen])[] = [
  ['a task has delegated, and waited without its place', has('tasks.delegated', 'attempt.awaiting', 'attempt.resumed')],
  [
    'messages were sent and received, and one found nobody',
    (events) =>
      has('messages.acknowledged')(events) &&
      events.some((event) => event.type === 'message.sent' && (event.dead?.length ?? 0) > 0),
  ],
  ['a vote has passed', closed('approved')],
  ['a vote has failed', closed('rejected')],
  ['a vote has expired', closed('expired')],
  ['a breaker has opened, tried and closed', has('breaker.opened', 'breaker.half-opened', 'breaker.closed')],
  [
    'an agent was lost, and another one did its task',
    (events) =>
      events.some((event) => event.type === 'attempt.failed' && event.failure.reason === 'agent-lost') &&
      events.some((event) => event.type === 'task.succeeded' && event.taskId.endsWith('/dig') && event.attempt > 1),
  ],
  [
    'a group has grown and shrunk',
    (events) => {
      const changes = events.filter((event) => event.type === 'scaling.decided');
      return changes.some(({ from, to }) => to > from) && changes.some(({ from, to }) => to < from);
    },
  ],
  [
    'a budget has refused',
    (events) => events.some((event) => event.type === 'task.failed' && event.failure.reason === 'budget-exhausted'),
  ],
  ['what was remembered was forgotten by a pattern', has('memory.invalidated')],
  ['an alert has fired and acted', has('alert.fired', 'alert.acted', 'run.paused', 'run.resumed')],
];

/** One line per mechanism. Throws for what has not happened. */
export function tellWhatHappened(events: readonly SwarmEvent[]): readonly string[] {
  const missing = MECHANISMS.filter(([, seen]) => !seen(events)).map(([what]) => what);
  assert.deepEqual(missing, []);
  return MECHANISMS.map(([what]) => `✓ ${what}`);
}
