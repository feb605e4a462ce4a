import { successRate } from '../agents/agent.ts';
import type { Agent, AgentClass, BusySlot } from '../agents/agent-class.ts';
import type { Durations } from '../agents/durations.ts';
import type { ClassMatch, Registry } from '../agents/registry.ts';
import type { Capacity } from '../resources/capacity.ts';
import { DEFAULT_ESTIMATE_MS } from '../tasks/task-graph.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';
import type { Task } from '../tasks/task.ts';
import type { ReadyTask } from './ready-queue.ts';

/** What choosing looks at. */
export type Market = Readonly<{ registry: Registry; capacity: Capacity; durations: Durations; maxWaitMs: number }>;

export type Choice =
  | Readonly<{ kind: 'assign'; agent: Agent }>
  /** A busy agent is expected to finish the task sooner than any idle one. */
  | Readonly<{ kind: 'wait' }>
  /** No agent that fits has a free slot, or its host has no room. */
  | Readonly<{ kind: 'none' }>;

const NONE: Choice = { kind: 'none' };
const WAIT: Choice = { kind: 'wait' };

/** Filter, score, select: the agent that should take `ready` now. Reads only; cost grows with classes, not agents. */
export function chooseAgent(market: Market, ready: ReadyTask, task: Task, nowMs: number): Choice {
  const { registry } = market;
  const matches = registry.matches(ready.group.signature);
  if (registry.strategy === 'adaptive' && matches.length > 1) return chooseEarliest(market, matches, task, nowMs);
  let best: Agent | undefined;
  let bestScore = -Infinity;
  for (const match of matches) {
    const agent = firstOf(match.class, task);
    const score = agent === undefined ? -Infinity : scoreOf(registry, match, agent);
    if (score <= bestScore || !hasRoom(market, match.class, task.identity.spec)) continue;
    best = agent;
    bestScore = score;
  }
  return best === undefined ? NONE : { kind: 'assign', agent: best };
}

/** Expected ms of a task on an agent of this class, before any failure. */
export function expectedMs(durations: Durations, spec: TaskSpec, agentClass: AgentClass): number {
  return durations.expectedMs(spec.type, agentClass.key, spec.estimateMs ?? DEFAULT_ESTIMATE_MS);
}

/** The best agent of the class with a free slot; on a retry another one than last time, if there is one. */
function firstOf({ free }: AgentClass, task: Task): Agent | undefined {
  const { first } = free;
  return first !== undefined && first.spec.id === task.lastAgentId ? (free.second ?? first) : first;
}

function hasRoom({ capacity }: Market, { free }: AgentClass, { resources }: TaskSpec): boolean {
  if (resources === undefined) return true;
  const host = free.first?.spec.host;
  return host === undefined || capacity.check(host, resources) === 'fits';
}

/** Classes differ in capability only for the scores that count it; the rest stands in the agent's key. */
function scoreOf(registry: Registry, match: ClassMatch, agent: Agent): number {
  const isScored = registry.strategy === 'capability-based' || registry.strategy === 'adaptive';
  return isScored ? 0.4 * match.capability + agent.key : agent.key;
}

/** One way to get the task done: on an idle agent now, or on a busy one when it is free. */
type Option = Readonly<{ match: ClassMatch; agent: Agent | undefined; finishMs: number; score: number }>;

/** Earliest expected finish: when an agent of the class is free + expected duration / probability of success. */
function chooseEarliest(market: Market, matches: readonly ClassMatch[], task: Task, nowMs: number): Choice {
  let best: Option | undefined;
  let canStartNow = false;
  for (const match of matches) {
    const option = optionOf(market, match, task, nowMs);
    if (option === undefined) continue;
    if (option.agent !== undefined) canStartNow = true;
    if (best === undefined || isSooner(option, best)) best = option;
  }
  if (best === undefined || !canStartNow) return NONE;
  if (best.agent !== undefined) return { kind: 'assign', agent: best.agent };
  best.match.class.awaited++;
  return WAIT;
}

function optionOf(market: Market, match: ClassMatch, task: Task, nowMs: number): Option | undefined {
  const { spec } = task.identity;
  const agent = hasRoom(market, match.class, spec) ? firstOf(match.class, task) : undefined;
  const freeAtMs = agent === undefined ? freeFrom(match.class, nowMs) : nowMs;
  if (freeAtMs === undefined || freeAtMs - nowMs > market.maxWaitMs) return undefined;
  const judged = agent ?? match.class.busy.first?.agent;
  const chance = judged === undefined ? 1 : successRate(judged);
  const finishMs = freeAtMs + expectedMs(market.durations, spec, match.class) / chance;
  return { match, agent, finishMs, score: agent === undefined ? -1 : 0.4 * match.capability + agent.key };
}

function isSooner(one: Option, other: Option): boolean {
  return one.finishMs < other.finishMs || (one.finishMs === other.finishMs && one.score > other.score);
}

/** When the first agent of the class that no other task waits for should be free; undefined when there is none. */
function freeFrom(agentClass: AgentClass, nowMs: number): number | undefined {
  const slot = nthOf(agentClass.busy.items, agentClass.awaited);
  if (slot === undefined) return undefined;
  // Late already: it may well take as long again as it is late.
  return slot.expectedEndMs > nowMs ? slot.expectedEndMs : nowMs + Math.max(1, nowMs - slot.expectedEndMs);
}

/** The `n`-th item (from 0) of a binary heap, without taking it apart: O(n log n). */
function nthOf(heap: readonly BusySlot[], n: number): BusySlot | undefined {
  if (n >= heap.length) return undefined;
  const open = [0];
  for (let rank = 0; ; rank++) {
    const at = open.reduce((one, other) =>
      (heap[other]?.expectedEndMs ?? 0) < (heap[one]?.expectedEndMs ?? 0) ? other : one,
    );
    if (rank === n) return heap[at];
    open.splice(open.indexOf(at), 1);
    for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length) open.push(child);
  }
}
