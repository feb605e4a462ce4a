/**
 * `waggle simulate` of a graph of 1,000,000 tasks on 1,000 agents: time and peak memory of the whole process, and how
 * long it keeps timers from their turn.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { simulateApart } from '../src/app/simulate-apart.ts';
import { printFigure, printMachine } from './figure.ts';

const BENCH = 'simulate';
const AGENTS = 1_000;
const LAYERS = 10;
const TICK_MS = 10;
const MB = 1e6;

const { values } = parseArgs({ options: { one: { type: 'string' }, smoke: { type: 'boolean', default: false } } });
const measured = z.object({ seconds: z.number(), peakMb: z.number(), stallMs: z.number(), overBound: z.number() });
if (values.one === undefined) measureAll(values.smoke ? 1_000 : 1_000_000);
else console.log(JSON.stringify(await measure(Number(values.one))));

/** In a process of its own: its peak is that of the simulation alone. */
function measureAll(tasks: number): void {
  printMachine(BENCH);
  const args = [fileURLToPath(import.meta.url), '--one', String(tasks)];
  const { stdout, status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const line: unknown = JSON.parse(stdout);
  const { seconds, peakMb, stallMs, overBound } = measured.parse(line);
  const options = { tasks, agents: AGENTS };
  printFigure({ bench: BENCH, figure: 'whole time', value: seconds, unit: 's', options });
  printFigure({ bench: BENCH, figure: 'peak memory', value: peakMb, unit: 'MB', options });
  printFigure({ bench: BENCH, figure: 'longest stall of timers', value: stallMs, unit: 'ms', options });
  printFigure({ bench: BENCH, figure: 'makespan / bound', value: overBound, unit: 'ratio', options });
}

async function measure(tasks: number): Promise<z.infer<typeof measured>> {
  const startMs = performance.now();
  let [lastMs, stallMs] = [startMs, 0];
  const timer = setInterval(() => {
    const nowMs = performance.now();
    stallMs = Math.max(stallMs, nowMs - lastMs - TICK_MS);
    lastMs = nowMs;
  }, TICK_MS);
  const name = `synthetic:layers=${LAYERS},width=${tasks / LAYERS}`;
  const request = { name, path: undefined, asked: AGENTS, options: {}, isCompared: false };
  let overBound = Number.NaN;
  for await (const { makespanMs, bounds } of simulateApart(request, () => undefined)) {
    overBound = makespanMs / bounds.lowerMs;
  }
  clearInterval(timer);
  return {
    seconds: (performance.now() - startMs) / 1_000,
    peakMb: process.resourceUsage().maxRSS / (MB / 1_024),
    stallMs,
    overBound,
  };
}
