import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { env } from 'node:process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SqliteArchive } from '../../src/adapters/sqlite/sqlite-archive.ts';
import { runId, swarmId, type TaskId } from '../../src/core/ids.ts';
import { leftAfter } from '../support/processes.ts';

const PROGRAM = fileURLToPath(new URL('../support/crash-swarm.ts', import.meta.url));
const CYCLES = Number(env['WAGGLE_CRASH_CYCLES'] ?? 10);
/** Longest life of a coordinator that is killed, ms from its start. It needs about a third of it to open. */
const LIFE_MS = 1_200;
const TASKS_PER_RUN = 9;
/** Found in the command line of everything that an attempt starts. */
const MARK = `7${Math.floor(Math.random() * 1e9)}`;

/** What the coordinators said, killed or not: all of it must be true for ever after. */
const acknowledged = new Set<string>();
const succeeded = new Set<string>();
let project: string;
let home: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'waggle-crash-'));
  home = mkdtempSync(join(tmpdir(), 'waggle-crash-home-'));
  execFileSync('git', ['init', '--quiet', project]);
});
afterAll(() => {
  for (const folder of [project, home]) rmSync(folder, { recursive: true, force: true });
});

function start(ids: readonly string[]): Readonly<{ child: ChildProcess; said: Promise<readonly string[]> }> {
  const child = spawn(process.execPath, [PROGRAM, project, MARK, ...ids], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: env['PATH'], HOME: home, WAGGLE_HOME: home },
  });
  return { child, said: listen(child) };
}

async function listen({ stdout }: ChildProcess): Promise<readonly string[]> {
  const lines: string[] = [];
  if (stdout === null) return lines;
  for await (const line of createInterface(stdout)) {
    lines.push(line);
    const [word = '', name = ''] = line.split(' ');
    if (word === 'ack') acknowledged.add(name);
    if (word === 'succeeded') succeeded.add(name);
  }
  return lines;
}

/** Starts a coordinator and kills it, it alone, at some moment of its life. */
async function killOne(ids: readonly string[], lifeMs: number): Promise<readonly number[]> {
  const { child, said } = start(ids);
  const exit = once(child, 'exit');
  await new Promise((resolve) => setTimeout(resolve, lifeMs));
  child.kill('SIGKILL');
  await exit;
  await said;
  return leftAfter(MARK, 1_000);
}

test(
  `after ${CYCLES} kills of the coordinator nothing acknowledged is lost, nothing finished ran again, nothing is left over`,
  { timeout: 120_000 + CYCLES * 10_000 },
  async () => {
    const ids = Array.from({ length: Math.ceil(CYCLES / 2) }, (_, index) => `run-${index}`);
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      // What was not acknowledged is sent again, with the same id: it must not become two.
      const wanted = ids.slice(0, Math.ceil((cycle + 1) / 2)).filter((id) => !acknowledged.has(id));
      const left = await killOne(wanted, Math.random() * LIFE_MS);
      expect(left, `left over after cycle ${cycle}`).toEqual([]);
    }
    const { said } = start(ids.filter((id) => !acknowledged.has(id)));
    expect(await said).toContain('done');
    expect([...acknowledged].toSorted()).toEqual(ids.toSorted());
    expect(await leftAfter(MARK, 1_000)).toEqual([]);
    checkStore(ids);
  },
);

/** What the store says at the end, against what the coordinators said and what the tasks did. */
function checkStore(ids: readonly string[]): void {
  const archive = new SqliteArchive(join(project, '.waggle', 'swarm.sqlite'), swarmId('main'));
  const runs = archive.runs();
  expect(runs.map(({ runId: id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(new Set(runs.map(({ state }) => state))).toEqual(new Set(['succeeded']));
  const done = new Map<string, number>();
  for (const id of ids) {
    const tasks = archive.tasks(runId(id));
    expect(tasks).toHaveLength(TASKS_PER_RUN);
    for (const { taskId, attempt, evidence } of tasks) {
      done.set(taskId, attempt);
      expect(evidence, `evidence of ${taskId}`).not.toEqual([]);
    }
  }
  expect([...succeeded].filter((taskId) => !done.has(taskId))).toEqual([]);
  expect(endsTwice(archive)).toEqual([]);
  checkSink(done);
  archive.close();
}

/** Tasks with more than one success, or anything at all after it. */
function endsTwice(archive: SqliteArchive): readonly TaskId[] {
  const ended = new Set<TaskId>();
  const again: TaskId[] = [];
  let seq = 0;
  for (let page = archive.recordsAfter(seq, 1_000); page.length > 0; page = archive.recordsAfter(seq, 1_000)) {
    for (const { event } of page) {
      if (!('taskId' in event)) continue;
      if (ended.has(event.taskId)) again.push(event.taskId);
      if (event.type === 'task.succeeded') ended.add(event.taskId);
    }
    seq = page.at(-1)?.seq ?? seq;
  }
  return again;
}

/** Each attempt did its work at most once, none after the one that succeeded, and that one did it. */
function checkSink(done: ReadonlyMap<string, number>): void {
  const lines = readFileSync(join(project, 'sink.log'), 'utf8').trim().split('\n');
  expect(lines).toEqual([...new Set(lines)]);
  const ran = new Set(lines);
  for (const line of lines) {
    const [, taskId = '', attempt = ''] = line.split(' ');
    expect(Number(attempt), line).toBeLessThanOrEqual(done.get(taskId) ?? 0);
  }
  for (const [taskId, attempt] of done) expect(ran).toContain(`ran ${taskId} ${attempt}`);
}
