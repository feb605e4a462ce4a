/**
 * Dispatch delay, durable, low load: a chain of tasks, each of which works for 2 ms. From the end of the last need
 * to the start of the next attempt: report, decision, one synced commit, start.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SqliteJournal } from '../src/adapters/sqlite/sqlite-journal.ts';
import { printFigure, printMachine, quantile } from './figure.ts';
import { chainGraph } from './graphs.ts';
import { BenchSwarm } from './swarm-runner.ts';

const BENCH = 'dispatch';
const WORK_MS = 2;
const WARM_UP = 200;
const { values } = parseArgs({ options: { smoke: { type: 'boolean', default: false } } });
const tasks = values.smoke ? 250 : 3_000;

printMachine(BENCH);
const folder = mkdtempSync(join(tmpdir(), 'waggle-bench-'));
try {
  const journal = await SqliteJournal.open(join(folder, 'swarm.sqlite'));
  const delays: number[] = [];
  let endedAtMs: number | undefined;
  const swarm = await BenchSwarm.lead(journal, 1, async () => {
    if (endedAtMs !== undefined) delays.push(performance.now() - endedAtMs);
    await sleep(WORK_MS);
    endedAtMs = performance.now();
  });
  await swarm.run(chainGraph(tasks), 'run');
  swarm.stop();
  await journal.close();
  const measured = delays.slice(WARM_UP);
  const options = { tasks: measured.length, workMs: WORK_MS, synchronous: 'full' };
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
    ['largest', 1],
  ] as const) {
    printFigure({ bench: BENCH, figure: name, value: quantile(measured, share), unit: 'ms', options });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
