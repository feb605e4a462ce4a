import { unreachable } from '../../util/assert.ts';
import type { Context, TaskInput } from '../inputs.ts';
import { accept, refuse, type Ruling } from '../ruling.ts';
import { shortReason } from '../short-reason.ts';
import type { AttemptResult, Claim, Failed, TaskFailure, Verdict } from './attempt.ts';
import { backoffMs, chargeFor, isFinal, isUnclear, MAX_CRASHES } from './retry.ts';
import { pauseMs } from '../quota/pause.ts';
import { isActive, isEnded, isWorking, type Task } from './task.ts';
import type { RetryPolicy, TaskSpec } from './task-spec.ts';

/** Pure: what happens because of `input`. Changes nothing; `apply` does, event by event. */
export function decideTask(task: Task, input: TaskInput, context: Context, defaults: RetryPolicy): Ruling {
  if ('attempt' in input && input.attempt !== task.attempt) {
    return refuse({ reason: 'attempt-stale', currentAttempt: task.attempt });
  }
  switch (input.type) {
    case 'attempt.end':
      return endAttempt(task, input.result, context, defaults);
    case 'attempt.judge':
      return judge(task, input.verdict, context, defaults);
    case 'attempt.report':
      if (!isWorking(task)) return wrongStatus(task);
      return accept({ type: 'attempt.reported', taskId: input.taskId, attempt: input.attempt, report: input.report });
    case 'task.retry':
      if (task.status !== 'backing-off' && task.status !== 'awaiting-quota') return wrongStatus(task);
      return accept({ type: 'task.became-ready', taskId: input.taskId });
    case 'task.cancel':
      return cancelTask(task, shortReason(input.reason));
    case 'task.settle':
      return settle(task, input.as);
    default:
      return unreachable(input);
  }
}

/** True when the coordinator has something of its own to check after the agent's claim. */
export function needsVerification(spec: TaskSpec): boolean {
  return (spec.verify?.length ?? 0) > 0 || spec.outputSchema !== undefined;
}

/** What a cancel means for a task in this state; nothing when it has ended already. */
export function cancelTask(task: Task, reason: string): Ruling {
  const taskId = task.identity.id;
  if (isEnded(task)) return task.status === 'cancelled' ? accept() : wrongStatus(task);
  if (task.status === 'cancelling') return accept();
  if (isActive(task)) return accept({ type: 'task.cancelling', taskId, reason });
  return accept({ type: 'task.cancelled', taskId, reason });
}

function wrongStatus(task: Task): Ruling {
  return refuse({ reason: 'status-wrong', status: task.status });
}

function endAttempt(task: Task, result: AttemptResult, context: Context, defaults: RetryPolicy): Ruling {
  const taskId = task.identity.id;
  if (task.status === 'cancelling') return endCancelled(task, result);
  // A new leader owes an end to claims whose check was lost too, but a claim is only checked again.
  if (!isWorking(task)) return wrongStatus(task);
  if (!result.ok) return failAttempt(task, result, context, defaults);
  if (task.status !== 'running') return wrongStatus(task);
  if (!needsVerification(task.identity.spec)) return succeed(task, result);
  const { outputs, evidence } = result;
  return accept({ type: 'attempt.claimed', taskId, attempt: task.attempt, outputs, evidence, ...measured(result) });
}

/** What it has printed and used by then counts, whatever its end was. What it had claimed before has its artifacts already. */
function endCancelled(task: Extract<Task, Readonly<{ status: 'cancelling' }>>, end: Measured): Ruling {
  const usage = end.usage ?? task.usage;
  const left = measured({ ...end, ...(usage === undefined ? {} : { usage }) });
  return accept({ type: 'task.cancelled', taskId: task.identity.id, reason: task.why, ...left });
}

function judge(task: Task, verdict: Verdict, context: Context, defaults: RetryPolicy): Ruling {
  if (task.status === 'cancelling') return endCancelled(task, verdict.ok ? verdict : {});
  if (task.status !== 'verifying') return wrongStatus(task);
  const { claim } = task;
  if (!verdict.ok)
    return failAttempt(task, { ok: false, failure: verdict.failure, ...measured(claim) }, context, defaults);
  const artifacts = [...(claim.artifacts ?? []), ...(verdict.artifacts ?? [])];
  return succeed(task, {
    ok: true,
    outputs: verdict.outputs,
    evidence: [...claim.evidence, ...verdict.evidence],
    ...(artifacts.length === 0 ? {} : { artifacts }),
    ...(claim.usage === undefined ? {} : { usage: claim.usage }),
  });
}

function succeed(task: Task, claim: Claim): Ruling {
  const { outputs, evidence } = claim;
  const taskId = task.identity.id;
  return accept({ type: 'task.succeeded', taskId, attempt: task.attempt, outputs, evidence, ...measured(claim) });
}

function failAttempt(task: Task, failed: Failed, context: Context, defaults: RetryPolicy): Ruling {
  const { identity, attempt } = task;
  const { spec, id: taskId } = identity;
  const { failure } = failed;
  const policy = spec.retry === undefined ? defaults : { ...defaults, ...spec.retry };
  const charge = chargeFor(failure);
  if (spec.effect === 'D' && !(failure.reason === 'agent-lost' && failure.begun === false)) {
    // Irreversible and unkeyed: never done again without a person's word.
    const type = isUnclear(failure) ? 'task.outcome-unknown' : 'task.failed';
    return accept({ type, taskId, attempt, failure, ...measured(failed) });
  }
  if (charge !== 'none' && isLast(task, failure, charge, policy)) {
    return accept({ type: 'task.failed', taskId, attempt, failure, ...measured(failed) });
  }
  const failures = task.charged + task.crashes + 1;
  const delayMs = delayOf(failure) ?? (charge === 'none' ? 0 : backoffMs(failures, policy, context));
  const retryAtMs = context.nowMs + delayMs;
  return accept({ type: 'attempt.failed', taskId, attempt, failure, charge, retryAtMs, ...measured(failed) });
}

/** Where the failure itself says when to try again. */
function delayOf(failure: TaskFailure): number | undefined {
  return failure.reason === 'quota-exceeded' ? pauseMs(failure) : undefined;
}

function isLast(task: Task, failure: TaskFailure, charge: 'attempt' | 'crash', policy: RetryPolicy): boolean {
  if (isFinal(failure, policy)) return true;
  if (charge === 'crash' && task.crashes + 1 >= MAX_CRASHES) return true;
  return task.charged + task.crashes + 1 >= policy.maxAttempts;
}

function settle(task: Task, as: 'succeeded' | 'failed' | 'retry'): Ruling {
  if (task.status !== 'outcome-unknown') return wrongStatus(task);
  const { attempt, failure } = task;
  const taskId = task.identity.id;
  if (as === 'retry') return accept({ type: 'task.became-ready', taskId });
  if (as === 'failed') return accept({ type: 'task.failed', taskId, attempt, failure });
  return accept({ type: 'task.succeeded', taskId, attempt, outputs: {}, evidence: [{ check: 'person', ok: true }] });
}

type Measured = Pick<Claim, 'artifacts' | 'usage'>;

/** Only what is there: an absent figure is unknown, and takes no room in the journal. */
function measured({ artifacts, usage }: Measured): Measured {
  if (artifacts === undefined && usage === undefined) return NOTHING_MEASURED;
  return { ...(artifacts === undefined ? {} : { artifacts }), ...(usage === undefined ? {} : { usage }) };
}

const NOTHING_MEASURED: Measured = {};
