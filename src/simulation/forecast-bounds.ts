import type { AgentSpec } from '../core/agents/agent-spec.ts';
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

/** Needs may point forward: tasks are taken when all they need is done. */
function longestPath(
  tasks: readonly TaskSpec[],
  durationsMs: ArrayLike<number>,
): Readonly<{ pathMs: number; path: readonly string[] }> {
  const places = new Map(tasks.map(({ name }, place) => [name, place]));
  const needs = tasks.map((task) => task.needs.map((name) => places.get(name) ?? -1));
  const endsMs = new Float64Array(tasks.length);
  const before = new Int32Array(tasks.length).fill(-1);
  for (const task of needsFirst(needs)) {
    for (const need of needs[task] ?? []) {
      const isLater = before[task] === -1 || (endsMs[need] ?? 0) > (endsMs[before[task] ?? -1] ?? 0);
      if (isLater) before[task] = need;
    }
    endsMs[task] = (durationsMs[task] ?? 0) + (endsMs[before[task] ?? -1] ?? 0);
  }
  let last = 0;
  for (const [task, endMs] of endsMs.entries()) if (endMs > (endsMs[last] ?? 0)) last = task;
  const path: string[] = [];
  for (let task = last; task >= 0; task = before[task] ?? -1) path.push(tasks[task]?.name ?? '');
  return { pathMs: endsMs[last] ?? 0, path: path.toReversed() };
}

function needsFirst(needs: readonly (readonly number[])[]): readonly number[] {
  const open = Int32Array.from(needs, (all) => all.length);
  const children: number[][] = needs.map(() => []);
  for (const [task, all] of needs.entries()) for (const need of all) children[need]?.push(task);
  const order: number[] = [];
  for (const [task, count] of open.entries()) if (count === 0) order.push(task);
  for (const task of order) {
    for (const child of children[task] ?? []) {
      const left = (open[child] ?? 0) - 1;
      open[child] = left;
      if (left === 0) order.push(child);
    }
  }
  return order;
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
