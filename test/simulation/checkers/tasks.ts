import type { TaskEvent } from '../../../src/core/events.ts';
import { type Books, hasEnded, isActive, type RunLine, type TaskLine } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

const MAX_ATTEMPTS = 3;
const MAX_CRASHES = 2;

type Must = ReturnType<typeof checkerOf>;
type EventOf<Type extends TaskEvent['type']> = Extract<TaskEvent, { type: Type }>;
type Scene = Readonly<{ must: Must; run: RunLine; task: TaskLine; atMs: number }>;

/** The life of each task: no start before its needs, no change after its end, no more attempts than it may have. */
export function taskChecker(tell: Tell): Checker {
  const must = checkerOf(tell);
  return {
    before: ({ event, atMs }, books) => {
      if (!('taskId' in event)) return;
      const task = books.task(event.taskId);
      const run = task === undefined ? undefined : books.runs.get(task.runId);
      if (task === undefined || run === undefined) {
        return tell('task-known', `${event.type} for ${event.taskId}, which was never added`);
      }
      must(!hasEnded(task), 'final-state', `${event.type} after ${task.id} has ${task.status}`);
      must(!run.isFinished, 'final-state', `${event.type} after the end of run ${run.id}`);
      checkEvent({ must, run, task, atMs }, event);
    },
    after: ({ event }, books) => {
      if (event.type === 'attempt.assigned') checkPlace(must, books, event);
    },
  };
}

function checkEvent(scene: Scene, event: TaskEvent): void {
  const { must, task } = scene;
  if ('attempt' in event && event.type !== 'attempt.assigned') {
    const isNewest = event.attempt === task.attempt;
    must(isNewest, 'newest-attempt', `${event.type} of attempt ${event.attempt} of ${task.id}, at ${task.attempt}`);
  }
  switch (event.type) {
    case 'attempt.assigned':
      return checkAssigned(scene, event);
    case 'attempt.failed':
      return checkFailed(scene, event);
    case 'task.became-ready':
      return checkReady(scene);
    case 'task.succeeded':
      return checkSucceeded(scene, event);
    case 'task.skipped':
      return checkSkipped(scene, event);
    case 'attempt.claimed':
      checkOwn(scene, event);
      return must(task.status === 'running', 'right-state', `${event.type} for ${task.id}, which is ${task.status}`);
    case 'attempt.awaiting':
    case 'attempt.reported':
      return must(isWorking(task), 'right-state', `${event.type} for ${task.id}, which is ${task.status}`);
    case 'attempt.resumed':
      return must(task.status === 'awaiting', 'right-state', `${event.type} for ${task.id}, which is ${task.status}`);
    case 'reservation.reviewed':
    case 'reservation.shrunk':
    case 'task.cancelling':
      return must(isActive(task), 'right-state', `${event.type} for ${task.id}, which is ${task.status}`);
    case 'task.cancelled':
      return must(
        task.status !== 'running' && task.status !== 'verifying',
        'right-state',
        `${task.id} is cancelled while it is ${task.status}`,
      );
    case 'task.failed':
    case 'task.outcome-unknown':
  }
}

function isWorking({ status }: Scene['task']): boolean {
  return status === 'running' || status === 'awaiting';
}

function checkAssigned({ must, run, task }: Scene, { attempt }: EventOf<'attempt.assigned'>): void {
  must(task.status === 'ready', 'starts-when-ready', `${task.id} starts although it is ${task.status}`);
  must(attempt > task.attempt, 'token-rises', `attempt ${attempt} of ${task.id} after ${task.attempt}`);
  must(!run.isPaused && !run.isEnding, 'run-goes-on', `${task.id} starts in a run that is paused or ending`);
  must(run.tasks.size === run.taskCount, 'whole-run', `${task.id} starts before its run is whole`);
  checkNeeds(must, run, task);
}

function checkNeeds(must: Must, run: RunLine, task: TaskLine): void {
  const { needs, when = 'success' } = task.spec;
  for (const need of needs) {
    const other = run.tasks.get(need);
    const holds = other !== undefined && (when === 'success' ? other.status === 'succeeded' : hasEnded(other));
    must(holds, 'needs-before-start', `${task.id} starts although ${need} is ${other?.status}`);
  }
  if (when !== 'failed') return;
  const isAny = needs.some((need) => run.tasks.get(need)?.status !== 'succeeded');
  must(isAny, 'needs-before-start', `${task.id} waits for a failure, and there was none`);
}

function checkFailed({ must, task, atMs }: Scene, event: EventOf<'attempt.failed'>): void {
  must(isActive(task), 'right-state', `an attempt of ${task.id} fails, which is ${task.status}`);
  const { failure } = event;
  const hasNotBegun = failure.reason === 'agent-lost' && failure.begun === false;
  const mayBeDone = task.spec.effect === 'D' && !hasNotBegun;
  must(!mayBeDone, 'irreversible-once', `${task.id} cannot be undone, and is tried again`);
  must(event.retryAtMs >= atMs, 'back-off', `${task.id} is tried again in the past`);
  const charged = task.charged + (event.charge === 'attempt' ? 1 : 0);
  const crashes = task.crashes + (event.charge === 'crash' ? 1 : 0);
  const most = task.spec.retry?.maxAttempts ?? MAX_ATTEMPTS;
  must(crashes < MAX_CRASHES, 'attempt-cap', `${task.id} is tried again after ${crashes} crashes`);
  if (event.charge === 'none') return;
  must(
    charged + crashes < most,
    'attempt-cap',
    `${task.id} is tried again after ${charged + crashes} of ${most} attempts`,
  );
}

