import { IndexedHeap, NOT_IN_HEAP } from '../../util/indexed-heap.ts';
import { addTo, removeFrom } from '../../util/map-of-sets.ts';
import type { AgentClass } from '../agents/agent-class.ts';
import type { ClassMatch, Signature } from '../agents/registry.ts';
import type { RunId, TaskId } from '../ids.ts';
import type { PriorityClass } from '../tasks/task-spec.ts';
import type { TaskIdentity } from '../tasks/task.ts';
import { budgetKeyOf } from './group-key.ts';
import { enlist, groupOf, isAlone, letOut, settleGroup, settleKind } from './ready-groups.ts';
import {
  firstOf,
  goesBefore,
  isKindBefore,
  isTaskBefore,
  put,
  raiseLane,
  type ReadyGroup,
  type ReadyKind,
  type ReadyLane,
  type ReadyRun,
  type ReadyTask,
  WaitingList,
} from './ready-lane.ts';
import { WaitingLines } from './waiting-lines.ts';

/** A smaller number goes first. */
const CLASS_RANK: Readonly<Record<PriorityClass, number>> = { critical: 0, high: 1, normal: 2, low: 3 };

/**
 * Looks at waiting tasks that the end of an attempt pays for. More do not help: with 2 / 8 / 64 the geometric mean of
 * makespan / bound among 16 specialists is 1.125 / 1.123 / 1.123.
 */
const LOOKS_PER_END = 2;
const MOST_LOOKS = 64;

/** What a task waits for: a class, and the work it will bring there. */
export type Wait = Readonly<{ agentClass: AgentClass; workMs: number }>;

/**
 * The ready tasks in the order in which they should be given out: priority class (raised by waiting), then longest
 * remaining path, then waiting time, then position; runs share by weight. O(log n) per task.
 */
export class ReadyQueue {
  readonly #runs = new Map<RunId, ReadyRun>();
  #size = 0;
  /** Lanes that waiting will raise, the next one first. */
  readonly #raising = new IndexedHeap<ReadyLane>((one, other) => one.raiseAtMs < other.raiseAtMs);
  /** What is parked, with the classes that could take it; none where it waits for more than a slot. */
  readonly #parked = new Map<ReadyKind, readonly ClassMatch[] | undefined>();
  readonly #parkedForAnything = new Set<ReadyKind>();
  readonly #parkedFor = new Map<AgentClass, Set<ReadyKind>>();
  readonly #files = new WaitingLines();
  readonly #budgets = new WaitingLines();
  readonly #deferredFor = new Map<AgentClass, Set<ReadyTask>>();
  #deferredCount = 0;
  #looks = 0;
  #nowMs = 0;

  get size(): number {
    return this.#size;
  }

  addRun(id: RunId, weight: number): void {
    this.#runs.set(id, { id, lanes: [], tasks: [], waiting: 0, weight, pass: 0, isSuspended: false, resumedMs: 0 });
  }

  passOf(id: RunId): number {
    return this.#runs.get(id)?.pass ?? 0;
  }

  setPass(id: RunId, pass: number): void {
    const run = this.#runs.get(id);
    if (run !== undefined) run.pass = pass;
  }

  removeRun(id: RunId): void {
    const kinds = (this.#runs.get(id)?.lanes ?? []).flatMap((lane) => [...lane.kinds.values()]);
    for (const group of kinds.flatMap(({ groups }) => [...groups.values()])) {
      for (let task = group.tasks.first; task !== undefined; task = group.tasks.first) this.remove(task.identity);
    }
    for (const tasks of this.#deferredFor.values()) {
      for (const task of tasks) if (task.identity.runId === id) this.remove(task.identity);
    }
    this.#runs.delete(id);
  }

  /** It keeps its place, but none of its tasks is offered. */
  suspend(id: RunId): void {
    const run = this.#runs.get(id);
    if (run !== undefined) run.isSuspended = true;
  }

  resume(id: RunId, nowMs: number): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    run.isSuspended = false;
    run.resumedMs = nowMs;
    for (const lane of run.lanes) this.#noteOldest(lane);
    if (run.waiting > 0) this.#join(run);
  }

