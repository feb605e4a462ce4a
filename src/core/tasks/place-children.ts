import { assert } from '../../util/assert.ts';
import type { SwarmEvent } from '../events.ts';
import { taskId, type TaskId } from '../ids.ts';
import { subscribeTask } from '../messaging/mail-of-run.ts';
import { settleNeeds } from '../place-task.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import { familyOf } from './families.ts';
import { newTask, type TaskIdentity } from './task.ts';
import type { TaskSpec } from './task-spec.ts';

type Delegated = Extract<SwarmEvent, { type: 'tasks.delegated' }>;

/** Sub-tasks come into the run, and those without open needs are ready. */
export function applyDelegation(swarm: Swarm, run: Run, event: Delegated, atMs: number): void {
  const { parent, attempt, tasks, adopted } = event;
  const children = tasks.map((spec, place): TaskIdentity => {
    const id = taskId(run.id, spec.name);
    return { id, runId: run.id, index: run.graph.size + place, spec };
  });
  addChildren(run, children);
  adopt(run, taskId(run.id, parent), adopted, attempt);
  for (const identity of children) {
    run.taskCount++;
    run.counts.blocked++;
    subscribeTask(run, identity.spec);
    run.cells.push(swarm.tasks.add(newTask(identity)));
  }
  for (const { index } of children) if (run.graph.needsState(index) !== 'open') settleNeeds(swarm, run, index, atMs);
}

/** Puts sub-tasks of one parent into the graph and the family. */
export function addChildren(run: Run, children: readonly TaskIdentity[]): void {
  const [first] = children;
  if (first === undefined) return;
  const place = run.graph.placeOf(first.spec.child?.parent ?? '');
  assert(place !== undefined, `the sub-task ${first.id} has no parent`);
  const family = familyOf(run, run.graph.identity(place));
  run.graph.addLate(children, place);
  for (const { id, spec } of children) {
    const child = childOf(spec);
    family.children.set(child.name, { id, contentKey: child.contentKey, adoptedBy: child.attempt });
    family.all.push(id);
    family.revisions = Math.max(family.revisions, child.revision);
    family.unsettled++;
  }
}

/** An attempt takes over what an earlier one has asked for; by full names. */
export function adopt(run: Run, parent: TaskId, names: readonly string[], attempt: number): void {
  const family = run.families.get(parent);
  for (const name of names) {
    const place = run.graph.placeOf(name);
    const own = place === undefined ? undefined : childOf(run.graph.identity(place).spec).name;
    const child = own === undefined ? undefined : family?.children.get(own);
    assert(own !== undefined && child !== undefined, `${parent} takes over ${name}, which it never had`);
    family?.children.set(own, { ...child, adoptedBy: attempt });
  }
}

function childOf({ name, child }: TaskSpec): NonNullable<TaskSpec['child']> {
  assert(child !== undefined, `${name} is no sub-task`);
  return child;
}
