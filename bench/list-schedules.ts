/**
 * Other ways to schedule the same graphs, for comparison: small, plain and without the core. A task starts as soon as it
 * is ready, an agent is idle and the rule gives it to that agent; nothing is interrupted.
 */
import type { Draw } from './scenarios.ts';
import { drawFrom, roleCount } from './scenarios.ts';
import { childrenOf } from './graphs.ts';
import { type Market, secondsOn } from './virtual-swarm.ts';

/**
 * `levels`: the next level starts when all of the one before has ended. `fifo`: first ready, first served. `random`: any
 * ready task. `seed`: first ready, to the idle agent with the best score, which is one of the task's own role if there
 * is any. `heft`: planned before the run, longest remaining path first, each to the agent that should end first.
 */
export type Rule = 'levels' | 'fifo' | 'random' | 'seed' | 'heft';

const RANDOM_SEED = 5;

/** The makespan, in seconds. `estimates` are what the plan of `heft` is made of. */
export function scheduleBy(rule: Rule, market: Market, estimates: readonly number[]): number {
  if (rule === 'heft') return runPlan(market, planHeft(market, estimates));
  const levels = rule === 'levels' ? levelsOf(market) : undefined;
  const draw = drawFrom(RANDOM_SEED);
  const run = new ListRun(market);
  for (;;) {
    giveOut(run, rule, draw, levels);
    if (!run.endNext()) return run.nowSeconds;
  }
}

function giveOut(run: ListRun, rule: Rule, draw: Draw, levels: readonly number[] | undefined): void {
  const first = levels === undefined ? Infinity : Math.min(...run.open.map((index) => levels[index] ?? 0));
  for (let place = 0; place < run.ready.length && run.idleCount > 0;) {
    if (rule === 'random') run.moveForward(place, place + Math.floor(draw() * (run.ready.length - place)));
    const index = run.ready[place] ?? 0;
    const isHeld = levels !== undefined && (levels[index] ?? 0) > first;
    const isAnyGood = rule === 'fifo' || rule === 'random';
    const agent = isHeld ? undefined : run.idleFor(index, isAnyGood);
    if (agent === undefined) place++;
    else run.start(place, agent);
  }
}

/** Tasks that run, wait and are ready, in virtual time. */
class ListRun {
  readonly #market: Market;
  readonly #children: readonly (readonly number[])[];
  readonly #openNeeds: number[];
  readonly #endsAt: number[];
  readonly #taskOf: (number | undefined)[];
  readonly #isDone: boolean[];
  readonly ready: number[] = [];
  idleCount: number;
  nowSeconds = 0;

  constructor(market: Market) {
    const { graph, agents } = market;
    this.#market = market;
    this.#children = childrenOf(graph);
    this.#openNeeds = graph.parents.map((needs) => needs.length);
    this.#endsAt = Array.from({ length: agents }, () => Infinity);
    this.#taskOf = Array.from({ length: agents });
    this.#isDone = graph.parents.map(() => false);
    this.idleCount = agents;
    for (const [index, needs] of graph.parents.entries()) if (needs.length === 0) this.ready.push(index);
  }

