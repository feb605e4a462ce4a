import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { CoreWorld, type Play } from '../../../test/support/core-world.ts';
import { agentsOf, CRASHED, DONE, submitOf, taskOf, THREW } from '../../../test/support/core-world-specs.ts';
import type { AttemptResult, TaskFailure } from './attempt.ts';
import { backoffMs, chargeFor, MAX_CRASHES } from './retry.ts';
import type { RetryPolicy, TaskSpec } from './task-spec.ts';

const policy: RetryPolicy = { maxAttempts: 3, firstDelayMs: 1_000, maxDelayMs: 300_000, nonRetryable: [] };
const LOST: AttemptResult = { ok: false, failure: { reason: 'coordinator-lost' } };

const failuresBy: Readonly<Record<TaskFailure['reason'], TaskFailure>> = {
  'exit-non-zero': { reason: 'exit-non-zero', exitCode: 1, command: 'x', tail: '' },
  crashed: { reason: 'crashed', signal: 'SIGSEGV', command: 'x', tail: '' },
  'timed-out': { reason: 'timed-out', afterMs: 1, tail: '' },
  stalled: { reason: 'stalled', afterMs: 1 },
  'start-failed': { reason: 'start-failed', message: 'x' },
  threw: { reason: 'threw', message: 'x' },
  'limit-exceeded': { reason: 'limit-exceeded', limit: 'cpu', message: 'x' },
  'no-result': { reason: 'no-result', missing: [] },
  'check-failed': { reason: 'check-failed', evidence: [] },
  'expression-failed': { reason: 'expression-failed', message: 'x' },
  'children-open': { reason: 'children-open', tasks: ['x'] },
  'children-failed': { reason: 'children-failed', tasks: ['x'] },
  'budget-exhausted': { reason: 'budget-exhausted', budget: 'tokens', limit: 1 },
  'coordinator-lost': { reason: 'coordinator-lost' },
  'agent-lost': { reason: 'agent-lost' },
  'quota-exceeded': { reason: 'quota-exceeded', account: 'x', kind: 'requests' },
  stopped: { reason: 'stopped', why: 'draining' },
  'internal-error': { reason: 'internal-error', message: 'x' },
};

/** A run of one task whose attempts end as given, in order; then they succeed. */
function play(ends: readonly AttemptResult[], more: Partial<TaskSpec> = {}): CoreWorld {
  const next = ({ attempt }: { attempt: number }): Play => ({ afterMs: 10, end: ends[attempt - 1] ?? DONE });
  const world = new CoreWorld({ play: next });
  world.send({ type: 'agents.register', agents: agentsOf(1) });
  world.send(submitOf([taskOf('t1', more)]));
  return world.run();
}

const endOf = (world: CoreWorld): string => world.events.findLast(({ type }) => type.startsWith('task.'))?.type ?? '';
const attemptsOf = (world: CoreWorld): number => world.all('attempt.assigned').length;
const repeat = (end: AttemptResult, times: number): readonly AttemptResult[] =>
  Array.from({ length: times }, () => end);

describe('what an attempt is charged to', () => {
  test.each(['coordinator-lost', 'agent-lost', 'stopped'] as const)('is nobody when it was %s', (reason) => {
    assert.equal(chargeFor(failuresBy[reason]), 'none');
  });

  test('is the crashes when its process died or ran out of memory', () => {
    assert.equal(chargeFor(failuresBy.crashed), 'crash');
    assert.equal(chargeFor({ reason: 'limit-exceeded', limit: 'memory', message: 'x' }), 'crash');
  });

  test.each([
    'exit-non-zero',
    'timed-out',
    'stalled',
    'threw',
    'limit-exceeded',
    'no-result',
    'check-failed',
    'internal-error',
  ] as const)('is the task when it ended by %s', (reason) => {
    assert.equal(chargeFor(failuresBy[reason]), 'attempt');
  });
});

