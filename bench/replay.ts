/**
 * How fast the past is read. Real runs leave their journal on disk: 100 runs of 1,000 plain tasks; and, with everything
 * that happens in runs, 100 runs of 1,000 tasks, and one of 100,000. Each is then played: from memory,
 * from disk as a coordinator reads it (decoded, its hash chain and order checked,
 * applied), and as `waggle replay` proves it. And a process of its own takes the lead over the large one: killed just
 * before the end of the run, stopped in an orderly way, and with the run ended.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { SqliteArchive } from '../src/adapters/sqlite/sqlite-archive.ts';
import { SqliteJournal } from '../src/adapters/sqlite/sqlite-journal.ts';
import { PROJECT_SWARM } from '../src/app/file-store.ts';
import { openProject } from '../src/app/open-project.ts';
import { proveReplay } from '../src/app/replay.ts';
import { apply } from '../src/core/swarm.ts';
import { newSwarm } from '../src/core/swarm-state.ts';
import type { JournalRecord } from '../src/ports/journal.ts';
import { builtProgram } from './built.ts';
import { median, printFigure, printMachine, warm } from './figure.ts';
import { mixedGraph, mixedSpec, mixedWork } from './mixed-run.ts';
import { BenchSwarm } from './swarm-runner.ts';

const BENCH = 'replay';
const SLOTS = 64;
const RUNS = 100;
const LAPS = 10;
const ROUNDS = 5;
const SETTLE_MS = 1_000;

const { values } = parseArgs({
  options: {
    make: { type: 'string' },
    play: { type: 'string' },
    start: { type: 'string' },
    tasks: { type: 'string', default: '100000' },
    runs: { type: 'string', default: '1' },
    killed: { type: 'boolean', default: false },
    plain: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
  },
});
const tasks = values.smoke ? 2_000 : Number(values.tasks);
const runs = Number(values.runs);
const played = z.object({
  records: z.number(),
  memory: z.array(z.number()),
  disk: z.array(z.number()),
  proof: z.number(),
});
const started = z.object({ leadingMs: z.number() });
if (values.make !== undefined) await make(values.make);
else if (values.play !== undefined) console.log(JSON.stringify(await play(storeIn(values.play))));
else if (values.start !== undefined) console.log(JSON.stringify(await start(values.start)));
else measureAll(builtProgram(BENCH));

function measureAll(program: string): void {
  printMachine(BENCH);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-bench-')));
  // The path is part of the run: whoever goes on with it must stand in the same place.
  const project = join(folder, 'project');
  const copyOf = (name: string): string => join(folder, name);
  try {
    run(program, ['--make', project, '--runs', String(RUNS), '--plain']);
    measurePlays(program, project, `${RUNS} runs of plain tasks`);
    rmSync(project, { recursive: true });
    run(program, ['--make', project, '--runs', String(RUNS)]);
    measurePlays(program, project, `${RUNS} runs`);
    rmSync(project, { recursive: true });
    run(program, ['--make', project]);
    measurePlays(program, project, '1 run');
    measureStarts(program, 'run ended', project);
    keep(project, copyOf('ended'));
    run(program, ['--make', project, '--killed']);
    keep(project, copyOf('killed'));
    put(copyOf('killed'), project);
    run(program, ['--start', project]); // and stops in an orderly way
    measureStarts(program, 'stopped, run open', project);
    measureStarts(program, 'killed, run open', project, copyOf('killed'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measurePlays(program: string, project: string, what: string): void {
  const { records, memory, disk, proof } = played.parse(run(program, ['--play', project]));
  const options = { tasks, records };
  const print = (how: string, perSecond: number): void =>
    printFigure({ bench: BENCH, figure: `${what}, ${how}`, value: perSecond, unit: 'events/s', options });
  print('in memory, first time in the process', memory[0] ?? Number.NaN);
  print('in memory, warm', values.smoke ? median(memory) : warm(memory));
  print('verified from disk, first time in the process', disk[0] ?? Number.NaN);
  print('verified from disk, warm', values.smoke ? median(disk) : warm(disk));
  printFigure({ bench: BENCH, figure: `${what}, proof of \`waggle replay\``, value: proof, unit: 's', options });
}

/** Of processes of their own; `from` is put in place before each. */
function measureStarts(program: string, how: string, project: string, from?: string): void {
  const spent: number[] = [];
  for (let round = 0; round < (values.smoke ? 1 : ROUNDS); round++) {
    if (from !== undefined) put(from, project);
    spent.push(started.parse(run(program, ['--start', project])).leadingMs / 1_000);
  }
  const options = { tasks, rounds: spent.length };
  const figure = `start of a coordinator, ${how}`;
  printFigure({ bench: BENCH, figure, value: median(spent), unit: 's', options });
  printFigure({ bench: BENCH, figure: `${figure}, slowest`, value: Math.max(...spent), unit: 's', options });
}

