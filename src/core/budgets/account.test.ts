import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import type { Usage } from '../tasks/attempt.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';
import { taskOf } from '../../../test/support/core-world-specs.ts';
import { Account, AMOUNTS, used } from './account.ts';

const asking = (tokens: number, costMicros = 0): ReturnType<typeof taskOf> =>
  taskOf('t', { grant: { tokens, costMicros } });
const plain = taskOf('t');

function reserve(account: Account, { grant }: TaskSpec): void {
  account.begin();
  for (const kind of AMOUNTS) account.hold(kind, grant?.[kind] ?? 0);
}

function settle(account: Account, { grant }: TaskSpec, usage: Usage | undefined): void {
  account.end();
  for (const kind of AMOUNTS) {
    const reserved = grant?.[kind] ?? 0;
    account.release(kind, reserved, used(kind, usage) ?? reserved);
  }
}

describe('an account', () => {
  test('reserves before the start: what is spent and promised never exceeds the limit', () => {
    const account = new Account({ tokens: 100 });
    reserve(account, asking(60));
    assert.equal(account.check(asking(40)), 'fits');
    assert.equal(account.check(asking(41)), 'wait');
    reserve(account, asking(40));
    assert.equal(account.check(asking(1)), 'wait');
    assert.equal(account.check(plain), 'fits');
  });

  test('settles with what was used, and gives the rest back', () => {
    const account = new Account({ tokens: 100 });
    reserve(account, asking(60));
    settle(account, asking(60), { inputTokens: 10, outputTokens: 5 });
    assert.deepEqual([account.figures.spentTokens, account.figures.reservedTokens], [15, 0]);
    assert.equal(account.check(asking(85)), 'fits');
  });

  test('counts what nobody knows as the most that was granted', () => {
    const account = new Account({ tokens: 100, costMicros: 50 });
    reserve(account, asking(60, 50));
    settle(account, asking(60, 50), { costMicros: 7 });
    reserve(account, asking(10));
    settle(account, asking(10), undefined);
    assert.deepEqual([account.figures.spentTokens, account.figures.spentMicros], [70, 7]);
  });

  test('says that waiting is in vain when nothing runs that could give something back', () => {
    const account = new Account({ tokens: 100, attempts: 2 });
    reserve(account, asking(60));
    settle(account, asking(60), undefined);
    assert.deepEqual(account.check(asking(41)), { exhausted: 'tokens', limit: 100 });
    reserve(account, asking(10));
    assert.equal(account.check(asking(10)), 'wait');
    settle(account, asking(10), undefined);
    assert.deepEqual(account.check(asking(10)), { exhausted: 'attempts', limit: 2 });
  });

  test('limits money in the same way, and agents at a time', () => {
    const account = new Account({ costMicros: 100, agents: 2 });
    reserve(account, asking(0, 100));
    assert.equal(account.check(asking(0, 1)), 'wait');
    reserve(account, plain);
    assert.equal(account.check(plain), 'wait');
    settle(account, plain, undefined);
    assert.equal(account.check(plain), 'fits');
  });

  test('without limits holds everything', () => {
    const account = new Account({});
    for (let count = 0; count < 100; count++) reserve(account, asking(1_000_000, 1_000_000));
    assert.equal(account.check(asking(1_000_000)), 'fits');
    assert.equal(account.attempts, 100);
  });

  test('is put back as it was', () => {
    const account = new Account({ tokens: 100 });
    account.restore(7, 90, 3);
    assert.deepEqual([account.attempts, account.figures.spentTokens, account.figures.spentMicros], [7, 90, 3]);
    assert.deepEqual(account.check(asking(11)), { exhausted: 'tokens', limit: 100 });
  });
});
