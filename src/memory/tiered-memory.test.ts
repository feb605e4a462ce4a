import { describe, expect, test } from 'vitest';
import { LruTier } from '../adapters/in-memory/lru-tier.ts';
import { MapTier } from '../adapters/in-memory/map-tier.ts';
import { SharedHub } from '../adapters/in-memory/shared-hub.ts';
import { SqliteTier } from '../adapters/sqlite/sqlite-tier.ts';
import { StoreThread } from '../adapters/sqlite/store-thread.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { TieredMemory } from './tiered-memory.ts';

type World = Readonly<{
  clock: ManualClock;
  hub: SharedHub;
  tier3: MapTier;
  local: LruTier;
  /** Two nodes, which have tiers 2 and 3 in common. */
  one: TieredMemory;
  other: TieredMemory;
}>;

function worldOf(): World {
  const clock = new ManualClock();
  const hub = new SharedHub(clock);
  const tier3 = new MapTier(clock);
  const local = new LruTier(clock);
  const one = new TieredMemory({ local, shared: hub.connect(), persistent: tier3 }, clock);
  const other = new TieredMemory({ local: new LruTier(clock), shared: hub.connect(), persistent: tier3 }, clock);
  return { clock, hub, tier3, local, one, other };
}

const lasting = { persistent: true } as const;
const value = async (memory: TieredMemory, key: string): Promise<unknown> => (await memory.get(key))?.value;

describe('a read', () => {
  test('asks tier 1, then 2, then 3, copies what it finds upwards, and counts hits per tier', async () => {
    const { local, one, other } = worldOf();
    await one.set('ns:a', [1], lasting);
    expect(await value(one, 'ns:a')).toEqual([1]);
    local.clear();
    expect(await value(one, 'ns:a')).toEqual([1]);
    expect(await value(other, 'ns:a')).toEqual([1]);
    expect(await value(other, 'ns:a')).toEqual([1]);
    expect(await value(other, 'ns:none')).toBeUndefined();
    expect(one.hitRates()).toEqual({
      local: { reads: 2, hits: 1 },
      shared: { reads: 1, hits: 0 },
      persistent: { reads: 1, hits: 1 },
    });
    expect(other.hitRates()).toEqual({
      local: { reads: 3, hits: 1 },
      shared: { reads: 2, hits: 1 },
      persistent: { reads: 1, hits: 0 },
    });
  });

  test('without tier 3 finds copies alone, and a fresh one asks nothing but tier 3', async () => {
    const { tier3, local, hub, one } = worldOf();
    await one.set('ns:a', 'old', lasting);
    expect((await one.get('ns:a', { includePersistent: false }))?.value).toBe('old');
    await tier3.set('ns:a', 'changed behind its back');
    expect(await value(one, 'ns:a')).toBe('old');
    expect((await one.get('ns:a', { fresh: true }))?.value).toBe('changed behind its back');
    local.clear();
    hub.flush();
    expect(await one.get('ns:a', { includePersistent: false })).toBeUndefined();
  });

  test('is of nothing that is over by the clock of whoever reads, in whatever tier it lies', async () => {
    const { hub, tier3, one } = worldOf();
    await one.set('ns:a', 'old', { ttlMs: 60_000 });
    const ahead = new ManualClock();
    ahead.jumpWallTime(60_000);
    const other = new TieredMemory({ local: new LruTier(ahead), shared: hub.connect(), persistent: tier3 }, ahead);
    const before = new TieredMemory(
      { local: new LruTier(ahead), shared: hub.connect(), persistent: tier3 },
      new ManualClock(),
    );
    await before.get('ns:a');
    await tier3.delete('ns:a');
    expect(await value(other, 'ns:a')).toBeUndefined();
  });

  test('copies live 5 minutes in tier 1 and 1 hour in tier 2, to the millisecond', async () => {
    const { clock, local, one, other, tier3 } = worldOf();
    await one.set('ns:a', 1, lasting);
    local.clear();
    await one.get('ns:a');
    await tier3.set('ns:a', 2);
    clock.advance(299_999);
    expect(await value(one, 'ns:a')).toBe(1);
    expect(one.hitRates().local.hits).toBe(1);
    clock.advance(1);
    expect(await value(one, 'ns:a')).toBe(1);
    expect(one.hitRates()).toMatchObject({ local: { hits: 1 }, shared: { hits: 1 } });
    clock.advance(3_300_000);
    expect(await value(other, 'ns:a')).toBe(2);
  });

  test('no copy in any tier outlives the entry, to the millisecond', async () => {
    const { clock, local, one, other } = worldOf();
    await one.set('ns:a', 1, { persistent: true, ttlMs: 60_000 });
    clock.advance(30_000);
    local.clear();
    expect([await value(one, 'ns:a'), await value(other, 'ns:a')]).toEqual([1, 1]);
    clock.advance(29_999);
    expect([await value(one, 'ns:a'), await value(other, 'ns:a')]).toEqual([1, 1]);
    clock.advance(1);
    expect([await value(one, 'ns:a'), await value(other, 'ns:a')]).toEqual([undefined, undefined]);
  });
});

