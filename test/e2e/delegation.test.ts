import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonLines, TestProject } from './support/project.ts';

/** The lead is a command, and so are those it leads; the second patch is refused whole. */
const BUILD = `
name: build
tasks:
  lead:
    delegate: { depth: 1, fanOut: 3 }
    shell: |
      set -e
      waggle tasks delegate parts.json --wait > outcomes.txt
      ! echo '[{"name":"x","function":"none"},{"name":"y","command":["true"],"delegate":true}]' |
        waggle tasks delegate 2> refused.txt
      echo '[{"name":"slow","command":["sleep","60"]},{"name":"quick","command":["true"]}]' | waggle tasks delegate
      waggle tasks drop slow
      waggle tasks await quick
  other:
    shell: |
      ! echo '[]' | waggle tasks delegate 2> other.txt
`;
const PARTS = [
  { name: 'one', shell: 'echo 1 > one.txt' },
  { name: 'two', command: ['cp', 'one.txt', 'two.txt'], needs: ['one'] },
];

test('a command delegates through its door, on one agent, and the tree can be seen', { timeout: 120_000 }, async () => {
  using project = new TestProject({ 'build.yaml': BUILD, 'parts.json': JSON.stringify(PARTS) });
  const read = (file: string): string => readFileSync(join(project.root, file), 'utf8');
  const ran = await project.waggle('run', 'build.yaml', '--agents', '1');
  expect(ran, `${ran.stdout}${ran.stderr}`).toMatchObject({ code: 0 });
  expect(read('two.txt')).toBe('1\n');
  const outcomes = read('outcomes.txt').trimEnd().split('\n');
  expect(outcomes.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { name: 'one', state: 'succeeded' },
    { name: 'two', state: 'succeeded' },
  ]);
  expect(read('refused.txt')).toMatch(/"x" needs function:none, which nobody has; "y" may not delegate/);

  const list = await project.waggle('tasks', 'list');
  expect(list.stdout).toMatch(
    /^lead .*\n {2}lead\.one .*\n {2}lead\.two .*\n {2}lead\.slow .*\n {2}lead\.quick .*\nother /m,
  );
  const tasks = jsonLines(await project.waggle('tasks', 'list', '--json'));
  expect(tasks.map(({ task, parent, status }) => [task, parent, status])).toEqual([
    ['lead', undefined, 'succeeded'],
    ['other', undefined, 'succeeded'],
    ['lead.one', 'lead', 'succeeded'],
    ['lead.two', 'lead', 'succeeded'],
    ['lead.slow', 'lead', 'cancelled'],
    ['lead.quick', 'lead', 'succeeded'],
  ]);
  expect((await project.waggle('tasks', 'show', 'lead.two')).stdout).toMatch(/part of {3}lead/);
  expect(read('other.txt')).toMatch(/may not add sub-tasks/);
});
