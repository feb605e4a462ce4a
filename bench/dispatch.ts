/**
 * Dispatch delay, durable, low load: a chain of tasks, each of which works for 2 ms. From the end of the last need
 * to the start of the next attempt: report, decision, one synced commit, start. Beside it
 * BullMQ with the same chain, whose Redis syncs nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SqliteJournal } from '../src/adapters/sqlite/sqlite-journal.ts';
import { printFigure, printMachine, printNotRun, quantile } from './figure.ts';
import { chainGraph } from './graphs.ts';
import { loadPeer, type Peer, whyNot } from './peer.ts';
import { BenchSwarm } from './swarm-runner.ts';

const BENCH = 'dispatch';
const WORK_MS = 2;
const WARM_UP = 200;
const QUANTILES = [
  ['p50', 0.5],
  ['p99', 0.99],
  ['largest', 1],
] as const;
const { values } = parseArgs({ options: { smoke: { type: 'boolean', default: false } } });

printMachine(BENCH);
const graph = chainGraph(values.smoke ? 250 : 3_000);
print('', await measureOurs());
const missing = whyNot('bullmq');
if (missing === undefined) print('bullmq: ', await measurePeer('bullmq'));
else printNotRun(BENCH, 'bullmq', missing);

/** ms from the end of each task to the start of the next. */
async function measureOurs(): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'waggle-bench-'));
  try {
    const { delays, work } = stopwatch();
    const journal = await SqliteJournal.open(join(folder, 'swarm.sqlite'));
    const swarm = await BenchSwarm.lead(journal, 1, work);
    await swarm.run(graph, 'run');
    swarm.stop();
    await journal.close();
    return delays;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measurePeer(peer: Peer): Promise<readonly number[]> {
  const { delays, work } = stopwatch();
  const run = await loadPeer(peer);
  await run(graph, 1, work);
  return delays;
}

function stopwatch(): Readonly<{ delays: readonly number[]; work: () => Promise<void> }> {
  const delays: number[] = [];
  let endedAtMs: number | undefined;
  const work = async (): Promise<void> => {
    if (endedAtMs !== undefined) delays.push(performance.now() - endedAtMs);
    await sleep(WORK_MS);
    endedAtMs = performance.now();
  };
  return { delays, work };
}

function print(prefix: string, delays: readonly number[]): void {
  const measured = delays.slice(WARM_UP);
  const options = { tasks: measured.length, workMs: WORK_MS, durable: prefix === '' };
  for (const [name, share] of QUANTILES) {
    printFigure({ bench: BENCH, figure: `${prefix}${name}`, value: quantile(measured, share), unit: 'ms', options });
  }
}
