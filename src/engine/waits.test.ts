import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { LedTime } from './led-time.ts';
import { Waits } from './waits.ts';

let clock: ManualClock;
let waits: Waits;
let woken: string[];
beforeEach(() => {
  clock = new ManualClock();
  waits = new Waits(new LedTime(clock));
  woken = [];
});

const add = (dueMs: number, name: string, key?: string): ReturnType<Waits['add']> =>
  waits.add(dueMs, () => void woken.push(name), key);

describe('waits', () => {
  test('wake each when it is due, the earliest first, behind one alarm of the clock', () => {
    for (const dueMs of [300, 100, 200]) add(dueMs, `at ${dueMs}`);
    assert.equal(clock.pending, 1);
    clock.advance(99);
    assert.deepEqual(woken, []);
    clock.advance(1);
    assert.deepEqual(woken, ['at 100']);
    clock.advance(1_000);
    assert.deepEqual(woken, ['at 100', 'at 200', 'at 300']);
    assert.deepEqual([waits.size, clock.pending], [0, 0]);
  });

  test('that are past wake soon, but never before they are handed out', () => {
    clock.advance(500);
    add(100, 'late');
    assert.deepEqual(woken, []);
    clock.advance(0);
    assert.deepEqual(woken, ['late']);
  });

  test('under one key replace each other', () => {
    add(100, 'first', 'key');
    add(200, 'second', 'key');
    clock.advance(1_000);
    assert.deepEqual(woken, ['second']);
  });

  test('that are removed or forgotten do not wake, and leave no alarm', () => {
    const wait = add(100, 'removed');
    add(100, 'forgotten', 'key');
    waits.remove(wait);
    waits.forget('key');
    waits.forget('unknown');
    waits.remove(wait);
    assert.equal(clock.pending, 0);
    clock.advance(1_000);
    assert.deepEqual(woken, []);
  });

  test('that one of them sets while it wakes are kept', () => {
    waits.add(100, () => void add(150, 'next'));
    clock.advance(100);
    assert.deepEqual(woken, []);
    clock.advance(50);
    assert.deepEqual(woken, ['next']);
  });

  test('that one of them takes back while it wakes do not wake, though they are due together', () => {
    const second = { wait: add(100, 'second') };
    waits.remove(second.wait);
    waits.add(100, () => waits.remove(second.wait));
    second.wait = add(100, 'second');
    clock.advance(100);
    assert.deepEqual(woken, []);
  });

  test('wake nobody after the stop, nor take anything new', () => {
    add(100, 'before');
    waits.stop();
    add(100, 'after');
    assert.deepEqual([waits.size, clock.pending], [0, 0]);
    clock.advance(1_000);
    assert.deepEqual(woken, []);
  });
});
