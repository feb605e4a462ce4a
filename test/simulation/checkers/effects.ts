import type { SwarmEvent } from '../../../src/core/events.ts';
import type { JournalRecord } from '../../../src/ports/journal.ts';
import type { AttemptSign } from '../../../src/simulation/watcher.ts';
import { type Books, isActive, type TaskLine } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';
import { LeadClock } from './lead-clock.ts';
import { isRelated, shared } from './writes.ts';

/** Who does not end when told to is given up after so long, ms. */
const FORCED_MS = 12_000;
const DEFAULT_TIMEOUT_MS = 3_600_000;

/** `isGivenUp`: the journal counts on it no more, though something of it may go on. */
type Running = { readonly sign: AttemptSign; readonly epoch: number; isGivenUp: boolean };
type Must = ReturnType<typeof checkerOf>;
type Scene = Readonly<{
  must: Must;
  books: Books;
  clock: LeadClock;
  running: Map<string, Running>;
  /** When the newest attempt of a task was first told to end, be it by a pause or a cancel. */
  toldMs: Map<string, number>;
}>;

/**
 * What runs in the world, not what the journal says: no two attempts that may write the same file run at the same time,
 * and an attempt has ended before its end is stored, but for those that cannot be reached or would not end in time.
 */
export function effectChecker(tell: Tell, books: Books, nowUs: () => number): Checker {
  const clock = new LeadClock(nowUs);
  const scene: Scene = { must: checkerOf(tell), books, clock, running: new Map(), toldMs: new Map() };
  const { running } = scene;
  const died = (node: string): void => {
    for (const [key, { sign }] of running) if (sign.node === node) running.delete(key);
  };
  return {
    started: (sign) => {
      const task = books.task(sign.taskId);
      // A deposed leader may begin what is given up already.
      const isGivenUp = task === undefined || task.attempt !== sign.attempt || !isActive(task);
      if (!isGivenUp) checkFiles(scene, task);
      running.set(keyOf(sign), { sign, epoch: books.epoch, isGivenUp });
    },
    left: (sign) => void running.delete(keyOf(sign)),
    host: (sign) => {
      clock.host(sign);
      if (sign.kind === 'leader-died') died(sign.node);
      if (sign.kind === 'died') died(sign.host);
    },
    before: (record) => {
      const { event } = record;
      clock.note(record);
      noteTold(scene, record);
      if ('taskId' in event) noteEnd(scene, event, record);
    },
  };
}

function keyOf({ taskId, attempt, node }: AttemptSign): string {
  return `${taskId} ${attempt} ${node}`;
}

/** Those that wait for sub-tasks leave their files to others meanwhile. */
function checkFiles({ must, books, running }: Scene, task: TaskLine): void {
  if (task.spec.writes === undefined) return;
  for (const { sign, isGivenUp } of running.values()) {
    const other = books.task(sign.taskId);
    const isBusy = other !== undefined && books.busy.get(other.agentId)?.has(other) === true;
    if (isGivenUp || !isBusy || other === task || isRelated(books, task, other)) continue;
    const both = shared(task, other);
    must(both === undefined, 'writes-at-once', `${task.id} begins while ${other.id} runs: both write ${both}`);
  }
}

/** The time that it has to end begins with the first word, and no later one makes it longer. */
function noteTold({ books, toldMs }: Scene, { event, atMs }: JournalRecord): void {
  const tell = (taskId: string): void => void toldMs.set(taskId, toldMs.get(taskId) ?? atMs);
  if (event.type === 'task.cancelling') tell(event.taskId);
  if (event.type === 'attempt.assigned') toldMs.delete(event.taskId);
  if (event.type !== 'run.paused') return;
  // A pause lets irreversible work come to its end.
  for (const task of books.runs.get(event.runId)?.tasks.values() ?? []) {
    if (isActive(task) && task.spec.effect !== 'D') tell(task.id);
  }
}

const ENDS: ReadonlySet<SwarmEvent['type']> = new Set([
  'attempt.claimed',
  'attempt.failed',
  'task.cancelled',
  'task.failed',
  'task.outcome-unknown',
  'task.succeeded',
]);

function noteEnd(scene: Scene, event: Ending, { epoch, atMs }: JournalRecord): void {
  const task = scene.books.task(event.taskId);
  if (!ENDS.has(event.type) || task === undefined || !isActive(task) || task.status === 'verifying') return;
  for (const one of scene.running.values()) {
    const { taskId, attempt } = one.sign;
    if (taskId !== task.id || attempt !== task.attempt || one.isGivenUp) continue;
    one.isGivenUp = true;
    // What the leader before has begun is out of reach.
    const isRight = one.epoch !== epoch || mayBeGivenUp(scene, task, event, atMs);
    scene.must(isRight, 'ends-in-the-world-first', `${event.type} of ${taskId} attempt ${attempt}, which goes on`);
  }
}

type Ending = Extract<SwarmEvent, { taskId: unknown }>;

function mayBeGivenUp(scene: Scene, task: TaskLine, event: Ending, atMs: number): boolean {
  // A leader that goes waits no longer.
  if (scene.clock.isDraining || needsNoWait(task, event)) return true;
  const reason = 'failure' in event ? event.failure.reason : '';
  const isStopped = task.status === 'cancelling' || reason === 'stopped';
  if (isStopped && mayBeLost(scene, task)) return true;
  return (isStopped || reason === 'timed-out') && atMs >= firstTold(scene, task) + FORCED_MS;
}

/** Of agents that cannot be reached or are started anew, and of what is safe to run twice and is given to another. */
function needsNoWait({ spec }: TaskLine, event: Ending): boolean {
  if (!('failure' in event)) return false;
  const { failure } = event;
  if (failure.reason === 'stopped') return failure.why === 'rebalanced' && spec.effect === 'A';
  return failure.reason === 'agent-lost' || failure.reason === 'coordinator-lost';
}

function firstTold({ toldMs }: Scene, { id, assignedMs, spec }: TaskLine): number {
  const dueMs = assignedMs + (spec.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  return Math.min(dueMs, toldMs.get(id) ?? dueMs);
}

/** The end of a stopped task does not say whether its agent was lost. */
function mayBeLost({ books }: Scene, { agentId }: TaskLine): boolean {
  const { driver, supervised } = books.agents.get(agentId) ?? {};
  return driver !== 'function' || supervised === true;
}
