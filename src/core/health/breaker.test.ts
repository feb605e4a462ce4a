import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import {
  type Breaker,
  type BreakerRules,
  closed,
  halfOpened,
  NEW_BREAKER,
  nextStep,
  noteEnd,
  opened,
} from './breaker.ts';

const RULES: BreakerRules = { threshold: 5, openMs: 60, successes: 3 };

const after = (breaker: Breaker, ends: string, startedMs = 0): Breaker =>
  ends.split('').reduce((one, end) => noteEnd(one, end === '+', startedMs), breaker);

describe('a closed breaker', () => {
  test('opens after as many failures in a row as the rule says, and not one before', () => {
    assert.equal(nextStep(after(NEW_BREAKER, '----'), RULES), undefined);
    assert.equal(nextStep(after(NEW_BREAKER, '-----'), RULES), 'open');
  });

  test('forgets its failures with a success', () => {
    assert.equal(nextStep(after(NEW_BREAKER, '----+----'), RULES), undefined);
  });
});

describe('a half-open breaker', () => {
  test('closes after as many successes in a row as the rule says', () => {
    assert.equal(nextStep(after(halfOpened(100), '++', 100), RULES), undefined);
    assert.equal(nextStep(after(halfOpened(100), '+++', 100), RULES), 'close');
  });

  test('opens again with any failure, whatever came before it', () => {
    assert.equal(nextStep(after(halfOpened(100), '++-', 100), RULES), 'open');
    assert.equal(nextStep(after(halfOpened(100), '-++++', 100), RULES), 'open');
  });

  test('takes no notice of attempts from before the trip', () => {
    assert.deepEqual(after(halfOpened(100), '-+-+', 99), halfOpened(100));
  });
});

describe('a breaker that has closed again', () => {
  test('takes no notice of attempts from before the trip either', () => {
    const breaker = closed(after(halfOpened(100), '+++', 100));
    assert.equal(nextStep(after(breaker, '-----', 99), RULES), undefined);
    assert.equal(nextStep(after(breaker, '-----', 100), RULES), 'open');
  });
});

/** Every order of what can happen to one breaker with three slots behind it, against the plain rules. */
describe('in every order of 12 happenings, with 3 attempts at a time', () => {
  type Call = Readonly<{ startedMs: number; trip: number }>;
  type World = Readonly<{
    breaker: Breaker;
    nowMs: number;
    trip: number;
    calls: readonly Call[];
    failures: number;
    good: number;
  }>;
  const rules: BreakerRules = { threshold: 2, openMs: 10, successes: 2 };
  const START: World = { breaker: NEW_BREAKER, nowMs: 1, trip: 0, calls: [], failures: 0, good: 0 };
  let illegal = 0;
  let seen = 0;
  let reopened = 0;
  let closedAgain = 0;

  const admits = ({ breaker, calls, trip }: World): boolean => {
    if (breaker.status === 'open') return false;
    const limit = breaker.status === 'half-open' ? 1 : 3;
    return (
      calls.filter((call) => call.trip === trip || breaker.status === 'half-open').length < limit && calls.length < 3
    );
  };

  /** What the rules say, counted anew: `failures` and `good` know only ends that count. */
  const expectedStep = ({ breaker, failures, good }: World, hasFailed: boolean): string | undefined => {
    if (breaker.status === 'closed') return failures >= rules.threshold ? 'open' : undefined;
    if (breaker.status === 'open') return undefined;
    if (hasFailed) return 'open';
    return good >= rules.successes ? 'close' : undefined;
  };

  const settle = (world: World, hasFailed: boolean | undefined): World => {
    const step = nextStep(world.breaker, rules);
    if (step !== expectedStep(world, hasFailed === true)) illegal++;
    if (step === 'open') {
      if (world.breaker.status === 'half-open') reopened++;
      return { ...world, breaker: opened(world.nowMs + rules.openMs), trip: world.trip + 1, failures: 0, good: 0 };
    }
    if (step !== 'close') return world;
    closedAgain++;
    return { ...world, breaker: closed(world.breaker), failures: 0, good: 0 };
  };

  const end = (world: World, at: number, ok: boolean): World => {
    const call = world.calls[at];
    assert.ok(call !== undefined);
    const calls = world.calls.filter((_, index) => index !== at);
    const counts = call.trip === world.trip && world.breaker.status !== 'open';
    const breaker = noteEnd(world.breaker, ok, call.startedMs);
    const counted = ok ? 0 : world.failures + 1;
    const failures = counts ? counted : world.failures;
    const good = counts && ok && world.breaker.status === 'half-open' ? world.good + 1 : world.good;
    return settle({ ...world, calls, breaker, failures, good }, counts ? !ok : undefined);
  };

  const walk = (world: World, depth: number): void => {
    seen++;
    if (depth === 0) return;
    const later = { ...world, nowMs: world.nowMs + 1 };
    if (admits(world))
      walk({ ...later, calls: [...world.calls, { startedMs: world.nowMs, trip: world.trip }] }, depth - 1);
    // Attempts of the same trip are alike: only the oldest of each needs to be tried.
    const tried = new Set<number>();
    for (const [at, { trip }] of world.calls.entries()) {
      if (tried.has(trip)) continue;
      tried.add(trip);
      walk(end(later, at, true), depth - 1);
      walk(end(later, at, false), depth - 1);
    }
    if (world.breaker.status === 'open') {
      const nowMs = world.breaker.untilMs;
      walk({ ...world, nowMs: nowMs + 1, breaker: halfOpened(nowMs) }, depth - 1);
    }
  };

  test('no step is taken that the rules do not ask for, and none is left out', () => {
    walk(START, 12);
    assert.equal(illegal, 0);
    assert.ok(seen > 10_000 && reopened > 100 && closedAgain > 10, `${seen} states, ${reopened}, ${closedAgain}`);
  });
});
