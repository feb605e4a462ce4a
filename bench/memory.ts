/**
 * Resident memory of a coordinator with a store on disk: idle, with 100,000 finished tasks in a run that is still
 * open, and after that run has ended. Each figure is taken in a process of its own, after the heap has settled.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import { SqliteJournal } from '../src/adapters/sqlite/sqlite-journal.ts';
import { keepYoungGenerationSmall } from '../src/cli/young-generation.ts';
import { builtProgram } from './built.ts';
import { printFigure, printMachine } from './figure.ts';
import { wideGraph } from './graphs.ts';
import { BenchSwarm } from './swarm-runner.ts';

const BENCH = 'memory';
const SLOTS = 64;
const SETTLE_MS = 3_000;
const MB = 1e6;

const { values } = parseArgs({ options: { one: { type: 'string' }, smoke: { type: 'boolean', default: false } } });
const figuresShape = z.record(z.string(), z.number());
if (values.one === undefined) await measureAll(values.smoke ? 200 : 99_999);
else console.log(JSON.stringify(await measure(Number(values.one))));

async function measureAll(tasks: number): Promise<void> {
  printMachine(BENCH);
  const { stdout } = await promisify(execFile)(process.execPath, [builtProgram(BENCH), '--one', String(tasks)]);
  const line: unknown = JSON.parse(stdout);
  for (const [figure, value] of Object.entries(figuresShape.parse(line))) {
    printFigure({ bench: BENCH, figure, value, unit: 'MB', options: { tasks, slots: SLOTS } });
  }
}

async function measure(tasks: number): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'waggle-bench-'));
  try {
    const journal = await SqliteJournal.open(join(folder, 'swarm.sqlite'));
    const last = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    let ended = 0;
    const swarm = await BenchSwarm.lead(journal, SLOTS, (index) => {
      if (index === tasks) return last.promise;
      if (++ended === tasks) reached.resolve();
      return undefined;
    });
    keepYoungGenerationSmall(); // as our own program does
    const idle = await settled();
    const run = swarm.run(wideGraph(tasks + 1), 'run');
    await reached.promise;
    const open = await settled();
    last.resolve();
    await run;
    const after = await settled();
    swarm.stop();
    await journal.close();
    const peak = process.resourceUsage().maxRSS / (MB / 1_024);
    return { idle, [`${tasks} finished tasks, run open`]: open, [`${tasks} finished tasks, run ended`]: after, peak };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function settled(): Promise<number> {
  await sleep(SETTLE_MS);
  return process.memoryUsage.rss() / MB;
}
