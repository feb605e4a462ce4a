import { unreachable } from '../../util/assert.ts';
import { loadRatio } from '../agents/agent.ts';
import { healthOf } from '../health/decide-health.ts';
import type { AgentId } from '../ids.ts';
import type { Swarm } from '../swarm-state.ts';
import {
  type CounterName,
  type GaugeName,
  type MetricName,
  METRICS,
  type SamplesName,
  SUMMARIES,
  type SummaryName,
  type WindowFunction,
} from './metric-table.ts';
import { windowsOf } from './metric-windows.ts';
import { percentile } from './windows.ts';

const HEALTH_FIGURES = { healthy: 3, degraded: 2, unhealthy: 1, lost: 0 } as const;

/** A figure of now; undefined when it is not known. `agentId`: for metrics of one agent. */
export function readGauge(swarm: Swarm, name: GaugeName, agentId?: AgentId): number | undefined {
  if (METRICS[name].by === 'agent') return readAgentGauge(swarm, name, agentId);
  switch (name) {
    case 'agents':
      return swarm.registry.agents.size;
    case 'attempts_running':
      return sum(swarm.runs.values(), ({ active }) => active.size);
    case 'average_load_ratio':
      return averageLoad(swarm);
    case 'breakers_open':
      return sum(swarm.breakers.kept.values(), ({ breaker }) => (breaker.status === 'open' ? 1 : 0));
    case 'budget_used_ratio':
      return largestBudgetShare(swarm);
    case 'cache_hit_ratio':
    case 'memory_ratio':
      return swarm.metrics.sampled[name];
    case 'proposals_open':
      return swarm.openProposals.size;
    case 'runs_open':
      return swarm.runs.size;
    case 'tasks_ready':
      return sum(swarm.runs.values(), ({ counts }) => counts.ready);
    case 'agent_health_status':
    case 'agent_load_ratio':
      return undefined;
    default:
      return unreachable(name);
  }
}

export function readSummary({ metrics }: Swarm, name: SummaryName, nowMs: number): number | undefined {
  const { spanMs, least } = SUMMARIES[name];
  if (name === 'task_failure_rate') {
    const ended = metrics.countOver('tasks_ended', spanMs).total(nowMs);
    return ended < least ? undefined : metrics.countOver('tasks_failed', spanMs).total(nowMs) / ended;
  }
  const sorted = metrics.sampleOver(SUMMARIES[name].of[0], spanMs).sorted(nowMs);
  return sorted.length < least ? undefined : percentile(sorted, 95);
}

/** `increase` is how often, `rate` how often per second. */
export function readCount({ metrics }: Swarm, name: CounterName, spanMs: number, nowMs: number): number {
  return metrics.countOver(name, spanMs).total(nowMs);
}

export function readSamples(
  { metrics }: Swarm,
  name: SamplesName,
  { take, spanMs }: Readonly<{ take: Exclude<WindowFunction, 'increase' | 'rate'>; spanMs: number }>,
  nowMs: number,
): number | undefined {
  const sorted = metrics.sampleOver(name, spanMs).sorted(nowMs);
  switch (take) {
    case 'avg':
      return sorted.length === 0 ? undefined : sorted.reduce((total, figure) => total + figure, 0) / sorted.length;
    case 'max':
      return sorted.at(-1);
    case 'min':
      return sorted[0];
    case 'p50':
      return percentile(sorted, 50);
    case 'p95':
      return percentile(sorted, 95);
    case 'p99':
      return percentile(sorted, 99);
    default:
      return unreachable(take);
  }
}

/** When time alone may change what a metric says; Infinity when it cannot. A summary of too little stays unknown. */
export function nextChangeMs(
  swarm: Swarm,
  { name, spanMs }: Readonly<{ name: MetricName; spanMs: number }>,
  nowMs: number,
): number {
  const isSummary = name === 'coordination_latency' || name === 'task_failure_rate' || name === 'task_wait_p95';
  if (isSummary && readSummary(swarm, name, nowMs) === undefined) return Infinity;
  const changes = windowsOf(swarm.metrics, name, spanMs).map((window) => window.nextChangeMs(nowMs) ?? Infinity);
  return Math.min(...changes);
}

function readAgentGauge(swarm: Swarm, name: GaugeName, agentId: AgentId | undefined): number | undefined {
  const agent = agentId === undefined ? undefined : swarm.registry.agents.get(agentId);
  if (agent === undefined) return undefined;
  if (name === 'agent_load_ratio') return loadRatio(agent);
  return HEALTH_FIGURES[healthOf(swarm, agent.spec.id).status];
}

function averageLoad({ registry }: Swarm): number | undefined {
  let [used, slots] = [0, 0];
  for (const agent of registry.agents.values()) {
    used += agent.used;
    slots += agent.spec.slots;
  }
  return slots === 0 ? undefined : used / slots;
}

function largestBudgetShare({ runs }: Swarm): number | undefined {
  let largest: number | undefined;
  for (const { account, spec } of runs.values()) {
    const { attempts, tokens, costMicros } = spec.budget;
    const { spentTokens, spentMicros } = account.figures;
    const shares = [share(account.attempts, attempts), share(spentTokens, tokens), share(spentMicros, costMicros)];
    for (const one of shares) if (one !== undefined) largest = Math.max(largest ?? 0, one);
  }
  return largest;
}

function share(used: number, of: number | undefined): number | undefined {
  return of === undefined || of === 0 ? undefined : used / of;
}

function sum<One>(all: Iterable<One>, figure: (one: One) => number): number {
  let total = 0;
  for (const one of all) total += figure(one);
  return total;
}
