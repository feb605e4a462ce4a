import { nameOf, type TaskId } from '../ids.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';
import type { StoredStatus, TaskRow } from './rows.ts';

export type SpecOf = (row: TaskRow) => TaskSpec;

/**
 * Of the tasks to which nothing has happened yet, those that are not ready. A task without a condition is ready when
 * all its needs have succeeded, and there is no event for that; every other one waits for an event.
 */
export function blockedTasks(rows: readonly TaskRow[], specOf: SpecOf): ReadonlySet<TaskId> {
  const waiting = rows.filter(({ status }) => status === 'added');
  if (waiting.length === 0) return new Set();
  const standing = new Map<string, StoredStatus>(rows.map(({ taskId, status }) => [nameOf(taskId), status]));
  const blocked = new Set<TaskId>();
  for (const row of waiting) {
    const { needs, when = 'success', if: condition } = specOf(row);
    const isPlain = when === 'success' && condition === undefined;
    if (!isPlain || needs.some((need) => standing.get(need) !== 'succeeded')) blocked.add(row.taskId);
  }
  return blocked;
}
