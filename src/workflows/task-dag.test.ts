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
