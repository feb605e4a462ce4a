import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { DEFAULT_RULES } from '../swarm-state.ts';
import { causesOf, HEALTHY, statusOf, withOutcome, type Health } from './health.ts';
import { planRestart } from './restarts.ts';

const { health: rules } = DEFAULT_RULES;
const after = (ends: string): Health => ends.split('').reduce((one, end) => withOutcome(one, end === '+'), HEALTHY);

describe('what speaks against an agent', () => {
  test('is a slow answer, a nearly full memory and too many failures, each beyond its threshold only', () => {
    assert.deepEqual(causesOf(HEALTHY, { responseMs: 5_000, memoryRatio: 0.9 }, rules), []);
    assert.deepEqual(causesOf(HEALTHY, { responseMs: 5_001, memoryRatio: 0.91 }, rules), ['slow', 'memory']);
    assert.deepEqual(causesOf(after(`--${'+'.repeat(18)}`), { responseMs: 1 }, rules), []);
    assert.deepEqual(causesOf(after(`---${'+'.repeat(17)}`), { responseMs: 1 }, rules), ['errors']);
  });

  test('is no failure of its first attempts: a few say nothing', () => {
    assert.deepEqual(causesOf(after('---------'), { responseMs: 1 }, rules), []);
    assert.deepEqual(causesOf(after('----------'), { responseMs: 1 }, rules), ['errors']);
  });

  test('is forgotten once twenty attempts have passed', () => {
    assert.deepEqual(causesOf(after(`${'-'.repeat(20)}${'+'.repeat(20)}`), { responseMs: 1 }, rules), []);
  });
});

test('one thing against an agent degrades it, two keep work from it, and silence loses it', () => {
  assert.deepEqual(
    [statusOf([]), statusOf(['slow']), statusOf(['slow', 'errors']), statusOf(['ailing']), statusOf(['silent'])],
    ['healthy', 'degraded', 'unhealthy', 'unhealthy', 'lost'],
  );
});

describe('restarts', () => {
  const recent = (...restartsMs: readonly number[]): Health => ({ ...HEALTHY, restartsMs });

  test('wait longer each time, and end after five in a minute', () => {
    assert.deepEqual(planRestart(recent(), 1_000, rules), { restart: 1, atMs: 2_000 });
    assert.deepEqual(planRestart(recent(900), 1_000, rules), { restart: 2, atMs: 3_000 });
    assert.deepEqual(planRestart(recent(1, 2, 3, 4), 1_000, rules), { restart: 5, atMs: 17_000 });
    assert.deepEqual(planRestart(recent(1, 2, 3, 4, 5), 1_000, rules), { tooMany: 5 });
  });

  test('of more than a minute ago are forgotten', () => {
    assert.deepEqual(planRestart(recent(1, 2, 3, 4, 5), 60_001, rules), { restart: 5, atMs: 76_001 });
  });
});
