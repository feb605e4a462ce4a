/**
 * Runs worlds and says what broke in them:
 * `npm run simulate -- --seeds N [--from S] [--processes K]` many seeds, all saved scripts, some seeds again in another process;
 * `npm run simulate -- --tier` seeds 0-1,999 and 8,000 more that hang on the commit;
 * `npm run simulate -- --seed S [--trace] [--shrink]` one seed; `--script FILE` a saved plan.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { drawPlan } from '../../src/simulation/draw-plan.ts';
import type { Plan } from '../../src/simulation/plan.ts';
import { isTooLittle, unseen } from './coverage.ts';
import { checkFresh, playParts } from './crew.ts';
import { judgeMarks } from './judge-marks.ts';
import { addMark, type Marks } from './marks.ts';
import { play, playSeed } from './play.ts';
import type { Failure } from './failure.ts';
import { type Part, type PartResult, readPlan, runPart, savedScripts } from './run-part.ts';
import { shrink } from './shrink.ts';

const OPTIONS = {
  seeds: { type: 'string', default: '1000' },
  from: { type: 'string', default: '0' },
  processes: { type: 'string', default: '2' },
  seed: { type: 'string' },
  script: { type: 'string' },
  trace: { type: 'boolean', default: false },
  shrink: { type: 'boolean', default: false },
  tier: { type: 'boolean', default: false },
  crew: { type: 'boolean', default: false },
  hashes: { type: 'string' },
} as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** So few that all processes end at about the same time. */
const SEEDS_AT_ONCE = 25;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.crew) return asChild();
  if (values.hashes !== undefined) return giveHashes(values.hashes);
  if (values.script !== undefined) return showOne(readPlan(values.script), values.trace, values.shrink);
  if (values.seed !== undefined) return showOne(drawPlan(Number(values.seed)), values.trace, values.shrink);
  const processes = Number(values.processes);
  const ranges = values.tier
    ? tierRanges()
    : [[Number(values.from), Number(values.from) + Number(values.seeds)] as const];
  return runMany(ranges, processes);
}

/** The same seeds for every run of one commit, and new ground with each commit. */
function tierRanges(): readonly (readonly [number, number])[] {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const from = 10_000 * (1 + (Number.parseInt(commit.slice(0, 7), 16) % 200_000));
  return [
    [0, 2_000],
    [from, from + 8_000],
  ];
}

async function runMany(ranges: readonly (readonly [number, number])[], processes: number): Promise<number> {
  const startMs = Date.now();
  const results = await playParts([...savedScripts().map((script) => ({ script })), ...partsOf(ranges)], processes);
  const failures = [...results.flatMap((result) => result.failures), ...(await checkFresh(results, processes))];
  const marks: Marks = new Map();
  for (const [mark, count] of results.flatMap((result) => result.marks)) addMark(marks, mark, count);
  const sum = (of: (result: PartResult) => number): number => results.reduce((total, one) => total + of(one), 0);
  const seeds = sum((one) => one.seeds);
  const seconds = (Date.now() - startMs) / 1_000;
  const missing = unseen(marks);
  const vacuous = [...judgeMarks(marks, seeds), ...(isTooLittle(missing, seeds) ? missing : [])];
  report({
    seeds,
    seconds,
    failures,
    vacuous,
    unseen: missing,
    marks: Object.fromEntries([...marks].toSorted(([one], [other]) => (one < other ? -1 : 1))),
  });
  say(
    `${seeds} seeds, ${sum((one) => one.events)} events, ${Math.round(sum((one) => one.virtualMs) / 3_600_000)} h of virtual time`,
  );
  say(
    `${seconds.toFixed(1)} s, ${(seeds / seconds).toFixed(0)} seeds/s on ${processes} processes; ${failures.length} failed`,
  );
  say(`not seen: ${missing.length === 0 ? 'nothing' : missing.join(', ')}`);
  for (const problem of vacuous) say(`VACUOUS ${problem}`);
  for (const failure of failures) tell(failure);
  return failures.length + vacuous.length === 0 ? 0 : 1;
}

function report(found: object): void {
  mkdirSync('reports/simulation', { recursive: true });
  writeFileSync('reports/simulation/newest.json', `${JSON.stringify(found, undefined, 2)}\n`);
}

function tell({ seed, invariant, message, atUs }: Failure): void {
  say(`FAIL seed ${seed}: ${invariant}: ${message} (at ${(atUs / 1_000).toFixed(3)} ms)`);
  say(`     again: npm run simulate -- --seed ${seed} --trace; smaller: npm run simulate -- --seed ${seed} --shrink`);
}

function partsOf(ranges: readonly (readonly [number, number])[]): readonly Part[] {
  return ranges.flatMap(([first, end]) =>
    Array.from({ length: Math.ceil((end - first) / SEEDS_AT_ONCE) }, (_, index): Part => {
      const from = first + index * SEEDS_AT_ONCE;
      return { from, end: Math.min(end, from + SEEDS_AT_ONCE) };
    }),
  );
}

/** Plays what it is told to, until whoever tells it is gone. */
function asChild(): number {
  const playNext = async (part: Part): Promise<void> => void process.send?.(await runPart(part));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this program itself is at the other end
  process.on('message', (part) => void playNext(part as Part));
  return 0;
}

async function giveHashes(seeds: string): Promise<number> {
  for (const seed of seeds.split(',')) say((await playSeed(Number(seed))).hash);
  return 0;
}

async function showOne(plan: Plan, isTraced: boolean, isShrunk: boolean): Promise<number> {
  const { violation, hash, trace, events, virtualMs } = await play(plan, { keepsTrace: isTraced });
  for (const line of trace) say(line);
  say(`seed ${plan.seed}: ${events} events, ${virtualMs} ms, trace ${hash}`);
  if (violation === undefined) return 0;
  tell({ seed: plan.seed, ...violation });
  if (isShrunk) {
    const small = await shrink(plan, violation.invariant, say);
    mkdirSync('reports/simulation', { recursive: true });
    const file = `reports/simulation/seed-${plan.seed}.json`;
    writeFileSync(file, `${JSON.stringify(small, undefined, 1)}\n`);
    say(`smallest plan: ${file}`);
  }
  return 1;
}

process.exitCode = await main();
