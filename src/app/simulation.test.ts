import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { agentsFor, compareAgents, type SimulationOptions } from './simulation.ts';
import type { SimulationSource } from './simulation-source.ts';
import { UserErrors } from '../util/user-error.ts';

const tasks = [
  { name: 'fit', type: 'fit', work: { kind: 'function', function: 'fit' }, needs: [], requires: ['gpu'] },
] as const;
const source: SimulationSource = {
  work: { name: 'train', tasks, durationsMs: [1] },
  groups: [{ role: 'near', count: 1, capabilities: ['command'], slots: 1 }],
  notes: [],
};

test('of much that nobody can do ten kinds are named, and the others counted', () => {
  const many = Array.from({ length: 30 }, (_, index) => ({
    ...tasks[0],
    name: `t${index}`,
    requires: [`kind:${index}`],
  }));
  assert.throws(
    () => agentsFor({ ...source, work: { ...source.work, tasks: many } }, undefined),
    (error) => error instanceof UserErrors && error.errors.length === 11 && /20 more kinds/.test(error.message),
  );
});

test('work that nobody can do is a mistake of the option only where it was given', () => {
  const placeOf = (asked: Parameters<typeof agentsFor>[1]): string | undefined => {
    try {
      agentsFor(source, asked);
      return 'nothing wrong';
    } catch (error) {
      assert(error instanceof UserErrors);
      return error.errors[0]?.at;
    }
  };
  assert.deepEqual(
    [placeOf(undefined), placeOf(new Map([['near', 2]])), placeOf(2)],
    ['train', '--agents', 'nothing wrong'],
  );
});

test('of a kind for each of many tasks it is found at once which have nobody', { timeout: 10_000 }, () => {
  const kinds = Array.from({ length: 60_000 }, (_, index) => `kind:${index}`);
  const work = {
    name: 'kinds',
    tasks: kinds.map((kind, index) => ({ ...tasks[0], name: `t${index}`, requires: [kind] })),
    durationsMs: [],
  };
  const groups = kinds.map((kind) => ({ role: kind, count: 0, capabilities: [kind], slots: 1 }));
  assert.throws(() => agentsFor({ work, groups, notes: [] }, new Map([['kind:1', 4]])), /59989 more kinds/);
  const all = new Map(kinds.map((kind) => [kind, 1]));
  assert.equal([agentsFor({ work, groups, notes: [] }, all)].flat().length, 60_000);
});

describe('a comparison', () => {
  /** Numbers of agents that were tried. */
  async function sizesOf(given: SimulationSource['work'], agents: SimulationOptions['agents']): Promise<number[]> {
    const sizes = new Set<number>();
    for await (const one of compareAgents({ work: given, groups: [], notes: [] }, { agents })) {
      sizes.add(one.agents.length);
    }
    return [...sizes];
  }
  const workOf = (count: number, isChain: boolean): SimulationSource['work'] => ({
    name: 'work',
    tasks: Array.from({ length: count }, (_, index) => {
      return { ...tasks[0], name: `t${index}`, needs: isChain && index > 0 ? [`t${index - 1}`] : [] };
    }),
    durationsMs: Array.from({ length: count }, () => 1_000),
  });
  const group = (count: number): SimulationOptions['agents'] => {
    return [{ role: 'fit', count, capabilities: ['gpu'], slots: 1 }];
  };

  test('by role goes from a quarter to four times, also where more agents buy nothing', async () => {
    assert.deepEqual(await sizesOf(workOf(3, true), group(8)), [2, 4, 8, 16, 32]);
  });

  test('by role tries no more agents than there may be', async () => {
    assert.deepEqual(await sizesOf(workOf(1, true), group(60_000)), [15_000, 30_000, 60_000]);
  });

  test('by number ends where twice as many buy nothing', async () => {
    assert.deepEqual(await sizesOf(workOf(3, true), 8), [1, 2]);
    assert.deepEqual(await sizesOf(workOf(16, false), 16), [1, 2, 4, 8, 16, 32]);
  });

  test('by number shows the one that was asked for, which says nothing of what twice as many buy', async () => {
    assert.deepEqual(await sizesOf(workOf(16, false), 9), [1, 2, 4, 8, 9, 16, 32]);
  });
});
