import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Coordinator, Submission } from '../../src/app/coordinator.ts';
import { findRoot } from '../../src/app/find-root.ts';
import { openProject } from '../../src/app/open-project.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { type RunId, runId, taskId } from '../../src/core/ids.ts';
import type { RunRecord } from '../../src/ports/run-archive.ts';
import { ProjectFolder, scripts } from '../support/projects.ts';

async function runOf(coordinator: Coordinator, submission: Submission): Promise<RunId> {
  const answer = await coordinator.submit(submission);
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal));
  return answer.runId;
}

async function runToEnd(coordinator: Coordinator, submission: Submission): Promise<RunRecord> {
  return coordinator.finished(await runOf(coordinator, submission));
}

test('nothing is made before something is to be kept', async () => {
  await using folder = await ProjectFolder.make();
  const project = await folder.open();
  expect(project.archive()).toBeUndefined();
  expect(project.logs(taskId(runId('none'), 'a'))).toEqual([]);
  expect(await project.prune({ olderThanMs: 0 })).toEqual({ runs: [], freedBytes: 0 });
  await project.doctor(AbortSignal.timeout(10_000));
  await expect(lstat(join(folder.path, '.waggle'))).rejects.toThrow('ENOENT');
});

test('the data folder is ignored by git, and nobody else can enter it', async () => {
  await using folder = await ProjectFolder.make();
  await (await folder.open()).connect();
  expect(await readFile(join(folder.path, '.waggle', '.gitignore'), 'utf8')).toBe('*\n');
  expect((await lstat(join(folder.path, '.waggle'))).mode & 0o777).toBe(0o700);
});

test('a data folder that is a link to elsewhere is not opened', async () => {
  await using folder = await ProjectFolder.make();
  await mkdir(join(folder.home), { recursive: true });
  await symlink(folder.home, join(folder.path, '.waggle'));
  await expect(folder.open()).rejects.toThrow('is not a folder');
});

test('a link in the data folder is not followed: what it leads to would be written to and cleaned up', async () => {
  await using folder = await ProjectFolder.make();
  await mkdir(join(folder.path, '.waggle'));
  for (const name of ['artifacts', 'workspaces', 'logs', 'swarm.sqlite']) {
    await symlink(folder.home, join(folder.path, '.waggle', name));
    await expect(folder.open(), name).rejects.toMatchObject({ code: 'DATA_FOREIGN' });
    await rm(join(folder.path, '.waggle', name));
  }
  await (await folder.open()).connect();
});

test('a data folder that git tracks is neither led nor read, also without a store', async () => {
  await using folder = await ProjectFolder.make();
  const git = (...args: readonly string[]): unknown => execFileSync('git', ['-C', folder.path, ...args]);
  git('init', '--quiet');
  await mkdir(join(folder.path, '.waggle', 'artifacts'), { recursive: true });
  await symlink(folder.home, join(folder.path, '.waggle', 'artifacts', 'ab'));
  git('add', '--force', '.waggle');
  const project = await folder.open();
  await expect(project.connect()).rejects.toMatchObject({ code: 'DATA_TRACKED' });
  await expect(project.prune({ olderThanMs: 0 })).rejects.toMatchObject({ code: 'DATA_TRACKED' });
  expect(() => project.archive()).toThrow('Git tracks files in');
  const checks = await project.doctor(AbortSignal.timeout(10_000));
  expect(checks.find(({ name }) => name === 'data')?.detail).toContain('git tracks files in');
});

test('a store that git tracks is not led: it may have come with the repository', async () => {
  await using folder = await ProjectFolder.make();
  const git = (...args: readonly string[]): unknown => execFileSync('git', ['-C', folder.path, ...args]);
  git('init', '--quiet');
  const first = await folder.open();
  await first.connect();
  await first.close();
  await (await folder.open()).connect();
  git('add', '--force', '.waggle/swarm.sqlite');
  await expect((await folder.open()).connect()).rejects.toThrow('Git tracks files in');
});

