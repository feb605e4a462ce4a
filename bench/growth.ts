/**
 * Does a task cost more in a larger graph? The same drawn graph with 1,000, 10,000 and 100,000 tasks in one run,
 * in memory, work that does nothing. Each size in processes of its own, in turns; every process is warmed up first.
 */
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import { builtProgram } from './built.ts';
import { median, printFigure, printMachine } from './figure.ts';
import { drawnGraph } from './graphs.ts';
import { runInMemory } from './swarm-runner.ts';

const BENCH = 'growth';
const SLOTS = 64;
const WARM_UP_TASKS = 100_000;

const { values } = parseArgs({ options: { one: { type: 'string' }, smoke: { type: 'boolean', default: false } } });
if (values.one === undefined)
  await compare(values.smoke ? [100, 1_000] : [1_000, 10_000, 100_000], values.smoke ? 1 : 5);
else console.log(JSON.stringify(await measure(Number(values.one), values.smoke)));

async function compare(sizes: readonly number[], rounds: number): Promise<void> {
  printMachine(BENCH);
  const program = builtProgram(BENCH);
  const micros = new Map<number, number[]>(sizes.map((size) => [size, []]));
  for (let round = 0; round < rounds; round++) {
    for (const size of sizes) {
      const extra = values.smoke ? ['--smoke'] : [];
      const { stdout } = await promisify(execFile)(process.execPath, [program, '--one', String(size), ...extra]);
      const line: unknown = JSON.parse(stdout);
      micros.get(size)?.push(z.number().parse(line));
    }
  }
  const options = { slots: SLOTS, rounds };
  const costs = sizes.map((size) => median(micros.get(size) ?? []));
  for (const [index, size] of sizes.entries()) {
    printFigure({ bench: BENCH, figure: `${size} tasks`, value: costs[index] ?? 0, unit: 'µs/task', options });
  }
  const ratio = (costs.at(-1) ?? 0) / (costs[0] ?? 1);
  printFigure({
    bench: BENCH,
    figure: `${sizes.at(-1)} against ${sizes[0]} tasks`,
    value: ratio,
    unit: 'ratio',
    options,
  });
}

/** µs per task, the median of the laps that fit into as much work as the warm-up. */
async function measure(size: number, isSmoke: boolean): Promise<number> {
  const graph = drawnGraph(size);
  const small = drawnGraph(1_000);
  for (let done = 0; done < (isSmoke ? 1 : WARM_UP_TASKS); done += small.n)
    await runInMemory(small, SLOTS, () => undefined);
  const micros: number[] = [];
  for (let lap = 0; lap < Math.max(3, Math.min(30, WARM_UP_TASKS / size)); lap++) {
    const startMs = performance.now();
    await runInMemory(graph, SLOTS, () => undefined);
    micros.push(((performance.now() - startMs) * 1_000) / graph.n);
  }
  return median(micros);
}
