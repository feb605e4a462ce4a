/**
 * Durable tasks per second: 10,000 independent tasks that do nothing, 64 at once, every transition synced to disk
 * (SQLite, WAL, FULL) before it is acted on. From submit to the end of the run is stored.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SqliteJournal } from '../src/adapters/sqlite/sqlite-journal.ts';
import { printFigure, printMachine, warm } from './figure.ts';
import { wideGraph } from './graphs.ts';
import { BenchSwarm } from './swarm-runner.ts';

const BENCH = 'durable';
const SLOTS = 64;
const { values } = parseArgs({
  options: { tasks: { type: 'string', default: '10000' }, smoke: { type: 'boolean', default: false } },
});
const tasks = values.smoke ? 200 : Number(values.tasks);
const laps = values.smoke ? 1 : 12;

printMachine(BENCH);
const folder = mkdtempSync(join(tmpdir(), 'waggle-bench-'));
try {
  const graph = wideGraph(tasks);
  const perSecond: number[] = [];
  for (let lap = 0; lap < laps; lap++) {
    const journal = await SqliteJournal.open(join(folder, `${lap}.sqlite`));
    const swarm = await BenchSwarm.lead(journal, SLOTS, () => undefined);
    const startMs = performance.now();
    await swarm.run(graph, 'run');
    perSecond.push((tasks * 1_000) / (performance.now() - startMs));
    swarm.stop();
    await journal.close();
  }
  const options = { tasks, slots: SLOTS, laps, synchronous: 'full' };
  const [first = 0] = perSecond;
  printFigure({ bench: BENCH, figure: 'first run of the process', value: first, unit: 'tasks/s', options });
  if (perSecond.length > 1)
    printFigure({ bench: BENCH, figure: 'warm', value: warm(perSecond), unit: 'tasks/s', options });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
