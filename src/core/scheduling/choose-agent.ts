import { reservationOf } from '../resources/reservation-of.ts';
import { chanceOf } from '../agents/agent.ts';
import type { Agent, AgentClass, BusySlot } from '../agents/agent-class.ts';
import type { Durations } from '../agents/durations.ts';
import type { ClassMatch, Registry } from '../agents/registry.ts';
import type { AgentId } from '../ids.ts';
import type { Capacity } from '../resources/capacity.ts';
import { DEFAULT_ESTIMATE_MS } from '../tasks/task-graph.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';
import type { Task } from '../tasks/task.ts';
import type { ReadyTask } from './ready-lane.ts';

/** What choosing looks at. */
export type Market = Readonly<{ registry: Registry; capacity: Capacity; durations: Durations; maxWaitMs: number }>;

export type Choice =
  | Readonly<{ kind: 'assign'; agent: Agent }>
  /** A busy agent of the class is expected to finish the task sooner than any idle one. */
  | Readonly<{ kind: 'wait'; agentClass: AgentClass; workMs: number }>
  /** No agent that fits has a free slot, or its host has no room. */
  | Readonly<{ kind: 'none' }>;

const NONE: Choice = { kind: 'none' };
/** How fast it is forgotten what a class does best: by about two thirds over 256 tasks that were looked at. */
const EDGE_FADING = 1 / 256;

/** One task to be placed. `excluded`: the agent that it has failed on. */
type Request = Readonly<{ ready: ReadyTask; spec: TaskSpec; excluded: AgentId | null; nowMs: number }>;

/**
 * Filter, score, select: the agent that should take `ready` now. Changes nothing but what it knows of the best that
 * classes do; cost grows with classes, not agents.
 */
export function chooseAgent(market: Market, ready: ReadyTask, task: Task, nowMs: number): Choice {
  const { spec } = task.identity;
  // A retry prefers another agent. What was nobody's fault, as a pause, speaks against nobody.
  const excluded = task.charged + task.crashes > 0 ? task.lastAgentId : null;
  const choice = choose(market, { ready, spec, excluded, nowMs });
  return excluded === null || choice !== NONE ? choice : choose(market, { ready, spec, excluded: null, nowMs });
}

function choose(market: Market, request: Request): Choice {
  const { registry } = market;
  const matches = registry.matches(request.ready.group.kind.signature);
  if (registry.strategy === 'adaptive' && matches.length > 1) return chooseEarliest(market, matches, request);
  let best: Agent | undefined;
  let bestScore = -Infinity;
  for (const match of matches) {
    const agent = idleOf(market, match.class, request);
    const score = agent === undefined ? -Infinity : scoreOf(registry, match, agent);
    if (score <= bestScore) continue;
    best = agent;
    bestScore = score;
  }
  return best === undefined ? NONE : { kind: 'assign', agent: best };
}

/** Expected ms of a task on an agent of this class, before any failure. */
export function expectedMs(durations: Durations, spec: TaskSpec, agentClass: AgentClass): number {
  return durations.expectedMs(spec.type, agentClass.key, spec.estimateMs, DEFAULT_ESTIMATE_MS);
}

/** The best agent of the class with a free slot, if its host has room. */
function idleOf({ capacity }: Market, { free }: AgentClass, { spec, excluded }: Request): Agent | undefined {
  const { first } = free;
  if (first === undefined) return undefined;
  const reserved = reservationOf(spec);
  if (reserved !== undefined && capacity.check(first.spec.host, reserved) !== 'fits') return undefined;
  return first.spec.id === excluded ? free.second : first;
}

/** Classes differ in capability only for the scores that count it; the rest stands in the agent's key. */
function scoreOf(registry: Registry, match: ClassMatch, agent: Agent): number {
  const isScored = registry.strategy === 'capability-based' || registry.strategy === 'adaptive';
  return isScored ? 0.4 * match.capability + agent.key : agent.key;
}

/** The best class so far: lowest cost, then highest score. */
type Best = { class: AgentClass | undefined; agent: Agent | undefined; costMs: number; score: number; workMs: number };

/**
 * Earliest expected finish: when an agent of the class is free + expected duration / chance of success. An agent that
 * does other tasks better than this one is dearer by as much: its time is worth more there.
 */
