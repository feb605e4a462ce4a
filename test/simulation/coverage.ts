import type { Effect } from '../../src/core/effects.ts';
import type { SwarmEvent, TaskEvent } from '../../src/core/events.ts';
import type { Refusal } from '../../src/core/ruling.ts';
import type { TaskFailure } from '../../src/core/tasks/attempt.ts';
import type { Status } from './checkers/books.ts';
import type { Marks } from './marks.ts';

/** Complete by type: whoever adds one adds it here, and says why where no world can have it. */
type Table<Name extends string> = Readonly<Record<Name, 'seen' | Unreachable>>;
type Unreachable = Readonly<{ never: string }>;

const never = (why: string): Unreachable => ({ never: why });

const EVENTS: Table<SwarmEvent['type']> = {
  'account.paused': 'seen',
  'account.resumed': 'seen',
  'agent.draining': 'seen',
  'agent.health-changed': 'seen',
  'agent.overloaded': 'seen',
  'agent.relieved': 'seen',
  'agent.removed': 'seen',
  'agent.restart-planned': 'seen',
  'agent.restarted': 'seen',
  'agent.revived': 'seen',
  'agent.stopped': 'seen',
  'agents.registered': 'seen',
  'alert.acted': 'seen',
  'alert.cleared': 'seen',
  'alert.fired': 'seen',
  'alert.pending': 'seen',
  'alert.resolved': 'seen',
  'attempt.assigned': 'seen',
  'attempt.awaiting': 'seen',
  'attempt.claimed': 'seen',
  'attempt.failed': 'seen',
  'attempt.reported': 'seen',
  'attempt.resumed': 'seen',
  'breaker.closed': 'seen',
  'breaker.half-opened': 'seen',
  'breaker.opened': 'seen',
  'config.changed': 'seen',
  'host.draining': 'seen',
  'host.joined': 'seen',
  'host.left': 'seen',
  'host.lost': 'seen',
  'host.registered': 'seen',
  'memory.cleared': 'seen',
  'memory.invalidated': 'seen',
  'message.sent': 'seen',
  'messages.acknowledged': 'seen',
  'messages.died': 'seen',
  'metrics.sampled': 'seen',
  'proposal.acted': 'seen',
  'proposal.closed': 'seen',
  'proposal.opened': 'seen',
  'proposal.veto-judged': 'seen',
  'proposal.voted': 'seen',
  'proposal.voting-ended': 'seen',
  'reservation.reviewed': 'seen',
  'reservation.shrunk': never('attempts end before two windows of what they use are full'),
  'run.created': 'seen',
  'run.ending': 'seen',
  'run.finished': 'seen',
  'run.paused': 'seen',
  'run.resumed': 'seen',
  'scaling.decided': 'seen',
  'scaling.settled': 'seen',
  'task.became-ready': 'seen',
  'task.cancelled': 'seen',
  'task.cancelling': 'seen',
  'task.failed': 'seen',
  'task.outcome-unknown': 'seen',
  'task.skipped': 'seen',
  'task.succeeded': 'seen',
  'tasks.added': 'seen',
  'tasks.delegated': 'seen',
  'topic.subscribed': 'seen',
  'topic.unsubscribed': never('no agent of a world unsubscribes'),
  'tuning.decided': 'seen',
  'tuning.ended': 'seen',
};

const REFUSALS: Table<Refusal['reason']> = {
  'agent-unknown': 'seen',
  'already-cast': 'seen',
  'attempt-stale': 'seen',
  'content-differs': 'seen',
  'credential-wrong': never('members of a world have no credentials'),
  'delegation-invalid': 'seen',
  'graph-invalid': never('drawn graphs can run'),
  'host-invalid': never('hosts say what can be'),
  'host-unknown': 'seen',
  'limit-reached': 'seen',
  'mailbox-full': 'seen',
  'message-conflict': never('the same id has the same content'),
  'message-invalid': never('drawn messages can be sent'),
  'message-unknown': never('answers are to what was received'),
  'not-a-member': 'seen',
  'option-invalid': 'seen',
  'proposal-closed': 'seen',
  'proposal-conflict': never('each name is drawn once'),
  'proposal-invalid': never('drawn proposals can be voted on'),
  'proposal-unknown': 'seen',
  'recipient-unknown': 'seen',
  'run-conflict': 'seen',
  'run-unknown': 'seen',
  'status-wrong': 'seen',
  'task-unknown': 'seen',
  'veto-not-allowed': 'seen',
};

