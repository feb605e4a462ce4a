import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { cases, graphs } from '../../../test/support/core-world-plans.ts';
import { taskOf } from '../../../test/support/core-world-specs.ts';
import { runId, taskId } from '../ids.ts';
import { DEFAULT_ESTIMATE_MS, findGraphProblems, TaskGraph } from './task-graph.ts';
import type { TaskSpec } from './task-spec.ts';

function graphOf(specs: readonly TaskSpec[]): TaskGraph {
  const graph = new TaskGraph();
  const run = runId('r1');
  for (const [index, spec] of specs.entries()) {
    graph.add({ id: taskId(run, spec.name), runId: run, index, spec });
  }
  graph.link();
  return graph;
}

/** Needs by name: `{ b: 'a' }` is task `b` that needs `a`. */
function specsOf(needs: Readonly<Record<string, string>>): readonly TaskSpec[] {
  return Object.entries(needs).map(([name, names]) => taskOf(name, { needs: names.split(' ').filter(Boolean) }));
}

describe('a graph', () => {
  test('without problems has none, whatever the order of its tasks', () => {
    assert.deepEqual(findGraphProblems(specsOf({ c: 'a b', b: 'a', a: '' })), []);
    assert.deepEqual(findGraphProblems([]), []);
  });

  test('names everything that is wrong with it, not only the first', () => {
    const specs = [...specsOf({ a: 'x', b: 'a a', c: 'y' }), taskOf('a')];
    assert.deepEqual(findGraphProblems(specs), [
      'two tasks are called "a"',
      'task "a" needs "x", which does not exist',
      'task "b" names a need twice',
      'task "c" needs "y", which does not exist',
    ]);
  });

  test('names the tasks of a cycle in order, and leaves out who only waits for them', () => {
    const [problem = ''] = findGraphProblems(specsOf({ start: '', a: 'start c', b: 'a', c: 'b', end: 'c' }));
    const names = /wait for each other: (.*)$/.exec(problem)?.[1]?.split(' → ') ?? [];
    assert.equal(names[0], names.at(-1));
    assert.deepEqual(names.slice(1).toSorted(), ['a', 'b', 'c']);
  });

  test('with a task that needs itself has a cycle', () => {
    assert.deepEqual(findGraphProblems(specsOf({ a: 'a' })), ['tasks wait for each other: a → a']);
  });
});

describe('the needs of a task', () => {
  test('are open until the last one has ended; who is set free is told then, once', () => {
    const graph = graphOf(specsOf({ join: 'a b', a: '', b: '' }));
    assert.deepEqual(
      [0, 1, 2].map((index) => graph.needsState(index)),
      ['open', 'all-succeeded', 'all-succeeded'],
    );
    assert.deepEqual(graph.end(1, true), []);
    assert.equal(graph.needsState(0), 'open');
    assert.deepEqual(graph.end(2, true), [0]);
    assert.equal(graph.needsState(0), 'all-succeeded');
  });

  test('say when one of them has not succeeded', () => {
    const graph = graphOf(specsOf({ a: '', b: '', join: 'a b' }));
    graph.end(0, false);
    assert.deepEqual(graph.end(1, true), [2]);
    assert.equal(graph.needsState(2), 'some-not-succeeded');
  });
});

describe('the longest remaining path', () => {
  test('counts the task itself and the slowest way to an end', () => {
    const specs = [
      taskOf('end', { needs: ['slow', 'quick'], estimateMs: 5 }),
      taskOf('slow', { needs: ['start'], estimateMs: 100 }),
      taskOf('quick', { needs: ['start'], estimateMs: 1 }),
      taskOf('start', { estimateMs: 10 }),
      taskOf('alone'),
    ];
    const graph = graphOf(specs);
    const paths = specs.map((_, index) => graph.remainingMs(index));
    assert.deepEqual(paths, [5, 105, 6, 115, DEFAULT_ESTIMATE_MS]);
  });

  test('is its own time plus the longest of its dependents, in any graph', () => {
    const timed = graphs(
      40,
      fc.nat({ max: 1_000 }).map((estimateMs) => ({ estimateMs })),
    );
    fc.assert(
      fc.property(timed, (specs) => {
        const graph = graphOf(specs);
        for (const index of specs.keys()) assertRanked(graph, specs, index);
      }),
      cases(100),
    );
  });
});

test('the ancestors of a task are all that it waits for, directly or not, each once', () => {
  const specs = specsOf({ a: '', b: 'a', c: 'a', d: 'b c', other: 'a' });
  assert.deepEqual(graphOf(specs).ancestors(3), [0, 1, 2]);
  assert.deepEqual(graphOf(specs).ancestors(0), []);
});

function assertRanked(graph: TaskGraph, specs: readonly TaskSpec[], index: number): void {
  const { name = '', estimateMs = 0 } = specs[index] ?? {};
  const after = specs.map(({ needs }, other) => (needs.includes(name) ? graph.remainingMs(other) : 0));
  assert.equal(graph.remainingMs(index), estimateMs + Math.max(...after));
}
