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
  } finally {
    worker.child.kill('SIGTERM');
    await worker.ended;
  }
});