function run(program: string, args: readonly string[]): unknown {
  const all = [program, ...args, '--tasks', String(tasks)];
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, all, { encoding: 'utf8' });
  if (signal === 'SIGKILL' && args.includes('--killed')) return undefined;
  if (status !== 0) throw new Error(stderr);
  return stdout === '' ? undefined : JSON.parse(stdout);
}

function keep(project: string, to: string): void {
  cpSync(project, to, { recursive: true });
  rmSync(project, { recursive: true });
}

function put(from: string, project: string): void {
  rmSync(project, { recursive: true, force: true });
  cpSync(from, project, { recursive: true });
  syncFiles(project);
}

/** As a killed coordinator leaves them: else the first sync of the next one would pay for the copy. */
function syncFiles(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = openSync(join(entry.parentPath, entry.name), 'r+');
    fsyncSync(file);
    closeSync(file);
  }
}

function storeIn(project: string): string {
  return join(project, '.waggle', 'swarm.sqlite');
}

/** `--runs`: as many, one after the other. `--plain`: tasks that succeed, and nothing else. `--killed`: by the system, while the last task is still under way. */
async function make(project: string): Promise<void> {
  mkdirSync(join(project, '.waggle'), { recursive: true });
  const journal = await SqliteJournal.open(storeIn(project));
  const graph = mixedGraph(tasks / runs);
  const last = graph.n - 1;
  let open = tasks - 1;
  const watch = (records: readonly JournalRecord[]): void => {
    for (const { event } of records) if (event.type === 'task.succeeded') open--;
    if (open === 0) setTimeout(() => process.kill(process.pid, 'SIGKILL'), SETTLE_MS);
  };
  const swarm = values.killed
    ? await BenchSwarm.lead(journal, SLOTS, (index, call) => (index === last ? forever() : mixedWork(index, call)), [
        { committed: watch },
      ])
    : await BenchSwarm.lead(journal, SLOTS, values.plain ? () => ({}) : mixedWork);
  const declare = values.plain ? () => ({}) : mixedSpec;
  for (let made = 1; made <= runs; made++) await swarm.run(graph, `run-${made}`, { project, declare });
  swarm.stop();
  await journal.close();
}

async function play(store: string): Promise<z.infer<typeof played>> {
  const records: JournalRecord[] = [];
  const disk: number[] = [];
  const memory: number[] = [];
  const journal = await SqliteJournal.open(store);
  for (let lap = 0; lap < (values.smoke ? 1 : LAPS); lap++) {
    const startMs = performance.now();
    const swarm = newSwarm();
    let seq = 0;
    for await (const { atMs, event, seq: found } of journal.read(PROJECT_SWARM, 1)) {
      apply(swarm, event, atMs);
      seq = found;
    }
    disk.push((seq * 1_000) / (performance.now() - startMs));
  }
  for await (const record of journal.read(PROJECT_SWARM, 1)) records.push(record);
  await journal.close();
  for (let lap = 0; lap < (values.smoke ? 1 : LAPS); lap++) {
    const startMs = performance.now();
    const swarm = newSwarm();
    for (const { event, atMs } of records) apply(swarm, event, atMs);
    memory.push((records.length * 1_000) / (performance.now() - startMs));
  }
  return { records: records.length, memory, disk, proof: prove(store) };
}

/** Seconds. */
function prove(store: string): number {
  const archive = new SqliteArchive(store, PROJECT_SWARM);
  const startMs = performance.now();
  const { isSameAgain, isSameFromSnapshot, differsFromLists } = proveReplay(archive);
  const seconds = (performance.now() - startMs) / 1_000;
  archive.close();
  if (!isSameAgain || !isSameFromSnapshot || differsFromLists?.length !== 0) throw new Error('The replay differs.');
  return seconds;
}

/** ms from the start of this process until it leads; then it stops in an orderly way. */
async function start(project: string): Promise<z.infer<typeof started>> {
  const functions = { bench: { run: forever } };
  const open = await openProject({ cwd: project, isRoot: true, functions });
  const coordinator = await open.connect();
  if (coordinator.role !== 'leading') throw new Error('Another process leads.');
  const leadingMs = performance.now();
  await open.close();
  return { leadingMs };
}

function forever(): Promise<never> {
  return new Promise(() => {});
}