function checkReady({ must, run, task, atMs }: Scene): void {
  const mayBe = task.status === 'waiting' || task.status === 'backing-off' || task.status === 'unknown';
  must(mayBe, 'right-state', `${task.id} becomes ready although it is ${task.status}`);
  if (task.status === 'waiting') checkNeeds(must, run, task);
  if (task.status !== 'backing-off') return;
  must(atMs >= task.retryAtMs, 'back-off', `${task.id} is ready at ${atMs}, before ${task.retryAtMs}`);
}

function checkSucceeded(scene: Scene, event: EventOf<'task.succeeded'>): void {
  const { must, run, task } = scene;
  const { evidence } = event;
  for (const other of run.tasks.values()) {
    const { id, spec, status } = other;
    const isOpenChild = spec.child?.parent === task.spec.name && !hasEnded(other);
    must(!isOpenChild, 'children-end-first', `${task.id} succeeds while its sub-task ${id} is ${status}`);
  }
  checkOwn(scene, event);
  const isByPerson = evidence.some(({ check }) => check === 'person');
  must(
    isActive(task) || (isByPerson && task.status === 'unknown'),
    'right-state',
    `${task.id} succeeds, which is ${task.status}`,
  );
  must(task.status !== 'cancelling', 'right-state', `${task.id} succeeds although it was cancelled`);
  must(evidence.length > 0, 'evidence', `${task.id} succeeded without evidence`);
  must(
    evidence.every(({ ok }) => ok),
    'evidence',
    `${task.id} succeeded although a check says no`,
  );
  if (task.spec.verify === undefined || isByPerson) return;
  must(
    evidence.some(({ check }) => check === 'command'),
    'evidence',
    `${task.id} succeeded without its check`,
  );
}

/** Agents say in their outputs which attempt they are. */
function checkOwn({ must, task }: Scene, { attempt, outputs }: EventOf<'attempt.claimed' | 'task.succeeded'>): void {
  const by = outputs['by'];
  must(
    by === undefined || by === attempt,
    'own-result',
    `attempt ${attempt} of ${task.id} has the result of ${JSON.stringify(by)}`,
  );
}

function checkSkipped({ must, run, task }: Scene, { cause }: EventOf<'task.skipped'>): void {
  must(task.status === 'waiting', 'right-state', `${task.id} is skipped although it is ${task.status}`);
  const needs = task.spec.needs.map((need) => run.tasks.get(need));
  must(
    needs.every((need) => need !== undefined && hasEnded(need)),
    'skip-cause',
    `${task.id} is skipped too early`,
  );
  if (cause.reason === 'condition-false') return;
  const isAll = needs.every((need) => need?.status === 'succeeded');
  must(isAll === (cause.reason === 'nothing-failed'), 'skip-cause', `${task.id} is skipped: ${cause.reason}`);
  if (cause.reason !== 'need-failed') return;
  const culprit = run.tasks.get(cause.task)?.status;
  must(culprit !== undefined && culprit !== 'succeeded', 'skip-cause', `${task.id} blames ${cause.task}, ${culprit}`);
}

/** The agent can do it and has a slot, and its host has room for what the task reserves. */
function checkPlace(must: Must, books: Books, { taskId, agentId }: EventOf<'attempt.assigned'>): void {
  const agent = books.agents.get(agentId);
  const task = books.task(taskId);
  if (agent === undefined || task === undefined)
    return must(false, 'able-agent', `${taskId} starts on ${agentId}, a stranger`);
  const isOwn = agent.runId === undefined || agent.runId === task.runId;
  const canDo = isOwn && task.spec.requires.every((name) => agent.capabilities.includes(name));
  must(canDo, 'able-agent', `${agentId} cannot do ${taskId}`);
  must((books.busy.get(agentId)?.size ?? 0) <= agent.slots, 'slots', `${agentId} has more attempts than slots`);
  const host = books.hosts.get(agent.host);
  if (host === undefined || task.spec.resources === undefined) return;
  for (const kind of ['cpu', 'memory', 'storage', 'network'] as const) {
    const reserved = reservedBeside(books, agent.host, kind);
    const offered = host[kind];
    if (offered === undefined) continue;
    must(
      reserved * 100 <= offered * 80,
      'reserve-80',
      `${reserved} of ${offered} ${kind} of the machine of ${agent.host} is reserved`,
    );
  }
}

/** On this host and on all others of its machine. */
function reservedBeside(books: Books, host: string, kind: 'cpu' | 'memory' | 'storage' | 'network'): number {
  let sum = 0;
  for (const [agentId, tasks] of books.busy) {
    // An agent that was removed had nothing to do then.
    const other = books.agents.get(agentId)?.host;
    if (other === undefined || !isBeside(books, other, host)) continue;
    for (const { spec, reserved } of tasks) sum += (reserved ?? spec.reserves ?? spec.resources)?.[kind] ?? 0;
  }
  return sum;
}

function isBeside({ hosts }: Books, one: string, other: string): boolean {
  const machine = hosts.get(one)?.machine;
  return one === other || (machine !== undefined && machine === hosts.get(other)?.machine);
}
