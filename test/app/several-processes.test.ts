import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runId } from '../../src/core/ids.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { ProjectFolder, scripts } from '../support/projects.ts';

const SUBMITTER = fileURLToPath(new URL('../support/submitting-process.ts', import.meta.url));

/** Another process with the same project. */
class Other {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  readonly #said: AsyncIterator<string, undefined>;

  constructor({ path, home }: ProjectFolder, prefix: string, count: number) {
    this.child = spawn(process.execPath, [SUBMITTER, path, prefix, String(count)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, WAGGLE_HOME: home },
    });
    this.#said = createInterface({ input: this.child.stdout ?? process.stdin })[Symbol.asyncIterator]();
  }

  /** Everything it says up to the first line that starts with `word`. */
  async until(word: string): Promise<string> {
    for (;;) {
      const next = await this.#said.next();
      if (next.done === true) throw new Error(`It ended before "${word}". It said: ${this.lines.join(', ')}`);
      this.lines.push(next.value);
      if (next.value.startsWith(word)) return next.value;
    }
  }

  go(): void {
    this.child.stdin?.write('\n');
  }

  async end(): Promise<void> {
    this.child.stdin?.end();
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }
}

test('four of them submit 400 tasks at once: 400 are stored', { timeout: 60_000 }, async () => {
  await using folder = await ProjectFolder.make();
  const others = ['a', 'b', 'c', 'd'].map((prefix) => new Other(folder, prefix, 100));
  const roles = await Promise.all(others.map((other) => other.until('ready')));
  expect(roles.toSorted()).toEqual(['ready following', 'ready following', 'ready following', 'ready leading']);
  for (const other of others) other.go();
  await Promise.all(others.map((other) => other.until('submitted')));
  const acknowledged = others.flatMap(({ lines }) => lines.filter((line) => line.startsWith('ack ')));
  expect(acknowledged).toHaveLength(400);
  const archive = (await folder.open()).archive();
  expect(archive?.runs().length).toBe(400);
  for (const other of others) await other.kill();
  expect(
    archive
      ?.runs()
      .map(({ runId: id }) => `ack ${id}`)
      .toSorted(),
  ).toEqual(acknowledged.toSorted());
});

test('when the leader is killed, the follower leads, and its run and the leader’s go on', async () => {
  await using folder = await ProjectFolder.make();
  const leader = new Other(folder, 'theirs', 1);
  expect(await leader.until('ready')).toBe('ready leading');
  const coordinator = await (await folder.open()).connect();
  expect(coordinator.role).toBe('following');
  const mine = await coordinator.submit(scripts({ first: ['sleep 0.5'], second: ['true', 'first'] }));
  expect(mine.ok).toBe(true);
  leader.go();
  await leader.until('ack');
  await leader.kill();
  const id = mine.ok ? mine.runId : runId('none');
  expect((await coordinator.finished(id)).state).toBe('succeeded');
  expect((await coordinator.finished(runId('theirs-0'))).state).toBe('succeeded');
  expect(coordinator.role).toBe('leading');
  expect(coordinator.resumed).toContain(id);
});

test('commands that are under way when the leader is killed are answered by the next one, and stored once', async () => {
  await using folder = await ProjectFolder.make();
  const leader = new Other(folder, 'theirs', 0);
  await leader.until('ready');
  const coordinator = await (await folder.open()).connect();
  const ids = Array.from({ length: 50 }, (_, index) => runId(`mine-${index}`));
  const answers = ids.map((id) => coordinator.submit({ ...scripts({ only: ['true'] }), runId: id }));
  await Promise.race(answers);
  await leader.kill();
  expect(await Promise.all(answers)).toEqual(ids.map((id) => ({ ok: true, runId: id })));
  for (const id of ids) expect((await coordinator.finished(id)).state).toBe('succeeded');
});

test('one leads, the other follows, and both see the whole run', async () => {
  await using folder = await ProjectFolder.make();
  const [one, other] = [await (await folder.open()).connect(), await (await folder.open()).connect()];
  expect([one.role, other.role]).toEqual(['leading', 'following']);
  const answer = await other.submit(scripts({ first: ['true'], second: ['true', 'first'] }));
  const id = answer.ok ? answer.runId : runId('none');
  const seen: Record<'one' | 'other', string[]> = { one: [], other: [] };
  one.follow(id, (records) => void seen.one.push(...records.map(({ event }) => event.type)));
  other.follow(id, (records) => void seen.other.push(...records.map(({ event }) => event.type)));
  await Promise.all([one.finished(id), other.finished(id)]);
  expect(seen.one).toEqual(seen.other);
  expect(seen.one).toEqual([
    'run.created',
    'agents.registered',
    'tasks.added',
    'attempt.assigned',
    'task.succeeded',
    'attempt.assigned',
    'task.succeeded',
    'run.finished',
  ]);
});

