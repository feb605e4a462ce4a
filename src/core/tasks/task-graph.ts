import type { TaskId } from '../ids.ts';
import { at, type Edges, findNeeds, type GraphSpec, linkEdges, needCounts, type Needs, needsFirst } from './edges.ts';
import type { TaskIdentity } from './task.ts';

/** Expected duration of a task about which nothing is known, ms. */
export const DEFAULT_ESTIMATE_MS = 60_000;

/** How the needs of a task stand once none of them is open. */
export type NeedsState = 'open' | 'all-succeeded' | 'some-not-succeeded';

const NO_NUMBERS = new Int32Array(0);
const NO_EDGES: Edges = {
  needsFrom: NO_NUMBERS,
  needs: NO_NUMBERS,
  dependentsFrom: NO_NUMBERS,
  dependents: NO_NUMBERS,
};
const NO_TASKS: readonly number[] = [];

/** A task that came after the others were linked. Only later ones of the same parent need it. */
type LateTask = {
  readonly needs: readonly number[];
  readonly dependents: number[];
  readonly parent: number;
  readonly remainingMs: number;
  openNeeds: number;
  notSucceeded: number;
  /** Whether it has succeeded, once it has ended. */
  hasSucceeded: boolean | undefined;
};

/**
 * The needs of one run, as an index: who waits for whom, how many needs are open, how long the rest takes. Derived
 * from the run's tasks and kept up to date by the owner of the state. Costs O(1) per need in all.
 */
export class TaskGraph {
  readonly #identities: TaskIdentity[] = [];
  readonly #places = new Map<string, number>();
  #edges = NO_EDGES;
  /** Needs first. */
  #order: Int32Array = NO_NUMBERS;
  #openNeeds: Int32Array = NO_NUMBERS;
  #notSucceeded = NO_NUMBERS;
  #remainingMs = new Float64Array(0);
  readonly #late = new Map<number, LateTask>();

  get size(): number {
    return this.#identities.length;
  }

  add(identity: TaskIdentity): void {
    this.#places.set(identity.spec.name, this.#identities.length);
    this.#identities.push(identity);
  }

