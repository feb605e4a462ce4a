import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Call, TestProject } from './support/project.ts';

/** What any program of a task can say, without `waggle`. */
const BY_HAND = `
  const { WAGGLE_SOCKET, WAGGLE_ATTEMPT_TOKEN: token } = process.env;
  const socket = require('node:net').connect(WAGGLE_SOCKET);
  const say = (id, op, args) => socket.write(JSON.stringify({ id, token, op, args }) + '\\n');
  say(1, 'memory.set', { key: 'run:x', value: { n: 1 }, persistent: true });
  say(2, 'memory.set', { key: 'run:y', value: 'AKIAIOSFODNN7EXAMPLE key', persistent: 'no' });
  say(3, 'memory.get', { key: 'no namespace' });
  say(4, 'tasks.overview');
  let count = 0;
  require('node:readline').createInterface({ input: socket }).on('line', (line) => {
    console.log(line);
    if (++count === 4) socket.end();
  });`;

const ABROAD = `
name: abroad
agents:
  far: { driver: remote }
tasks:
  ask:
    agent: far
    shell: |
      set -e
      node by-hand.cjs > by-hand.json
      waggle messages subscribe 'news.*'
      waggle messages send --to task:answer --body '{"x":1}'
      waggle messages receive --limit 1 --wait 30s > ask.json
  answer:
    agent: far
    shell: |
      set -e
      waggle messages receive --limit 1 --wait 30s > answer.json
      waggle messages send --to task:ask --body '"pong"'
      ! waggle messages send --to task:nobody --body 1 2> refused.txt
`;

async function worker(project: TestProject, ...flags: readonly string[]): Promise<Call> {
  const call = project.start(['worker', ...flags]);
  await call.says('Host ');
  return call;
}

const linesOf = (project: TestProject, file: string): readonly unknown[] =>
  readFileSync(join(project.root, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

test('commands on a worker talk and remember as those of the leader do', { timeout: 120_000 }, async () => {
  using project = new TestProject({ 'abroad.yaml': ABROAD, 'by-hand.cjs': BY_HAND });
  const far = await worker(project, '--role', 'far', '--agents', '2');
  const ran = await project.waggle('run', 'abroad.yaml', '--agents', '1');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(linesOf(project, 'answer.json')).toMatchObject([{ from: 'task:ask', body: { x: 1 } }]);
  expect(linesOf(project, 'ask.json')).toMatchObject([{ from: 'task:answer', body: 'pong' }]);
  expect(readFileSync(join(project.root, 'refused.txt'), 'utf8')).toMatch(/recipient-unknown/);
  const byHand = linesOf(project, 'by-hand.json').toSorted((one, other) => idOf(one) - idOf(other));
  expect(byHand).toMatchObject([
    { id: 1, ok: true, value: { version: 1 } },
    { id: 2, ok: false, error: { reason: 'malformed' } },
    { id: 3, ok: false, error: { reason: 'MEMORY_NAMESPACE' } },
    { id: 4, ok: true },
  ]);
  far.child.kill('SIGTERM');
  expect(await far.ended).toMatchObject({ code: 0 });
});

function idOf(line: unknown): number {
  return typeof line === 'object' && line !== null && 'id' in line ? Number(line.id) : 0;
}

const SCALED = `
name: render
agents:
  far: { driver: remote, scale: { min: 0, max: 2 }, capabilities: [gpu] }
tasks:
  one: { requires: [gpu], shell: "env > one.txt; tr '\\\\0' '\\\\n' < /proc/$PPID/environ > parents.txt; waggle messages send --to user:me --text hi" }
  two: { agent: far, shell: "echo two > two.txt", needs: [one] }
`;

test('workers are started for a group, do its work and are gone with the run', { timeout: 120_000 }, async () => {
  using project = new TestProject({ 'scaled.yaml': SCALED });
  const ran = await project.waggle('run', 'scaled.yaml');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stderr).toMatch(/starts on render-\w+\.far-1\.1/);
  expect(readFileSync(join(project.root, 'one.txt'), 'utf8')).toMatch(/^WAGGLE_SOCKET=/m);
  expect(readdirSync(join(project.root, '.waggle', 'hosts'))).toEqual([]);
});

const LONG = `
name: long
agents:
  far: { driver: remote, scale: { min: 0, max: 1 } }
tasks:
  hold: { agent: far, shell: "echo $PPID >> pids.txt; exec 3<> hold; read line <&3; echo done >> done.txt" }
`;

test(
  'workers of a leader that was killed finish for the next one, and nothing is done twice',
  { timeout: 120_000 },
  async () => {
    using project = new TestProject({ 'long.yaml': LONG });
    execFileSync('sh', ['-c', 'mkfifo hold'], { cwd: project.root });
    const first = project.start(['run', 'long.yaml']);
    await first.says('starts on');
    first.child.kill('SIGKILL');
    await first.ended;
    const next = project.start(['runs', 'resume', 'last']);
    await next.says('goes on');
    await writeFile(join(project.root, 'hold'), 'go\n');
    expect(await next.ended).toMatchObject({ code: 0 });
    expect(readFileSync(join(project.root, 'done.txt'), 'utf8')).toBe('done\n');
  },
);
