import { Account } from '../budgets/account.ts';
import { poolOf } from '../budgets/shares.ts';
import { taskId, type TaskId } from '../ids.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import type { Family } from './family.ts';
import { isEnded, type Task, type TaskIdentity } from './task.ts';
import type { TaskSpec } from './task-spec.ts';

/** The family of a task; made when it is first asked for. */
export function familyOf(run: Run, { id, spec }: TaskIdentity): Family {
  const known = run.families.get(id);
  if (known !== undefined) return known;
  const account = new Account(poolOf(spec));
  const family: Family = { children: new Map(), all: [], account, revisions: 0, unsettled: 0, isFunded: false };
  run.families.set(id, family);
  return family;
}

/** Id of the task that has added this one. */
export function parentOf(run: Run, { child }: TaskSpec): TaskId | undefined {
  return child === undefined ? undefined : taskId(run.id, child.parent);
}

/** Sub-tasks that have not ended, in the order in which they came. */
export function openChildren({ tasks }: Swarm, run: Run, id: TaskId): readonly Task[] {
  const all = run.families.get(id)?.all ?? [];
  return all.flatMap((child) => {
    const task = tasks.get(child);
    return task === undefined || isEnded(task) ? [] : [task];
  });
}

/** Nothing of the task can change or cost anything any more: it has ended, and so has all below it. */
export function isSettled(run: Run, task: Task): boolean {
  return isEnded(task) && (run.families.get(task.identity.id)?.unsettled ?? 0) === 0;
}
