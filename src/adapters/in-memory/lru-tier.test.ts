import { expect, test } from 'vitest';
import type { Json } from '../../core/json.ts';
import { SYSTEM } from '../../core/memory/entry.ts';
import type { StoredValue } from '../../ports/key-value-tier.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { LruTier } from './lru-tier.ts';

const entry = (value: Json, version = 1, expiresAtMs?: number): StoredValue => ({
  value,
  version,
  isLasting: true,
  author: SYSTEM,
  writtenAtMs: 0,
  ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
});

test('drops the entry that was used longest ago when it is full', () => {
  const tier = new LruTier(new ManualClock(), { maxEntries: 2 });
  tier.put('ns:a', entry(1));
  tier.put('ns:b', entry(2));
  tier.get('ns:a');
  tier.put('ns:c', entry(3));
  expect(['ns:a', 'ns:b', 'ns:c'].map((key) => tier.get(key)?.value)).toEqual([1, undefined, 3]);
});

test('holds 1,000 entries for 5 minutes exactly unless told otherwise', () => {
  const clock = new ManualClock();
  const tier = new LruTier(clock);
  for (let index = 0; index < 1_001; index++) tier.put(`ns:${index}`, entry(index));
  expect([tier.get('ns:0'), tier.get('ns:1')?.value]).toEqual([undefined, 1]);
  clock.advance(299_999);
  expect(tier.get('ns:1000')).toBeDefined();
  clock.advance(1);
  expect(tier.get('ns:1000')).toBeUndefined();
});

test('keeps no copy beyond the time of the entry, to the millisecond', () => {
  const clock = new ManualClock();
  const tier = new LruTier(clock);
  tier.put('ns:a', entry(1, 1, clock.wallTimeMs() + 1_000));
  clock.advance(999);
  expect(tier.get('ns:a')?.value).toBe(1);
  clock.advance(1);
  expect(tier.get('ns:a')).toBeUndefined();
});

test('an older version never takes the place of a newer one', () => {
  const tier = new LruTier(new ManualClock());
  tier.put('ns:a', entry('new', 2));
  tier.put('ns:a', entry('old', 1));
  expect(tier.get('ns:a')?.value).toBe('new');
});

test('what a caller does with a value reaches no other caller', () => {
  const tier = new LruTier(new ManualClock());
  const mine = { list: [1] };
  tier.put('ns:a', entry(mine));
  mine.list.push(2);
  Object.assign(tier.get('ns:a')?.value ?? {}, { list: 'changed' });
  expect(tier.get('ns:a')?.value).toEqual({ list: [1] });
});

test('forgets the keys that match and nothing else', () => {
  const tier = new LruTier(new ManualClock());
  for (const key of ['a:1', 'a:2', 'b:1', 'a?:1']) tier.put(key, entry(key));
  tier.forget('a:*');
  tier.forget('a?:1');
  expect(['a:1', 'a:2', 'b:1', 'a?:1'].map((key) => tier.get(key)?.value)).toEqual([
    undefined,
    undefined,
    'b:1',
    undefined,
  ]);
});

test('holds no more text than it may', () => {
  const tier = new LruTier(new ManualClock(), { maxChars: 1_000 });
  for (let index = 0; index < 10; index++) tier.put(`ns:${index}`, entry('x'.repeat(300)));
  const left = Array.from({ length: 10 }, (_, index) => index).filter((index) => tier.get(`ns:${index}`) !== undefined);
  expect(left).toEqual([7, 8, 9]);
});
