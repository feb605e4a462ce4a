import assert from 'node:assert/strict';
import type { Usage } from '../../src/core/tasks/attempt.ts';
import { childrenOf, ENDED, isActive, isLive, type RunLine, type TaskLine } from './ledger-lines.ts';

type Kind = 'tokens' | 'costMicros';

export function tokensOf(usage: Usage | undefined): number | undefined {
  if (usage?.inputTokens === undefined && usage?.outputTokens === undefined) return undefined;
  return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
}

/** What one attempt of the task may spend itself. */
export function ownShareOf({ spec: { grant, delegate } }: TaskLine, kind: Kind): number {
  const granted = grant?.[kind] ?? 0;
  return delegate === undefined ? granted : Math.min(granted, delegate.keep?.[kind] ?? 0);
}

export function holdsBudget(run: RunLine): boolean {
  const { budget } = run.spec;
  const lines = [...run.tasks.values()];
  const top = lines.filter(({ spec }) => spec.child === undefined);
  const taken = (kind: Kind): number => top.reduce((sum, task) => sum + takenBy(run, task, kind), 0);
  return (
    run.attempts <= (budget.attempts ?? Infinity) &&
    lines.filter(isActive).length <= (budget.agents ?? Infinity) &&
    (budget.tokens === undefined || taken('tokens') <= budget.tokens) &&
    (budget.costMicros === undefined || taken('costMicros') <= budget.costMicros)
  );
}

/** What the task takes of whoever pays for it: its own, and what is held back for those below it. */
function takenBy(run: RunLine, task: TaskLine, kind: Kind): number {
  const own = task[kind] + (isLive(task) ? ownShareOf(task, kind) : 0);
  const pool = poolOf(task, kind);
  const below = childrenOf(run, task).reduce((sum, child) => sum + takenBy(run, child, kind), 0);
  if (pool === undefined) return own + below;
  assert.ok(below <= pool, `the sub-tasks of ${task.id} take ${below} ${kind}, but were granted ${pool}`);
  const isFunded = task.attempt > 0 && !isSettled(run, task);
  return own + (isFunded ? pool : below);
}

/** What all below the task may spend; undefined when that is for somebody further up to say. */
function poolOf(task: TaskLine, kind: Kind): number | undefined {
  const granted = task.spec.grant?.[kind];
  return task.spec.delegate === undefined || granted === undefined ? undefined : granted - ownShareOf(task, kind);
}

function isSettled(run: RunLine, task: TaskLine): boolean {
  return ENDED.has(task.status) && childrenOf(run, task).every((child) => isSettled(run, child));
}
