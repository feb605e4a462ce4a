import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { summarise } from '../../src/core/scaling/load.ts';
import { planScale } from '../../src/core/scaling/plan-scale.ts';
import { DEFAULT_SCALING } from '../../src/core/scaling/scale-group.ts';

/**
 * Rules of the design that this project began with, and what is wrong with them. Each test holds for ours, and fails
 * for a transcription of theirs.
 */
describe('averages over zero agents (NaN)', () => {
  /** Divides by how many there are. */
  function firstShouldScaleUp(loads: readonly number[]): boolean {
    const average = loads.reduce((sum, load) => sum + load, 0) / loads.length;
    const high = loads.filter((load) => load > 0.8).length;
    return average > 0.7 && high / loads.length > 0.6;
  }

  test('a group of nobody has a load of 0, and work that waits for it brings agents', () => {
    const load = summarise([], DEFAULT_SCALING);
    assert.equal(load.averagePermille, 0);
    const nobody = { size: 0, able: 0, used: 0, room: 64, lowForMs: 0, sinceMs: Infinity, load };
    const plan = planScale({ ...nobody, group: { min: 0, max: 8, slots: 1 }, waiting: 5 }, DEFAULT_SCALING);
    assert.deepEqual(plan, { to: 5, because: { reason: 'no-agent', waiting: 5 } });

    // 0 / 0 is above nothing: theirs never gets its first agent.
    assert.equal(firstShouldScaleUp([]), false);
  });
});