const FAILURES: Table<TaskFailure['reason']> = {
  'agent-lost': 'seen',
  'budget-exhausted': never('grants of sub-tasks are not drawn'),
  'check-failed': 'seen',
  'children-failed': 'seen',
  'children-open': 'seen',
  'coordinator-lost': 'seen',
  crashed: 'seen',
  'exit-non-zero': 'seen',
  'expression-failed': 'seen',
  'internal-error': 'seen',
  'limit-exceeded': 'seen',
  'no-result': 'seen',
  'quota-exceeded': 'seen',
  stalled: never('the driver of functions has no such clock'),
  'start-failed': 'seen',
  stopped: 'seen',
  threw: 'seen',
  'timed-out': 'seen',
};

const EFFECTS: Table<Effect['type']> = {
  'adopt-attempt': never('owed to a new leader alone, and not asked for by an event'),
  'apply-setting': 'seen',
  'await-host': never('owed to a new leader alone, and not asked for by an event'),
  'clean-up-run': 'seen',
  'confirm-veto': 'seen',
  'drain-host': 'seen',
  'forget-wake': 'seen',
  'go-on': 'seen',
  'invalidate-memory': 'seen',
  notify: 'seen',
  'perform-approved': 'seen',
  provision: 'seen',
  'restart-agent': 'seen',
  'run-attempt': 'seen',
  'stop-attempt': 'seen',
  'stop-veto-checks': 'seen',
  'tell-child-ended': 'seen',
  'tell-cleared': 'seen',
  'tell-outcome': 'seen',
  'tell-recipients': 'seen',
  'verify-attempt': 'seen',
  'wake-at': 'seen',
  'watch-load': 'seen',
  'withdraw-offers': 'seen',
};

/** States in which each event of a task must have been seen. */
const STATES: Readonly<Record<TaskEvent['type'], readonly Status[]>> = {
  'attempt.assigned': ['ready'],
  'attempt.awaiting': ['running'],
  'attempt.claimed': ['running'],
  'attempt.failed': ['running', 'verifying', 'awaiting'],
  'attempt.reported': ['running'],
  'attempt.resumed': ['awaiting'],
  'reservation.reviewed': ['running'],
  'reservation.shrunk': [],
  'task.became-ready': ['waiting', 'backing-off', 'unknown'],
  'task.cancelled': ['waiting', 'ready', 'backing-off', 'cancelling', 'unknown'],
  'task.cancelling': ['running', 'verifying', 'awaiting'],
  'task.failed': ['running', 'verifying', 'unknown'],
  'task.outcome-unknown': ['running', 'verifying'],
  'task.skipped': ['waiting'],
  'task.succeeded': ['running', 'verifying', 'unknown'],
};

/** How calls of what is outside must have gone. */
const OUTCOMES: readonly string[] = [
  ...['ok', 'epoch-stale', 'store-full', 'fails', 'unheard'].map((outcome) => `append ${outcome}`),
  ...['ok', 'fails', 'throws', 'hangs', 'epoch-stale'].map((outcome) => `provision ${outcome}`),
  ...['ok', 'version-differs', 'attempt-stale', 'fails'].map((outcome) => `memory ${outcome}`),
  'remember epoch-stale',
];

/** What must have become of votes that the coordinator asks for of its own accord. */
const OWN_VOTES: readonly string[] = ['scaling', 'adjustment'].flatMap((kind) =>
  ['approved', 'rejected', 'expired', 'done'].map((what) => `${kind} ${what}`),
);

/** Fewer seeds may miss what is rare. */
const ENOUGH_SEEDS = 150_000;

/** What there is, and no world has shown; and what should not be, and was seen. */
export function unseen(marks: Marks): readonly string[] {
  const events = new Set([...marks.keys()].map((mark) => mark.slice(mark.lastIndexOf(' ') + 1)));
  const missing = (kind: string, table: Table<string>, isSeen: (name: string) => boolean): readonly string[] =>
    Object.entries(table).flatMap(([name, what]) => {
      if (isSeen(name) === (what === 'seen')) return [];
      return what === 'seen' ? [`${kind} ${name}`] : [`${kind} ${name} is seen, and ${what.never}`];
    });
  const states = Object.entries(STATES).flatMap(([type, from]) => from.map((status) => `task ${status} ${type}`));
  return [
    ...missing('event', EVENTS, (name) => events.has(name)),
    ...missing('refusal', REFUSALS, (name) => marks.has(`refusal ${name}`)),
    ...missing('failure', FAILURES, (name) => marks.has(`failure ${name}`)),
    ...missing('effect', EFFECTS, (name) => marks.has(`effect ${name}`)),
    ...[...states, ...OUTCOMES, ...OWN_VOTES].filter((mark) => !marks.has(mark)),
  ];
}

/** Enough seeds, and still something was not seen. */
export function isTooLittle(missing: readonly string[], seeds: number): boolean {
  return missing.length > 0 && seeds >= ENOUGH_SEEDS;
}
