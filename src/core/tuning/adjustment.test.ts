import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import type { LiveOption } from '../settings/setting-events.ts';
import { type Adjustment, adjustmentsFor } from './adjustment.ts';
import type { Bottleneck } from './tuning-events.ts';

const BOTTLENECKS: readonly Bottleneck[] = ['task-distribution', 'communication', 'caching', 'memory'];
const NAMES = [
  'coordination.maxWaitMs',
  'coordination.maxScaledAgents',
  'communication.batchSize',
  'performance.cacheSize',
  'performance.cacheTTL',
];
const SHORTER = new Set(['coordination.maxWaitMs', 'performance.cacheTTL']);

const optionsOf = (row: Readonly<{ configured: number; min: number; max: number }>): readonly LiveOption[] =>
  NAMES.map((name) => ({ name, ...row }));

type Figures = Readonly<Record<'now' | 'min' | 'max', number>>;

function checkAll(bottleneck: Bottleneck, figures: Figures): void {
  const { now, min, max } = figures;
  const options = optionsOf({ configured: now, min, max });
  for (const one of adjustmentsFor(bottleneck, options, () => now)) checkOne(one, figures);
}

function checkOne({ option, from, to }: Adjustment, { now, min, max }: Figures): void {
  assert.equal(from, now);
  assert.ok(Number.isInteger(to) && Number(to) >= min && Number(to) <= max);
  if (SHORTER.has(option)) assert.ok(Number(to) < now && Number(to) >= 10_000);
  else assert.ok(Number(to) > now);
}

describe('adjustments', () => {
  test('are whole numbers within the bounds, never lower a maximum, and never bring a time below its floor', () => {
    const bounds = fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 10_000_000 }));
    fc.assert(
      fc.property(fc.constantFrom(...BOTTLENECKS), bounds, fc.nat(10_000_000), (bottleneck, [min, more], drawn) => {
        const max = min + more;
        const now = Math.max(min, Math.min(max, drawn));
        checkAll(bottleneck, { now, min, max });
      }),
      { numRuns: 2_000 },
    );
  });

  test('come to an end, however often they are made', () => {
    const options: readonly LiveOption[] = NAMES.map((name) => ({ name, configured: 60_000, min: 1, max: 1_000_000 }));
    const values = new Map<string, number | string>(NAMES.map((name) => [name, 60_000]));
    const valueOf = (name: string): number | string | undefined => values.get(name);
    let steps = 0;
    for (const bottleneck of BOTTLENECKS) {
      const next = (): Adjustment | undefined => adjustmentsFor(bottleneck, options, valueOf)[0];
      for (let one = next(); one !== undefined; one = next()) {
        values.set(one.option, one.to);
        assert.ok(++steps < 100);
      }
    }
    assert.deepEqual([...values.values()], [10_000, 1_000_000, 1_000_000, 1_000_000, 10_000]);
  });
});
