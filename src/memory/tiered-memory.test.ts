import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LruTier } from '../adapters/in-memory/lru-tier.ts';
import { StoreThread } from '../adapters/sqlite/store-thread.ts';
import { SqliteTier } from '../adapters/sqlite/sqlite-tier.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { TieredMemory } from './tiered-memory.ts';

async function memoryOf(): Promise<
  Readonly<{ memory: TieredMemory; local: LruTier; lasting: SqliteTier; clock: ManualClock }>
> {
  const clock = new ManualClock();
  const local = new LruTier(clock, { maxEntries: 3 });
  const lasting = new SqliteTier(await StoreThread.open(':memory:'), clock);
  return { memory: new TieredMemory({ local, persistent: lasting }, clock), local, lasting, clock };
}

test('finds in tier 3 what tier 1 has lost, copies it upwards, and counts hits per tier', async () => {
  const { memory, local } = await memoryOf();
  const version = await memory.set('ns:a', [1], { persistent: true });
  await local.delete('ns:a');
  expect(await memory.get('ns:a', { includePersistent: false })).toBeUndefined();
  expect(await memory.get('ns:a')).toEqual({ value: [1], version });
  expect(await memory.get('ns:a', { includePersistent: false })).toMatchObject({ value: [1], version });
  expect(await memory.get('ns:none')).toBeUndefined();
  expect(memory.hitRates()).toEqual({ local: { reads: 4, hits: 1 }, persistent: { reads: 2, hits: 1 } });
  await memory.close();
});

test('a copy in tier 1 lives no longer than the original', async () => {
  const { memory, local, clock } = await memoryOf();
  await memory.set('ns:a', 1, { persistent: true, ttlMs: 60_000 });
  await local.delete('ns:a');
  clock.advance(59_999);
  expect((await memory.get('ns:a'))?.value).toBe(1);
  clock.advance(1);
  expect(await memory.get('ns:a')).toBeUndefined();
  await memory.close();
});

test('a copy in tier 1 ends after its own time although the original stays', async () => {
  const { memory, local, clock } = await memoryOf();
  await memory.set('ns:a', 1, { persistent: true, ttlMs: 3_600_000 });
  clock.advance(299_999);
  expect(await local.get('ns:a')).toBeDefined();
  clock.advance(1);
  expect(await local.get('ns:a')).toBeUndefined();
  expect((await memory.get('ns:a'))?.value).toBe(1);
  await memory.close();
});

test('an entry that is only in tier 1 keeps the time it was given', async () => {
  const { memory, clock } = await memoryOf();
  await memory.set('ns:a', 1, { ttlMs: 600_000 });
  clock.advance(599_999);
  expect((await memory.get('ns:a'))?.value).toBe(1);
  clock.advance(1);
  expect(await memory.get('ns:a')).toBeUndefined();
  await memory.close();
});

test('a passing value takes the place of a lasting one for good', async () => {
  const { memory, local } = await memoryOf();
  await memory.set('ns:a', 'old', { persistent: true });
  await memory.set('ns:a', 'new');
  expect((await memory.get('ns:a'))?.value).toBe('new');
  await local.delete('ns:a');
  expect(await memory.get('ns:a')).toBeUndefined();
  await memory.close();
});

test('a version fits only the entry it came from, whichever tier that is in', async () => {
  const { memory } = await memoryOf();
  const passing = await memory.set('ns:a', 1, { ifVersion: 0 });
  expect(await memory.set('ns:a', 2, { ifVersion: 0, persistent: true })).toBeUndefined();
  const lasting = await memory.set('ns:a', 2, { ifVersion: passing ?? 0, persistent: true });
  expect(lasting).toBeDefined();
  expect(await memory.set('ns:a', 3, { ifVersion: passing ?? 0 })).toBeUndefined();
  expect(await memory.set('ns:a', 3, { ifVersion: lasting ?? 0 })).toBeDefined();
  expect((await memory.get('ns:a'))?.value).toBe(3);
  await memory.close();
});

test('what another process wrote is refused a stale version, and the stale copy goes', async () => {
  const { memory, lasting } = await memoryOf();
  const version = await memory.set('ns:a', 'mine', { persistent: true });
  await lasting.set('ns:a', 'theirs');
  expect(await memory.set('ns:a', 'mine again', { persistent: true, ifVersion: version ?? 0 })).toBeUndefined();
  expect((await memory.get('ns:a'))?.value).toBe('theirs');
  await memory.close();
});

test('invalidate removes matching keys in every tier and nothing else, and counts each key once', async () => {
  const { memory, local } = await memoryOf();
  await memory.set('a:1', 1, { persistent: true });
  await memory.set('a:2', 1);
  await memory.set('b:1', 1, { persistent: true });
  expect(await memory.invalidate('a:*')).toBe(2);
  expect(await memory.keys('*', 10)).toEqual(['b:1']);
  expect(await local.keys('*', 10)).toEqual(['b:1']);
  await memory.close();
});

test('a read that is under way does not bring back what is invalidated meanwhile', async () => {
  const { memory, local } = await memoryOf();
  await memory.set('ns:a', 1, { persistent: true });
  await local.delete('ns:a');
  await Promise.all([memory.get('ns:a'), memory.invalidate('ns:*')]);
  expect(await local.get('ns:a')).toBeUndefined();
  expect(await memory.get('ns:a')).toBeUndefined();
  await memory.close();
});

test('the value that is read is always the last one written, whatever tier 1 drops on the way', async () => {
  const key = fc.constantFrom('ns:a', 'ns:b', 'ns:c', 'ns:d', 'ns:e');
  const step = fc.oneof(
    fc.record({ op: fc.constant('set' as const), key, value: fc.integer(), persistent: fc.boolean() }),
    fc.record({ op: fc.constant('delete' as const), key }),
    fc.record({ op: fc.constant('evict' as const), key }),
  );
  const { memory, local } = await memoryOf();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      await memory.invalidate('*');
      const model = new Map<string, Readonly<{ value: number; persistent: boolean }>>();
      for (const one of steps) {
        if (one.op === 'set') {
          await memory.set(one.key, one.value, { persistent: one.persistent });
          model.set(one.key, one);
        } else if (one.op === 'delete') {
          await memory.delete(one.key);
          model.delete(one.key);
        } else await local.delete(one.key);
        const seen = await memory.get(one.key);
        const expected = model.get(one.key);
        // A passing value may have been dropped; then nothing older may show instead.
        if (seen !== undefined) expect(seen.value).toBe(expected?.value);
        else expect(expected?.persistent ?? false).toBe(false);
      }
    }),
    { numRuns: 100 },
  );
  await memory.close();
});