test('who follows is told when nobody can lead any more', async () => {
  await using folder = await ProjectFolder.make();
  const leader = new Other(folder, 'theirs', 0);
  await leader.until('ready');
  const coordinator = await (await folder.open()).connect();
  const answer = await coordinator.submit(scripts({ slow: ['sleep 60'] }));
  const finished = coordinator.finished(answer.ok ? answer.runId : runId('none'));
  await leader.kill();
  {
    using db = new DatabaseSync(join(folder.path, '.waggle', 'swarm.sqlite'));
    db.exec('update swarms set epoch = 77');
  }
  await expect(finished).rejects.toThrow('The store is damaged');
  expect(await coordinator.over).toMatchObject({ kind: 'failed', error: { code: 'STORE_DAMAGED' } });
});

test('what no leader would take is refused, and not sent again and again', async () => {
  await using folder = await ProjectFolder.make();
  const [one, other] = [await (await folder.open()).connect(), await (await folder.open()).connect()];
  expect([one.role, other.role]).toEqual(['leading', 'following']);
  expect(await other.submit(scripts({ long: ['x'.repeat(70_000)] }))).toEqual({
    ok: false,
    refusal: { reason: 'malformed', problems: [expect.stringContaining('tasks.0.work.argv.2: Too big')] },
  });
  const { run, ...rest } = scripts({ fine: ['true'] });
  const deep: unknown = JSON.parse(`${'['.repeat(80)}${']'.repeat(80)}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- lists in lists are JSON
  const nested = { ...rest, run: { ...run, inputs: { deep } as JsonObject } };
  expect(await other.submit(nested)).toMatchObject({ ok: false, refusal: { reason: 'malformed' } });
  expect(other.role).toBe('following');
});

test('a leader with nothing to wait for hands over to the one that waits', async () => {
  await using folder = await ProjectFolder.make();
  const [one, other] = [await (await folder.open()).connect(), await (await folder.open()).connect()];
  const answer = await other.submit(scripts({ slow: ['sleep 60'] }));
  const id = answer.ok ? answer.runId : runId('none');
  const again = Promise.withResolvers<void>();
  other.follow(id, (records) => {
    if (records.some(({ event }) => event.type === 'attempt.assigned' && event.attempt === 2)) again.resolve();
  });
  await again.promise;
  expect(other.role).toBe('leading');
  expect(one.role).toBe('following');
  await one.command({ type: 'run.cancel', runId: id, reason: 'enough' });
  expect((await other.finished(id)).state).toBe('cancelled');
});

test('a leader that waits for a run of its own keeps the lead', async () => {
  await using folder = await ProjectFolder.make();
  const [one, other] = [await (await folder.open()).connect(), await (await folder.open()).connect()];
  const own = await one.submit(scripts({ slow: ['sleep 1.5'] }));
  const theirs = await other.submit(scripts({ slow: ['sleep 1.5'] }));
  const wait = [one.finished(own.ok ? own.runId : runId('a')), other.finished(theirs.ok ? theirs.runId : runId('b'))];
  expect((await Promise.all(wait)).map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
  const archive = (await folder.open()).archive();
  expect(archive?.runAttempts(own.ok ? own.runId : runId('a'))).toHaveLength(1);
});

test('draining the leader gives the lead to the follower, and nothing is charged to its tasks', async () => {
  await using folder = await ProjectFolder.make();
  const project = await folder.open();
  const one = await project.connect();
  const other = await (await folder.open()).connect();
  const answer = await other.submit(scripts({ slow: ['sleep 0.4'] }));
  const id = answer.ok ? answer.runId : runId('none');
  const end = other.finished(id);
  await one.drain();
  expect((await end).state).toBe('succeeded');
  expect(await one.submit(scripts({ only: ['true'] }))).toEqual({ ok: false, refusal: { reason: 'closed' } });
});

test('the same id with the same body is the same run for both; another body is refused', async () => {
  await using folder = await ProjectFolder.make();
  const [one, other] = [await (await folder.open()).connect(), await (await folder.open()).connect()];
  const submission = { ...scripts({ only: ['true'] }), runId: runId('same') };
  const answers = await Promise.all([one.submit(submission), other.submit(submission), other.submit(submission)]);
  expect(answers.map(({ ok }) => ok)).toEqual([true, true, true]);
  const conflict = await other.submit({ ...scripts({ only: ['false'] }), runId: runId('same') });
  expect(conflict).toEqual({ ok: false, refusal: { reason: 'run-conflict' } });
  expect((await folder.open()).archive()?.runs()).toHaveLength(1);
});