test('a retry does again what did not succeed, and only that', async () => {
  await using folder = await ProjectFolder.make();
  const project = await folder.open();
  const coordinator = await project.connect();
  const submission = scripts({
    good: ['echo ran >> good.log'],
    bad: ['test -e fixed', 'good'],
    after: ['true', 'bad'],
  });
  const failed = await runToEnd(coordinator, {
    ...submission,
    tasks: submission.tasks.map((task) => ({ ...task, retry: { maxAttempts: 1 } })),
  });
  expect(failed.counts).toMatchObject({ succeeded: 1, failed: 1, skipped: 1 });
  await writeFile(join(folder.path, 'fixed'), '');
  const again = await coordinator.retry(failed.runId);
  const record = await coordinator.finished(again.ok ? again.runId : runId('none'));
  expect(record.counts.succeeded).toBe(3);
  expect(record.run.retryOf).toBe(failed.runId);
  expect(await readFile(join(folder.path, 'good.log'), 'utf8')).toBe('ran\n');
  const archive = project.archive();
  expect(archive?.task(taskId(record.runId, 'good'))?.evidence).toEqual(
    archive?.task(taskId(failed.runId, 'good'))?.evidence,
  );
});

test('a retry does again what has left something in the memory of its run: the new run has its own', async () => {
  await using folder = await ProjectFolder.make();
  const project = await folder.open();
  const coordinator = await project.connect();
  const keep = `const [op, args] = JSON.parse(process.argv[2]);
    const socket = require('node:net').connect(process.env.WAGGLE_SOCKET);
    socket.end(JSON.stringify({ token: process.env.WAGGLE_ATTEMPT_TOKEN, op, args }) + '\\n');
    socket.resume();`;
  await writeFile(join(folder.path, 'keep.cjs'), keep);
  const keeping = (op: string, args: object): string =>
    `echo $WAGGLE_TASK >> ran.log; ${process.execPath} keep.cjs '${JSON.stringify([op, args])}'`;
  const { tasks, ...rest } = scripts({
    plans: [keeping('memory.set', { key: 'run:plan', value: 1, persistent: true })],
    hands: [keeping('memory.handOff', { text: 'mind the gap' })],
    shares: [keeping('memory.set', { key: 'swarm:port', value: 80, persistent: true })],
    last: ['exit 1', 'plans', 'hands', 'shares'],
  });
  const once = tasks.map((task) => ({ ...task, retry: { maxAttempts: 1 } }));
  const failed = await runToEnd(coordinator, { ...rest, tasks: once });
  expect(failed.counts).toMatchObject({ succeeded: 3, failed: 1 });
  const again = await coordinator.retry(failed.runId);
  const id = again.ok ? again.runId : runId('none');
  await coordinator.finished(id);
  const ran = await readFile(join(folder.path, 'ran.log'), 'utf8');
  expect(ran.trim().split('\n').toSorted()).toEqual(['hands', 'hands', 'plans', 'plans', 'shares']);
  expect(await coordinator.memory({ op: 'get', key: `run/${id}:plan` })).toMatchObject({ value: 1 });
});

test('what a retry has taken over stays when the run that it is from is pruned', async () => {
  await using folder = await ProjectFolder.make();
  const project = await folder.open();
  const coordinator = await project.connect();
  const { tasks, ...rest } = scripts({ good: ['echo data > out.txt'], bad: ['exit 1', 'good'] });
  const [good, bad] = tasks.map((task) => ({ ...task, retry: { maxAttempts: 1 } }));
  if (good === undefined || bad === undefined) throw new Error('no tasks');
  const withFile = { ...good, outputs: { file: { file: 'out.txt' } } };
  const old = await runToEnd(coordinator, { ...rest, tasks: [withFile, bad] });
  const again = await coordinator.retry(old.runId);
  await coordinator.finished(again.ok ? again.runId : runId('none'));
  const artifacts = project.archive()?.attempts(taskId(old.runId, 'good'))[0]?.artifacts ?? [];
  expect(artifacts.map(({ name }) => name)).toEqual(['out.txt']);
  const long = new Date(Date.now() - 86_400_000);
  for (const ref of artifacts) await utimes(project.artifacts().pathOf(ref) ?? '', long, long);
  expect((await project.prune({ olderThanMs: -1, keep: 1 })).runs).toEqual([old.runId]);
  for (const ref of artifacts) expect(Buffer.from(await project.artifacts().tail(ref, 10)).toString()).toBe('data\n');
});

