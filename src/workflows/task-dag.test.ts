import { describe, expect, test } from 'vitest';
import { readTaskDag } from './task-dag.ts';

const task = (name: string, parents: readonly string[], runtimeInSeconds = 1) => ({ name, parents, runtimeInSeconds });
const oldFormat = (...tasks: readonly object[]): object => ({ name: 'old', workflow: { tasks } });

describe('a WfCommons graph', () => {
  test('of the older format is put in order, with kinds from names', () => {
    const result = readTaskDag(oldFormat(task('sift_ID02', ['read_ID01', 'read_ID01'], 2), task('read_ID01', [])));
    expect(result).toMatchObject({
      ok: true,
      dag: { n: 2, kinds: ['read', 'sift'], kind: [0, 1], runtime: [1, 2], parents: [[], [0]] },
    });
  });

  test('with tasks that need each other in a circle is refused', () => {
    const result = readTaskDag(oldFormat(task('a', ['b']), task('b', ['a'])));
    const message = 'Tasks need each other in a circle; "a" is in it or behind it.';
    expect(result).toMatchObject({ ok: false, problems: [{ message }] });
  });

  test('is told all that is wrong at once', () => {
    const result = readTaskDag(oldFormat(task('a', ['x']), task('b', []), task('b', [])));
    expect(result).toMatchObject({ ok: false, problems: [{ path: 'task "a"' }, { path: 'task "b"' }] });
    const untimed = readTaskDag(oldFormat({ name: 'a', parents: [] }));
    expect(untimed).toMatchObject({ ok: false, problems: [{ path: 'workflow.tasks[0]' }] });
  });
});

test.each([[null], [[]], [{}], [{ format: 'swarm-dag/2' }], [{ workflow: 3 }], ['text']])(
  '%j is no graph',
  (content) => {
    expect(readTaskDag(content)).toMatchObject({ ok: false });
  },
);

test('a swarm-dag/1 file is told all that is wrong at once, in plain words', () => {
  const content = {
    format: 'swarm-dag/1',
    n: 2,
    kinds: ['a'],
    kind: [0, 5],
    runtime: [-1, null, 3],
    parents: [[1], 'x'],
  };
  const result = readTaskDag(content);
  expect(result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'name: It is no name of 1 to 200 characters.',
    'runtime[0]: It is no number of seconds, 0 or more.',
    'runtime[1]: It is no number of seconds, 0 or more.',
    'parents[1]: It is no list of the numbers of tasks.',
    'runtime: It has 3 entries, but n is 2.',
    'kind[1]: Kind 5 does not exist: there are 1.',
    'parents[0]: Task 0 needs task 1, which does not come before it.',
  ]);
});
