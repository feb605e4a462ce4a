import assert from 'node:assert/strict';
import type { TaskEvent } from '../../src/core/events.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';
import { ENDED, type RunLine, type TaskLine } from './ledger-lines.ts';

/** What `when` promises about the needs of a task that may start. */
export function assertNeeds(run: RunLine, { id, spec }: TaskLine): void {
  const needs = spec.needs.map((name) => run.tasks.get(name));
  for (const need of needs) {
    assert.ok(need !== undefined && ENDED.has(need.status), `${id} starts before ${need?.id ?? 'a need'} has ended`);
  }
  const haveAllSucceeded = needs.every((need) => need?.status === 'succeeded');
  if ((spec.when ?? 'success') === 'success') assert.ok(haveAllSucceeded, `${id} starts after a need that failed`);
  if (spec.when === 'failed') assert.ok(!haveAllSucceeded, `${id} starts although nothing failed`);
}

/** A task is skipped for a reason that is true, and that names where it began. */
export function assertSkip(
  run: RunLine,
  task: TaskLine,
  { cause }: Extract<TaskEvent, { type: 'task.skipped' }>,
): void {
  if (cause.reason === 'condition-false') return assertNeeds(run, task);
  const needs = task.spec.needs.map((name) => run.tasks.get(name)?.status);
  for (const status of needs) assert.ok(status !== undefined && ENDED.has(status), `${task.id} is skipped too early`);
  if (cause.reason === 'nothing-failed') {
    return assert.ok(
      needs.every((status) => status === 'succeeded'),
      `${task.id}: something did fail`,
    );
  }
  const root = run.tasks.get(cause.task);
  assert.ok(root !== undefined && ENDED.has(root.status) && root.status !== 'succeeded', `${task.id}: wrong cause`);
  assert.ok(isAbove(run, cause.task, task.spec), `${task.id}: ${cause.task} has nothing to do with it`);
}

function isAbove(run: RunLine, name: string, below: TaskSpec): boolean {
  const seen = new Set<string>(below.needs);
  for (const need of seen) for (const next of run.tasks.get(need)?.spec.needs ?? []) seen.add(next);
  return seen.has(name);
}