test('a run that came with a copy of its folder is not done there too', async () => {
  await using folder = await ProjectFolder.make();
  const coordinator = await (await folder.open()).connect();
  const id = await runOf(coordinator, scripts({ slow: ['echo ran >> log; sleep 60'] }));
  while (!existsSync(join(folder.path, 'log'))) await new Promise((resolve) => void setTimeout(resolve, 10));
  await using copied = await ProjectFolder.make();
  await cp(folder.path, copied.path, { recursive: true, filter: (path) => !path.endsWith('leader-socket') });
  const project = await copied.open();
  const other = await project.connect();
  expect([other.role, other.resumed]).toEqual(['leading', []]);
  expect(project.archive()?.run(id)?.state).toBe('paused');
  const resumed = await other.command({ type: 'run.resume', runId: id });
  expect(resumed).toMatchObject({ ok: false, refusal: { problems: [expect.stringContaining(folder.path)] } });
  await other.command({ type: 'run.cancel', runId: id, reason: 'enough' });
  expect((await other.finished(id)).state).toBe('cancelled');
  expect(await readFile(join(folder.path, 'log'), 'utf8')).toBe('ran\n');
  await coordinator.command({ type: 'run.cancel', runId: id, reason: 'enough' });
});

test('only an ended run can be done again', async () => {
  await using folder = await ProjectFolder.make();
  const coordinator = await (await folder.open()).connect();
  const open = await runOf(coordinator, scripts({ slow: ['sleep 60'] }));
  expect(await coordinator.retry(open)).toEqual({ ok: false, refusal: { reason: 'status-wrong', status: 'running' } });
  expect(await coordinator.retry(runId('none'))).toEqual({ ok: false, refusal: { reason: 'run-unknown' } });
});

test('logs hold what every attempt printed', async () => {
  await using folder = await ProjectFolder.make();
  const project = await folder.open();
  const { tasks, ...rest } = scripts({ loud: ['echo "attempt $WAGGLE_ATTEMPT"; exit 1'] });
  const retry = { maxAttempts: 2, firstDelayMs: 1 };
  const { runId: id } = await runToEnd(await project.connect(), {
    ...rest,
    tasks: tasks.map((task) => ({ ...task, retry })),
  });
  const logs = project.logs(taskId(id, 'loud'));
  expect(await Promise.all(logs.map((log) => log.tail(100)))).toEqual(['attempt 1\n', 'attempt 2\n']);
  expect(await readFile(logs[1]?.path ?? '', 'utf8')).toBe('attempt 2\n');
});

test('pruning removes what old runs left and nothing that newer ones share', async () => {
  await using folder = await ProjectFolder.make();
  const project = await folder.open();
  const coordinator = await project.connect();
  const old = await runToEnd(coordinator, scripts({ a: ['echo shared'], b: ['echo only in the old one'] }));
  const kept = await runToEnd(coordinator, scripts({ a: ['echo shared'] }));
  const [shared] = project.logs(taskId(kept.runId, 'a'));
  const [only] = project.logs(taskId(old.runId, 'b'));
  const long = new Date(Date.now() - 86_400_000);
  for (const path of [shared?.path, only?.path]) await utimes(path ?? '', long, long);
  const plan = await project.prune({ olderThanMs: -1, keep: 1, isDryRun: true });
  expect(plan).toEqual({ runs: [old.runId], freedBytes: only?.bytes });
  expect(await project.prune({ olderThanMs: -1, keep: 1 })).toEqual(plan);
  expect(await shared?.tail(10)).toBe('shared\n');
  await expect(lstat(only?.path ?? '')).rejects.toThrow('ENOENT');
  expect(project.archive()?.task(taskId(old.runId, 'b'))?.status).toBe('succeeded');
});