describe('an entry', () => {
  test('lives 5 minutes when it is passing, 30 days when it is of a run and lasts, else for ever', async () => {
    const { clock, one } = worldOf();
    await one.set('swarm:passing', 1);
    await one.set('run/r:lasting', 1, lasting);
    await one.set('agent/r/local-1:lasting', 1, lasting);
    await one.set('agent/host.1:lasting', 1, lasting);
    await one.set('swarm:lasting', 1, lasting);
    clock.advance(299_999);
    expect(await value(one, 'swarm:passing')).toBe(1);
    clock.advance(1);
    expect(await value(one, 'swarm:passing')).toBeUndefined();
    clock.advance(30 * 86_400_000 - 300_001);
    expect(await value(one, 'run/r:lasting')).toBe(1);
    clock.advance(1);
    expect([await value(one, 'run/r:lasting'), await value(one, 'swarm:lasting')]).toEqual([undefined, 1]);
    const ofAgents = [await value(one, 'agent/r/local-1:lasting'), await value(one, 'agent/host.1:lasting')];
    expect(ofAgents).toEqual([undefined, 1]);
  });

  test('is seen by every node the moment it is changed, removed or invalidated', async () => {
    const { one, other } = worldOf();
    await one.set('ns:a', 1, lasting);
    expect(await value(other, 'ns:a')).toBe(1);
    await one.set('ns:a', 2);
    expect(await value(other, 'ns:a')).toBe(2);
    await other.delete('ns:a');
    expect(await value(one, 'ns:a')).toBeUndefined();
  });

  test('fits a version whichever tier and node it was read from, and whether it lasts or not', async () => {
    const { one, other } = worldOf();
    const passing = await one.set('ns:a', 1, { ifVersion: 0 });
    expect(await other.set('ns:a', 2, { ifVersion: 0, persistent: true })).toBeUndefined();
    const next = await other.set('ns:a', 2, { ifVersion: passing ?? 0, persistent: true });
    expect(next).toBeDefined();
    expect(await one.set('ns:a', 3, { ifVersion: passing ?? 0 })).toBeUndefined();
    expect(await one.set('ns:a', 3, { ifVersion: next ?? 0 })).toBeDefined();
    expect(await value(other, 'ns:a')).toBe(3);
  });

  test('is not written when the guard throws, and what was there stays', async () => {
    const { one } = worldOf();
    await one.set('ns:a', 1, lasting);
    const guard = (): void => {
      throw new Error('too late');
    };
    await expect(one.set('ns:a', 2, { guard })).rejects.toThrow('too late');
    await expect(one.delete('ns:a', guard)).rejects.toThrow('too late');
    expect((await one.get('ns:a', { fresh: true }))?.value).toBe(1);
  });
});

