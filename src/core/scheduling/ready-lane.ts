import type { AgentClass } from '../agents/agent-class.ts';
import type { Signature } from '../agents/registry.ts';
import type { RunId, TaskId } from '../ids.ts';
import type { TaskIdentity } from '../tasks/task.ts';
import type { IndexedHeap } from '../../util/indexed-heap.ts';

/** Waiting raises a lane by one priority class each time this has passed, ms. Source: docs/semantics.md, Scheduling 2. */
export const AGEING_MS = 300_000;

/** A ready task and what decides its place. */
export type ReadyTask = {
  readonly id: TaskId;
  readonly identity: TaskIdentity;
  group: ReadyGroup;
  readonly sinceMs: number;
  remainingMs: number;
  /** Since when it waits for a busy agent although an idle one fits, and of which class. */
  waitsSinceMs: number | undefined;
  waitsFor: AgentClass | undefined;
  /** What it will bring to that class, ms. */
  bookedMs: number;
  heapIndex: number;
  older: ReadyTask | undefined;
  newer: ReadyTask | undefined;
};

/** The ready tasks of one lane that ask the same of an agent and a host: if these cannot take one now, they can take none. */
export type ReadyKind = {
  readonly lane: ReadyLane;
  readonly signature: Signature;
  readonly groups: Map<string, ReadyGroup>;
  /** Those that wait for neither files nor a budget. */
  readonly open: IndexedHeap<ReadyGroup>;
  isParked: boolean;
  heapIndex: number;
};

/** Lines of groups that each wait for one thing. */
export type Lines = Readonly<{
  leave: (group: ReadyGroup) => void;
  /** The tasks of the group are in another order now. */
  moved: (group: ReadyGroup) => void;
}>;

/** Those of one kind that also write the same and cost the same: what keeps one of them back keeps all of them back. */
export type ReadyGroup = {
  readonly kind: ReadyKind;
  readonly key: string;
  readonly tasks: IndexedHeap<ReadyTask>;
  /** Since when others that write the same keep it back. */
  keptBackSinceMs: number | undefined;
  /** Where it stands in line for files or for a budget. */
  waitsIn: Readonly<{ lines: Lines; key: string }> | undefined;
  heapIndex: number;
};

/**
 * The ready tasks of one run that declare the same priority. It is raised as a whole, by how long its oldest task has
 * waited: so nothing starves behind higher classes, and inside a lane the longest path still goes first.
 */
export type ReadyLane = {
  readonly run: ReadyRun;
  readonly kinds: Map<Signature, ReadyKind>;
  readonly open: IndexedHeap<ReadyKind>;
  /** In order of waiting time, parked and deferred ones too. */
  readonly waiting: WaitingList;
  readonly declaredRank: number;
  /** A smaller number goes first. */
  rank: number;
  raiseAtMs: number;
  heapIndex: number;
};

/** Tasks that nothing may pass any more, by project; one each, so that they cannot wait for each other. */
export type Claims = Map<string, Readonly<{ group: ReadyGroup; holder: TaskId; writes: readonly string[] }>>;

/** One run's share of the queue. `pass` rises with the work that it was given, by its weight. */
export type ReadyRun = {
  readonly id: RunId;
  readonly lanes: ReadyLane[];
  /** By position in the run. */
  readonly tasks: (ReadyTask | undefined)[];
  /** Its ready tasks, parked and deferred ones too. */
  waiting: number;
  weight: number;
  pass: number;
  isSuspended: boolean;
  /** Led time of its last resumption: before it nothing of it was waiting. */
  resumedMs: number;
};

/** Doubly linked, the oldest in front: leaving it costs O(1), and so does coming in order of time. */
export class WaitingList {
  first: ReadyTask | undefined;
  #last: ReadyTask | undefined;

  insert(task: ReadyTask): void {
    let older = this.#last;
    while (older !== undefined && older.sinceMs > task.sinceMs) older = older.older;
    const newer = older === undefined ? this.first : older.newer;
    task.older = older;
    task.newer = newer;
    if (older === undefined) this.first = task;
    else older.newer = task;
    if (newer === undefined) this.#last = task;
    else newer.older = task;
  }

  unlink(task: ReadyTask): void {
    const { older, newer } = task;
    if (older === undefined) this.first = newer;
    else older.newer = newer;
    if (newer === undefined) this.#last = older;
    else newer.older = older;
    task.older = undefined;
    task.newer = undefined;
  }
}

/** Brings the lane's class in line with how long its oldest task has waited; a pause is no waiting. */
export function raiseLane(lane: ReadyLane, nowMs: number): void {
  const oldest = lane.waiting.first;
  if (oldest === undefined || lane.declaredRank === 0) {
    lane.rank = lane.declaredRank;
    lane.raiseAtMs = Infinity;
    return;
  }
  const oldestMs = Math.max(oldest.sinceMs, lane.run.resumedMs);
  const steps = Math.max(0, Math.floor((nowMs - oldestMs) / AGEING_MS));
  lane.rank = Math.max(0, lane.declaredRank - steps);
  lane.raiseAtMs = lane.rank === 0 ? Infinity : oldestMs + (steps + 1) * AGEING_MS;
}

export function isTaskBefore(one: ReadyTask, other: ReadyTask): boolean {
  const { rank } = one.group.kind.lane;
  const otherRank = other.group.kind.lane.rank;
  return rank === otherRank ? isLonger(one, other) : rank < otherRank;
}

/** The order inside a lane, and between lanes that waiting has put into one class. */
export function isLonger(one: ReadyTask, other: ReadyTask): boolean {
  if (one.remainingMs !== other.remainingMs) return one.remainingMs > other.remainingMs;
  if (one.sinceMs !== other.sinceMs) return one.sinceMs < other.sinceMs;
  return one.identity.index < other.identity.index;
}

export function isGroupBefore(one: ReadyGroup, other: ReadyGroup): boolean {
  return isFirstLonger(one.tasks.first, other.tasks.first);
}

export function isKindBefore(one: ReadyKind, other: ReadyKind): boolean {
  return isFirstLonger(one.open.first?.tasks.first, other.open.first?.tasks.first);
}

function isFirstLonger(one: ReadyTask | undefined, other: ReadyTask | undefined): boolean {
  return one !== undefined && (other === undefined || isLonger(one, other));
}

/** Between runs: priority class first, then the run that has had least for its weight, then the older run. */
export function goesBefore(one: ReadyTask, other: ReadyTask): boolean {
  const { lane } = one.group.kind;
  const otherLane = other.group.kind.lane;
  if (lane.rank !== otherLane.rank) return lane.rank < otherLane.rank;
  return lane.run.pass < otherLane.run.pass;
}

/** The task of a run that goes first, of those that are not parked or deferred. */
export function firstOf({ lanes }: ReadyRun): ReadyTask | undefined {
  let best: ReadyTask | undefined;
  for (const lane of lanes) {
    const top = lane.open.first?.open.first?.tasks.first;
    if (top !== undefined && (best === undefined || isTaskBefore(top, best))) best = top;
  }
  return best;
}

/** Without leaving holes: an array with many of them is a slow one. */
export function put(tasks: (ReadyTask | undefined)[], index: number, task: ReadyTask): void {
  while (tasks.length < index) tasks.push(undefined);
  tasks[index] = task;
}
