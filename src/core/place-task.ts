import { expectedMs } from './scheduling/choose-agent.ts';
import { assert } from '../util/assert.ts';
import type { AttemptMark } from './agents/registry.ts';
import { isSupervised, noteAttempt } from './health/breakers.ts';
import { noteHealth } from './health/decide-health.ts';
import { noteGone } from './messaging/mail-of-run.ts';
import { openCount, type Run } from './runs/run.ts';
import type { Swarm } from './swarm-state.ts';
import type { Usage } from './tasks/attempt.ts';
import { type ActiveTask, becomeReady, isActive, isEnded, type Task } from './tasks/task.ts';

/** Names of failed tasks that an outcome lists. */
const MAX_NAMED_FAILURES = 100;

export type TaskChange = Readonly<{ before: Task; after: Task; atMs: number; usage: Usage | undefined }>;

/**
 * Replaces one task and brings every index in line: counts, queue, agents, reservations, budgets, dependents. The
 * only place where indexes over tasks change, so that replay, restore and live running cannot differ.
 */
export function changeTask(swarm: Swarm, run: Run, change: TaskChange): void {
  const { before, after } = change;
  const { id } = after.identity;
  swarm.tasks.set(id, after);
  run.counts[before.status]--;
  run.counts[after.status]++;
  if (isActive(before)) {
    if (isActive(after)) return;
    leaveAgent(swarm, run, before, change);
  } else if (before.status === 'ready') swarm.queue.remove(id);
  else swarm.undecided.delete(id);
  enter(swarm, run, after, change.atMs);
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
  const { id, spec } = task.identity;
  const agent = swarm.registry.agents.get(task.agentId);
  assert(agent !== undefined, `task ${id} runs on an unknown agent ${task.agentId}`);
  const workMs = expectedMs(swarm.durations, spec, agent.class);
  swarm.registry.occupy(task.agentId, id, task.startedMs + workMs);
  swarm.capacity.reserve(agent.spec.host, spec.resources);
  swarm.queue.charge(run.id, workMs);
  run.account.reserve(spec);
  run.active.add(id);
}

function leaveAgent(swarm: Swarm, run: Run, before: ActiveTask, { after, atMs, usage }: TaskChange): void {
  const { id, spec } = before.identity;
  const slot = swarm.registry.slotOf(id);
  const actualMs = atMs - before.startedMs;
  const expected = slot.expectedEndMs - before.startedMs;
  const mark = markOf(before, after, expected, actualMs);
  swarm.registry.release(id, mark);
  if (mark !== undefined && isSupervised(slot.agent.spec)) {
    noteAttempt(swarm, slot.agent, mark.hasSucceeded, before.startedMs);
    noteHealth(swarm, slot.agent.spec.id, mark.hasSucceeded);
  }
  swarm.capacity.release(slot.agent.spec.host, spec.resources);
  run.account.settle(spec, usage);
  run.active.delete(id);
  if (after.status === 'succeeded') {
    swarm.durations.note(spec.type, slot.agent.class.key, spec.estimateMs ?? expected, actualMs);
  }
  swarm.queue.freed(slot.agent.class);
}

/** Nothing when the end was nobody's doing, or a person's. */
function markOf(before: Task, after: Task, expected: number, actualMs: number): AttemptMark | undefined {
  if (after.status === 'succeeded') return { hasSucceeded: true, speed: expected / Math.max(1, actualMs) };
  const isCharged = after.charged > before.charged || after.crashes > before.crashes;
  if (after.status === 'failed' || isCharged) return { hasSucceeded: false, speed: undefined };
  return undefined;
}

function end(swarm: Swarm, run: Run, task: Task, atMs: number): void {
  if (task.status === 'failed' && run.failed.length < MAX_NAMED_FAILURES) run.failed.push(task.identity.spec.name);
  noteGone(swarm, run, `task:${task.identity.spec.name}`);
  for (const dependent of run.graph.end(task.identity.index, task.status === 'succeeded')) {
    settleNeeds(swarm, run, dependent, atMs);
  }
  if (openCount(run) === 0) swarm.closing.add(run.id);
}

/** Ready at once in the plain case; whatever needs a decision waits for one, and the decision is an event. */
function settleNeeds(swarm: Swarm, run: Run, index: number, atMs: number): void {
  const { id, spec } = run.graph.identity(index);
  const task = swarm.tasks.get(id);
  if (task?.status !== 'blocked') return;
  const isPlain = spec.if === undefined && (spec.when ?? 'success') === 'success';
  if (!isPlain || run.graph.needsState(index) !== 'all-succeeded') {
    swarm.undecided.add(id);
    return;
  }
  run.counts.blocked--;
  run.counts.ready++;
  const ready = becomeReady(task, atMs);
  swarm.tasks.set(id, ready);
  enter(swarm, run, ready, atMs);
}
