import { describe, expect, it } from 'vitest';
import { factorOf, rolesOf, specialistTable, wrongEstimates } from './scenarios.ts';

const rounded = (table: readonly (readonly number[])[]): number[][] =>
  table.map((row) => row.map((cell) => Math.round(cell * 1_000_000) / 1_000_000));

describe('scenarios', () => {
  it('draws the same first 20 roles for ever', () => {
    expect(rolesOf(20, 64)).toEqual([0, 0, 5, 4, 3, 2, 2, 1, 3, 4, 1, 0, 4, 3, 1, 2, 1, 3, 1, 5]);
    expect(rolesOf(20, 4)).toEqual([0, 0, 3, 2, 2, 1, 1, 0, 2, 2, 1, 0, 3, 2, 0, 1, 1, 2, 1, 3]);
  });

  it('draws the same table of slower specialists for ever', () => {
    expect(rounded(specialistTable(64))).toEqual([
      [1, 2.267381, 2.29492, 2.412178, 2.385236, 2.776165],
      [2.307033, 1, 1.620039, 2.295758, 2.411605, 2.175487],
      [2.220064, 2.765281, 1, 2.129964, 2.505311, 2.522293],
      [1.741221, 1.767772, 1.91416, 1, 2.093876, 2.065445],
      [2.373764, 1.691222, 2.395623, 2.364808, 1, 2.127626],
      [2.766376, 2.708077, 2.653207, 1.976416, 2.434661, 1],
    ]);
  });

  it('gives speeds from 2 to 0.5, evenly on a logarithmic scale', () => {
    const factor = factorOf('speeds', 5);
    const speeds = [0, 1, 2, 3, 4].map((agent) => Math.round(1_000 / (factor(0, agent) ?? 0)));
    expect(speeds).toEqual([2_000, 1_414, 1_000, 707, 500]);
  });

  it('lets a closed specialist run its own role and that of one neighbour only', () => {
    const factor = factorOf('closed', 16);
    expect([0, 1, 2, 5, 6, 7].map((agent) => factor(0, agent))).toEqual([1, 1.5, undefined, undefined, 1, 1.5]);
    expect(factor(5, 0)).toBe(1.5);
  });

  it('keeps wrong estimates within times and divided by k, and the same for the same seed', () => {
    const estimates = wrongEstimates(
      Array.from({ length: 1_000 }, () => 10),
      4,
      1,
    );
    expect(estimates).toEqual(
      wrongEstimates(
        Array.from({ length: 1_000 }, () => 10),
        4,
        1,
      ),
    );
    expect(Math.min(...estimates)).toBeGreaterThanOrEqual(2.5);
    expect(Math.max(...estimates)).toBeLessThanOrEqual(40);
  });
});
