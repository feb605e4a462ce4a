import { LruTier } from '../../src/adapters/in-memory/lru-tier.ts';
import { MapTier } from '../../src/adapters/in-memory/map-tier.ts';
import { SharedHub } from '../../src/adapters/in-memory/shared-hub.ts';
import { drawPlan } from '../../src/simulation/draw-plan.ts';
import type { Plan } from '../../src/simulation/plan.ts';
import type { MemoryMakers } from '../../src/simulation/memory-doors.ts';
import { simulate, type WorldResult } from '../../src/simulation/simulate.ts';
import { HOST_KIT } from './host-kit.ts';
import { type Seen, watchAll } from './checkers/all.ts';
import { addMark } from './marks.ts';

/** More than any world writes; room for more costs time in each of them. */
const MAX_SHARED = 500;

/** The tiers as they ship. */
const MEMORY: MemoryMakers = {
  local: (clock, limits) => new LruTier(clock, limits),
  shared: (clock) => new SharedHub(clock, { maxEntries: MAX_SHARED }),
  persistent: (clock, limits) => new MapTier(clock, limits),
};

export type PlayOptions = Readonly<{ keepsTrace?: boolean }> & Seen;

/** Plays one plan under all checkers, in a process in which clocks and chance of the outside throw. */
export async function play(plan: Plan, { keepsTrace = false, ...seen }: PlayOptions = {}): Promise<WorldResult> {
  const restore = forbidOutside();
  // Where an error came from differs with the caller, and would get into the journal with it.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const { marks } = seen;
    if (marks !== undefined) for (const { kind } of plan.faults) addMark(marks, `fault ${kind}`);
    const makers = { kit: HOST_KIT, memory: MEMORY };
    return await simulate(plan, { keepsTrace, ...makers, watch: (world) => watchAll(world, plan, seen) });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    restore();
  }
}

export async function playSeed(seed: number, options?: PlayOptions): Promise<WorldResult> {
  return play(drawPlan(seed), options);
}

/** What would make two runs of one seed differ. Gives back how to allow it again. */
function forbidOutside(): () => void {
  const kept = {
    random: Math.random,
    now: Date.now,
    setTimeout: globalThis.setTimeout,
    setInterval: globalThis.setInterval,
  };
  const forbid = (what: string) => (): never => {
    throw new Error(`${what} has no place in a simulation`);
  };
  Object.assign(Math, { random: forbid('Math.random') });
  Object.assign(Date, { now: forbid('Date.now') });
  Object.assign(globalThis, { setTimeout: forbid('setTimeout'), setInterval: forbid('setInterval') });
  return () => {
    Object.assign(Math, { random: kept.random });
    Object.assign(Date, { now: kept.now });
    Object.assign(globalThis, { setTimeout: kept.setTimeout, setInterval: kept.setInterval });
  };
}