test('what tasks took is the estimate of the next ones of their type', async () => {
  await using folder = await ProjectFolder.make();
  const first = await folder.open();
  const submission = scripts({ slow: ['sleep 0.2'], other: ['true'] });
  await runToEnd(await first.connect(), submission);
  await first.close();
  const project = await folder.open();
  const { tasks } = await project.estimate(submission);
  expect(tasks.find(({ name }) => name === 'slow')?.estimateMs).toBeGreaterThanOrEqual(190);
  const declaring = { ...submission, tasks: submission.tasks.map((task) => ({ ...task, estimateMs: 7 })) };
  const [declared] = (await project.estimate(declaring)).tasks;
  expect(declared?.estimateMs).toBe(7);
  const record = await runToEnd(await project.connect(), submission);
  const stored = project.archive()?.task(taskId(record.runId, 'slow'));
  expect(stored?.spec.estimateMs).toBeGreaterThanOrEqual(190);
});

test('doctor names every part, and what is wrong has a way to mend it', async () => {
  await using folder = await ProjectFolder.make();
  await writeFile(join(folder.path, 'waggle.yaml'), 'security:\n  passEnvironment: [NPM_TOKEN]\n');
  const project = await folder.open();
  await project.connect();
  const checks = await project.doctor(AbortSignal.timeout(10_000));
  expect(checks.map(({ name }) => name)).toEqual([
    'Node.js',
    'machine',
    'git',
    'processes',
    'project',
    'data',
    'store',
    'disk',
    'configuration',
    'home',
    'leader',
  ]);
  expect(checks.filter(({ state, fix }) => state !== 'ok' && (fix ?? '') === '')).toEqual([]);
  expect(checks.find(({ name }) => name === 'configuration')).toMatchObject({ state: 'warning' });
  expect(checks.find(({ name }) => name === 'leader')?.detail).toBe('a process leads this project and answers');
});

test('doctor starts no git that came with the project', async () => {
  await using folder = await ProjectFolder.make();
  await (await folder.open()).connect();
  const bin = join(folder.path, 'node_modules', '.bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'git'), `#!/bin/sh\ntouch "${folder.path}/ran"\n`, { mode: 0o755 });
  const variables = { PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`, HOME: folder.home, WAGGLE_HOME: folder.home };
  const project = await openProject({ cwd: folder.path, isRoot: true, environment: readEnvironment(variables) });
  const checks = await project.doctor(AbortSignal.timeout(10_000));
  await project.close();
  expect(checks.find(({ name }) => name === 'git')?.detail).toMatch(/^\d+\.\d+/);
  expect(existsSync(join(folder.path, 'ran'))).toBe(false);
});

test('the root is the nearest folder upwards that is marked, and never the user’s own state', async () => {
  await using folder = await ProjectFolder.make();
  const deep = join(folder.path, 'a', 'b');
  await mkdir(deep, { recursive: true });
  expect(await findRoot(deep, folder.home)).toBe(deep);
  await writeFile(join(folder.path, 'waggle.yaml'), '');
  expect(await findRoot(deep, folder.home)).toBe(folder.path);
  await mkdir(join(folder.path, 'a', '.git'));
  expect(await findRoot(deep, folder.home)).toBe(join(folder.path, 'a'));
  expect(await findRoot(deep, join(folder.path, 'a'))).toBe(folder.path);
});

test('a run about another folder, or with functions that nobody has, is refused with the reason', async () => {
  await using folder = await ProjectFolder.make();
  const coordinator = await (await folder.open()).connect();
  const { tasks, ...rest } = scripts({ only: ['true'] });
  const work = { kind: 'function', function: 'unheard-of' } as const;
  const answer = await coordinator.submit({ ...rest, tasks: tasks.map((task) => ({ ...task, work })) });
  const problems = ['no process that is here has the function "unheard-of"'];
  expect(answer).toEqual({ ok: false, refusal: { reason: 'graph-invalid', problems } });
});

test('a task with checks in a project that cannot be copied is refused before anything runs', async () => {
  await using folder = await ProjectFolder.make();
  await writeFile(join(folder.path, 'waggle.yaml'), 'workspaces:\n  maxBytes: 1MiB\n');
  await writeFile(join(folder.path, 'large'), Buffer.alloc(2 ** 20 + 1));
  const coordinator = await (await folder.open()).connect();
  const { tasks, ...rest } = scripts({ only: ['true'] });
  const checked = tasks.map((task) => ({ ...task, writes: ['out/'], verify: [['true']] }));
  const answer = await coordinator.submit({ ...rest, tasks: checked });
  expect(JSON.stringify(answer)).toContain('More than 1 MiB would be copied');
});