function chooseEarliest(market: Market, matches: readonly ClassMatch[], request: Request): Choice {
  const leastMs = leastWorkMs(market, matches, request);
  const best: Best = { class: undefined, agent: undefined, costMs: Number.MAX_VALUE, score: -Infinity, workMs: 0 };
  let canStartNow = false;
  let place = 0;
  for (const match of matches) {
    const agentClass = match.class;
    const agent = idleOf(market, agentClass, request);
    if (agent !== undefined) canStartNow = true;
    const startMs = agent === undefined ? waitFor(market, agentClass, request) : request.nowMs;
    const workMs = WORK_MS[place++] ?? 0;
    const costMs = startMs + (workMs * wasteOf(agentClass, leastMs, workMs)) / chanceOn(agentClass, agent);
    const score = agent === undefined ? -1 : 0.4 * match.capability + agent.key;
    if (costMs < best.costMs || (costMs === best.costMs && score > best.score)) {
      [best.class, best.agent, best.costMs] = [agentClass, agent, costMs];
      [best.score, best.workMs] = [score, workMs];
    }
  }
  if (best.class === undefined || !canStartNow) return NONE;
  if (best.agent !== undefined) return { kind: 'assign', agent: best.agent };
  return { kind: 'wait', agentClass: best.class, workMs: best.workMs };
}

/** Expected ms of one task by class, for the time of one choice; a new list each time costs a tenth of the choice. */
const WORK_MS: number[] = [];

/** Fills the list and gives the least of it. */
function leastWorkMs({ durations }: Market, matches: readonly ClassMatch[], { spec }: Request): number {
  const expectation = durations.expectation(spec.type, spec.estimateMs, DEFAULT_ESTIMATE_MS);
  let leastMs = Infinity;
  let place = 0;
  for (const match of matches) {
    const { capability } = match;
    // Nobody knows how much longer; half of what is preferred missing is taken for a third more, all of it for twice as
    // long. Geometric mean of makespan / bound of specialists of whom nothing is known, 4 / 16 / 64 agents:
    // 1.55 / 1.48 / 1.29, against 1.74 / 1.85 / 1.93 without it.
    const isUntried = capability < 1 && !durations.isKnownOn(match.class.key, expectation);
    const workMs = durations.expectedOn(match.class.key, expectation) / (isUntried ? capability : 1);
    WORK_MS[place++] = workMs;
    if (workMs < leastMs) leastMs = workMs;
  }
  return leastMs;
}

/**
 * By how much the class is better at what it does best than at this task, at least 1. What it was best at fades when no
 * such task comes any more.
 */
function wasteOf(agentClass: AgentClass, leastMs: number, workMs: number): number {
  if (workMs <= 0) return 1;
  const efficiency = leastMs / workMs;
  const { edge } = agentClass;
  agentClass.edge = efficiency >= edge ? efficiency : edge - (edge - efficiency) * EDGE_FADING;
  return efficiency > 0 ? agentClass.edge / efficiency : 1;
}

/** When a busy agent of the class should be free; never when that is later than the task may wait. */
function waitFor({ maxWaitMs }: Market, agentClass: AgentClass, { ready, nowMs }: Request): number {
  const freeMs = freeFrom(agentClass, nowMs);
  return freeMs - (ready.waitsSinceMs ?? nowMs) > maxWaitMs ? Infinity : freeMs;
}

function chanceOn({ busy }: AgentClass, idle: Agent | undefined): number {
  const agent = idle ?? busy.first?.agent;
  return agent === undefined ? 1 : chanceOf(agent);
}

/** When an agent of the class should be free, after all that wait for it have had their turn; never when there is none. */
function freeFrom({ busy, awaited, awaitedMs }: AgentClass, nowMs: number): number {
  const { size } = busy;
  if (size === 0) return Infinity;
  const slot = awaited === 0 ? busy.first : nthOf(busy.items, awaited % size);
  if (slot === undefined) return Infinity;
  const turnsMs = awaited < size ? 0 : (Math.floor(awaited / size) * awaitedMs) / awaited;
  // Late already: it may well take as long again as it is late.
  const endMs = slot.expectedEndMs;
  return (endMs > nowMs ? endMs : nowMs + Math.max(1, nowMs - endMs)) + turnsMs;
}

/** The `n`-th item (from 0) of a binary heap, without taking it apart: at most n + 1 open places at a time. */
function nthOf(heap: readonly BusySlot[], n: number): BusySlot | undefined {
  if (n >= heap.length) return undefined;
  const endOf = (place: number): number => heap[place]?.expectedEndMs ?? Infinity;
  const open = [0];
  for (let rank = 0; ; rank++) {
    let least = 0;
    for (let place = 1; place < open.length; place++) {
      if (endOf(open[place] ?? 0) < endOf(open[least] ?? 0)) least = place;
    }
    const place = open[least] ?? 0;
    if (rank === n) return heap[place];
    open[least] = 2 * place + 1;
    open.push(2 * place + 2);
  }
}
