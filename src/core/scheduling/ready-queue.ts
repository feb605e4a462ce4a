import { IndexedHeap, NOT_IN_HEAP } from '../../util/indexed-heap.ts';
import type { RunId, TaskId } from '../ids.ts';
import type { PriorityClass } from '../tasks/task-spec.ts';
import type { TaskIdentity } from '../tasks/task.ts';
import type { AgentClass } from '../agents/agent-class.ts';
import type { ClassMatch, Signature } from '../agents/registry.ts';

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
  /** Since when it waits for a busy agent although an idle one fits, and of which class. */
  waitsSinceMs: number | undefined;
  waitsFor: AgentClass | undefined;
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
  /** What is parked, with the classes that could take it; none where it waits for something else. */
  readonly #parked = new Map<ReadyGroup, readonly ClassMatch[] | undefined>();
  readonly #parkedForAnything = new Set<ReadyGroup>();
  readonly #parkedFor = new Map<AgentClass, Set<ReadyGroup>>();
  readonly #deferredFor = new Map<AgentClass, Set<ReadyTask>>();
  #deferredCount = 0;

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
      if (group.isParked) this.#unpark(group);
    }
    for (const tasks of this.#deferredFor.values()) {
      for (const task of tasks) if (task.identity.runId === id) this.remove(task.id);
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
      waitsFor: undefined,
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
    if (task.waitsFor === undefined) this.#takeOut(task);
    else this.#endWait(task, task.waitsFor);
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

  /**
   * No agent can take this group now: it is not offered before one of the matching classes has a free slot. Without
   * `matches` it waits for something else, and is offered again whenever anything is freed.
   */
  park(group: ReadyGroup, matches?: readonly ClassMatch[]): void {
    group.run.open.remove(group);
    group.isParked = true;
    this.#parked.set(group, matches);
    if (matches === undefined) this.#parkedForAnything.add(group);
    else for (const match of matches) addTo(this.#parkedFor, match.class, group);
  }

  /** This task waits for a busy agent of the class: others of its group are offered meanwhile. */
  defer(task: ReadyTask, agentClass: AgentClass, nowMs: number): void {
    task.waitsSinceMs ??= nowMs;
    this.#takeOut(task);
    task.waitsFor = agentClass;
    agentClass.awaited++;
    addTo(this.#deferredFor, agentClass, task);
    this.#deferredCount++;
  }

  get deferredCount(): number {
    return this.#deferredCount;
  }

  /**
   * A slot of the class is free: offers again what was parked for want of one, what waits for other things than
   * agents, and the first of those that wait for this class. The rest has nothing new to hope for.
   */
  freed(agentClass: AgentClass): void {
    for (const group of this.#parkedFor.get(agentClass) ?? NO_GROUPS) this.#unpark(group);
    for (const group of this.#parkedForAnything) this.#unpark(group);
    this.#offerFirst(agentClass);
  }

  /** Offers a task that waits for a class with a free slot; false when there is none. */
  offerServable(): boolean {
    for (const agentClass of this.#deferredFor.keys()) {
      if (agentClass.free.size > 0) return this.#offerFirst(agentClass);
    }
    return false;
  }

  /** Offers everything parked or deferred again. */
  reopen(): void {
    for (const group of this.#parked.keys()) this.#unpark(group);
    for (const tasks of this.#deferredFor.values()) for (const task of tasks) this.#offer(task);
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

  #unpark(group: ReadyGroup): void {
    for (const match of this.#parked.get(group) ?? NO_MATCHES) removeFrom(this.#parkedFor, match.class, group);
    this.#parkedForAnything.delete(group);
    this.#parked.delete(group);
    group.isParked = false;
    if (group.tasks.size > 0) group.run.open.push(group);
  }

  #offerFirst(agentClass: AgentClass): boolean {
    let first: ReadyTask | undefined;
    for (const task of this.#deferredFor.get(agentClass) ?? NO_TASKS) {
      if (first === undefined || isTaskBefore(task, first)) first = task;
    }
    if (first !== undefined) this.#offer(first);
    return first !== undefined;
  }

  #offer(task: ReadyTask): void {
    if (task.waitsFor === undefined) return;
    this.#endWait(task, task.waitsFor);
    this.#insert(task);
  }

  #endWait(task: ReadyTask, agentClass: AgentClass): void {
    task.waitsFor = undefined;
    agentClass.awaited--;
    this.#deferredCount--;
    removeFrom(this.#deferredFor, agentClass, task);
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

const NO_GROUPS: ReadonlySet<ReadyGroup> = new Set();
const NO_TASKS: ReadonlySet<ReadyTask> = new Set();
const NO_MATCHES: readonly ClassMatch[] = [];

function addTo<Item>(sets: Map<AgentClass, Set<Item>>, agentClass: AgentClass, item: Item): void {
  const known = sets.get(agentClass);
  if (known === undefined) sets.set(agentClass, new Set([item]));
  else known.add(item);
}

/** Empty sets go too: classes come and go with runs. */
function removeFrom<Item>(sets: Map<AgentClass, Set<Item>>, agentClass: AgentClass, item: Item): void {
  const known = sets.get(agentClass);
  known?.delete(item);
  if (known?.size === 0) sets.delete(agentClass);
}
