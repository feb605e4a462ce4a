import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { agentId, type AgentId, runId } from '../../core/ids.ts';
import type { Provisioned } from '../../ports/provisioner.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { WorkerProcesses } from './worker-processes.ts';

/** Tells the test about itself, and goes when it is told to, or when whoever started it is gone. */
const OBEDIENT = `
  const net = require('node:net');
  const { env, argv, argv0, pid } = process;
  const host = argv[argv.indexOf('--name') + 1];
  net.connect('test.sock').end(JSON.stringify({ host, env, argv, argv0, pid }) + '\\n');
  process.once('SIGTERM', () => process.exit(0));
  new net.Socket({ fd: 3 }).on('close', () => process.exit(0)).resume();
  setInterval(() => {}, 1_000);`;
const BROKEN = `console.error('no such thing'); process.exit(2);`;
const STUBBORN = `process.on('SIGTERM', () => {}); ${OBEDIENT.replace("process.once('SIGTERM', () => process.exit(0));", '')}`;

const RUN = runId('r1');
const ids = (...numbers: readonly number[]): readonly AgentId[] => numbers.map((n) => agentId(`r1.far-${n}.1`));

const STARTED = z.object({
  host: z.string(),
  env: z.record(z.string(), z.string()),
  argv: z.array(z.string()),
  argv0: z.string(),
  pid: z.number(),
});
type Started = z.infer<typeof STARTED>;