describe('invalidate', () => {
  test('removes matching keys in every tier and on every node, and nothing else', async () => {
    const { tier3, one, other } = worldOf();
    for (const key of ['a:1', 'a:2', 'b:1']) await one.set(key, key, key === 'a:2' ? {} : lasting);
    for (const key of ['a:1', 'a:2', 'b:1']) await other.get(key);
    expect(await one.invalidate('a:*')).toBe(2);
    for (const node of [one, other]) {
      const seen = [await value(node, 'a:1'), await value(node, 'a:2'), await value(node, 'b:1')];
      expect(seen).toEqual([undefined, undefined, 'b:1']);
    }
    expect(await tier3.keys('*', 10)).toEqual(['b:1']);
  });

  test('a read that is under way does not bring back what is invalidated meanwhile', async () => {
    for (const first of ['read', 'removal'] as const) {
      const { local, hub, one, other } = worldOf();
      await one.set('ns:a', 1, lasting);
      local.clear();
      const steps = [() => one.get('ns:a'), () => other.invalidate('ns:*')];
      if (first === 'removal') steps.reverse();
      await Promise.all(steps.map((step) => step()));
      expect(local.get('ns:a')).toBeUndefined();
      expect((await hub.connect().get('ns:a')).kind).toBe('missing');
    }
  });
});

describe('while tier 2 is away', () => {
  test('reads and writes go on, and nobody reads there what was changed meanwhile', async () => {
    const { clock, hub, one, local } = worldOf();
    await one.set('ns:a', 'old', lasting);
    local.clear();
    await one.get('ns:a');
    hub.cut();
    expect(await one.set('ns:a', 'new', lasting)).toBeDefined();
    local.clear();
    expect(await value(one, 'ns:a')).toBe('new');
    hub.mend();
    // The copy in tier 2 is still the old one, and tier 2 rests after its failure.
    expect(await value(one, 'ns:a')).toBe('new');
    clock.advance(1_000);
    local.clear();
    expect(await value(one, 'ns:a')).toBe('new');
    expect(await hub.connect().get('ns:a')).toMatchObject({ entry: { value: 'new' } });
  });

  test('invalidate says that other nodes could not be told, and tells them as soon as it can', async () => {
    const { clock, hub, one, other } = worldOf();
    await one.set('ns:a', 1, lasting);
    await other.get('ns:a');
    hub.cut();
    await expect(one.invalidate('ns:*')).rejects.toMatchObject({ name: 'Unavailable', port: 'memory' });
    expect(await value(one, 'ns:a')).toBeUndefined();
    hub.mend();
    clock.advance(1_000);
    await one.sweep();
    expect(await value(other, 'ns:a')).toBeUndefined();
  });

  test('a tier 2 that is too slow counts as away', async () => {
    const { clock, hub, one, local } = worldOf();
    await one.set('ns:a', 1, lasting);
    local.clear();
    hub.slow(60_000);
    const read = value(one, 'ns:a');
    await Promise.resolve();
    clock.advance(250);
    expect(await read).toBe(1);
    local.clear();
    expect(await value(one, 'ns:a')).toBe(1);
  });

  test('what other nodes hold is forgotten when it comes back: they have missed what was said meanwhile', async () => {
    const { hub, one, other } = worldOf();
    await one.set('ns:a', 'old', lasting);
    await other.get('ns:a');
    hub.cut();
    await one.set('ns:a', 'new', lasting);
    expect(await value(other, 'ns:a')).toBe('old');
    hub.flush();
    expect(await value(other, 'ns:a')).toBe('new');
  });
});

test('works the same over SQLite', async () => {
  const clock = new ManualClock();
  const thread = await StoreThread.open(':memory:');
  const local = new LruTier(clock, { maxEntries: 3 });
  const memory = new TieredMemory({ local, persistent: new SqliteTier(thread, clock) }, clock);
  const version = await memory.set('swarm:a', ['x'], lasting);
  local.clear();
  expect(await memory.get('swarm:a')).toMatchObject({ value: ['x'], version, isLasting: true });
  expect((await memory.search('x', ['*'], 10)).map(({ key }) => key)).toEqual(['swarm:a']);
  expect(await memory.invalidate('swarm:*')).toBe(1);
  expect(await memory.usage()).toMatchObject({ entries: 0, bytes: 0 });
  await memory.close();
});
