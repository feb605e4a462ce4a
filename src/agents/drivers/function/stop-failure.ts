import type { Failed } from '../../../core/tasks/attempt.ts';
import type { TaskSpec } from '../../../core/tasks/task-spec.ts';

/** A task without a timeout of its own has this one, ms. Source: docs/semantics.md, Tasks. */
const DEFAULT_TIMEOUT_MS = 3_600_000;

/** How an attempt ends that was stopped for `reason`. */
export function stopFailure(reason: unknown, spec: TaskSpec): Failed {
  if (reason === 'timed-out') {
    const afterMs = spec.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    return { ok: false, failure: { reason: 'timed-out', afterMs, tail: '' } };
  }
  if (reason === 'lead-lost') return { ok: false, failure: { reason: 'coordinator-lost' } };
  const why = reason === 'paused' || reason === 'draining' ? reason : 'cancelled';
  return { ok: false, failure: { reason: 'stopped', why } };
}

const MAX_MESSAGE_LENGTH = 2_000;
const MAX_STACK_LENGTH = 8_000;

/** What a function threw, which may be anything. */
export function threw(error: unknown): Failed {
  const message = messageOf(error).slice(0, MAX_MESSAGE_LENGTH).toWellFormed();
  const stack = error instanceof Error ? error.stack?.slice(0, MAX_STACK_LENGTH).toWellFormed() : undefined;
  return { ok: false, failure: { reason: 'threw', message, ...(stack !== undefined && { stack }) } };
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message === '' ? error.name : error.message;
  try {
    return typeof error === 'string' ? error : `It threw ${JSON.stringify(error) ?? typeof error}.`;
  } catch {
    return 'It threw something that cannot be shown.';
  }
}
