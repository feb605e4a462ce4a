import { describe, expect, it } from 'vitest';
import { ancestors, order } from './graph.ts';

describe('a graph of needs', () => {
  it('a node comes after everything it needs', () => {
    const found = order(
      new Map([
        ['c', ['a', 'b']],
        ['b', ['a', 'a']],
        ['a', []],
      ]),
    );
    expect('sorted' in found && found.sorted).toEqual(['a', 'b', 'c']);
  });

  it('the order of 20,000 chained tasks needs no deep stack', () => {
    const chain = new Map(Array.from({ length: 20_000 }, (_, i) => [`t${i}`, i === 0 ? [] : [`t${i - 1}`]]));
    expect('sorted' in order(chain)).toBe(true);
  });

  it('names one cycle, first and last equal', () => {
    const found = order(
      new Map([
        ['a', []],
        ['b', ['a', 'c']],
        ['c', ['b']],
        ['d', ['c']],
      ]),
    );
    expect(found).toEqual({ cycle: ['b', 'c', 'b'] });
  });

  it('knows everything that a node waits for', () => {
    const needs = new Map([
      ['a', []],
      ['b', ['a']],
      ['c', ['b']],
    ]);
    expect([...(ancestors(needs, ['a', 'b', 'c']).get('c') ?? [])].toSorted()).toEqual(['a', 'b']);
  });
});
