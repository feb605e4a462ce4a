import { expect, test } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.ts';
import { LruTier } from './lru-tier.ts';

test('drops the entry that was used longest ago when it is full', async () => {
  const tier = new LruTier(new ManualClock(), { maxEntries: 2 });
  await tier.set('ns:a', 1);
  await tier.set('ns:b', 2);
  await tier.get('ns:a');
  await tier.set('ns:c', 3);
  expect(await tier.keys('*', 10)).toEqual(['ns:a', 'ns:c']);
});

test('holds 1,000 entries for 5 minutes unless told otherwise', async () => {
  const clock = new ManualClock();
  const tier = new LruTier(clock);
  for (let index = 0; index < 1_001; index++) await tier.set(`ns:${index}`, index);
  expect(await tier.keys('*', 2_000)).toHaveLength(1_000);
  clock.advance(299_999);
  expect(await tier.get('ns:1000')).toBeDefined();
  clock.advance(1);
  expect(await tier.get('ns:1000')).toBeUndefined();
});

test('holds no more text than it may', async () => {
  const tier = new LruTier(new ManualClock(), { maxChars: 1_000 });
  for (let index = 0; index < 10; index++) await tier.set(`ns:${index}`, 'x'.repeat(300));
  expect(await tier.keys('*', 10)).toEqual(['ns:7', 'ns:8', 'ns:9']);
});
