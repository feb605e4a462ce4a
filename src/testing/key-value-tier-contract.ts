import assert from 'node:assert/strict';
import type { Json } from '../core/json.ts';
import type { KeyValueTier } from '../ports/key-value-tier.ts';
import type { ContractCase } from './journal-contract.ts';
import type { ManualClock } from './manual-clock.ts';

/** The tier under test, and the clock that it was given. */
export type TierUnderTest = Readonly<{ tier: KeyValueTier; clock: ManualClock }>;

const VALUES: readonly Json[] = [null, true, 0, -1.5, '', 'ünï 🐝 "q"\n', [], [1, [2]], {}, { a: { b: [null, 'c'] } }];

async function fill(tier: KeyValueTier, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await tier.set(key, key);
}

/** What every `KeyValueTier` must do. Each case gets a fresh, empty tier. Runs under any test runner. */
export const KEY_VALUE_TIER_CONTRACT: readonly ContractCase<TierUnderTest>[] = [
  {
    name: 'every JSON value comes back equal, and as a copy',
    run: async ({ tier }) => {
      for (const [index, value] of VALUES.entries()) await tier.set(`ns:${index}`, value);
      for (const [index, value] of VALUES.entries()) assert.deepEqual((await tier.get(`ns:${index}`))?.value, value);
      const mine = { list: [1] };
      await tier.set('ns:mine', mine);
      mine.list.push(2);
      assert.deepEqual((await tier.get('ns:mine'))?.value, { list: [1] });
      assert.equal(await tier.get('ns:none'), undefined);
    },
  },
  {
    name: 'an entry lives for its time exactly: there one ms before the edge, gone at the edge',
    run: async ({ tier, clock }) => {
      await tier.set('ns:a', 1, { ttlMs: 1_000 });
      const before = await tier.get('ns:a');
      assert.equal(before?.expiresAtMs, clock.wallTimeMs() + 1_000);
      clock.advance(999);
      assert.equal((await tier.get('ns:a'))?.value, 1);
      clock.advance(1);
      assert.equal(await tier.get('ns:a'), undefined);
      assert.deepEqual(await tier.keys('*', 10), []);
      assert.equal(await tier.delete('ns:a'), false);
    },
  },
  {
    name: 'setting again starts a new life with a new time',
    run: async ({ tier, clock }) => {
      await tier.set('ns:a', 1, { ttlMs: 1_000 });
      clock.advance(600);
      await tier.set('ns:a', 2, { ttlMs: 1_000 });
      clock.advance(600);
      assert.equal((await tier.get('ns:a'))?.value, 2);
    },
  },
  {
    name: 'versions rise with every write, also over a removal, so an old one never fits again',
    run: async ({ tier }) => {
      const first = (await tier.set('ns:a', 1)) ?? 0;
      const second = (await tier.set('ns:a', 2)) ?? 0;
      assert.ok(first > 0 && second > first);
      assert.equal((await tier.get('ns:a'))?.version, second);
      await tier.delete('ns:a');
      const third = (await tier.set('ns:a', 3)) ?? 0;
      assert.ok(third > second);
    },
  },
  {
    name: 'a write with a version is made only when it is the current one; 0 means not there',
    run: async ({ tier, clock }) => {
      assert.equal(await tier.set('ns:a', 'x', { ifVersion: 7 }), undefined);
      const first = await tier.set('ns:a', 'x', { ifVersion: 0, ttlMs: 1_000 });
      assert.ok(first !== undefined);
      assert.equal(await tier.set('ns:a', 'y', { ifVersion: 0 }), undefined);
      assert.equal(await tier.set('ns:a', 'y', { ifVersion: first + 1 }), undefined);
      assert.equal((await tier.get('ns:a'))?.value, 'x');
      assert.ok((await tier.set('ns:a', 'z', { ifVersion: first, ttlMs: 1_000 })) !== undefined);
      clock.advance(1_000);
      assert.ok((await tier.set('ns:a', 'new', { ifVersion: 0 })) !== undefined);
    },
  },
  {
    name: 'of many writers with one version exactly one wins',
    run: async ({ tier }) => {
      const version = (await tier.set('ns:a', 'start')) ?? 0;
      const writers = Array.from({ length: 20 }, (_, index) => tier.set('ns:a', index, { ifVersion: version }));
      const won = (await Promise.all(writers)).filter((result) => result !== undefined);
      assert.equal(won.length, 1);
    },
  },
  {
    name: 'delete says whether something was there',
    run: async ({ tier }) => {
      await tier.set('ns:a', 1);
      assert.equal(await tier.delete('ns:a'), true);
      assert.equal(await tier.delete('ns:a'), false);
    },
  },
  {
    name: 'invalidate removes the keys that match and nothing else; only "*" is special',
    run: async ({ tier }) => {
      await fill(tier, 'ns:a/1', 'ns:a/2', 'ns:b/1', 'other:a/1', 'ns:[x]', 'ns:?', 'ns:a.c', 'ns:A/1');
      assert.equal(await tier.invalidate('ns:a/*'), 2);
      assert.equal(await tier.invalidate('ns:[x]'), 1);
      assert.equal(await tier.invalidate('ns:?'), 1);
      assert.equal(await tier.invalidate('ns:a?c'), 0);
      assert.deepEqual(await tier.keys('*', 10), ['ns:A/1', 'ns:a.c', 'ns:b/1', 'other:a/1']);
      assert.equal(await tier.invalidate('*:*/1'), 3);
      assert.deepEqual(await tier.keys('*', 10), ['ns:a.c']);
    },
  },
  {
    name: 'keys come in order, at most as many as asked for',
    run: async ({ tier }) => {
      await fill(tier, 'ns:c', 'ns:a', 'ns:b', 'other:a');
      assert.deepEqual(await tier.keys('ns:*', 2), ['ns:a', 'ns:b']);
      assert.deepEqual(await tier.keys('none:*', 2), []);
    },
  },
  {
    name: 'keys without a namespace, keys over 512 characters and values over 1 MiB are refused with what to do',
    run: async ({ tier }) => {
      for (const key of ['', 'nothing', ':a', 'ns:', 'ns:a*', `ns:${'x'.repeat(510)}`]) {
        await assert.rejects(tier.set(key, 1), { name: 'UserError', code: 'MEMORY_KEY' });
      }
      await assert.rejects(tier.set('ns:a', 'x'.repeat(1_048_576)), { name: 'UserError', code: 'MEMORY_VALUE' });
      assert.equal(await tier.get('ns:a'), undefined);
      assert.ok((await tier.set(`ns:${'x'.repeat(509)}`, 'x'.repeat(1_048_574))) !== undefined);
    },
  },
];
