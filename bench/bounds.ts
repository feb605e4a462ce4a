import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { childrenOf } from './graphs.ts';
import type { Scenario } from './scenarios.ts';
import { type Market, secondsOn } from './virtual-swarm.ts';

/** Seconds that no schedule can beat. */
export type Bound = (market: Market) => number;

/** What `bounds.json` calls a scenario. */
const LETTERS: Readonly<Record<Scenario, string>> = { same: 'same', speeds: 'R', specialists: 'U', closed: 'C' };

const boundsFile = z.record(
  z.string(),
  z.record(z.string(), z.record(z.string(), z.object({ lowerBoundSeconds: z.number() }))),
);

/** The bounds that come with recorded graphs: `bounds.json` in their folder. */
export function recordedBounds(folder: string): Bound {
  const content: unknown = JSON.parse(readFileSync(join(folder, 'bounds.json'), 'utf8'));
  const bounds = boundsFile.parse(content);
  return ({ graph, scenario, agents }) => {
    const found = bounds[graph.name]?.[LETTERS[scenario]]?.[agents];
    if (found === undefined)
      throw new Error(`bounds.json has no bound for ${graph.name}, ${scenario}, ${agents} agents`);
    return found.lowerBoundSeconds;
  };
}

/** The longest path and all work shared evenly, each task on the agent that is best for it. Simple, so rather low. */
export function simpleBound(market: Market): number {
  const { graph, agents } = market;
  const children = childrenOf(graph);
  const remaining: number[] = [];
  let workSeconds = 0;
  for (let index = graph.n - 1; index >= 0; index--) {
    const seconds = Math.min(
      ...Array.from({ length: agents }, (_, agent) => secondsOn(market, index, agent) ?? Infinity),
    );
    remaining[index] = seconds + Math.max(0, ...(children[index] ?? []).map((child) => remaining[child] ?? 0));
    workSeconds += seconds;
  }
  return Math.max(workSeconds / agents, ...remaining);
}
