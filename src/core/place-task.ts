import { reservationOf } from './resources/reservation-of.ts';
import { expectedMs } from './scheduling/choose-agent.ts';
import { holdWrites, lendWrites, releaseWrites } from './scheduling/kept-back.ts';
import { noteLearned } from './scheduling/ranks.ts';
import type { BusySlot } from './agents/agent-class.ts';
import type { AttemptMark } from './agents/registry.ts';
import { reserveAttempt, settleAttempt, settleFamilies } from './budgets/nested.ts';
import type { TaskId } from './ids.ts';
import { endTry, isSupervised, noteAttempt, noteTry } from './health/breakers.ts';
import { noteHealth } from './health/decide-health.ts';
import { noteGone } from './messaging/mail-of-run.ts';
import { openCount, type Run } from './runs/run.ts';
import type { Swarm } from './swarm-state.ts';
import type { TaskCell } from './task-table.ts';
import type { Usage } from './tasks/attempt.ts';
import { parentOf } from './tasks/families.ts';
import { type ActiveTask, becomeReady, holdsSlot, isActive, isEnded, type Task } from './tasks/task.ts';

/** Names of failed tasks that an outcome lists. */
const MAX_NAMED_FAILURES = 100;

export type TaskChange = Readonly<{ before: Task; after: Task; atMs: number; usage: Usage | undefined }>;

/**
 * Replaces one task and brings every index in line: counts, queue, agents, reservations, budgets, dependents. The
 * only place where indexes over tasks change, so that replay, restore and live running cannot differ.
 */
export function changeTask(swarm: Swarm, run: Run, cell: TaskCell, change: TaskChange): void {
  const { before, after } = change;
  cell.task = after;
  run.counts[before.status]--;
  run.counts[after.status]++;
  if (isActive(before)) {
    if (isActive(after)) return goOn(swarm, run, before, after);
    leaveAgent(swarm, run, before, change);
  } else if (before.status === 'ready') swarm.queue.remove(after.identity);
  else swarm.undecided.delete(after.identity.id);
  enter(swarm, run, after, change.atMs);
  // Others may have waited for what this one would still give back.
  if (!isActive(before) && !isActive(after)) swarm.queue.reconsider();
}

/** All tasks of the run are there: links needs and lets those without any be ready. */
export function openRun(swarm: Swarm, run: Run, atMs: number): void {
  run.graph.link();
  for (let index = 0; index < run.graph.size; index++) {
    if (run.graph.needsState(index) !== 'open') settleNeeds(swarm, run, index, atMs);
  }
}

/** Puts the indexes in line with a task that has just got this state. */
export function enter(swarm: Swarm, run: Run, task: Task, atMs: number): void {
  if (task.status === 'ready') {
    const signature = swarm.registry.signatureOf(task.identity.spec, run.id);
    swarm.queue.push(task.identity, signature, task.sinceMs, run.graph.remainingMs(task.identity.index));
  } else if (isActive(task)) takeAgent(swarm, run, task);
  else if (isEnded(task)) end(swarm, run, task, atMs);
}

function takeAgent(swarm: Swarm, run: Run, task: ActiveTask): void {
  const { identity } = task;
  if (holdsSlot(task)) swarm.queue.charge(run.id, takeSlot(swarm, task));
  else run.account.rest();
  reserveAttempt(run, identity);
  holdWrites(swarm, run, identity);
  run.active.add(identity.id);
  rest(swarm, task);
}

/** Gives the expected ms of the attempt. */
function takeSlot(swarm: Swarm, { identity, agentId, startedMs }: ActiveTask): number {
  const { id, spec } = identity;
  const agent = swarm.registry.agents.get(agentId);
  if (agent === undefined) throw new Error(`Internal error: task ${id} runs on an unknown agent ${agentId}`);
  const workMs = expectedMs(swarm.durations, spec, agent.class);
  swarm.registry.occupy(agent, id, startedMs + workMs);
  swarm.capacity.reserve(id, agent.spec.host, reservationOf(spec));
  noteTry(swarm, agent);
  return workMs;
}

function leaveSlot(swarm: Swarm, id: TaskId, slot: BusySlot, mark?: AttemptMark): void {
  const { agent } = slot;
  swarm.registry.release(id, mark, slot);
  swarm.capacity.release(id);
  endTry(swarm, agent);
  swarm.queue.freed(agent.class);
  swarm.leads.freed(agent.spec.id);
}

