import assert from 'node:assert/strict';
import type { Json } from '../core/json.ts';
import { SYSTEM } from '../core/memory/entry.ts';
import type { StoredValue } from '../ports/key-value-tier.ts';
import type { SharedChange, SharedTier } from '../ports/shared-tier.ts';
import type { ContractCase } from './journal-contract.ts';
import type { ManualClock } from './manual-clock.ts';

/** Two nodes of one empty shared tier, and what can befall it. `clock` is the one that it was given. */
export type SharedUnderTest = Readonly<{
  nodes: readonly [SharedTier, SharedTier];
  clock: ManualClock;
  /** Nobody can reach it until `mend`. */
  cut: () => void;
  mend: () => void;
  /** Every call takes this long, ms. */
  slow: (delayMs: number) => void;
  /** It loses all it holds, as by a restart. */
  flush: () => void;
}>;

const HOUR_MS = 3_600_000;

function entry(value: Json, expiresAtMs?: number): StoredValue {
  const facts = { value, version: 1, isLasting: true, author: SYSTEM, writtenAtMs: 0 };
  return expiresAtMs === undefined ? facts : { ...facts, expiresAtMs };
}

async function leaseOf(node: SharedTier, key: string): Promise<string> {
  const answer = await node.get(key);
  assert.equal(answer.kind, 'missing');
  return answer.kind === 'missing' ? answer.lease : '';
}

async function valueOf(node: SharedTier, key: string): Promise<Json | undefined> {
  const answer = await node.get(key);
  return answer.kind === 'found' ? answer.entry.value : undefined;
}

async function put(node: SharedTier, key: string, value: Json): Promise<void> {
  await node.fill(key, entry(value), await leaseOf(node, key), HOUR_MS);
}

