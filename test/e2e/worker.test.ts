import { expect, test } from 'vitest';
import { jsonLines, TestProject } from './support/project.ts';

/** `boss` and `other` run on the worker alone, and so do the sub-tasks of `boss`: nobody else has `gpu`. */
const FAR = `
name: far
agents:
  trainer: { driver: remote, capabilities: [gpu] }
tasks:
  boss:
    requires: [gpu]
    delegate: true
    shell: |
      set -e
      echo '[{"name":"part","requires":["gpu"],"shell":"waggle messages send --to task:other --text part"}]' |
        waggle tasks delegate - --wait > parts.json
      waggle messages send --to task:other --text whole
  other:
    requires: [gpu]
    shell: |
      set -e
      waggle messages receive --limit 1 --wait 30s
      waggle messages receive --limit 1 --wait 30s
`;

test('commands on a worker talk and delegate as they do beside the leader', { timeout: 120_000 }, async () => {
  using project = new TestProject({ 'far.yaml': FAR });
  const worker = project.start(['worker', '--agents', '3', '--capabilities', 'gpu']);
  try {
    const ran = await project.waggle('run', 'far.yaml', '--agents', '1');
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    const messages = jsonLines(await project.waggle('messages', '--json'));
    expect(messages.map(({ from, body }) => [from, body])).toEqual([
      ['task:boss', 'whole'],
      ['task:boss.part', 'part'],
    ]);
    const tasks = jsonLines(await project.waggle('tasks', 'list', '--json'));
    expect(tasks.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    // By those who have done it, as nobody says otherwise.
    const simulated = await project.waggle('simulate', 'last', '--json');
    expect(simulated, simulated.stderr).toMatchObject({ code: 0 });
    expect(jsonLines(simulated)[0]).toMatchObject({ outcome: { succeeded: 2 } });
  } finally {
    worker.child.kill('SIGTERM');
    await worker.ended;
  }
});

const QUICK = 'name: quick\ntasks:\n  one: { command: [node, --version] }\n';

test('a worker that is to drain hears of it and leaves although nobody leads', { timeout: 120_000 }, async () => {
  using project = new TestProject({ 'quick.yaml': QUICK });
  expect(await project.waggle('run', 'quick.yaml')).toMatchObject({ code: 0 });
  for (const hasJoined of [false, true]) {
    const worker = project.start(['worker', '--agents', '1']);
    await worker.says('Waiting for a process');
    if (hasJoined) {
      const run = project.start(['run', 'quick.yaml']);
      await run.ended;
    }
    const drained = await project.waggle('agents', 'drain', 'worker-1');
    expect(drained, drained.stderr).toMatchObject({ code: 0 });
    const left = await worker.ended;
    expect(left, left.stderr).toMatchObject({ code: 0 });
    expect(left.stderr).toContain('Drained, as the leader asked.');
  }
});

test('a host that is nowhere cannot be drained', { timeout: 60_000 }, async () => {
  using project = new TestProject({ 'quick.yaml': QUICK });
  expect(await project.waggle('run', 'quick.yaml')).toMatchObject({ code: 0 });
  expect(await project.waggle('agents', 'drain', 'worker-7')).toMatchObject({ code: 1 });
});
