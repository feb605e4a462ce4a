import type { AccountEvent } from '../../../src/core/quota/account-events.ts';
import type { TaskEvent } from '../../../src/core/events.ts';
import type { TaskFailure } from '../../../src/core/tasks/attempt.ts';
import type { Books } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

type Must = ReturnType<typeof checkerOf>;
type NoQuota = Extract<TaskFailure, { reason: 'quota-exceeded' }>;

const UNSAID_MS = 60_000;
const LEAST_MS = 1_000;
const MOST_MS = 3_600_000;

/** An account whose quota is used up gets no work until its time is over, and no task pays for it. */
export function quotaChecker(tell: Tell, books: Books): Checker {
  const must = checkerOf(tell);
  const pauses: Pauses = { paused: new Map(), owed: new Map(), maybe: undefined };
  const { paused, owed } = pauses;
  return {
    before: ({ event, atMs }) => {
      if (event.type === 'account.paused' || event.type === 'account.resumed') {
        return noteAccount(must, pauses, event, atMs);
      }
      if (event.type === 'attempt.assigned') {
        const account = books.agents.get(event.agentId)?.account ?? '';
        must(!paused.has(account), 'paused-account', `${event.taskId} starts on ${account}, which is paused`);
        must(!owed.has(account), 'quota-pauses', `${event.taskId} starts on ${account}, which has no quota`);
      }
      // What it ended with is not stored; it may have met an empty quota.
      pauses.maybe = event.type === 'task.cancelled' ? accountOf(books, event.taskId) : undefined;
      if ('taskId' in event) noteEnd(must, books, pauses, { event, atMs });
    },
    ended: () => {
      must(paused.size === 0, 'account-resumes', `${[...paused.keys()].join(', ')} are still paused`);
      must(owed.size === 0, 'quota-pauses', `${[...owed.keys()].join(', ')} were never paused`);
    },
  };
}

type Pauses = {
  /** Until when, led time. */
  readonly paused: Map<string, number>;
  /** What the last refusals ask for at least, and nobody has decided yet. */
  readonly owed: Map<string, number>;
  /** The account of an attempt whose end is not told. */
  maybe: string | undefined;
};

function accountOf(books: Books, taskId: string): string | undefined {
  return books.agents.get(books.task(taskId)?.agentId ?? '')?.account;
}

/** What a refusal asks for is owed from here on. */
function noteEnd(must: Must, books: Books, pauses: Pauses, { event, atMs }: { event: TaskEvent; atMs: number }): void {
  const failure = 'failure' in event ? event.failure : undefined;
  // A person may have said so, about what was unclear.
  if (failure?.reason !== 'quota-exceeded' || books.task(event.taskId)?.status === 'unknown') return;
  checkFree(must, event, failure, atMs);
  const account = accountOf(books, event.taskId);
  const untilMs = atMs + waitMs(failure);
  if (account !== undefined && untilMs > (pauses.paused.get(account) ?? 0)) pauses.owed.set(account, untilMs);
}

function noteAccount(must: Must, { paused, owed, maybe }: Pauses, event: AccountEvent, atMs: number): void {
  const { account } = event;
  const before = paused.get(account);
  if (event.type === 'account.resumed') {
    must(before !== undefined && atMs >= before, 'account-time', `${account} resumes at ${atMs}, not at ${before}`);
    paused.delete(account);
    return;
  }
  const { untilMs } = event;
  must(untilMs > (before ?? 0), 'account-time', `${account} is paused until ${untilMs}, and was until ${before}`);
  must(untilMs - atMs >= LEAST_MS && untilMs - atMs <= MOST_MS, 'account-time', `${account} waits ${untilMs - atMs}`);
  const asked = owed.get(account);
  const isAsked = asked === undefined ? maybe === account : untilMs >= asked;
  must(isAsked, 'account-time', `${account} is paused until ${untilMs}, not ${asked}`);
  owed.delete(account);
  paused.set(account, untilMs);
}

function checkFree(must: Must, event: TaskEvent, failure: NoQuota, atMs: number): void {
  must(event.type !== 'task.failed', 'quota-is-free', `${event.taskId} fails because an account has no quota`);
  if (event.type !== 'attempt.failed') return;
  must(event.charge === 'none', 'quota-is-free', `${event.taskId} is charged for an account without quota`);
  const early = atMs + waitMs(failure) - event.retryAtMs;
  must(early <= 0, 'quota-is-free', `${event.taskId} is tried again ${early} ms too early`);
}

/** What the provider asks for, but at least a second and at most an hour. */
function waitMs({ retryAfterMs = UNSAID_MS }: NoQuota): number {
  return Math.ceil(Math.min(MOST_MS, Math.max(LEAST_MS, retryAfterMs)));
}
