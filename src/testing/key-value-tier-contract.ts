import assert from 'node:assert/strict';
import { runId, taskId } from '../core/ids.ts';
import type { Json } from '../core/json.ts';
import { parseQuery } from '../core/memory/query.ts';
import type { KeyValueTier } from '../ports/key-value-tier.ts';
import type { ContractCase } from './journal-contract.ts';
import type { ManualClock } from './manual-clock.ts';

/** The tier under test, with room for 50 entries and 2 MiB, and the clock that it was given. */
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
    name: 'what was removed after its time stays gone when the clock is put back',
    run: async ({ tier, clock }) => {
      for (const key of ['ns:a', 'ns:b']) await tier.set(key, key, { ttlMs: 1_000 });
      clock.advance(1_000);
      assert.equal(await tier.invalidate('ns:*'), 0);
      clock.jumpWallTime(-60_000);
      for (const key of ['ns:a', 'ns:b']) assert.equal(await tier.get(key), undefined);
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
      for (const key of ['', 'nothing', ':a', 'ns:', 'ns:a*', 'ns:\0', 'ns:\ud800', `ns:${'x'.repeat(510)}`]) {
        await assert.rejects(tier.set(key, 1), { name: 'UserError', code: 'MEMORY_KEY' });
      }
      await assert.rejects(tier.set('ns:a', 'x'.repeat(1_048_576)), { name: 'UserError', code: 'MEMORY_VALUE' });
      await assert.rejects(tier.set('ns:a', 'ü'.repeat(600_000)), { name: 'UserError', code: 'MEMORY_VALUE' });
      assert.equal(await tier.get('ns:a'), undefined);
      assert.ok((await tier.set(`ns:${'x'.repeat(509)}`, 'x'.repeat(1_048_574))) !== undefined);
    },
  },
  {
    name: 'patterns that match no key at all and times that are none are refused',
    run: async ({ tier }) => {
      for (const pattern of ['', 'a\0*', `${'x'.repeat(513)}`]) {
        await assert.rejects(tier.invalidate(pattern), { name: 'UserError', code: 'MEMORY_PATTERN' });
      }
      for (const ttlMs of [0, -1, 1.5, Number.NaN, Infinity]) {
        await assert.rejects(tier.set('ns:a', 1, { ttlMs }), { name: 'UserError', code: 'MEMORY_TTL' });
      }
    },
  },
  {
    name: 'says who wrote an entry, when, for how long, and how much room it takes',
    run: async ({ tier, clock }) => {
      const nowMs = clock.wallTimeMs();
      const author = { id: 'agent:r/a', task: taskId(runId('r'), 't'), attempt: 3 };
      const version = await tier.set('ns:a', 'äb', { author, isLasting: false, ttlMs: 10 });
      const facts = { version, author, isLasting: false, writtenAtMs: nowMs, expiresAtMs: nowMs + 10 };
      assert.deepEqual(await tier.get('ns:a'), { value: 'äb', ...facts });
      assert.deepEqual(await tier.entries('ns:*', 10), [{ key: 'ns:a', bytes: 9, ...facts }]);
      await tier.set('ns:b', 1);
      assert.deepEqual((await tier.get('ns:b'))?.author, { id: 'system' });
      assert.equal((await tier.get('ns:b'))?.isLasting, true);
      const { entries, bytes } = await tier.usage();
      assert.deepEqual([entries, bytes], [2, 14]);
    },
  },
  {
    name: 'a full tier refuses what does not fit, says so, and has lost nothing; what has expired makes room',
    run: async ({ tier, clock }) => {
      for (let index = 0; index < 49; index++) await tier.set(`ns:${index}`, index);
      await tier.set('ns:brief', 1, { ttlMs: 100 });
      await assert.rejects(tier.set('ns:more', 1), { name: 'UserError', code: 'MEMORY_FULL' });
      assert.equal((await tier.keys('*', 100)).length, 50);
      assert.ok((await tier.set('ns:1', 'changed')) !== undefined);
      clock.advance(100);
      assert.ok((await tier.set('ns:more', 1)) !== undefined);
      await tier.invalidate('*');
      assert.deepEqual([(await tier.usage()).entries, (await tier.usage()).bytes], [0, 0]);
      await tier.set('ns:a', 'x'.repeat(1_000_000));
      await tier.set('ns:b', 'x'.repeat(1_000_000));
      await assert.rejects(tier.set('ns:c', 'x'.repeat(1_000_000)), { name: 'UserError', code: 'MEMORY_FULL' });
      assert.deepEqual(await tier.keys('*', 10), ['ns:a', 'ns:b']);
    },
  },
  {
    name: 'a sweep removes what has expired and nothing else',
    run: async ({ tier, clock }) => {
      await tier.set('ns:a', 1, { ttlMs: 10 });
      await tier.set('ns:b', 1, { ttlMs: 11 });
      await tier.set('ns:c', 1);
      clock.advance(10);
      assert.equal(await tier.sweep(), 1);
      assert.equal((await tier.usage()).entries, 2);
      assert.equal(await tier.sweep(), 0);
    },
  },
  {
    name: 'trim keeps the newest that match and touches nothing else',
    run: async ({ tier }) => {
      await fill(tier, 'log/a:3', 'log/a:1', 'log/a:2', 'log/b:1');
      await tier.set('log/a:3', 'again');
      assert.equal(await tier.trim('log/a:*', 2), 1);
      assert.deepEqual(await tier.keys('*', 10), ['log/a:2', 'log/a:3', 'log/b:1']);
      assert.equal(await tier.trim('log/a:*', 2), 0);
      assert.equal(await tier.trim('log/*', 0), 3);
    },
  },
  {
    name: 'full-text search finds words, phrases and beginnings, without those that must not be there',
    run: async ({ tier }) => {
      await tier.set('swarm:deploy', { note: 'The Zürich cluster needs a drain first', tries: 42 });
      await tier.set('swarm:build', 'needs the cluster of the builder');
      await tier.set('swarm:passing', 'needs cluster', { isLasting: false });
      await tier.set('history:x', 'cluster');
      assert.deepEqual(await found(tier, 'cluster needs'), ['swarm:build', 'swarm:deploy']);
      assert.deepEqual(await found(tier, '"cluster needs"'), ['swarm:deploy']);
      assert.deepEqual(await found(tier, 'zurich'), ['swarm:deploy']);
      assert.deepEqual(await found(tier, 'build*'), ['swarm:build']);
      assert.deepEqual(await found(tier, 'cluster -zürich'), ['swarm:build']);
      assert.deepEqual(await found(tier, '42 TRIES'), ['swarm:deploy']);
      assert.deepEqual(await found(tier, 'nowhere'), []);
    },
  },
  {
    name: 'full-text search finds words of every script as they are written',
    run: async ({ tier }) => {
      const words = ['Йод', 'ёлка', 'Ελλάδα', '한국어', 'हिन्दी', 'עִבְרִית', 'العربيّة', 'Việt', '東京', 'Straße'];
      for (const [index, word] of words.entries()) await tier.set(`swarm:${index}`, `before ${word}x ${word} after`);
      for (const [index, word] of words.entries()) {
        assert.deepEqual(await found(tier, word), [`swarm:${index}`], word);
        assert.deepEqual(await found(tier, `"${word} after"`), [`swarm:${index}`], word);
        assert.deepEqual(await found(tier, `${word}* after`), [`swarm:${index}`], word);
      }
    },
  },
  {
    name: 'search puts first what has a word in its key, shows where it stands, and keeps to pattern and limit',
    run: async ({ tier }) => {
      await tier.set('swarm:a', 'the parser is fine');
      await tier.set('swarm:parser', 'is slow');
      await tier.set('role/r:parser', 'parser');
      const [first] = await tier.search(parseQuery('parser'), { patterns: ['role/q:*', 'swarm:*'], limit: 1 });
      assert.equal(first?.key, 'swarm:parser');
      const all = await tier.search(parseQuery('parser'), { patterns: ['swarm:*', 'swarm:p*'], limit: 10 });
      assert.deepEqual(all.map(({ key }) => key).toSorted(), ['swarm:a', 'swarm:parser']);
      assert.match(all.find(({ key }) => key === 'swarm:a')?.snippet ?? '', /the «parser» is fine/);
    },
  },
  {
    name: 'search sees every change at once, and nothing that is gone',
    run: async ({ tier, clock }) => {
      await tier.set('swarm:a', 'apple');
      await tier.set('swarm:a', 'pear');
      await tier.set('swarm:b', 'pear', { ttlMs: 10 });
      assert.deepEqual(await found(tier, 'apple'), []);
      assert.deepEqual(await found(tier, 'pear'), ['swarm:a', 'swarm:b']);
      clock.advance(10);
      assert.deepEqual(await found(tier, 'pear'), ['swarm:a']);
      await tier.delete('swarm:a');
      assert.deepEqual(await found(tier, 'pear'), []);
    },
  },
  {
    name: 'no text is more than words to search: signs of any query language change nothing',
    run: async ({ tier }) => {
      await tier.set('swarm:a', 'alpha OR beta NEAR gamma');
      for (const text of [
        'alpha" OR "x',
        'alpha)',
        '(alpha',
        'name:alpha',
        'alpha^2',
        "alpha';--",
        'alpha AND',
        '{alpha}',
      ]) {
        assert.doesNotThrow(() => parseQuery(text));
        await tier.search(parseQuery(text), { limit: 10 });
      }
      assert.deepEqual(await found(tier, 'alpha OR beta'), ['swarm:a']);
      assert.deepEqual(await found(tier, 'alpha OR delta'), []);
    },
  },
];

async function found(tier: KeyValueTier, query: string): Promise<readonly string[]> {
  const entries = await tier.search(parseQuery(query), { limit: 100 });
  return entries.map(({ key }) => key).toSorted();
}
