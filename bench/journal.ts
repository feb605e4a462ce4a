/**
 * What the embedded journal costs on this disk, read tables on and every commit synced: sustained throughput in
 * batches, the time of a lone append, and how fast the past is read back. `--dir` names the folder to measure in.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SqliteArchive } from '../src/adapters/sqlite/sqlite-archive.ts';
import { SqliteJournal } from '../src/adapters/sqlite/sqlite-journal.ts';
import { agentId, runId, swarmId, taskId } from '../src/core/ids.ts';
import type { SwarmEvent } from '../src/core/events.ts';
import type { TaskSpec } from '../src/core/tasks/task-spec.ts';
import type { Journal } from '../src/ports/journal.ts';
import { printFigure, printMachine, quantile } from './figure.ts';

const BENCH = 'journal';
const SWARM = swarmId('main');
const SLOTS = 64;

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '100000' },
    batch: { type: 'string', default: '128' },
    lone: { type: 'string', default: '2000' },
    dir: { type: 'string', default: tmpdir() },
  },
});
const TASKS = Number(values.tasks);
const BATCH = Number(values.batch);
const LONE = Number(values.lone);

/** Writes batches one after the other, as the engine does: the next is sent when the last is stored. */
class Writer {
  readonly #journal: Journal;
  readonly #epoch: number;
  nextSeq = 1;
  #atMs = 0;

  constructor(journal: Journal, epoch: number) {
    this.#journal = journal;
    this.#epoch = epoch;
  }

  async write(events: readonly SwarmEvent[]): Promise<void> {
    const entries = events.map((event) => ({ atMs: this.#atMs++, event }));
    const batch = { swarmId: SWARM, epoch: this.#epoch, firstSeq: this.nextSeq, wallTimeMs: Date.now(), entries };
    const result = await this.#journal.append(batch);
    if (!result.ok) throw new Error(result.reason);
    this.nextSeq += events.length;
  }
}

/**
 * The events that one `run.submit` leads to.
 * @yields one batch each
 */
function* submission(run: string, tasks: number): Generator<SwarmEvent[]> {
  const id = runId(run);
  const spec = { name: 'bench', inputs: {}, budget: {}, project: '/project', source: 'code' };
  yield [{ type: 'run.created', runId: id, run: spec, taskCount: tasks, wallTimeMs: Date.now() }];
  const agents = Array.from({ length: SLOTS }, (_, index) => {
    const own = { id: agentId(`${run}.local-${index}`), role: 'local', driver: 'function', slots: 1 } as const;
    return { ...own, capabilities: ['function:noop'], host: 'local', runId: id };
  });
  yield [{ type: 'agents.registered', agents }];
  for (let from = 0; from < tasks; from += 300) {
    const specs = Array.from({ length: Math.min(300, tasks - from) }, (_, index): TaskSpec => {
      const work = { kind: 'function', function: 'noop', input: { index: from + index } } as const;
      const common = { needs: [], requires: ['function:noop'], estimateMs: 1 };
      return { name: `task-${from + index}`, type: 'noop', work, ...common };
    });
    yield [{ type: 'tasks.added', runId: id, tasks: specs }];
  }
}

/**
 * The happy path: tasks are assigned and succeed, `SLOTS` at a time.
 * @yields one event each
 */
function* happyPath(run: string, tasks: number): Generator<SwarmEvent> {
  const id = runId(run);
  for (let index = 0; index < tasks + SLOTS; index++) {
    const ended = index - SLOTS;
    if (ended >= 0) {
      const evidence = [{ check: 'returned', ok: true }] as const;
      const end = { taskId: taskId(id, `task-${ended}`), attempt: 1, outputs: { result: ended }, evidence };
      yield { type: 'task.succeeded', ...end };
    }
    if (index < tasks) {
      const agent = agentId(`${run}.local-${index % SLOTS}`);
      yield { type: 'attempt.assigned', taskId: taskId(id, `task-${index}`), attempt: 1, agentId: agent };
    }
  }
}

function inBatches(events: Iterable<SwarmEvent>, size: number): readonly SwarmEvent[][] {
  const batches: SwarmEvent[][] = [];
  for (const event of events) {
    const last = batches.at(-1);
    if (last === undefined || last.length >= size) batches.push([event]);
    else last.push(event);
  }
  return batches;
}

async function timed(act: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await act();
  return (performance.now() - startMs) / 1_000;
}

async function measureWrites(journal: Journal): Promise<void> {
  const writer = new Writer(journal, await journal.claim(SWARM));
  const addSeconds = await timed(async () => {
    for (const events of submission('wide', TASKS)) await writer.write(events);
  });
  figure('tasks added', TASKS / addSeconds, 'tasks/s', { tasks: TASKS });
  const batches = inBatches(happyPath('wide', TASKS), BATCH);
  const before = process.cpuUsage();
  const seconds = await timed(async () => {
    for (const batch of batches) await writer.write(batch);
  });
  const { user, system } = process.cpuUsage(before);
  figure('events sustained', (2 * TASKS) / seconds, 'events/s', { batch: BATCH, tasks: TASKS });
  figure('processor time per task', (user + system) / TASKS, 'us', { batch: BATCH, tasks: TASKS });
  const finish: SwarmEvent = { type: 'run.finished', runId: runId('wide'), outcome: { state: 'succeeded' } };
  await writer.write([finish]);
  await measureLone(writer);
}

async function measureLone(writer: Writer): Promise<void> {
  for (const events of submission('lone', LONE)) await writer.write(events);
  const times: number[] = [];
  for (const event of happyPath('lone', LONE)) times.push(1_000 * (await timed(() => writer.write([event]))));
  for (const share of [0.5, 0.99]) {
    figure(`lone append p${share * 100}`, quantile(times, share), 'ms', { appends: times.length });
  }
}

async function measureReads(journal: Journal, path: string): Promise<void> {
  let records = 0;
  const seconds = await timed(async () => {
    for await (const record of journal.read(SWARM, 1)) records += record.seq > 0 ? 1 : 0;
  });
  figure('records read and verified', records / seconds, 'events/s', { records });
  const archive = new SqliteArchive(path, SWARM);
  const listSeconds = await timed(async () => void archive.tasks(runId('wide')));
  figure('list of one run', 1_000 * listSeconds, 'ms', { tasks: TASKS });
  const runsSeconds = await timed(async () => void archive.runs());
  figure('list of runs', 1_000 * runsSeconds, 'ms', { runs: 2 });
  archive.close();
}

function figure(name: string, value: number, unit: string, options: Record<string, number>): void {
  printFigure({ bench: BENCH, figure: name, value, unit, options });
}

const folder = mkdtempSync(join(values.dir, 'waggle-bench-'));
try {
  printMachine(BENCH);
  const path = join(folder, 'swarm.sqlite');
  const journal = await SqliteJournal.open(path);
  await measureWrites(journal);
  await measureReads(journal, path);
  await journal.close();
} finally {
  rmSync(folder, { recursive: true });
}
