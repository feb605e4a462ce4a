import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { CoreMetrics } from './core-metrics.ts';
import { CountWindow, MOST_SAMPLES, percentile, SampleWindow } from './windows.ts';

describe('a window that counts', () => {
  test('covers whole seconds: that of now and those before it', () => {
    const window = new CountWindow(5_000);
    window.add(1_999, 1);
    window.add(3_000, 2);
    assert.equal(window.total(3_000), 3);
    assert.equal(window.total(5_999), 3);
    assert.equal(window.total(6_000), 2);
    assert.equal(window.total(7_999), 2);
    assert.equal(window.total(8_000), 0);
  });

  test('says when time alone changes it, and nothing when it is empty', () => {
    const window = new CountWindow(5_000);
    assert.equal(window.nextChangeMs(0), undefined);
    window.add(1_999, 1);
    window.add(2_500, 1);
    assert.equal(window.nextChangeMs(2_500), 6_000);
    assert.equal(window.nextChangeMs(6_000), 7_000);
    assert.equal(window.nextChangeMs(7_000), undefined);
  });

  test('moves on minute by minute where it is long, so that what it keeps is bounded', () => {
    const window = new CountWindow(86_400_000);
    for (let second = 0; second < 200_000; second++) window.add(second * 1_000, 1);
    assert.ok(window.dump(199_999_000).length <= 1_440);
    // The minute of now is there in part: 86,400 would be a day to the second.
    assert.equal(window.total(199_999_000), 1_439 * 60 + 20);
  });

  test('goes on from what was dumped', () => {
    const window = new CountWindow(5_000);
    window.add(1_000, 3);
    window.add(2_000, 4);
    const next = new CountWindow(5_000);
    next.load(window.dump(2_000));
    assert.equal(next.total(6_000), 4);
    assert.equal(window.total(6_000), 4);
  });
});

describe('a window of samples', () => {
  test('gives them in rising order, the newest where there are too many', () => {
    const window = new SampleWindow(60_000);
    for (let figure = 1; figure <= MOST_SAMPLES + 10; figure++) window.add(figure, figure);
    const sorted = window.sorted(1_000);
    assert.equal(sorted.length, MOST_SAMPLES);
    assert.equal(sorted[0], 11);
    assert.equal(percentile(sorted, 100), MOST_SAMPLES + 10);
  });

  test('takes the least figure that is not below the percentage', () => {
    assert.equal(percentile(new Float64Array([1, 2, 3, 4]), 50), 2);
    assert.equal(percentile(new Float64Array([1, 2, 3, 4]), 95), 4);
    assert.equal(percentile(new Float64Array([7]), 1), 7);
    assert.equal(percentile(new Float64Array([]), 95), undefined);
  });
});

describe('metrics', () => {
  test('keep nothing of names that nobody asked for', () => {
    const metrics = new CoreMetrics();
    metrics.count('tasks_failed', 1);
    metrics.sample('task_wait_ms', 1, 5);
    assert.deepEqual(metrics.dump(1), { windows: [], sampled: {} });
    assert.equal(metrics.changed.size, 0);
  });

  test('go on from what was dumped, window by window', () => {
    const before = new CoreMetrics();
    before.countOver('tasks_failed', 60_000);
    before.sampleOver('task_wait_ms', 60_000);
    before.count('tasks_failed', 1_000, 3);
    before.sample('task_wait_ms', 2_000, 7);
    before.setSampled({ memory_ratio: 0.5 });
    const after = new CoreMetrics();
    const counted = after.countOver('tasks_failed', 60_000);
    const other = after.countOver('tasks_failed', 1_000);
    after.load(before.dump(2_000));
    assert.equal(counted.total(2_000), 3);
    // Nobody counted this one before.
    assert.equal(other.total(2_000), 0);
    assert.equal(after.sampled.memory_ratio, 0.5);
  });
});
