import type { AgentSpec } from '../core/agents/agent-spec.ts';
import { at, type Edges, findNeeds, linkEdges, needsFirst } from '../core/tasks/edges.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';

/** What no schedule without faults can beat, ms. */
export type Bounds = Readonly<{
  /** The larger one of the others. */
  lowerMs: number;
  /** The longest chain of needs. */
  pathMs: number;
  /** All work, shared evenly among those who can do it. */
  shareMs: number;
  /** Names along the longest chain, first task first. */
  path: readonly string[];
}>;

export function boundsOf(
  tasks: readonly TaskSpec[],
  durationsMs: ArrayLike<number>,
  agents: readonly AgentSpec[],
): Bounds {
  const edges = linkEdges(findNeeds(tasks, new Map(tasks.map(({ name }, place) => [name, place]))));
  const order = needsFirst(edges);
  const skips = findSkips(tasks, edges, order);
  const workMs = Float64Array.from(tasks, (_, task) => (skips[task] === 1 ? 0 : (durationsMs[task] ?? 0)));
  const { pathMs, places } = longestPath(edges, order, workMs);
  const shareMs = evenShare(tasks, workMs, agents);
  const path = places.flatMap((task) => (skips[task] === 1 ? [] : (tasks[task]?.name ?? [])));
  return { lowerMs: Math.max(pathMs, shareMs), pathMs, shareMs, path };
}

/** 1 for tasks that are skipped where nothing fails: those for failures, and those that need one of these. */
function findSkips(tasks: readonly TaskSpec[], { needs, needsFrom }: Edges, order: Int32Array): Uint8Array {
  const skips = new Uint8Array(tasks.length);
  for (const task of order) {
    const { when = 'success' } = tasks[task] ?? {};
    const isNeedSkipped = needs
      .subarray(at(needsFrom, task), at(needsFrom, task + 1))
      .some((need) => skips[need] === 1);
    if (isNeedSkipped ? when === 'success' : when === 'failed') skips[task] = 1;
  }
  return skips;
}

function longestPath(
  edges: Edges,
  order: Int32Array,
  workMs: Float64Array,
): Readonly<{ pathMs: number; places: readonly number[] }> {
  const endsMs = new Float64Array(workMs.length);
  const before = new Int32Array(workMs.length);
  let last = 0;
  for (const task of order) {
    const need = latestOf(edges, task, endsMs);
    before[task] = need;
    endsMs[task] = at(workMs, task) + at(endsMs, need);
    if (at(endsMs, task) > at(endsMs, last)) last = task;
  }
  const places: number[] = [];
  for (let task = last; task >= 0; task = at(before, task)) places.push(task);
  return { pathMs: at(endsMs, last), places: places.toReversed() };
}

/** The need that ends last; -1 without needs. */
function latestOf({ needs, needsFrom }: Edges, task: number, endsMs: Float64Array): number {
  let latest = -1;
  for (let edge = at(needsFrom, task); edge < at(needsFrom, task + 1); edge++) {
    const need = at(needs, edge);
    if (latest < 0 || at(endsMs, need) > at(endsMs, latest)) latest = need;
  }
  return latest;
}

/** Overall, and for each set of capabilities that tasks ask for. */
function evenShare(tasks: readonly TaskSpec[], workMs: Float64Array, agents: readonly AgentSpec[]): number {
  const slots = agents.reduce((sum, agent) => sum + agent.slots, 0);
  const kinds = new Map<string, { ms: number; requires: readonly string[] }>();
  let allMs = 0;
  for (const [index, { requires }] of tasks.entries()) {
    const ms = at(workMs, index);
    allMs += ms;
    const key = requires.join('|');
    const found = kinds.get(key);
    if (found === undefined) kinds.set(key, { ms, requires });
    else found.ms += ms;
  }
  if (kinds.size === 1) return allMs / slots;
  const shares = [...kinds.values()].map(({ ms, requires }) => {
    const able = agents.filter(({ capabilities }) => requires.every((each) => capabilities.includes(each)));
    return ms / able.reduce((sum, agent) => sum + agent.slots, 0);
  });
  return Math.max(allMs / slots, ...shares);
}
