import { globSync, readFileSync } from 'node:fs';
import { DEFAULT_RULES } from '../../src/core/swarm-state.ts';
import type { Plan } from '../../src/simulation/plan.ts';
import type { Failure } from './failure.ts';
import type { Marks } from './marks.ts';
import { playChanged } from './metamorphic.ts';
import { play, playSeed } from './play.ts';

/** Every so many seeds one is run twice, and once more in another process. */
const TWICE_EVERY = 100;

/** Every so many seeds one is played again in ways that must make no difference. */
const CHANGED_EVERY = 150;

/** What a process does at a time: the seeds from `from` to below `end`, or a saved plan. */
export type Part = Readonly<{ from: number; end: number }> | Readonly<{ script: string }>;

/** Plain JSON: it goes from one process to the other. */
export type PartResult = Readonly<{
  seeds: number;
  events: number;
  steps: number;
  virtualMs: number;
  failures: readonly Failure[];
  /** Of the seeds that are run again: their hashes. */
  hashes: readonly (readonly [seed: number, hash: string])[];
  marks: readonly (readonly [mark: string, count: number])[];
}>;

export async function runPart(part: Part): Promise<PartResult> {
  return 'script' in part ? runScript(part.script) : runSeeds(part.from, part.end);
}

async function runScript(file: string): Promise<PartResult> {
  const failure = await playScript(file);
  const failures = failure === undefined ? [] : [{ ...failure, message: `${file}: ${failure.message}` }];
  return { seeds: 0, events: 0, steps: 0, virtualMs: 0, failures, hashes: [], marks: [] };
}

async function runSeeds(from: number, end: number): Promise<PartResult> {
  const marks: Marks = new Map();
  const failures: Failure[] = [];
  const hashes: [number, string][] = [];
  const sums = { seeds: 0, events: 0, steps: 0, virtualMs: 0 };
  for (let seed = from; seed < end; seed++) {
    const { violation, hash, events, steps, virtualMs } = await playSeed(seed, { marks });
    sums.seeds++;
    sums.events += events;
    sums.steps += steps;
    sums.virtualMs += virtualMs;
    if (violation !== undefined) failures.push({ seed, ...violation });
    if (seed % CHANGED_EVERY === 0) failures.push(...(await playChanged(seed)));
    if (seed % TWICE_EVERY !== 0) continue;
    hashes.push([seed, hash]);
    const again = await playSeed(seed);
    if (again.hash === hash) continue;
    failures.push({ seed, invariant: 'same-again', message: `${hash}, then ${again.hash}`, atUs: 0 });
  }
  return { ...sums, failures, hashes, marks: [...marks] };
}

/** The saved plans of bugs that are mended; each must come to its end. */
export function savedScripts(): readonly string[] {
  return globSync('test/simulation/scripts/*.json').toSorted();
}

export function readPlan(file: string): Plan {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `shrink.ts` and kept with the sources
  const plan = JSON.parse(readFileSync(file, 'utf8')) as Plan;
  // Rules that came later are as they are by default.
  return { ...plan, rules: { ...DEFAULT_RULES, ...plan.rules } };
}

export async function playScript(file: string): Promise<Failure | undefined> {
  const plan = readPlan(file);
  const { violation } = await play(plan);
  return violation === undefined ? undefined : { seed: plan.seed, ...violation };
}