  push(identity: TaskIdentity, signature: Signature, sinceMs: number, remainingMs: number): void {
    const run = this.#runs.get(identity.runId);
    if (run === undefined) return;
    const lane = this.#laneOf(run, identity);
    const group = groupOf(lane, signature, identity);
    const task: ReadyTask = {
      id: identity.id,
      identity,
      group,
      sinceMs,
      remainingMs,
      waitsSinceMs: undefined,
      waitsFor: undefined,
      bookedMs: 0,
      heapIndex: NOT_IN_HEAP,
      older: undefined,
      newer: undefined,
    };
    if (run.waiting === 0 && !run.isSuspended) this.#join(run);
    run.waiting++;
    this.#size++;
    put(run.tasks, identity.index, task);
    lane.waiting.insert(task);
    if (lane.waiting.first === task) this.#noteOldest(lane);
    enlist(task);
  }

  /** Does nothing when it is not in the queue. */
  remove({ runId, index }: TaskIdentity): void {
    const tasks = this.#runs.get(runId)?.tasks;
    const task = tasks?.[index];
    if (tasks === undefined || task === undefined) return;
    tasks[index] = undefined;
    this.#size--;
    const { lane } = task.group.kind;
    const wasOldest = lane.waiting.first === task;
    lane.run.waiting--;
    lane.waiting.unlink(task);
    if (task.waitsFor === undefined) this.#takeOut(task);
    else this.#endWait(task, task.waitsFor);
    if (wasOldest) this.#noteOldest(lane);
  }

  /** Raises what has waited long enough. */
  age(nowMs: number): void {
    this.#nowMs = nowMs;
    for (let lane = this.#raising.first; lane !== undefined && lane.raiseAtMs <= nowMs; lane = this.#raising.first) {
      this.#noteOldest(lane);
    }
  }

