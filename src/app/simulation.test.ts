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