describe('a task', () => {
  test('fails with its last failure when all its attempts are used up', () => {
    const world = play(repeat(THREW, 9));
    assert.deepEqual([endOf(world), attemptsOf(world)], ['task.failed', 3]);
    assert.deepEqual(world.all('task.failed')[0]?.failure, { reason: 'threw', message: 'no luck' });
  });

  test('has as many attempts as it declares', () => {
    for (const maxAttempts of [1, 2, 7]) {
      assert.equal(attemptsOf(play(repeat(THREW, 9), { retry: { maxAttempts } })), maxAttempts);
    }
  });

  test('succeeds with its last attempt', () => {
    const world = play(repeat(THREW, 2));
    assert.deepEqual([endOf(world), attemptsOf(world)], ['task.succeeded', 3]);
  });

  test('may crash no more than twice, whatever attempts it has left', () => {
    assert.equal(MAX_CRASHES, 2);
    const world = play(repeat(CRASHED, 9), { retry: { maxAttempts: 9 } });
    assert.deepEqual([endOf(world), attemptsOf(world)], ['task.failed', 2]);
    assert.equal(endOf(play([CRASHED])), 'task.succeeded');
  });

  test('is never charged for what its coordinator or a stop did to it, however often', () => {
    const ends = [...repeat(LOST, 30), ...repeat(THREW, 2)];
    const world = play(ends);
    assert.deepEqual([endOf(world), attemptsOf(world)], ['task.succeeded', 33]);
    const charges = world.all('attempt.failed').map(({ charge }) => charge);
    assert.deepEqual([...new Set(charges.slice(0, 30))], ['none']);
  });

  test('is tried again at once when it was not charged, else after a delay that doubles', () => {
    const world = play([LOST, THREW, THREW], { retry: { maxAttempts: 4, firstDelayMs: 100, maxDelayMs: 10_000 } });
    const waits = world.entries.flatMap(({ event, atMs }) =>
      event.type === 'attempt.failed' ? [event.retryAtMs - atMs] : [],
    );
    assert.equal(waits[0], 0);
    assert.ok(isBetween(waits[1], 100, 120) && isBetween(waits[2], 200, 240), String(waits));
  });

  test('is not tried again when the program could not be started, or for reasons it names', () => {
    const start = { ok: false, failure: failuresBy['start-failed'] } as const;
    assert.deepEqual([endOf(play([start])), attemptsOf(play([start]))], ['task.failed', 1]);
    const named = play([THREW], { retry: { nonRetryable: ['threw'] } });
    assert.deepEqual([endOf(named), attemptsOf(named)], ['task.failed', 1]);
  });

  test('keeps what its failed attempts used and left behind', () => {
    const artifacts = [{ sha256: 'a', bytes: 1, name: 'log' }];
    const usage = { cpuMs: 7 };
    const world = play([{ ...THREW, artifacts, usage }]);
    const [failed] = world.all('attempt.failed');
    assert.deepEqual([failed?.artifacts, failed?.usage], [artifacts, usage]);
  });
});

describe('an irreversible task', () => {
  const unclear = [
    'crashed',
    'timed-out',
    'stalled',
    'limit-exceeded',
    'coordinator-lost',
    'agent-lost',
    'stopped',
    'internal-error',
  ] as const;
  const clear = ['exit-non-zero', 'threw', 'start-failed', 'no-result', 'check-failed', 'expression-failed'] as const;

  test.each(unclear)('asks a person after an end by %s, and is never tried again alone', (reason) => {
    const world = play([{ ok: false, failure: failuresBy[reason] }], { effect: 'D' });
    assert.deepEqual([endOf(world), attemptsOf(world)], ['task.outcome-unknown', 1]);
    assert.equal(world.all('run.finished').length, 0);
  });

  test('leaves the person what its attempt left behind, and is charged what it used', () => {
    const artifacts = [{ sha256: 'a', bytes: 1, name: 'log' }];
    const usage = { cpuMs: 7 };
    const [unknown] = play([{ ...CRASHED, artifacts, usage }], { effect: 'D' }).all('task.outcome-unknown');
    assert.deepEqual([unknown?.artifacts, unknown?.usage], [artifacts, usage]);
  });

  test.each(clear)('fails for good after an end by %s, with attempts left', (reason) => {
    const world = play([{ ok: false, failure: failuresBy[reason] }], { effect: 'D' });
    assert.deepEqual([endOf(world), attemptsOf(world)], ['task.failed', 1]);
  });

  test.each(['A', 'B', 'C'] as const)('is class D alone: class %s is tried again', (effect) => {
    assert.equal(endOf(play([LOST, CRASHED], { effect })), 'task.succeeded');
  });
});

describe('the delay before another attempt', () => {
  const context = (random: number): { nowMs: number; wallTimeMs: number; random: number } => ({
    nowMs: 0,
    wallTimeMs: 0,
    random,
  });

  test('doubles from the first one up to its cap', () => {
    const delays = [1, 2, 3, 9, 10, 1_000].map((failures) => backoffMs(failures, policy, context(0)));
    assert.deepEqual(delays, [1_000, 2_000, 4_000, 256_000, 300_000, 300_000]);
  });

  test('has up to 20 % of jitter on top, in whole milliseconds', () => {
    const most = 2 ** 32 - 1;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: most }), (failures, random) => {
        const delayMs = backoffMs(failures, policy, context(random));
        const plainMs = backoffMs(failures, policy, context(0));
        assert.ok(Number.isInteger(delayMs) && delayMs >= plainMs && delayMs <= plainMs * 1.2, String(delayMs));
      }),
      { seed: 1 },
    );
    assert.notEqual(backoffMs(1, policy, context(1)), backoffMs(1, policy, context(500)));
  });
});

function isBetween(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && value >= least && value <= most;
}
