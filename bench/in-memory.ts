/**
 * The engine over the in-memory journal: tasks per second and peak memory, events and metrics on, work
 * that does nothing.
 * Each graph runs in a process of its own; set-up of the swarm and of the run is part of the time.
 */
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import { builtProgram } from './built.ts';
import { printFigure, printMachine, warm } from './figure.ts';
import { graphOf } from './graphs.ts';
import { runInMemory } from './swarm-runner.ts';

const BENCH = 'in-memory';
const SLOTS = 64;
/** As many laps as make about this many tasks: code needs some thousand calls to become fast. */
const LAPS_TASKS = 160_000;

const lapsShape = z.object({ perSecond: z.array(z.number()), peakMb: z.array(z.number()) });

const { values } = parseArgs({ options: { one: { type: 'string' }, smoke: { type: 'boolean', default: false } } });
if (values.one === undefined) await measureAll(values.smoke ? [100] : [1_312, 8_000]);
else console.log(JSON.stringify(await measure(Number(values.one))));

async function measureAll(sizes: readonly number[]): Promise<void> {
  printMachine(BENCH);
  const program = builtProgram(BENCH);
  for (const size of sizes) {
    const { stdout } = await promisify(execFile)(process.execPath, [program, '--one', String(size)]);
    const line: unknown = JSON.parse(stdout);
    const { perSecond, peakMb } = lapsShape.parse(line);
    const { name, n } = graphOf(size);
    const [first = 0] = perSecond;
    const options = { graph: name, tasks: n, slots: SLOTS, laps: perSecond.length };
    printFigure({ bench: BENCH, figure: `${n} tasks, warm`, value: warm(perSecond), unit: 'tasks/s', options });
    printFigure({
      bench: BENCH,
      figure: `${n} tasks, first run of the process`,
      value: first,
      unit: 'tasks/s',
      options,
    });
    const peak = (after: string, value = 0): void =>
      printFigure({ bench: BENCH, figure: `${n} tasks, peak memory after ${after}`, value, unit: 'MB', options });
    peak('the first run', peakMb[0]);
    peak('all laps', peakMb.at(-1));
  }
}

async function measure(size: number): Promise<z.infer<typeof lapsShape>> {
  const graph = graphOf(size);
  const perSecond: number[] = [];
  const peakMb: number[] = [];
  for (let lap = 0; lap < Math.max(2, LAPS_TASKS / graph.n); lap++) {
    const startMs = performance.now();
    await runInMemory(graph, SLOTS, () => undefined);
    perSecond.push((graph.n * 1_000) / (performance.now() - startMs));
    peakMb.push((process.resourceUsage().maxRSS * 1_024) / 1e6);
  }
  return { perSecond, peakMb };
}
