import type { WorkingTask } from '../../../ports/run-tasks.ts';

/** Names of functions of Waggle itself begin with this. */
const OWN = 'waggle.';

/** An agent of Waggle itself: it stays until the others have ended. */
export function isSystemTask(task: WorkingTask): boolean {
  return task.function?.startsWith(OWN) === true;
}
