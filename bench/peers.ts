/**
 * Waggle and other task runners on the same graphs: work that does nothing, 16 at once, set-up included. Each run
 * is a process of its own, and the runners take turns, so that noise of the machine hits all of them alike.
 * Needs `npm ci --prefix bench/peers`; BullMQ needs Redis: `scripts/services.sh run -- npm run bench -- peers`.
 */
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import { builtProgram } from './built.ts';
import { median, printFigure, printMachine, printNotRun, warm } from './figure.ts';
import { graphOf, type Graph } from './graphs.ts';
import { loadPeer, PEERS, whyNot } from './peer.ts';
import { runInMemory } from './swarm-runner.ts';

const BENCH = 'peers';
const SLOTS = 16;
/** Laps: about this many tasks, but no longer than this unless two take longer. */
const LAPS_TASKS = 160_000;
const MOST_MS = 10_000;
const RUNNERS = ['waggle', ...PEERS] as const;
type Runner = (typeof RUNNERS)[number];

const measured = z.object({ coldPerSecond: z.number(), warmPerSecond: z.number(), peakMb: z.number() });
type Measured = z.infer<typeof measured>;

const { values } = parseArgs({
  options: {
    one: { type: 'string' },
    size: { type: 'string', multiple: true, default: ['1312', '8000'] },
    rounds: { type: 'string', default: '5' },
    smoke: { type: 'boolean', default: false },
  },
});

const sizes = values.smoke ? [100] : values.size.map(Number);
const only = RUNNERS.find((runner) => runner === values.one);
if (only === undefined) await compare(sizes, values.smoke ? 1 : Number(values.rounds));
else console.log(JSON.stringify(await measure(only, graphOf(Number(values.size[0])))));

async function compare(graphSizes: readonly number[], rounds: number): Promise<void> {
  printMachine(BENCH);
  const program = builtProgram(BENCH);
  const runners = available();
  for (const size of graphSizes) {
    const results = new Map<Runner, Measured[]>();
    for (let round = 0; round < rounds; round++) {
      for (const runner of runners) {
        const result = await measureApart(program, runner, size);
        results.set(runner, [...(results.get(runner) ?? []), result]);
      }
    }
    for (const [runner, of] of results) print(runner, graphOf(size), of);
  }
}

function available(): readonly Runner[] {
  const missing = PEERS.filter((peer) => whyNot(peer) !== undefined);
  for (const peer of missing) printNotRun(BENCH, peer, whyNot(peer) ?? '');
  return RUNNERS.filter((runner) => !missing.some((peer) => peer === runner));
}

/** In a process of its own, so that peak memory and warm code belong to one runner. */
async function measureApart(program: string, runner: Runner, size: number): Promise<Measured> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--one', runner, '--size', String(size)]);
  const line: unknown = JSON.parse(stdout);
  return measured.parse(line);
}

async function measure(runner: Runner, graph: Graph): Promise<Measured> {
  const run = runner === 'waggle' ? runInMemory : await loadPeer(runner);
  const perSecond: number[] = [];
  const untilMs = performance.now() + MOST_MS;
  for (let lap = 0; lap < 2 || (lap < LAPS_TASKS / graph.n && performance.now() < untilMs); lap++) {
    const startMs = performance.now();
    await run(graph, SLOTS, () => undefined);
    perSecond.push((graph.n * 1_000) / (performance.now() - startMs));
  }
  const peakMb = (process.resourceUsage().maxRSS * 1_024) / 1e6;
  const [cold = 0] = perSecond;
  return { coldPerSecond: cold, warmPerSecond: warm(perSecond), peakMb };
}

function print(runner: Runner, graph: Graph, of: readonly Measured[]): void {
  const options = { graph: graph.name, tasks: graph.n, slots: SLOTS, processes: of.length };
  const figures = [
    ['tasks per second, warm', of.map((one) => one.warmPerSecond), 'tasks/s'],
    ['tasks per second, first run of the process', of.map((one) => one.coldPerSecond), 'tasks/s'],
    ['peak memory of the process', of.map((one) => one.peakMb), 'MB'],
  ] as const;
  for (const [figure, all, unit] of figures) {
    printFigure({ bench: BENCH, figure: `${runner}: ${figure}`, value: median(all), unit, options });
  }
}