/** The attempt lives on; it may give its slot back to wait for sub-tasks, or have it again. */
function goOn(swarm: Swarm, run: Run, before: ActiveTask, after: ActiveTask): void {
  const { identity } = after;
  if (before.status === 'awaiting-children') swarm.leads.delete(identity.id);
  if (holdsSlot(before) && !holdsSlot(after)) {
    leaveSlot(swarm, identity.id, swarm.registry.slotOf(identity.id));
    lendWrites(swarm, run, identity);
    run.account.rest();
  } else if (!holdsSlot(before) && holdsSlot(after)) {
    takeSlot(swarm, after);
    run.account.wake();
  }
  rest(swarm, after);
}

/** Without a slot it still lives on its agent: to wait for sub-tasks, or to come to its end because it is cancelled. */
function rest(swarm: Swarm, task: ActiveTask): void {
  if (holdsSlot(task)) return;
  swarm.leads.add(task.identity.id, task.agentId);
  if (task.status === 'awaiting-children' && haveEnded(swarm, task.awaits)) swarm.leads.setDue(task.identity.id);
}

/** Those that are not in memory are of a run that has ended, which nobody waits in. */
function haveEnded({ tasks }: Swarm, ids: readonly TaskId[]): boolean {
  return ids.every((id) => {
    const task = tasks.get(id);
    return task === undefined || isEnded(task);
  });
}

function leaveAgent(swarm: Swarm, run: Run, before: ActiveTask, { after, atMs, usage }: TaskChange): void {
  const { id, spec } = before.identity;
  if (holdsSlot(before)) {
    const slot = swarm.registry.slotOf(id);
    const { agent, expectedEndMs } = slot;
    const actualMs = atMs - before.startedMs;
    const expected = expectedEndMs - before.startedMs;
    const mark = markOf(before, after, expected, actualMs);
    leaveSlot(swarm, id, slot, mark);
    if (mark !== undefined && isSupervised(agent.spec)) {
      noteAttempt(swarm, agent, mark.hasSucceeded, before.startedMs);
      noteHealth(swarm, agent.spec.id, mark.hasSucceeded);
    }
    if (after.status === 'succeeded') {
      swarm.durations.note(spec.type, agent.class.key, spec.estimateMs, actualMs);
      noteLearned(swarm, run, spec);
    }
  } else {
    run.account.wake();
    // It frees no slot, but what it had reserved.
    swarm.queue.reconsider();
  }
  swarm.leads.delete(id);
  settleAttempt(run, before.identity, usage);
  releaseWrites(swarm, run, before.identity);
  run.active.delete(id);
}

/** Nothing when the end was nobody's doing, or a person's. */
function markOf(before: Task, after: Task, expected: number, actualMs: number): AttemptMark | undefined {
  if (after.status === 'succeeded') return { hasSucceeded: true, speed: expected / Math.max(1, actualMs) };
  const isCharged = after.charged > before.charged || after.crashes > before.crashes;
  if (after.status === 'failed' || isCharged) return { hasSucceeded: false, speed: undefined };
  return undefined;
}

function end(swarm: Swarm, run: Run, task: Task, atMs: number): void {
  const { spec } = task.identity;
  if (spec.child === undefined) noteOutcome(run, task);
  else tellParent(swarm, run, task);
  settleFamilies(swarm, run, task);
  if (run.mail?.mayConcern(spec.name) === true) noteGone(swarm, run, `task:${spec.name}`);
  for (const dependent of run.graph.end(task.identity.index, task.status === 'succeeded')) {
    settleNeeds(swarm, run, dependent, atMs);
  }
  if (openCount(run) === 0) swarm.closing.add(run.id);
}

/** What the outcome of the run is made of: tasks of the definition. What became of sub-tasks is told by their parents. */
export function noteOutcome(run: Run, { identity, status }: Task): void {
  if (status === 'failed' && run.failed.length < MAX_NAMED_FAILURES) run.failed.push(identity.spec.name);
  if (status === 'cancelled') run.hasCancelled = true;
}

function tellParent(swarm: Swarm, run: Run, { identity }: Task): void {
  const id = parentOf(run, identity.spec);
  const parent = id === undefined ? undefined : swarm.tasks.get(id);
  if (parent?.status === 'awaiting-children' && haveEnded(swarm, parent.awaits)) swarm.leads.setDue(parent.identity.id);
}

/** Ready at once in the plain case; whatever needs a decision waits for one, and the decision is an event. */
export function settleNeeds(swarm: Swarm, run: Run, index: number, atMs: number): void {
  const cell = run.cells[index];
  if (cell?.task.status !== 'blocked') return;
  const { id, spec } = cell.identity;
  const isPlain = spec.if === undefined && (spec.when ?? 'success') === 'success';
  if (!isPlain || run.graph.needsState(index) !== 'all-succeeded') {
    swarm.undecided.add(id);
    return;
  }
  run.counts.blocked--;
  run.counts.ready++;
  cell.task = becomeReady(cell.task, atMs);
  enter(swarm, run, cell.task, atMs);
}
