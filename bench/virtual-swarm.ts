/**
 * The real core in virtual time: every decision is that of `decide`, `nextEvents` and `apply`, and the only thing that
 * is made up is how long an attempt takes. One recorded graph, one set of agents, one makespan.
 */
import { classKeyOf } from '../src/core/agents/agent-class.ts';
import type { AgentSpec } from '../src/core/agents/agent-spec.ts';
import type { Strategy } from '../src/core/agents/registry.ts';
import { agentId } from '../src/core/ids.ts';
import type { Swarm } from '../src/core/swarm-state.ts';
import type { TaskSpec } from '../src/core/tasks/task-spec.ts';
import { VirtualSwarm } from '../src/simulation/virtual-swarm.ts';
import type { Graph } from './graphs.ts';
import { type Factor, factorOf, roleCount, rolesOf, type Scenario } from './scenarios.ts';

/** A graph among agents: what a schedule needs to know, and what a scheduler may. */
export type Market = Readonly<{
  graph: Graph;
  agents: number;
  scenario: Scenario;
  factor: Factor;
  /** Role of each task; all 0 where agents have none. */
  roles: readonly number[];
}>;

/** Expected seconds by task, on an agent with factor 1; undefined: nothing is known before the run. */
export type Estimates = readonly number[] | undefined;

/** Ends of each type on each kind of agent that a swarm is taken to have seen before. */
const LESSONS = 20;

export function marketOf(graph: Graph, scenario: Scenario, agents: number): Market {
  const hasRoles = scenario === 'specialists' || scenario === 'closed';
  const roles = hasRoles ? rolesOf(graph.n, agents) : graph.runtime.map(() => 0);
  return { graph, agents, scenario, factor: factorOf(scenario, agents), roles };
}

/** Seconds that task `index` takes on agent `agent`; undefined when it cannot run there. */
export function secondsOn({ graph, roles, factor }: Market, index: number, agent: number): number | undefined {
  const slower = factor(roles[index] ?? 0, agent);
  return slower === undefined ? undefined : (graph.runtime[index] ?? 0) * slower;
}

/** The makespan, in seconds, of the real scheduler. */
export function runVirtually(market: Market, estimates: Estimates, strategy: Strategy = 'adaptive'): number {
  const { graph } = market;
  const agents = Array.from({ length: market.agents }, (_, index) => agentOf(market, index));
  const swarm = new VirtualSwarm({
    tasks: graph.runtime.map((_, index) => taskOf(market, index, estimates?.[index])),
    agents,
    strategy,
    prepare: (empty) => {
      if (estimates !== undefined) teach(empty, market, agents);
    },
    play: (index, agent) => {
      const seconds = secondsOn(market, index, indexIn(agent));
      if (seconds === undefined) throw new Error(`${agent} cannot run task ${index}`);
      return { ms: seconds * 1_000, end: 'succeeded' };
    },
  });
  return swarm.runToEnd() / 1_000;
}

function indexIn(name: string): number {
  return Number(name.slice(name.lastIndexOf('-') + 1));
}

function agentOf({ scenario, agents }: Market, index: number): AgentSpec {
  const type = index % roleCount(agents);
  const of = (role: string, capabilities: readonly string[]): AgentSpec => {
    return { id: agentId(`agent-${index}`), role, capabilities, driver: 'function', slots: 1, host: 'here' };
  };
  switch (scenario) {
    case 'same':
      return of('worker', ['work']);
    case 'speeds':
      return of(`speed-${index}`, ['work']);
    case 'specialists':
      return of(`role-${type}`, ['work', `own-${type}`]);
    case 'closed': {
      const neighbour = (type + roleCount(agents) - 1) % roleCount(agents);
      return of(`role-${type}`, ['work', `own-${type}`, `can-${type}`, `can-${neighbour}`]);
    }
  }
}

function taskOf({ graph, scenario, roles }: Market, index: number, seconds: number | undefined): TaskSpec {
  const role = roles[index] ?? 0;
  const kind = graph.kinds[graph.kind[index] ?? 0] ?? 'task';
  const hasRoles = scenario === 'specialists' || scenario === 'closed';
  return {
    name: `task-${index}`,
    type: hasRoles ? `${kind}.${role}` : kind,
    work: { kind: 'function', function: 'none' },
    needs: (graph.parents[index] ?? []).map((parent) => `task-${parent}`),
    requires: [scenario === 'closed' ? `can-${role}` : 'work'],
    ...(hasRoles ? { prefers: [`own-${role}`] } : {}),
    ...(seconds === undefined ? {} : { estimateMs: seconds * 1_000 }),
  };
}

/** What earlier runs have taught about the kinds of agents: each type of task once on each that can run it. */
function teach(swarm: Swarm, market: Market, agents: readonly AgentSpec[]): void {
  if (market.scenario === 'same') return;
  const known = new Set<string>();
  for (const index of market.graph.runtime.keys()) {
    const { type } = taskOf(market, index, undefined);
    if (known.has(type)) continue;
    known.add(type);
    for (const [place, agent] of agents.entries()) {
      const factor = market.factor(market.roles[index] ?? 0, place);
      if (factor === undefined) continue;
      for (let time = 0; time < LESSONS; time++) {
        swarm.durations.note(type, classKeyOf(agent), 1_000, 1_000 * factor);
      }
    }
  }
}
