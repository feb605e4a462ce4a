/**
 * The real core in virtual time: every decision is that of `decide`, `nextEvents` and `apply`, and the only thing that
 * is made up is how long an attempt takes. One recorded graph, one set of agents, one makespan.
 */
import { classKeyOf } from '../src/core/agents/agent-class.ts';
import type { AgentSpec } from '../src/core/agents/agent-spec.ts';
import type { Strategy } from '../src/core/agents/registry.ts';
import type { SwarmEvent } from '../src/core/events.ts';
import { agentId, runId, runOf, type TaskId } from '../src/core/ids.ts';
import { nextEvents } from '../src/core/scheduling/next-event.ts';
import { DEFAULT_RULES, newSwarm, type Swarm } from '../src/core/swarm-state.ts';
import { apply, decide } from '../src/core/swarm.ts';
import type { TaskSpec } from '../src/core/tasks/task-spec.ts';
import { IndexedHeap, NOT_IN_HEAP } from '../src/util/indexed-heap.ts';
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

type Running = Readonly<{ taskId: TaskId; endMs: number }> & { heapIndex: number };

/** Ends of each type on each kind of agent that a swarm is taken to have seen before. */
const LESSONS = 20;
const RUN = runId('run');

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
  const swarm = newSwarm({ ...DEFAULT_RULES, strategy });
  const agents = Array.from({ length: market.agents }, (_, index) => agentOf(market, index));
  take(swarm, [{ type: 'agents.registered', agents }], 0);
  if (estimates !== undefined) teach(swarm, market, agents);
  const tasks = graph.runtime.map((_, index) => taskOf(market, index, estimates?.[index]));
  submit(swarm, tasks);
  const running = new IndexedHeap<Running>((one, other) => one.endMs < other.endMs);
  let nowMs = 0;
  for (;;) {
    giveOut(swarm, market, nowMs, running);
    const next = running.first;
    if (next === undefined) break;
    nowMs = next.endMs;
    for (let due = running.first; due !== undefined && due.endMs <= nowMs; due = running.first) {
      running.remove(due);
      succeed(swarm, due.taskId, nowMs);
    }
  }
  if (swarm.runs.has(RUN)) throw new Error(`${graph.name}: the run did not end`);
  return nowMs / 1_000;
}

/** All that can start at this moment. */
function giveOut(swarm: Swarm, market: Market, nowMs: number, running: IndexedHeap<Running>): void {
  for (let events = nextEvents(swarm, nowMs); events !== undefined; events = nextEvents(swarm, nowMs)) {
    for (const event of events) {
      apply(swarm, event, nowMs);
      if (event.type !== 'attempt.assigned') continue;
      const seconds = secondsOn(market, indexIn(event.taskId), indexIn(event.agentId));
      if (seconds === undefined) throw new Error(`${event.agentId} cannot run ${event.taskId}`);
      running.push({ taskId: event.taskId, endMs: nowMs + seconds * 1_000, heapIndex: NOT_IN_HEAP });
    }
  }
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

function submit(swarm: Swarm, tasks: readonly TaskSpec[]): void {
  const run = { name: 'makespan', inputs: {}, budget: {}, project: '/', source: 'code' };
  const input = { type: 'run.submit', runId: RUN, run, tasks, agents: [] } as const;
  const ruling = decide(swarm, input, { nowMs: 0, wallTimeMs: 0, random: 0 });
  if (!ruling.ok) throw new Error(JSON.stringify(ruling.refusal));
  take(swarm, ruling.events, 0);
}

function succeed(swarm: Swarm, taskId: TaskId, nowMs: number): void {
  const result = { ok: true, outputs: {}, evidence: [] } as const;
  const input = { type: 'attempt.end', taskId, attempt: 1, result } as const;
  const ruling = decide(swarm, input, { nowMs, wallTimeMs: 0, random: 0 });
  if (!ruling.ok) throw new Error(`${runOf(taskId)}: ${JSON.stringify(ruling.refusal)}`);
  take(swarm, ruling.events, nowMs);
}

function take(swarm: Swarm, events: readonly SwarmEvent[], nowMs: number): void {
  for (const event of events) apply(swarm, event, nowMs);
}
