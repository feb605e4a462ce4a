import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { RunState } from '../../src/core/runs/run-spec.ts';
import type { RunRecord } from '../../src/ports/run-archive.ts';
import { leftAfter, untilThere } from '../support/processes.ts';
import { ProjectFolder } from '../support/projects.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** `waggle run` over a workflow whose first task runs until it is told to end. */
async function start(folder: ProjectFolder, mark: string, script: string): Promise<ChildProcess> {
  const command = JSON.stringify(['sh', '-c', script, mark]);
  const workflow = `name: signals\ntasks:\n  slow: { command: ${command} }\n  after: { needs: [slow], command: [echo, done] }\n`;
  await writeFile(join(folder.path, 'wf.yaml'), workflow);
  const child = spawn(process.execPath, [MAIN, 'run', 'wf.yaml'], {
    cwd: folder.path,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder.home, WAGGLE_HOME: folder.home },
  });
  await untilThere(mark, 1);
  return child;
}

async function signalled(child: ChildProcess, ...signals: readonly NodeJS.Signals[]): Promise<number | null> {
  for (const signal of signals) child.kill(signal);
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

async function fileThere(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise((resolve) => void setTimeout(resolve, 10));
}

async function heard({ stderr }: ChildProcess, text: string): Promise<void> {
  let all = '';
  for await (const chunk of stderr ?? []) {
    all += String(chunk);
    if (all.includes(text)) return;
  }
  throw new Error(`It ended without "${text}": ${all}`);
}

async function runsIn(folder: ProjectFolder): Promise<readonly RunRecord[]> {
  return (await folder.open()).archive()?.runs() ?? [];
}

/** What is gone is gone at once; a busy machine may need a while to say so. */
const LONG_MS = 15_000;

let counter = 0;
const newMark = (): string => `8${process.pid}${(counter += 1)}${Date.now() % 1e6}`;

test.each<[NodeJS.Signals, RunState]>([
  ['SIGINT', 'paused'],
  ['SIGTERM', 'running'],
  ['SIGHUP', 'running'],
])('%s ends the attempts, leaves the run %s, and exits with 130', async (signal, state) => {
  await using folder = await ProjectFolder.make();
  const mark = newMark();
  const child = await start(folder, mark, 'sleep 600');
  expect(await signalled(child, signal)).toBe(130);
  expect(await leftAfter(mark, LONG_MS)).toEqual([]);
  const [run] = await runsIn(folder);
  expect(run?.state).toBe(state);
  expect(run?.counts.succeeded).toBe(0);
});

test('a run that was drained goes on by itself at the next start, one that was paused when it is told to', async () => {
  await using folder = await ProjectFolder.make();
  const mark = newMark();
  // The first time it takes for ever, the second time no time at all.
  const child = await start(folder, mark, 'if test -e once; then exit 0; fi; touch once; sleep 600');
  await fileThere(join(folder.path, 'once'));
  await signalled(child, 'SIGTERM');
  const coordinator = await (await folder.open()).connect();
  const [drained] = await runsIn(folder);
  expect(coordinator.resumed).toEqual([drained?.runId]);
  if (drained === undefined) throw new Error('there is no run');
  const record = await coordinator.finished(drained.runId);
  expect(record.state).toBe('succeeded');
  const attempts = (await folder.open()).archive()?.runAttempts(drained.runId) ?? [];
  expect(attempts.map(({ outcome }) => outcome)).toEqual(['stopped', 'succeeded', 'succeeded']);
});

test('a second signal ends everything at once, also what ignores the first', async () => {
  await using folder = await ProjectFolder.make();
  const mark = newMark();
  const child = await start(folder, mark, `trap '' TERM INT; touch deaf; sleep 600 & wait; sleep 600 & wait`);
  await fileThere(join(folder.path, 'deaf'));
  child.kill('SIGTERM');
  // It says that it stops, and waits: the task ignores the first signal for five seconds.
  await heard(child, 'second signal');
  // Another one, because the same one so soon may be an echo.
  expect(await signalled(child, 'SIGINT')).toBe(130);
  expect(await leftAfter(mark, LONG_MS)).toEqual([]);
  // Nobody waited for the task to end, so nothing is known about its end.
  const archive = (await folder.open()).archive();
  const [run] = archive?.runs() ?? [];
  const attempts = run === undefined ? [] : (archive?.runAttempts(run.runId) ?? []);
  expect(attempts.map(({ outcome }) => outcome)).toEqual(['running']);
});
