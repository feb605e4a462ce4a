import type { SimulationOptions } from '../simulation/forecast.ts';
import type { TaskDag } from '../workflows/task-dag.ts';
import { agentsFor, simulateSource } from './simulation.ts';
import { checkedGraph, graphSource } from './simulation-source.ts';

/** Tasks with the time that each takes, as in a `swarm-dag/1` file. */
export type SimulatedGraph = TaskDag;

export type SimulateOptions = Omit<SimulationOptions, 'agents'> &
  Readonly<{
    /** So many that can do everything, or so many by kind of task. @default 4 */
    agents?: number | Readonly<Record<string, number>>;
  }>;

export type Simulation = Readonly<{
  makespanMs: number;
  /** What no schedule without faults can beat. */
  lowerMs: number;
  /** Part of the time in which agents did something. */
  utilisation: number;
  /** From ready to started, ms. */
  waitMs: Readonly<{ p50: number; p95: number; most: number }>;
  attempts: number;
  outcome: Readonly<{ succeeded: number; failed: number; skipped: number }>;
  /** USD. */
  agentsCost: number;
  /** Names along the longest chain of needs, first task first. */
  criticalPath: readonly string[];
}>;

/**
 * Plays a graph through the real scheduler in virtual time: how long it takes on these agents. Rejects with
 * `UserErrors` that tell everything that is wrong with the graph or the agents.
 */
export async function simulate(graph: SimulatedGraph, options: SimulateOptions = {}): Promise<Simulation> {
  const { agents, ...rest } = options;
  const source = graphSource(checkedGraph({ ...graph, format: 'swarm-dag/1' }, graph.name));
  const asked = typeof agents === 'object' ? new Map(Object.entries(agents)) : agents;
  const simulated = await simulateSource(source, { ...rest, agents: agentsFor(source, asked) });
  const { makespanMs, bounds, utilisation, waitMs, attempts, outcome, cost } = simulated;
  const { lowerMs, path: criticalPath } = bounds;
  return { makespanMs, lowerMs, utilisation, waitMs, attempts, outcome, agentsCost: cost.agents, criticalPath };
}
