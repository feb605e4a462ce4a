import { addTo, removeFrom } from '../../util/map-of-sets.ts';
import type { TaskId } from '../ids.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import { isActive, type TaskIdentity } from '../tasks/task.ts';
import { letOut } from './ready-groups.ts';
import type { ReadyGroup, ReadyTask } from './ready-lane.ts';
import { mayClash, type WriteBlock } from './write-locks.ts';

/** How long others may pass a task that waits for files; then nothing that overlaps it starts before it, ms. */
export const PASSED_OVER_MS = 60_000;

/**
 * Who keeps this task from starting, because both may write the same file. A sub-task may write what a task above it
 * holds while that one waits for sub-tasks.
 */
export function writeBlockOf(
  swarm: Swarm,
  run: Run,
  identity: TaskIdentity,
  group?: ReadyGroup,
): WriteBlock<TaskId> | undefined {
  const { writes } = identity.spec;
  if (writes === undefined || writes.length === 0) return undefined;
  const claimed = swarm.claims.get(run.spec.project);
  const mayPass = (holder: TaskId): boolean => {
    if (holder === identity.id) return true;
    if (holder === claimed?.holder) return claimed.group === group || isWaitedFor(swarm, run, identity, claimed.writes);
    return leadsAbove(swarm, run, identity).some(({ id }) => id === holder);
  };
  return swarm.writeLocks.blockOf(run.spec.project, writes, mayPass);
}

/**
 * Whether whoever has claimed these files waits for this very task, or for one above it: then the claim must let it pass,
 * or both would wait for ever.
 */
function isWaitedFor(swarm: Swarm, run: Run, identity: TaskIdentity, claimed: readonly string[]): boolean {
  const task = swarm.tasks.get(identity.id);
  const own = task !== undefined && isActive(task) ? [identity] : [];
  return [...own, ...leadsAbove(swarm, run, identity)].some(({ spec }) =>
    spec.writes?.some((path) => claimed.some((other) => mayClash(path, other))),
  );
}

/** The tasks above this one that wait for their sub-tasks now. */
function leadsAbove({ tasks }: Swarm, run: Run, { spec }: TaskIdentity): readonly TaskIdentity[] {
  const leads: TaskIdentity[] = [];
  for (let above = spec.child?.parent; above !== undefined;) {
    const id = run.graph.idOf(above);
    const task = id === undefined ? undefined : tasks.get(id);
    if (task?.status === 'awaiting-children') leads.push(task.identity);
    above = task?.identity.spec.child?.parent;
  }
  return leads;
}

/** Takes what the task may write, for as long as its attempt lives. */
export function holdWrites({ writeLocks }: Swarm, run: Run, { id, spec }: TaskIdentity): void {
  if (spec.writes !== undefined) writeLocks.hold(run.spec.project, id, spec.writes);
}

export function releaseWrites(swarm: Swarm, run: Run, { id, spec }: TaskIdentity): void {
  if (spec.writes !== undefined) release(swarm, run.spec.project, id, spec.writes);
}

/** It waits for sub-tasks now, which may write what it holds, and what is claimed by who waits for it. */
export function lendWrites({ claims, queue, writeLocks }: Swarm, run: Run, { spec }: TaskIdentity): void {
  const { project } = run.spec;
  const lent = [...(spec.writes ?? []), ...(claims.get(project)?.writes ?? [])];
  for (const key of writeLocks.keysOf(project, lent)) queue.freedFiles(key, true);
}

/** True when the task must wait; it is offered again when who stands in its way has ended. */
export function keepBack(swarm: Swarm, run: Run, ready: ReadyTask, nowMs: number): boolean {
  const { group, identity } = ready;
  const { project } = run.spec;
  if (identity.spec.writes !== undefined) claimForOldest(swarm, project, nowMs);
  const block = writeBlockOf(swarm, run, identity, group);
  if (block === undefined) return false;
  group.keptBackSinceMs ??= nowMs;
  addTo(swarm.keptBack, project, group);
  swarm.queue.parkForFiles(group, block.key);
  return true;
}

/** The group got what it waited for, or waits for something else: nobody waits for its files any more. */
export function dropClaim(swarm: Swarm, group: ReadyGroup): void {
  if (group.keptBackSinceMs === undefined) return;
  group.keptBackSinceMs = undefined;
  for (const project of swarm.keptBack.keys()) removeFrom(swarm.keptBack, project, group);
  for (const [project, known] of swarm.claims) {
    if (known.group !== group) continue;
    swarm.claims.delete(project);
    release(swarm, project, known.holder, known.writes);
  }
}

/** Claims of tasks that are gone, whose run is paused, or that nobody can do any more. */
export function dropOldClaims(swarm: Swarm): void {
  for (const { group } of swarm.claims.values()) {
    const { signature, lane } = group.kind;
    const isOld = group.tasks.size === 0 || lane.run.isSuspended || swarm.registry.matches(signature).length === 0;
    if (isOld) dropClaim(swarm, group);
  }
}

/** Before anything may pass: who has waited longest for files of the project claims them, when that is long enough. */
function claimForOldest(swarm: Swarm, project: string, nowMs: number): void {
  if (swarm.claims.has(project)) return;
  for (const group of swarm.keptBack.get(project) ?? NO_GROUPS) {
    const { kind, keptBackSinceMs = nowMs, tasks } = group;
    if (tasks.first === undefined) removeFrom(swarm.keptBack, project, group);
    else if (nowMs - keptBackSinceMs < PASSED_OVER_MS) return;
    // What could not start anyway, for want of an agent or in a pause, is in nobody's way.
    else if (!kind.isParked && !kind.lane.run.isSuspended) return claim(swarm, project, tasks.first);
  }
}

function claim({ claims, writeLocks }: Swarm, project: string, { group, identity }: ReadyTask): void {
  const { writes = [] } = identity.spec;
  claims.set(project, { group, holder: identity.id, writes });
  writeLocks.hold(project, identity.id, writes);
  // What it waited for may be free by now, and others stand before it in line.
  letOut(group);
}

function release({ queue, writeLocks }: Swarm, project: string, id: TaskId, writes: readonly string[]): void {
  for (const { key, isShared } of writeLocks.release(project, id, writes)) queue.freedFiles(key, isShared);
}

const NO_GROUPS: ReadonlySet<ReadyGroup> = new Set();
