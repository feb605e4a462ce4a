import { IndexedHeap, NOT_IN_HEAP } from '../../util/indexed-heap.ts';
import type { RunId, TaskId } from '../ids.ts';
import type { PriorityClass } from '../tasks/task-spec.ts';
import type { TaskIdentity } from '../tasks/task.ts';
import type { Signature } from '../agents/registry.ts';

/** Waiting raises a task by one priority class each time this has passed, ms. Source: docs/semantics.md, Scheduling 2. */
export const AGEING_MS = 300_000;

/** A smaller number goes first. */
const CLASS_RANK: Readonly<Record<PriorityClass, number>> = { critical: 0, high: 1, normal: 2, low: 3 };
const CLASSES = 4;

/** A ready task and what decides its place. */
export type ReadyTask = {
  readonly id: TaskId;
  readonly identity: TaskIdentity;
  readonly group: ReadyGroup;
  readonly sinceMs: number;
  readonly remainingMs: number;
  /** Raised by waiting. */
  classRank: number;
  raiseAtMs: number;
  /** Since when it waits for a busy agent although an idle one fits. */
  waitsSinceMs: number | undefined;
  heapIndex: number;
  older: ReadyTask | undefined;
  newer: ReadyTask | undefined;
};

/** The ready tasks of one run that ask the same of an agent: if one cannot be placed now, none of them can. */
export type ReadyGroup = {
  readonly run: ReadyRun;
  readonly signature: Signature;
  readonly tasks: IndexedHeap<ReadyTask>;
  isParked: boolean;
  heapIndex: number;
};

/** One run's share of the queue. `pass` rises with the work that it was given, by its weight. */
export type ReadyRun = {
  readonly id: RunId;
  readonly groups: Map<Signature, ReadyGroup>;
  readonly open: IndexedHeap<ReadyGroup>;
  /** Its ready tasks, parked and deferred ones too. */
  waiting: number;
  weight: number;
  pass: number;
  isSuspended: boolean;
};

/**
 * The ready tasks in the order in which they should be given out: priority class (raised by waiting), then longest
 * remaining path, then waiting time, then position; runs share by weight. O(log n) per task.
 */
export class ReadyQueue {
  readonly #runs = new Map<RunId, ReadyRun>();
  readonly #tasks = new Map<TaskId, ReadyTask>();
  /** One list per class of the task and class it has been raised to, so that each is in order of waiting time. */
  readonly #ageing = Array.from({ length: CLASSES * CLASSES }, () => new AgeingList());
  readonly #parked = new Set<ReadyGroup>();
  readonly #deferred: ReadyTask[] = [];

  get size(): number {
    return this.#tasks.size;
  }

  has(id: TaskId): boolean {
    return this.#tasks.has(id);
  }

  addRun(id: RunId, weight: number): void {
    const open = new IndexedHeap<ReadyGroup>(isGroupBefore);
    this.#runs.set(id, { id, groups: new Map(), open, waiting: 0, weight, pass: 0, isSuspended: false });
  }

  passOf(id: RunId): number {
    return this.#runs.get(id)?.pass ?? 0;
  }

  setPass(id: RunId, pass: number): void {
    const run = this.#runs.get(id);
    if (run !== undefined) run.pass = pass;
  }

  removeRun(id: RunId): void {
    for (const group of this.#runs.get(id)?.groups.values() ?? []) {
      for (let task = group.tasks.first; task !== undefined; task = group.tasks.first) this.remove(task.id);
      this.#parked.delete(group);
    }
    this.#runs.delete(id);
  }

