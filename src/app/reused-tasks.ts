import type { TaskSpec } from '../core/tasks/task-spec.ts';

/** The function that gives back what an earlier run has found. */
export const REUSE = 'waggle.reuse';

/** Not done in its run: it stands for a task of the run that this one does again. */
export function isReused({ work }: TaskSpec): boolean {
  return work.kind === 'function' && work.function === REUSE;
}
