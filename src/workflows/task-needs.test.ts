import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from './compile.ts';
import { findCycles } from './task-needs.ts';

const options = { localAgents: 1, source: 'test' };

type Graph = Readonly<Record<string, readonly string[]>>;

/** Each task may need any other: most of these graphs have cycles. */
const anyGraph: fc.Arbitrary<Graph> = fc
  .integer({ min: 1, max: 14 })
  .chain((size) =>
    fc.array(fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { maxLength: 3 }), {
      minLength: size,
      maxLength: size,
    }),
  )
  .map((needs) => Object.fromEntries(needs.map((list, index) => [`t${index}`, list.map((need) => `t${need}`)])));

/** Each task needs earlier ones only, and they are written down in any order. */
const acyclicGraph: fc.Arbitrary<Graph> = fc
  .integer({ min: 1, max: 40 })
  .chain((size) =>
    fc.tuple(
      fc.array(fc.array(fc.nat(), { maxLength: 5 }), { minLength: size, maxLength: size }),
      fc.shuffledSubarray(
        Array.from({ length: size }, (_, index) => index),
        { minLength: size, maxLength: size },
      ),
    ),
  )
  .map(([needs, order]) =>
    Object.fromEntries(
      order.map((index) => [`t${index}`, index === 0 ? [] : (needs[index] ?? []).map((need) => `t${need % index}`)]),
    ),
  );

const toDefinition = (graph: Graph): unknown => ({
  name: 'w',
  tasks: Object.fromEntries(Object.entries(graph).map(([name, needs]) => [name, { command: ['true'], needs }])),
});

/** Apart from the code under test: takes away tasks without open needs until nothing changes. */
function hasCycle(graph: Graph): boolean {
  const open = new Map(Object.entries(graph));
  for (let before = -1; before !== open.size;) {
    before = open.size;
    for (const [name, needs] of open) if (!needs.some((need) => open.has(need))) open.delete(name);
  }
  return open.size > 0;
}

const cyclesIn = (graph: Graph): ReturnType<typeof findCycles> =>
  findCycles(Object.keys(graph), (name) => graph[name] ?? []);

function compiledNeeds(graph: Graph): ReadonlyMap<string, readonly string[]> {
  const result = compile(toDefinition(graph), options);
  return new Map(result.ok ? result.compiled.tasks.map(({ name, needs }) => [name, needs]) : []);
}

function onceEach(graph: Graph): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(graph).map(([name, needs]) => [name, [...new Set(needs)]]));
}

describe('graphs', () => {
  test('a cycle is refused, and nothing else is', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        expect(compile(toDefinition(graph), options).ok).toBe(!hasCycle(graph));
      }),
      { numRuns: 2_000 },
    );
  });

  test('a cycle that is shown is one: each of its tasks needs the next', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        for (const cycle of cyclesIn(graph)) {
          expect(cycle.length).toBeGreaterThan(0);
          for (const [index, name] of cycle.entries()) {
            expect(graph[name]).toContain(cycle[(index + 1) % cycle.length]);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('no need is lost, none is made up, and none comes twice', () => {
    fc.assert(
      fc.property(acyclicGraph, (graph) => {
        expect(compiledNeeds(graph)).toEqual(onceEach(graph));
      }),
      { numRuns: 1_000 },
    );
  });

  test('separate cycles are shown separately, a long one is cut', () => {
    const graph: Graph = { a: ['b'], b: ['a'], c: ['d'], d: ['c'], e: ['a', 'c'] };
    expect(cyclesIn(graph)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    const long = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, [`t${(index + 1) % 50}`]]));
    const result = compile(toDefinition(long), options);
    expect(result.ok ? '' : result.diagnostics[0]?.message).toMatch(/t18 → t19 → … \(50 tasks\) → t0\.$/);
  });

  test('a chain of 20,000 tasks is no deep recursion', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`t${index}`, index === 19_999 ? [] : [`t${index + 1}`]]),
    );
    expect(compile(toDefinition(chain), options).ok).toBe(true);
  });
});
