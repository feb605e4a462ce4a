/**
 * Does a task cost more in a larger graph? Drawn graphs of 1,000, 10,000 and 100,000 tasks, each in one run, work that
 * does nothing; over the durable journal, and in memory where nothing hides the engine's own share. Each size in
 * processes of its own, in turns; every process is warmed up first.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import { InMemoryJournal } from '../src/adapters/in-memory/in-memory-journal.ts';
import { SqliteJournal } from '../src/adapters/sqlite/sqlite-journal.ts';
import { Metrics } from '../src/observability/metrics.ts';
import type { Journal } from '../src/ports/journal.ts';
import { builtProgram } from './built.ts';
import { median, printFigure, printMachine } from './figure.ts';
import { drawnGraph, type Graph } from './graphs.ts';
import { BenchSwarm } from './swarm-runner.ts';

const BENCH = 'growth';
const SLOTS = 64;
const WARM_UP_TASKS = 50_000;
const JOURNALS = ['durable', 'in memory'] as const;
type JournalKind = (typeof JOURNALS)[number];

const { values } = parseArgs({
  options: { one: { type: 'string' }, journal: { type: 'string' }, smoke: { type: 'boolean', default: false } },
});
const given = JOURNALS.find((kind) => kind === values.journal);
if (values.one === undefined || given === undefined) await compareAll();
else console.log(JSON.stringify(await measure(given, Number(values.one))));

async function compareAll(): Promise<void> {
  printMachine(BENCH);
  const program = builtProgram(BENCH);
  for (const kind of JOURNALS) await compare(program, kind);
}

async function compare(program: string, kind: JournalKind): Promise<void> {
  const sizes = values.smoke ? [100, 1_000] : [1_000, 10_000, 100_000];
  const rounds = values.smoke ? 1 : 3;
  const micros = new Map<number, number[]>(sizes.map((size) => [size, []]));
  const extra = values.smoke ? ['--smoke'] : [];
  for (let round = 0; round < rounds; round++) {
    for (const size of sizes) {
      const args = [program, '--one', String(size), '--journal', kind, ...extra];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const line: unknown = JSON.parse(stdout);
      micros.get(size)?.push(z.number().parse(line));
    }
  }
  const options = { slots: SLOTS, rounds };
  const costs = sizes.map((size) => median(micros.get(size) ?? []));
  for (const [index, size] of sizes.entries()) {
    const figure = `${kind}, ${size} tasks`;
    printFigure({ bench: BENCH, figure, value: costs[index] ?? 0, unit: 'µs/task', options });
  }
  const figure = `${kind}, ${sizes.at(-1)} against ${sizes[0]} tasks`;
  printFigure({ bench: BENCH, figure, value: (costs.at(-1) ?? 0) / (costs[0] ?? 1), unit: 'ratio', options });
}

/** µs per task: the median of as many laps as make about the work of the warm-up. */
async function measure(kind: JournalKind, size: number): Promise<number> {
  const graph = drawnGraph(size);
  const small = drawnGraph(1_000);
  for (let done = 0; done < (values.smoke ? 1 : WARM_UP_TASKS); done += small.n) await runOnce(kind, small);
  const micros: number[] = [];
  for (let lap = 0; lap < (values.smoke ? 1 : Math.max(3, WARM_UP_TASKS / size)); lap++) {
    micros.push(((await runOnce(kind, graph)) * 1_000) / graph.n);
  }
  return median(micros);
}

/** ms from the submit to the end of the run. Opening a store costs the same for every size and is left out. */
async function runOnce(kind: JournalKind, graph: Graph): Promise<number> {
  if (kind === 'in memory') return timeRun(new InMemoryJournal(), graph);
  const folder = mkdtempSync(join(tmpdir(), 'waggle-bench-'));
  try {
    return await timeRun(await SqliteJournal.open(join(folder, 'swarm.sqlite')), graph);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timeRun(journal: Journal, graph: Graph): Promise<number> {
  const swarm = await BenchSwarm.lead(journal, SLOTS, () => undefined, [new Metrics()]);
  const startMs = performance.now();
  await swarm.run(graph, 'run');
  const ms = performance.now() - startMs;
  swarm.stop();
  await journal.close();
  return ms;
}