  /** Call once, when all tasks are there: needs may point forward. They are looked for by name where nobody has them. */
  link(needs?: Needs): void {
    const edges = linkEdges(needs ?? this.#findNeeds());
    this.#edges = edges;
    this.#notSucceeded = new Int32Array(this.size);
    this.#openNeeds = needCounts(edges);
    this.#order = needsFirst(edges);
    this.rank(({ spec }) => spec.estimateMs ?? DEFAULT_ESTIMATE_MS);
  }

  #findNeeds(): Needs {
    const specs = this.#identities.map(({ spec }) => spec);
    return findNeeds(specs, this.#places);
  }

  /** Works out what remains after each task, when `workMs` says how long one takes. Costs `cost`. */
  rank(workMs: (identity: TaskIdentity) => number): void {
    this.#remainingMs = new Float64Array(this.size);
    for (const [index, identity] of this.#identities.entries()) this.#remainingMs[index] = workMs(identity);
    for (let index = this.#order.length - 1; index >= 0; index--) this.#rank(at(this.#order, index));
  }

  /** Tasks and needs. */
  get cost(): number {
    return this.size + this.#edges.needs.length;
  }

  /**
   * Adds sub-tasks of the task at `parent` after the others were linked, each after what it needs. They need other
   * sub-tasks of the same parent only, and their rest is theirs and then their parent's.
   */
  addLate(identities: readonly TaskIdentity[], parent: number): void {
    const longestAfter = new Map<string, number>();
    const remaining = identities.toReversed().map(({ spec }) => {
      const ownMs =
        (spec.estimateMs ?? DEFAULT_ESTIMATE_MS) + (longestAfter.get(spec.name) ?? this.remainingMs(parent));
      for (const need of spec.needs) longestAfter.set(need, Math.max(longestAfter.get(need) ?? 0, ownMs));
      return ownMs;
    });
    for (const [place, identity] of identities.entries()) {
      this.add(identity);
      this.#link(identity, parent, remaining[identities.length - 1 - place] ?? 0);
    }
  }

  identity(index: number): TaskIdentity {
    const identity = this.#identities[index];
    if (identity === undefined) throw new Error(`Internal error: no task at index ${index}`);
    return identity;
  }

  /** Position of the task called `name`. */
  placeOf(name: string): number | undefined {
    return this.#places.get(name);
  }

  /** Id of the task called `name`. */
  idOf(name: string): TaskId | undefined {
    const index = this.#places.get(name);
    return index === undefined ? undefined : this.identity(index).id;
  }

  /** Longest remaining path from the task to an end of the graph, itself included, ms of estimates. */
  remainingMs(index: number): number {
    return this.#lateAt(index)?.remainingMs ?? at(this.#remainingMs, index);
  }

  needsState(index: number): NeedsState {
    const late = this.#lateAt(index);
    if ((late?.openNeeds ?? at(this.#openNeeds, index)) > 0) return 'open';
    return (late?.notSucceeded ?? at(this.#notSucceeded, index)) === 0 ? 'all-succeeded' : 'some-not-succeeded';
  }

  /** Notes that a task has ended, and gives the dependents that now wait for nothing. */
  end(index: number, hasSucceeded: boolean): readonly number[] {
    const late = this.#lateAt(index);
    if (late !== undefined) return this.#endLate(late, hasSucceeded);
    const { dependentsFrom, dependents } = this.#edges;
    let free: number[] | undefined;
    for (let from = at(dependentsFrom, index); from < at(dependentsFrom, index + 1); from++) {
      const dependent = at(dependents, from);
      const open = at(this.#openNeeds, dependent) - 1;
      this.#openNeeds[dependent] = open;
      if (!hasSucceeded) this.#notSucceeded[dependent] = at(this.#notSucceeded, dependent) + 1;
      if (open === 0) (free ??= []).push(dependent);
    }
    return free ?? NO_TASKS;
  }

  /** Positions of the tasks that it needs, in the order in which they are declared. */
  needsOf(index: number): Iterable<number> {
    const { needsFrom, needs } = this.#edges;
    return this.#lateAt(index)?.needs ?? needs.subarray(at(needsFrom, index), at(needsFrom, index + 1));
  }

  /** Every task that `index` waits for, directly or not, in order of their position; a sub-task comes after its parent. */
  ancestors(index: number): readonly number[] {
    const seen = new Set<number>();
    const open = [index];
    const note = (need: number): void => {
      if (!seen.has(need)) open.push(need);
      seen.add(need);
    };
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const need of this.needsOf(next)) note(need);
      const late = this.#lateAt(next);
      if (late !== undefined) note(late.parent);
    }
    return [...seen].sort((one, other) => one - other);
  }

  /** Most tasks are not: they need not be looked for. */
  #lateAt(index: number): LateTask | undefined {
    return index < this.#openNeeds.length ? undefined : this.#late.get(index);
  }

  #link({ index, spec }: TaskIdentity, parent: number, remainingMs: number): void {
    const needs = spec.needs.flatMap((name) => this.#places.get(name) ?? []);
    const late: LateTask = {
      needs,
      dependents: [],
      parent,
      remainingMs,
      openNeeds: 0,
      notSucceeded: 0,
      hasSucceeded: undefined,
    };
    for (const need of needs) {
      const before = this.#late.get(need);
      if (before === undefined) continue;
      before.dependents.push(index);
      if (before.hasSucceeded === undefined) late.openNeeds++;
      else if (!before.hasSucceeded) late.notSucceeded++;
    }
    this.#late.set(index, late);
  }

  #endLate(ended: LateTask, hasSucceeded: boolean): readonly number[] {
    ended.hasSucceeded = hasSucceeded;
    return ended.dependents.filter((index) => {
      const dependent = this.#late.get(index);
      if (dependent === undefined) return false;
      dependent.openNeeds--;
      if (!hasSucceeded) dependent.notSucceeded++;
      return dependent.openNeeds === 0;
    });
  }

  /** The longest path from its dependents on, plus its own time. They are ranked already. */
  #rank(index: number): void {
    const { dependentsFrom, dependents } = this.#edges;
    let longestMs = 0;
    for (let from = at(dependentsFrom, index); from < at(dependentsFrom, index + 1); from++) {
      longestMs = Math.max(longestMs, at(this.#remainingMs, at(dependents, from)));
    }
    this.#remainingMs[index] = at(this.#remainingMs, index) + longestMs;
  }
}

/** Everything wrong with a graph, in words: names taken twice, unknown needs, cycles. Empty when it is sound. */
export function findGraphProblems(specs: readonly GraphSpec[]): readonly string[] {
  const problems: string[] = [];
  const places = new Map<string, number>();
  for (const [index, { name }] of specs.entries()) {
    if (places.has(name)) problems.push(`two tasks are called "${name}"`);
    places.set(name, index);
  }
  for (const { name, needs } of specs) {
    if (needs.length > 1 && new Set(needs).size < needs.length) problems.push(`task "${name}" names a need twice`);
    for (const need of needs) {
      if (!places.has(need)) problems.push(`task "${name}" needs "${need}", which does not exist`);
    }
  }
  if (problems.length > 0) return problems;
  const cycle = findCycle(specs, places);
  return cycle === undefined ? [] : [`tasks wait for each other: ${cycle.join(' → ')}`];
}

/** One cycle as names, first and last equal; undefined when there is none. Every need must be in `places`. */
function findCycle(specs: readonly GraphSpec[], places: ReadonlyMap<string, number>): readonly string[] | undefined {
  const order = needsFirst(linkEdges(findNeeds(specs, places)));
  if (order.length === specs.length) return undefined;
  const sound = new Set(order);
  const nextOf = (index: number): number => {
    const need = specs[index]?.needs.find((name) => !sound.has(places.get(name) ?? -1));
    return places.get(need ?? '') ?? -1;
  };
  // Every task left waits for one that is left, so walking from need to need must come back.
  const path: number[] = [];
  let index = specs.findIndex((_, place) => !sound.has(place));
  for (; !path.includes(index); index = nextOf(index)) path.push(index);
  return [...path.slice(path.indexOf(index)), index].map((place) => specs[place]?.name ?? '');
}