/** What every `SharedTier` must do. Each case gets a fresh, empty one. Runs under any test runner. */
export const SHARED_TIER_CONTRACT: readonly ContractCase<SharedUnderTest>[] = [
  {
    name: 'what one node fills every node finds, equal and as a copy',
    run: async ({ nodes: [a, b] }) => {
      const mine = { list: [1, null, 'ü'] };
      await a.fill('ns:a', entry(mine), await leaseOf(a, 'ns:a'), HOUR_MS);
      mine.list.push('later');
      assert.deepEqual(await b.get('ns:a'), { kind: 'found', entry: entry({ list: [1, null, 'ü'] }) });
    },
  },
  {
    name: 'a lease fills its own key, once',
    run: async ({ nodes: [a] }) => {
      const lease = await leaseOf(a, 'ns:a');
      await a.fill('ns:b', entry('x'), lease, HOUR_MS);
      assert.equal(await valueOf(a, 'ns:b'), undefined);
      await a.fill('ns:a', entry('x'), 'no lease', HOUR_MS);
      assert.equal(await valueOf(a, 'ns:a'), undefined);
      const good = await leaseOf(a, 'ns:a');
      await a.fill('ns:a', entry('first'), good, HOUR_MS);
      await a.fill('ns:a', entry('second'), good, HOUR_MS);
      assert.equal(await valueOf(a, 'ns:a'), 'first');
    },
  },
  {
    name: 'a removal by any node ends every lease on the key: who read before it fills nothing',
    run: async ({ nodes: [a, b] }) => {
      for (const pattern of ['ns:a', 'ns:*', '*']) {
        const lease = await leaseOf(a, 'ns:a');
        await b.remove(pattern);
        await a.fill('ns:a', entry('old'), lease, HOUR_MS);
        assert.equal(await valueOf(b, 'ns:a'), undefined);
      }
    },
  },
  {
    name: 'a lease that nobody used ends by itself after 10 s',
    run: async ({ nodes: [a], clock }) => {
      const lease = await leaseOf(a, 'ns:a');
      clock.advance(10_000);
      await a.fill('ns:a', entry('old'), lease, HOUR_MS);
      assert.equal(await valueOf(a, 'ns:a'), undefined);
    },
  },
  {
    name: 'a copy lives for its time exactly, and never beyond that of the entry',
    run: async ({ nodes: [a, b], clock }) => {
      await a.fill('ns:a', entry(1), await leaseOf(a, 'ns:a'), 1_000);
      await a.fill('ns:b', entry(2, clock.wallTimeMs() + 500), await leaseOf(a, 'ns:b'), 1_000);
      clock.advance(499);
      assert.deepEqual([await valueOf(b, 'ns:a'), await valueOf(b, 'ns:b')], [1, 2]);
      clock.advance(1);
      assert.deepEqual([await valueOf(b, 'ns:a'), await valueOf(b, 'ns:b')], [1, undefined]);
      clock.advance(499);
      assert.equal(await valueOf(b, 'ns:a'), 1);
      clock.advance(1);
      assert.equal(await valueOf(b, 'ns:a'), undefined);
    },
  },
  {
    name: 'a removal takes the keys that match and nothing else; only "*" is special',
    run: async ({ nodes: [a, b] }) => {
      for (const key of ['ns:a/1', 'ns:a/2', 'ns:b/1', 'ns:[x]', 'ns:?', 'ns:a.c']) await put(a, key, key);
      for (const pattern of ['ns:a/*', 'ns:[x]', 'ns:a?c']) await b.remove(pattern);
      const left = await Promise.all(
        ['ns:a/1', 'ns:a/2', 'ns:b/1', 'ns:[x]', 'ns:?', 'ns:a.c'].map((key) => valueOf(a, key)),
      );
      assert.deepEqual(left, [undefined, undefined, 'ns:b/1', undefined, 'ns:?', 'ns:a.c']);
    },
  },
  {
    name: 'every other node is told of a removal before it is answered, until it stops listening',
    run: async ({ nodes: [a, b] }) => {
      const heard: SharedChange[] = [];
      const own: SharedChange[] = [];
      const stop = b.onChange((change) => heard.push(change));
      a.onChange((change) => own.push(change));
      await a.remove('ns:*');
      assert.deepEqual([heard, own], [[{ kind: 'removed', pattern: 'ns:*' }], []]);
      stop();
      await a.remove('ns:*');
      assert.equal(heard.length, 1);
    },
  },
  {
    name: 'outage: every call fails as unavailable, and afterwards every node knows that it may have missed something',
    run: async ({ nodes: [a, b], cut, mend }) => {
      await put(a, 'ns:a', 1);
      const heard: SharedChange[] = [];
      for (const node of [a, b]) node.onChange((change) => heard.push(change));
      cut();
      await assert.rejects(a.get('ns:a'), { name: 'Unavailable', port: 'memory' });
      await assert.rejects(a.remove('ns:a'), { name: 'Unavailable', port: 'memory' });
      await assert.rejects(a.fill('ns:a', entry(1), 'x', 1), { name: 'Unavailable', port: 'memory' });
      assert.deepEqual(heard, []);
      mend();
      assert.deepEqual(heard, [{ kind: 'lost' }, { kind: 'lost' }]);
      assert.equal(await valueOf(b, 'ns:a'), 1);
    },
  },
  {
    name: 'slow: a call is answered late, and does what it says when it is',
    run: async ({ nodes: [a], clock, slow }) => {
      await put(a, 'ns:a', 1);
      slow(5_000);
      let isAnswered = false;
      const removal = a.remove('ns:a').then(() => (isAnswered = true));
      clock.advance(4_999);
      await Promise.resolve();
      assert.equal(isAnswered, false);
      clock.advance(1);
      await removal;
      slow(0);
      assert.equal(await valueOf(a, 'ns:a'), undefined);
    },
  },
  {
    name: 'flush: everything is gone, leases too, and every node is told',
    run: async ({ nodes: [a, b], flush }) => {
      await put(a, 'ns:a', 1);
      const lease = await leaseOf(a, 'ns:b');
      const heard: SharedChange[] = [];
      b.onChange((change) => heard.push(change));
      flush();
      await a.fill('ns:b', entry('old'), lease, HOUR_MS);
      assert.deepEqual([await valueOf(b, 'ns:a'), await valueOf(b, 'ns:b')], [undefined, undefined]);
      assert.deepEqual(heard, [{ kind: 'lost' }]);
    },
  },
];