  get open(): readonly number[] {
    return [...this.#isDone.keys()].filter((index) => !(this.#isDone[index] ?? false));
  }

  /** Of the idle agents that can run it: one of its own role, which the score puts first; else, or if any is good, the first. */
  idleFor(index: number, isAnyGood: boolean): number | undefined {
    const { agents, roles } = this.#market;
    const types = roleCount(agents);
    let found: number | undefined;
    for (let agent = 0; agent < agents; agent++) {
      if (this.#taskOf[agent] !== undefined || secondsOn(this.#market, index, agent) === undefined) continue;
      if (isAnyGood || agent % types === roles[index]) return agent;
      found ??= agent;
    }
    return found;
  }

  moveForward(to: number, from: number): void {
    const [task] = this.ready.splice(from, 1);
    if (task !== undefined) this.ready.splice(to, 0, task);
  }

  start(place: number, agent: number): void {
    const [index] = this.ready.splice(place, 1);
    const seconds = index === undefined ? undefined : secondsOn(this.#market, index, agent);
    if (index === undefined || seconds === undefined) throw new Error(`agent ${agent} cannot run task ${index}`);
    this.#taskOf[agent] = index;
    this.#endsAt[agent] = this.nowSeconds + seconds;
    this.idleCount--;
  }

  isIdle(agent: number): boolean {
    return this.#taskOf[agent] === undefined;
  }

  /** Goes on to the next end; false when nothing runs. */
  endNext(): boolean {
    const nextSeconds = Math.min(...this.#endsAt);
    if (nextSeconds === Infinity) return false;
    this.nowSeconds = nextSeconds;
    for (const [agent, endsAt] of this.#endsAt.entries()) if (endsAt <= nextSeconds) this.#end(agent);
    return true;
  }

  #end(agent: number): void {
    const index = this.#taskOf[agent] ?? 0;
    this.#taskOf[agent] = undefined;
    this.#endsAt[agent] = Infinity;
    this.#isDone[index] = true;
    this.idleCount++;
    for (const child of this.#children[index] ?? []) {
      const open = (this.#openNeeds[child] ?? 0) - 1;
      this.#openNeeds[child] = open;
      if (open === 0) this.ready.push(child);
    }
  }
}

/** How many needs stand one behind the other before each task. */
function levelsOf({ graph }: Market): readonly number[] {
  const levels: number[] = [];
  for (const needs of graph.parents) levels.push(Math.max(-1, ...needs.map((need) => levels[need] ?? 0)) + 1);
  return levels;
}

/** For each agent its tasks in the order of the plan. */
type Plan = readonly (readonly number[])[];

/** Heterogeneous earliest finish time (Topcuoglu, Hariri and Wu, 2002), with its search for gaps left out. */
function planHeft(market: Market, estimates: readonly number[]): Plan {
  const { graph, agents } = market;
  const children = childrenOf(graph);
  const slowerOn = (index: number, agent: number): number | undefined => {
    return market.factor(market.roles[index] ?? 0, agent);
  };
  const all = Array.from({ length: agents }, (_, agent) => agent);
  const rank: number[] = [];
  for (let index = graph.n - 1; index >= 0; index--) {
    const able = all.flatMap((agent) => slowerOn(index, agent) ?? []);
    const mean = able.reduce((sum, one) => sum + one, 0) / able.length;
    rank[index] =
      mean * (estimates[index] ?? 0) + Math.max(0, ...(children[index] ?? []).map((child) => rank[child] ?? 0));
  }
  const order = [...graph.parents.keys()].sort((one, other) => (rank[other] ?? 0) - (rank[one] ?? 0) || one - other);
  const freeAt = all.map(() => 0);
  const endsAt: number[] = [];
  const plan: number[][] = all.map(() => []);
  for (const index of order) {
    const readyAt = Math.max(0, ...(graph.parents[index] ?? []).map((need) => endsAt[need] ?? 0));
    const ends = all.map((agent) => {
      const slower = slowerOn(index, agent);
      if (slower === undefined) return Infinity;
      return Math.max(readyAt, freeAt[agent] ?? 0) + slower * (estimates[index] ?? 0);
    });
    const end = Math.min(...ends);
    const agent = ends.indexOf(end);
    freeAt[agent] = end;
    endsAt[index] = end;
    plan[agent]?.push(index);
  }
  return plan;
}

/** Carries the plan out: each agent does its tasks in their order, each as soon as its needs have ended. */
function runPlan(market: Market, plan: Plan): number {
  const run = new ListRun(market);
  const next = plan.map(() => 0);
  for (;;) {
    for (const [agent, tasks] of plan.entries()) {
      const place = run.isIdle(agent) ? run.ready.indexOf(tasks[next[agent] ?? 0] ?? -1) : -1;
      if (place < 0) continue;
      run.start(place, agent);
      next[agent] = (next[agent] ?? 0) + 1;
    }
    if (!run.endNext()) return run.nowSeconds;
  }
}
