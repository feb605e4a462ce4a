import { unreachable } from '../../util/assert.ts';
import type { Context } from '../inputs.ts';
import type { TaskFailure } from './attempt.ts';
import type { RetryPolicy } from './task-spec.ts';

/** Attempts that may end in a crash before the task fails. Source: docs/semantics.md, Tasks. */
export const MAX_CRASHES = 2;

/** What a failed attempt counts against: the task's attempts, its crashes, or nothing when it was not its fault. */
export function chargeFor(failure: TaskFailure): 'attempt' | 'crash' | 'none' {
  switch (failure.reason) {
    case 'coordinator-lost':
    case 'agent-lost':
    case 'stopped':
    case 'quota-exceeded':
      return 'none';
    case 'crashed':
      return 'crash';
    case 'limit-exceeded':
      return failure.limit === 'memory' ? 'crash' : 'attempt';
    case 'exit-non-zero':
    case 'timed-out':
    case 'stalled':
    case 'start-failed':
    case 'threw':
    case 'no-result':
    case 'check-failed':
    case 'expression-failed':
    case 'children-open':
    case 'children-failed':
    case 'budget-exhausted':
    case 'internal-error':
      return 'attempt';
    default:
      return unreachable(failure);
  }
}

const FINAL: ReadonlySet<TaskFailure['reason']> = new Set(['start-failed', 'expression-failed', 'budget-exhausted']);

/** Failures that another attempt cannot mend. */
export function isFinal(failure: TaskFailure, policy: RetryPolicy): boolean {
  const { reason } = failure;
  return FINAL.has(reason) || policy.nonRetryable.includes(reason);
}

/** Ends of which nobody knows whether the act happened. */
export function isUnclear(failure: TaskFailure): boolean {
  const { reason } = failure;
  return !(
    reason === 'exit-non-zero' ||
    reason === 'threw' ||
    reason === 'start-failed' ||
    reason === 'no-result' ||
    reason === 'check-failed' ||
    reason === 'expression-failed'
  );
}

/** ms until the attempt after `failures` charged ones: doubling, capped, plus up to 20 % jitter. */
export function backoffMs(failures: number, policy: RetryPolicy, { random }: Context): number {
  const baseMs = Math.min(policy.firstDelayMs * 2 ** Math.min(failures - 1, 30), policy.maxDelayMs);
  return baseMs + Math.floor((baseMs * (random % 1024)) / (5 * 1024));
}