let folder: string;
let clock: ManualClock;
let workers: WorkerProcesses;
let server: Server;
let started: Started[];
let removed: string[];
let change: PromiseWithResolvers<void>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waggle-workers-'));
  clock = new ManualClock();
  [started, removed, change] = [[], [], Promise.withResolvers()];
  server = createServer((socket) => {
    createInterface({ input: socket }).on('line', (line) => {
      started.push(STARTED.parse(JSON.parse(line)));
      note();
    });
  });
  await new Promise<void>((resolve) => void server.listen(join(folder, 'test.sock'), resolve));
  workers = workersOf(OBEDIENT);
});
afterEach(async () => {
  const closed = workers.close();
  clock.advance(60_000);
  await closed;
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Something has begun or ended: whoever waits looks again. */
function note(): void {
  change.resolve();
  change = Promise.withResolvers();
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await change.promise;
}

const there = (host: string): Started | undefined => started.findLast((one) => one.host === host);
const isRemoved = (host: string): Promise<void> => until(() => removed.includes(host));

function workersOf(script: string, folderTrouble: () => void = () => {}): WorkerProcesses {
  const program = join(folder, 'program.cjs');
  writeFileSync(program, script);
  return new WorkerProcesses({
    clock,
    program: process.execPath,
    words: [program],
    cwd: folder,
    env: { PATH: '/usr/bin:/bin' },
    whenHere: async (host, signal) => {
      signal.addEventListener('abort', note);
      await until(() => signal.aborted || there(host) !== undefined);
      return !signal.aborted;
    },
    folderOf: (host) => {
      const log = join(folder, `${host}.log`);
      rmSync(log, { force: true });
      return {
        log,
        lastWords: () => {
          folderTrouble();
          return readFileSync(log, 'utf8').trim() || undefined;
        },
        remove: () => {
          removed.push(host);
          note();
          folderTrouble();
        },
      };
    },
  });
}

function scale(
  agentIds: readonly AgentId[],
  signal: AbortSignal = new AbortController().signal,
  epoch = 1,
): Promise<Provisioned> {
  const capabilities = ['command', 'gpu'];
  const shape = { role: 'far', driver: 'remote', capabilities, slots: 2, host: 'local' } as const;
  return workers.scale({ epoch, runId: RUN, role: 'far', shape, agentIds }, signal);
}

describe('workers of a group', () => {
  test('stay as the newest leader wants them: what a deposed one asks for is refused', async () => {
    const { signal } = new AbortController();
    expect(await scale(ids(1, 2, 2), signal, 5)).toMatchObject({ ok: true });
    expect(await scale(ids(1, 2, 3), signal, 4)).toEqual({ ok: false, detail: 'another leader has taken over' });
    expect(workers.count).toBe(2);
    expect(started).toHaveLength(2);
    expect(removed).toEqual([]);
  });

  test('are as many as were asked for, each once, with a clean environment and the sign that somebody watches', async () => {
    expect(await scale(ids(1, 2, 2))).toMatchObject({ ok: true, agents: ids(1, 2).map((id) => ({ id, runId: RUN })) });
    expect(await scale(ids(1, 2, 2))).toMatchObject({ ok: true });
    expect(workers.count).toBe(2);
    expect(started).toHaveLength(2);
    const { env = {}, argv = [], argv0 } = there('r1.far-1') ?? {};
    expect(env).toEqual({ PATH: '/usr/bin:/bin' });
    expect(argv0).toBe('waggle:launched');
    const flags = ['--for-run', 'r1', '--name', 'r1.far-1', '--role', 'far', '--slots', '2'];
    expect(argv.slice(2)).toEqual([...flags, '--capabilities', 'command,gpu']);
  });

  test('that are not asked for any more end, and leave nothing', async () => {
    await scale(ids(1, 2));
    expect(await scale(ids(1))).toMatchObject({ ok: true, agents: [{ id: 'r1.far-1.1' }] });
    await isRemoved('r1.far-2');
    expect(workers.count).toBe(1);
    expect(await scale([])).toEqual({ ok: true, agents: [] });
    await isRemoved('r1.far-1');
    expect(workers.count).toBe(0);
  });

  test('end with their run, and those of other runs stay', async () => {
    await scale(ids(1));
    workers.forget(runId('r'));
    expect(await scale(ids(1))).toMatchObject({ ok: true });
    expect(started).toHaveLength(1);
    workers.forget(RUN);
    await isRemoved('r1.far-1');
  });

  test('that do not end by themselves are killed after a while', async () => {
    workers = workersOf(STUBBORN);
    await scale(ids(1));
    await scale([]);
    clock.advance(29_999);
    expect([workers.count, removed]).toEqual([1, []]);
    clock.advance(1);
    await isRemoved('r1.far-1');
  });

  test('are not started while the leader ends', async () => {
    await workers.close();
    expect(await scale(ids(1))).toEqual({ ok: false, detail: 'the leader ends' });
  });
});

describe('a worker that does not join', () => {
  test('is ended when nobody waits for it any more', async () => {
    const over = new AbortController();
    const asked = scale(ids(1), over.signal);
    over.abort();
    expect(await asked).toEqual({ ok: false, detail: 'its worker did not join in time' });
    await isRemoved('r1.far-1');
  });
});

describe('a worker that ends by itself', () => {
  test('is told with its last words, and tried again after a pause that doubles up to a minute', async () => {
    workers = workersOf(BROKEN);
    const why = 'its worker has ended (exit code 2): no such thing';
    expect(await scale(ids(1))).toEqual({ ok: false, detail: why });
    expect(await scale(ids(2))).toEqual({ ok: false, detail: `${why}; tried again in 1 s` });
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      clock.advance(pauseMs - 1);
      expect(await scale(ids(3))).toEqual({ ok: false, detail: `${why}; tried again in 1 s` });
      clock.advance(1);
      expect(await scale(ids(3))).toEqual({ ok: false, detail: why });
    }
  });

  test('ends nobody else when its folder can neither be read nor removed', async () => {
    workers = workersOf(BROKEN, () => {
      throw new Error('EACCES');
    });
    expect(await scale(ids(1))).toEqual({ ok: false, detail: 'its worker has ended (exit code 2)' });
    expect(workers.count).toBe(0);
  });

  test('is one fewer, and the next request makes it again', async () => {
    await scale(ids(1));
    clock.advance(60_000);
    process.kill(there('r1.far-1')?.pid ?? 0, 'SIGKILL');
    await isRemoved('r1.far-1');
    started = [];
    const why = 'its worker has ended (killed by SIGKILL); tried again in 1 s';
    expect(await scale(ids(1))).toEqual({ ok: false, detail: why });
    clock.advance(1_000);
    expect(await scale(ids(1))).toMatchObject({ ok: true });
    expect(started).toHaveLength(1);
  });
});
