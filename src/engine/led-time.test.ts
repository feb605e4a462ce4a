import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import type { Clock } from '../ports/clock.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { LedTime } from './led-time.ts';

/** A clock that stands at a time with a fraction, as a real one does. */
function clockAt(nowMs: number): Clock {
  return { monotonicMs: () => nowMs, wallTimeMs: () => 0, wakeAfter: () => () => {} };
}

describe('led time', () => {
  test('goes on from the newest stored time, never before it, whatever the clock shows', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1e10, noNaN: true }), (storedMs, clockMs) => {
        const time = new LedTime(clockAt(clockMs));
        time.goOnFrom(storedMs);
        assert.equal(time.nowMs(), storedMs);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  test('is whole milliseconds', () => {
    const time = new LedTime(clockAt(12.7));
    assert.ok(Number.isInteger(time.nowMs()));
  });

  test('wakes when it is due, and at once when that is past', () => {
    const clock = new ManualClock();
    const time = new LedTime(clock);
    time.goOnFrom(5_000);
    const woken: number[] = [];
    for (const dueMs of [5_100, 4_000]) time.wakeAt(dueMs, () => woken.push(dueMs));
    clock.advance(0);
    assert.deepEqual(woken, [4_000]);
    clock.advance(99);
    assert.deepEqual(woken, [4_000]);
    clock.advance(1);
    assert.deepEqual([woken, time.nowMs()], [[4_000, 5_100], 5_100]);
  });
});
