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
  const { pathMs, path } = longestPath(tasks, durationsMs);
  const shareMs = evenShare(tasks, durationsMs, agents);
  return { lowerMs: Math.max(pathMs, shareMs), pathMs, shareMs, path };
}

function longestPath(
  tasks: readonly TaskSpec[],
  durationsMs: ArrayLike<number>,
): Readonly<{ pathMs: number; path: readonly string[] }> {
  const edges = linkEdges(findNeeds(tasks, new Map(tasks.map(({ name }, place) => [name, place]))));
  const endsMs = new Float64Array(tasks.length);
  const before = new Int32Array(tasks.length);
  let last = 0;
  for (const task of needsFirst(edges)) {
    const need = latestOf(edges, task, endsMs);
    before[task] = need;
    endsMs[task] = (durationsMs[task] ?? 0) + at(endsMs, need);
    if (at(endsMs, task) > at(endsMs, last)) last = task;
  }
  const path: string[] = [];
  for (let task = last; task >= 0; task = at(before, task)) path.push(tasks[task]?.name ?? '');
  return { pathMs: at(endsMs, last), path: path.toReversed() };
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
function evenShare(tasks: readonly TaskSpec[], durationsMs: ArrayLike<number>, agents: readonly AgentSpec[]): number {
  const slots = agents.reduce((sum, agent) => sum + agent.slots, 0);
  const workMs = new Map<string, { ms: number; requires: readonly string[] }>();
  let allMs = 0;
  for (const [index, { requires }] of tasks.entries()) {
    const ms = durationsMs[index] ?? 0;
    allMs += ms;
    const key = requires.join('|');
    const found = workMs.get(key);
    if (found === undefined) workMs.set(key, { ms, requires });
    else found.ms += ms;
  }
  if (workMs.size === 1) return allMs / slots;
  const shares = [...workMs.values()].map(({ ms, requires }) => {
    const able = agents.filter(({ capabilities }) => requires.every((each) => capabilities.includes(each)));
    return ms / able.reduce((sum, agent) => sum + agent.slots, 0);
  });
  return Math.max(allMs / slots, ...shares);
}