  /** The task that should be given out next, of all that are not parked, deferred or suspended. */
  peek(): ReadyTask | undefined {
    let best: ReadyTask | undefined;
    for (const run of this.#runs.values()) {
      const top = run.isSuspended ? undefined : firstOf(run);
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
   * No agent can take these now: they are not offered before one of the matching classes has a free slot. Without
   * `matches` they wait for more than a slot, and are offered again whenever anything is freed.
   */
  park(kind: ReadyKind, matches?: readonly ClassMatch[]): void {
    kind.isParked = true;
    settleKind(kind);
    this.#parked.set(kind, matches);
    if (matches === undefined) this.#parkedForAnything.add(kind);
    else for (const match of matches) addTo(this.#parkedFor, match.class, kind);
  }

  /** Others may write the same as these now: they are offered, one group after the other, when `key` is free. */
  parkForFiles(group: ReadyGroup, key: string): void {
    group.kind.open.remove(group);
    this.#files.join(group, key);
    settleKind(group.kind);
  }

  /** The budget has no room for these now: they are offered, one group after the other, when some may have come back. */
  parkForBudget(group: ReadyGroup, { runId, spec }: TaskIdentity): void {
    group.kind.open.remove(group);
    this.#budgets.join(group, `${runId} ${budgetKeyOf(spec)}`);
    settleKind(group.kind);
  }

  /** Who held the files of `key` has ended. `isForAll`: some may start although others hold the same still. */
  freedFiles(key: string, isForAll: boolean): void {
    if (isForAll) for (const group of this.#files.all(key)) letOut(group);
    else this.#files.setFree(key);
  }

  /** Offers the first group of each line that may move on, and the next ones when it is called again. */
  offerKeptBack(): boolean {
    const firsts = [...this.#files.firsts(), ...this.#budgets.firsts()];
    for (const group of firsts) letOut(group);
    return firsts.length > 0;
  }

  /** This task waits for a busy agent of the class: others of its group are offered meanwhile. */
  defer(task: ReadyTask, { agentClass, workMs }: Wait, nowMs: number): void {
    task.waitsSinceMs ??= nowMs;
    this.#takeOut(task);
    task.waitsFor = agentClass;
    task.bookedMs = workMs;
    agentClass.awaited++;
    agentClass.awaitedMs += workMs;
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
    this.#looks = Math.min(this.#looks + LOOKS_PER_END, MOST_LOOKS);
    for (const kind of this.#parkedFor.get(agentClass) ?? NO_KINDS) this.#unpark(kind);
    for (const kind of this.#parkedForAnything) this.#unpark(kind);
    this.#budgets.setAllFree();
    this.#offerFirst(agentClass);
  }

  /** What a run has reserved may have come back: offers again what waits for its budget. */
  reconsider(): void {
    this.#budgets.setAllFree();
  }

  /** Offers a task that waits for a class with a free slot; false when there is none. */
  offerServable(): boolean {
    for (const agentClass of this.#deferredFor.keys()) {
      if (agentClass.free.size > 0) return this.#offerFirst(agentClass);
    }
    return false;
  }

  /** Offers all that wait for busy agents once more, if ends of attempts have paid for it since the last time. */
  offerWaiting(): boolean {
    if (this.#deferredCount === 0 || this.#looks < this.#deferredCount) return false;
    this.#looks = 0;
    this.#offerDeferred();
    return true;
  }

  #offerDeferred(): void {
    for (const tasks of this.#deferredFor.values()) for (const task of tasks) this.#offer(task);
  }

  /** Offers everything parked or deferred again, but for what waits for files that others hold. */
  reopen(): void {
    for (const kind of this.#parked.keys()) this.#unpark(kind);
    this.#budgets.setAllFree();
    this.#offerDeferred();
  }

  /** Brings the ready tasks of a run in line with new figures of what remains. */
  rerank(id: RunId, remainingMs: (index: number) => number): void {
    const kinds = (this.#runs.get(id)?.lanes ?? []).flatMap((lane) => [...lane.kinds.values()]);
    for (const kind of kinds) {
      for (const group of kind.groups.values()) {
        const tasks = [...group.tasks.items];
        group.tasks.clear();
        for (const task of tasks) {
          task.remainingMs = remainingMs(task.identity.index);
          group.tasks.push(task);
        }
        if (group.waitsIn === undefined) kind.open.moved(group);
        else group.waitsIn.lines.moved(group);
      }
      kind.lane.open.moved(kind);
    }
    for (const tasks of this.#deferredFor.values()) {
      for (const task of tasks) if (task.identity.runId === id) task.remainingMs = remainingMs(task.identity.index);
    }
  }

  /** Ready tasks in no particular order. */
  ids(): readonly TaskId[] {
    return [...this.#runs.values()].flatMap(({ tasks }) => tasks.flatMap((task) => task?.id ?? []));
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

  /** Its oldest task has changed, or has waited long enough. */
  #noteOldest(lane: ReadyLane): void {
    raiseLane(lane, this.#nowMs);
    if (lane.raiseAtMs === Infinity) this.#raising.remove(lane);
    else if (lane.heapIndex === NOT_IN_HEAP) this.#raising.push(lane);
    else this.#raising.moved(lane);
  }

  #unpark(kind: ReadyKind): void {
    for (const match of this.#parked.get(kind) ?? NO_MATCHES) removeFrom(this.#parkedFor, match.class, kind);
    this.#parkedForAnything.delete(kind);
    this.#parked.delete(kind);
    kind.isParked = false;
    settleKind(kind);
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
    agentClass.awaitedMs = agentClass.awaited === 0 ? 0 : agentClass.awaitedMs - task.bookedMs;
    this.#deferredCount--;
    removeFrom(this.#deferredFor, agentClass, task);
  }

  #laneOf(run: ReadyRun, { spec }: TaskIdentity): ReadyLane {
    const declaredRank = CLASS_RANK[spec.priority ?? 'normal'];
    const known = run.lanes.find((lane) => lane.declaredRank === declaredRank);
    if (known !== undefined) return known;
    const lane: ReadyLane = {
      run,
      kinds: new Map(),
      open: new IndexedHeap<ReadyKind>(isKindBefore),
      waiting: new WaitingList(),
      declaredRank,
      rank: declaredRank,
      raiseAtMs: Infinity,
      heapIndex: NOT_IN_HEAP,
    };
    run.lanes.push(lane);
    return lane;
  }

  #insert(task: ReadyTask): void {
    // Its group may have been empty, and forgotten, while it waited for an agent.
    const { lane, signature } = task.group.kind;
    task.group = groupOf(lane, signature, task.identity);
    enlist(task);
  }

  #takeOut(task: ReadyTask): void {
    const { group } = task;
    const wasFirst = !isAlone(group) && group.tasks.first === task;
    group.tasks.remove(task);
    if (wasFirst || group.tasks.size === 0) settleGroup(group);
    if (group.tasks.size === 0) this.#forget(group);
  }

  /** Tasks may each ask for something of their own: what nobody asks for any more is not kept. */
  #forget({ kind, key }: ReadyGroup): void {
    kind.groups.delete(key);
    if (kind.groups.size > 0) return;
    if (kind.isParked) this.#unpark(kind);
    kind.lane.kinds.delete(kind.signature);
  }
}

const NO_KINDS: ReadonlySet<ReadyKind> = new Set();
const NO_TASKS: ReadonlySet<ReadyTask> = new Set();
const NO_MATCHES: readonly ClassMatch[] = [];
