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

  test('with names that are too long is refused, in both formats, wherever they stand', () => {
    const long = 'x'.repeat(201);
    const told = (content: object): readonly string[] => {
      const result = readTaskDag(content);
      return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
    };
    const wrong = 'It is no name of 1 to 200 characters.';
    const old = { name: long, id: long, category: long, parents: [long], runtime: 1 };
    expect(told({ name: long, workflow: { tasks: [old] } })).toEqual(
      ['name', ...['name', 'id', 'category', 'parents[0]'].map((key) => `workflow.tasks[0].${key}`)].map(
        (place) => `${place}: ${wrong}`,
      ),
    );
    const specification = { tasks: [{ name: long, id: long, parents: [long] }] };
    const execution = { tasks: [{ id: long, runtimeInSeconds: 1 }] };
    const places = ['specification.tasks[0].name', 'specification.tasks[0].id', 'specification.tasks[0].parents[0]'];
    expect(told({ name: 'new', workflow: { specification, execution } })).toEqual(
      [...places, 'execution.tasks[0].id'].map((place) => `workflow.${place}: ${wrong}`),
    );
    expect(told(oldFormat(task('x'.repeat(200), [])))).toEqual([]);
  });

  test.each([
    ['mProject_ID0000001', 'mProject'],
    ['sift-12', 'sift'],
    ['sift12', 'sift'],
    ['a1b22', 'a1b'],
    ['a.ID', 'a.ID'],
    ['12', '12'],
    ['v2_', 'v2_'],
    ['aIDID3', 'aID'],
  ])('takes the kind of %s to be %s', (name, kind) => {
    expect(readTaskDag(oldFormat(task(name, [])))).toMatchObject({ ok: true, dag: { kinds: [kind] } });
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
