/**
 * `waggle check` as whole processes, and beside it the same functions one after the other in one loop without a
 * coordinator. On a drawn repository of 109,000 lines and 3,000 commits, or on those given: `--on DIR --on DIR`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readEnvironment } from '../src/config/environment.ts';
import { drawRepository } from './drawn-repository.ts';
import { median, printFigure, printMachine, quantile } from './figure.ts';

const BENCH = 'check';
const KB_PER_MB = 1_000;
const ROUNDS = 20;
const SIZE = { files: 1_150, linesPerFile: 85, commits: 3_000 };
const SMOKE_SIZE = { files: 30, linesPerFile: 40, commits: 20 };

const { values } = parseArgs({
  options: { on: { type: 'string', multiple: true, default: [] }, smoke: { type: 'boolean', default: false } },
});
const program = fileURLToPath(new URL('../bin/waggle.js', import.meta.url));
const loop = fileURLToPath(new URL('check-loop.ts', import.meta.url));
// The program keeps its compiled code there: the loop is given the same.
const compiled = fileURLToPath(new URL('../node_modules/.cache/waggle', import.meta.url));
const atExit = new URL('usage-at-exit.ts', import.meta.url).href;
const usageShape = z.object({ cpuMs: z.number(), peakKb: z.number() });

type Lap = Readonly<{ ms: number; cpuMs: number; peakMb: number; firstMs: number }>;

printMachine(BENCH);
const work = mkdtempSync(join(tmpdir(), 'waggle-bench-'));
try {
  if (values.on.length === 0) {
    const drawn = join(work, 'drawn');
    await drawRepository(drawn, values.smoke ? SMOKE_SIZE : SIZE);
    await measure(drawn, 'drawn');
  }
  for (const folder of values.on) await measure(folder, basename(folder));
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function measure(folder: string, name: string): Promise<void> {
  const rounds = values.smoke ? 1 : ROUNDS;
  const out = join(work, 'reports');
  const cases = [
    ['whole', [program, 'check', folder, '--out', out]],
    ['one agent', [program, 'check', folder, '--out', out, '--agents', '1']],
    ['loop', [loop, folder, join(work, 'data')]],
  ] as const;
  const laps = new Map<string, Lap[]>(cases.map(([which]) => [which, []]));
  for (const [, args] of cases) await lap(args); // fills the caches
  for (let round = 0; round < rounds; round++) {
    for (const [which, args] of cases) laps.get(which)?.push(await lap(args));
  }
  print(name, laps.get('whole') ?? [], { rounds });
  const [alone, looped] = [laps.get('one agent') ?? [], laps.get('loop') ?? []];
  const over = (some: readonly Lap[], of: (one: Lap) => number): number =>
    100 * (median(some.map(of)) / median(looped.map(of)) - 1);
  const show = (figure: string, value: number, unit: string): void =>
    printFigure({ bench: BENCH, figure: `${name}, ${figure}`, value, unit, options: { rounds } });
  const [ms, cpuMs] = [(one: Lap): number => one.ms, (one: Lap): number => one.cpuMs];
  show('one agent', median(alone.map(ms)), 'ms');
  show('the same functions in one loop', median(looped.map(ms)), 'ms');
  show('over the loop, time', over(laps.get('whole') ?? [], ms), '%');
  show('over the loop, one agent, time', over(alone, ms), '%');
  show('over the loop, one agent, processor time', over(alone, cpuMs), '%');
}

function print(name: string, laps: readonly Lap[], options: Readonly<{ rounds: number }>): void {
  const show = (figure: string, value: number, unit: string): void =>
    printFigure({ bench: BENCH, figure: `${name}, ${figure}`, value, unit, options });
  const times = laps.map(({ ms }) => ms);
  show('p50', quantile(times, 0.5), 'ms');
  show('p95', quantile(times, 0.95), 'ms');
  const first = laps.map(({ firstMs }) => firstMs);
  show('first task on screen, p95', quantile(first, 0.95), 'ms');
  show('peak memory', Math.max(...laps.map(({ peakMb }) => peakMb)), 'MB');
}

/** One whole process. Its own processor time and peak memory come from itself, on a pipe, when it exits. */
async function lap(args: readonly string[]): Promise<Lap> {
  const startMs = performance.now();
  const child = spawn(process.execPath, ['--import', atExit, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: { ...readEnvironment().variables, NODE_COMPILE_CACHE: compiled },
  });
  let [firstMs, text, usage] = [Number.NaN, '', ''];
  child.stdio[2]?.on('data', (part: Buffer) => {
    text += part.toString('utf8');
    if (Number.isNaN(firstMs) && /[●✔]/.test(text)) firstMs = performance.now() - startMs;
  });
  child.stdio[3]?.on('data', (part: Buffer) => (usage += part.toString('utf8')));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.on('error', reject).on('close', resolve);
  const code = await promise;
  const ms = performance.now() - startMs;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${text}`);
  const { cpuMs, peakKb } = usageShape.parse(JSON.parse(usage));
  return { ms, cpuMs, peakMb: peakKb / KB_PER_MB, firstMs };
}