  /** A suspended run keeps its place, but none of its tasks is offered. */
  suspend(id: RunId, isSuspended: boolean): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    run.isSuspended = isSuspended;
    if (!isSuspended && run.waiting > 0) this.#join(run);
  }

  push(identity: TaskIdentity, signature: Signature, sinceMs: number, remainingMs: number): void {
    const run = this.#runs.get(identity.runId);
    if (run === undefined) return;
    const group = run.groups.get(signature) ?? this.#newGroup(run, signature);
    const classRank = CLASS_RANK[identity.spec.priority ?? 'normal'];
    const task: ReadyTask = {
      id: identity.id,
      identity,
      group,
      sinceMs,
      remainingMs,
      classRank,
      raiseAtMs: sinceMs + AGEING_MS,
      waitsSinceMs: undefined,
      heapIndex: NOT_IN_HEAP,
      older: undefined,
      newer: undefined,
    };
    if (run.waiting === 0 && !run.isSuspended) this.#join(run);
    run.waiting++;
    this.#tasks.set(identity.id, task);
    this.#ageingOf(task)?.insert(task);
    this.#insert(task);
  }

  remove(id: TaskId): void {
    const task = this.#tasks.get(id);
    if (task === undefined) return;
    this.#tasks.delete(id);
    task.group.run.waiting--;
    this.#ageingOf(task)?.unlink(task);
    this.#takeOut(task);
  }

  /** Raises what has waited long enough. */
  age(nowMs: number): void {
    for (let declared = 1; declared < CLASSES; declared++) {
      for (let rank = declared; rank > 0; rank--) this.#raise(this.#ageing[declared * CLASSES + rank], nowMs);
    }
  }

  /** The task that should be given out next, of all that are not parked, deferred or suspended. */
  peek(): ReadyTask | undefined {
    let best: ReadyTask | undefined;
    for (const run of this.#runs.values()) {
      const top = run.isSuspended ? undefined : run.open.first?.tasks.first;
      if (top !== undefined && (best === undefined || goesBefore(top, best))) best = top;
    }
    return best;
  }

  /** Accounts for work given to the task's run. */
  charge(runId: RunId, workMs: number): void {
    const run = this.#runs.get(runId);
    if (run !== undefined) run.pass += Math.max(1, workMs) / run.weight;
  }

  /** No agent can take this group now: it is not offered before `reopen`. */
  park(group: ReadyGroup): void {
    group.run.open.remove(group);
    group.isParked = true;
    this.#parked.add(group);
  }

  /** This task waits for an agent that is still busy: others of its group are offered meanwhile. */
  defer(task: ReadyTask, nowMs: number): void {
    task.waitsSinceMs ??= nowMs;
    this.#takeOut(task);
    this.#deferred.push(task);
  }

  get deferredCount(): number {
    return this.#deferred.length;
  }

  /** Offers everything parked or deferred again; false when there was nothing. */
  reopen(): boolean {
    if (this.#parked.size === 0 && this.#deferred.length === 0) return false;
    for (const group of this.#parked) {
      group.isParked = false;
      if (group.tasks.size > 0) group.run.open.push(group);
    }
    this.#parked.clear();
    for (const task of this.#deferred.splice(0)) if (this.#tasks.get(task.id) === task) this.#insert(task);
    return true;
  }

  /** Ready tasks in no particular order. */
  ids(): IterableIterator<TaskId> {
    return this.#tasks.keys();
  }

  /**
   * Who had nothing to offer starts level with those who had: nobody may claim the past. Looks at nothing that
   * parking changes, so that a replay gives the same.
   */
  #join(newcomer: ReadyRun): void {
    let lowest = Infinity;
    let highest = 0;
    for (const run of this.#runs.values()) {
      if (run === newcomer) continue;
      if (run.waiting > 0 && !run.isSuspended) lowest = Math.min(lowest, run.pass);
      highest = Math.max(highest, run.pass);
    }
    newcomer.pass = Math.max(newcomer.pass, lowest === Infinity ? highest : lowest);
  }

  /** The list in which the task waits to be raised; none for what is critical already. */
  #ageingOf({ identity, classRank }: ReadyTask): AgeingList | undefined {
    if (classRank === 0) return undefined;
    return this.#ageing[CLASS_RANK[identity.spec.priority ?? 'normal'] * CLASSES + classRank];
  }

  #raise(list: AgeingList | undefined, nowMs: number): void {
    for (let task = list?.first; task !== undefined && task.raiseAtMs <= nowMs; task = list?.first) {
      list?.unlink(task);
      task.classRank--;
      task.raiseAtMs += AGEING_MS;
      this.#ageingOf(task)?.insert(task);
      task.group.tasks.moved(task);
      task.group.run.open.moved(task.group);
    }
  }

  #newGroup(run: ReadyRun, signature: Signature): ReadyGroup {
    const tasks = new IndexedHeap<ReadyTask>(isTaskBefore);
    const group: ReadyGroup = { run, signature, tasks, isParked: false, heapIndex: NOT_IN_HEAP };
    run.groups.set(signature, group);
    return group;
  }

  #insert(task: ReadyTask): void {
    const { group } = task;
    group.tasks.push(task);
    if (group.isParked) return;
    if (group.heapIndex === NOT_IN_HEAP) group.run.open.push(group);
    else if (group.tasks.first === task) group.run.open.moved(group);
  }

  #takeOut(task: ReadyTask): void {
    const { group } = task;
    const wasFirst = group.tasks.first === task;
    group.tasks.remove(task);
    if (group.tasks.size === 0) {
      group.run.open.remove(group);
    } else if (wasFirst) group.run.open.moved(group);
  }
}

/** Doubly linked, who is raised first in front: leaving it costs O(1), and so does coming in order of time. */
class AgeingList {
  first: ReadyTask | undefined;
  #last: ReadyTask | undefined;

  insert(task: ReadyTask): void {
    let older = this.#last;
    while (older !== undefined && older.raiseAtMs > task.raiseAtMs) older = older.older;
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

function isTaskBefore(one: ReadyTask, other: ReadyTask): boolean {
  if (one.classRank !== other.classRank) return one.classRank < other.classRank;
  if (one.remainingMs !== other.remainingMs) return one.remainingMs > other.remainingMs;
  if (one.sinceMs !== other.sinceMs) return one.sinceMs < other.sinceMs;
  return one.identity.index < other.identity.index;
}

function isGroupBefore(one: ReadyGroup, other: ReadyGroup): boolean {
  const [first, second] = [one.tasks.first, other.tasks.first];
  return first !== undefined && (second === undefined || isTaskBefore(first, second));
}

/** Between runs: priority class first, then the run that has had least for its weight, then the older run. */
function goesBefore(one: ReadyTask, other: ReadyTask): boolean {
  if (one.classRank !== other.classRank) return one.classRank < other.classRank;
  return one.group.run.pass < other.group.run.pass;
}
