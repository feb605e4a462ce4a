import { assert } from '../../util/assert.ts';
import type { TaskId } from '../ids.ts';
import type { TaskIdentity } from './task.ts';
import type { TaskSpec } from './task-spec.ts';

/** Expected duration of a task about which nothing is known, ms. */
export const DEFAULT_ESTIMATE_MS = 60_000;

/** How the needs of a task stand once none of them is open. */
export type NeedsState = 'open' | 'all-succeeded' | 'some-not-succeeded';

type Node = {
  readonly identity: TaskIdentity;
  dependents: number[];
  openNeeds: number;
  notSucceeded: number;
  /** Longest remaining path from here to an end of the graph, this task included, ms of estimates. */
  remainingMs: number;
};

/**
 * The needs of one run, as an index: who waits for whom, how many needs are open, how long the rest takes. Derived
 * from the run's tasks and kept up to date by the owner of the state. Costs O(1) per need in all.
 */
export class TaskGraph {
  readonly #nodes: Node[] = [];
  readonly #indexByName = new Map<string, number>();

  get size(): number {
    return this.#nodes.length;
  }

  add(identity: TaskIdentity): void {
    this.#indexByName.set(identity.spec.name, this.#nodes.length);
    this.#nodes.push({ identity, dependents: [], openNeeds: 0, notSucceeded: 0, remainingMs: 0 });
  }

  /** Call once, when all tasks are there: needs may point forward. */
  link(): void {
    for (const [index, node] of this.#nodes.entries()) {
      for (const need of node.identity.spec.needs) this.#nodeOf(need).dependents.push(index);
      node.openNeeds = node.identity.spec.needs.length;
    }
    this.#rank();
  }

  identity(index: number): TaskIdentity {
    return this.#at(index).identity;
  }

  /** Id of the task called `name`. */
  idOf(name: string): TaskId | undefined {
    const index = this.#indexByName.get(name);
    return index === undefined ? undefined : this.#at(index).identity.id;
  }

  remainingMs(index: number): number {
    return this.#at(index).remainingMs;
  }

  needsState(index: number): NeedsState {
    const { openNeeds, notSucceeded } = this.#at(index);
    if (openNeeds > 0) return 'open';
    return notSucceeded === 0 ? 'all-succeeded' : 'some-not-succeeded';
  }

  /** Notes that a task has ended, and gives the dependents that now wait for nothing. */
  end(index: number, hasSucceeded: boolean): readonly number[] {
    const { dependents } = this.#at(index);
    let free: number[] | undefined;
    for (const dependent of dependents) {
      const node = this.#at(dependent);
      node.openNeeds--;
      if (!hasSucceeded) node.notSucceeded++;
      if (node.openNeeds === 0) (free ??= []).push(dependent);
    }
    return free ?? NO_TASKS;
  }

  /** Every task that `index` waits for, directly or not, in order of their position. */
  ancestors(index: number): readonly number[] {
    const seen = new Set<number>();
    const open = [index];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const need of this.#at(next).identity.spec.needs) {
        const at = this.#indexByName.get(need);
        if (at === undefined || seen.has(at)) continue;
        seen.add(at);
        open.push(at);
      }
    }
    return [...seen].sort((one, other) => one - other);
  }

  #rank(): void {
    const waiting = this.#nodes.map((node) => node.dependents.length);
    const done = [...waiting.keys()].filter((index) => waiting[index] === 0);
    for (let index = done.pop(); index !== undefined; index = done.pop()) {
      const node = this.#at(index);
      node.remainingMs += node.identity.spec.estimateMs ?? DEFAULT_ESTIMATE_MS;
      for (const need of node.identity.spec.needs) {
        const at = this.#indexByName.get(need) ?? -1;
        const before = this.#at(at);
        before.remainingMs = Math.max(before.remainingMs, node.remainingMs);
        const open = (waiting[at] ?? 0) - 1;
        waiting[at] = open;
        if (open === 0) done.push(at);
      }
    }
  }

  #at(index: number): Node {
    const node = this.#nodes[index];
    assert(node !== undefined, `no task at index ${index}`);
    return node;
  }

  #nodeOf(name: string): Node {
    const index = this.#indexByName.get(name);
    assert(index !== undefined, `no task called ${name}`);
    return this.#at(index);
  }
}

const NO_TASKS: readonly number[] = [];

/** Everything wrong with a graph, in words: names taken twice, unknown needs, cycles. Empty when it is sound. */
export function findGraphProblems(specs: readonly TaskSpec[]): readonly string[] {
  const problems: string[] = [];
  const byName = new Map<string, TaskSpec>();
  for (const spec of specs) {
    if (byName.has(spec.name)) problems.push(`two tasks are called "${spec.name}"`);
    byName.set(spec.name, spec);
  }
  for (const spec of specs) {
    for (const need of new Set(spec.needs)) {
      if (!byName.has(need)) problems.push(`task "${spec.name}" needs "${need}", which does not exist`);
    }
    if (new Set(spec.needs).size < spec.needs.length) problems.push(`task "${spec.name}" names a need twice`);
  }
  if (problems.length > 0) return problems;
  const cycle = findCycle(specs);
  return cycle === undefined ? [] : [`tasks wait for each other: ${cycle.join(' → ')}`];
}

/** One cycle as names, first and last equal; undefined when there is none. Expects known, unique names. */
export function findCycle(specs: readonly Pick<TaskSpec, 'name' | 'needs'>[]): readonly string[] | undefined {
  const openNeeds = new Map(specs.map((spec) => [spec.name, spec.needs.length]));
  const dependents = new Map<string, string[]>();
  for (const { name, needs } of specs) {
    for (const need of needs) {
      const known = dependents.get(need);
      if (known === undefined) dependents.set(need, [name]);
      else known.push(name);
    }
  }
  const free = specs.filter((spec) => spec.needs.length === 0).map((spec) => spec.name);
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    openNeeds.delete(name);
    for (const dependent of dependents.get(name) ?? NO_NAMES) {
      const open = (openNeeds.get(dependent) ?? 0) - 1;
      openNeeds.set(dependent, open);
      if (open === 0) free.push(dependent);
    }
  }
  return openNeeds.size === 0 ? undefined : walkToCycle(specs, openNeeds);
}

const NO_NAMES: readonly string[] = [];

/** Every task left waits for one that is left, so walking from need to need must come back. */
function walkToCycle(
  specs: readonly Pick<TaskSpec, 'name' | 'needs'>[],
  left: ReadonlyMap<string, number>,
): readonly string[] {
  const needs = new Map(specs.map((spec) => [spec.name, spec.needs]));
  const path: string[] = [];
  const place = new Map<string, number>();
  let [name = ''] = left.keys();
  while (!place.has(name)) {
    place.set(name, path.length);
    path.push(name);
    name = needs.get(name)?.find((need) => left.has(need)) ?? '';
  }
  return [...path.slice(place.get(name)), name];
}
