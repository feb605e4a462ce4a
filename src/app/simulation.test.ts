import assert from 'node:assert/strict';
import { test } from 'vitest';
import { agentsFor } from './simulation.ts';
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
