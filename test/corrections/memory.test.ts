import { LRUCache } from 'lru-cache';
import { describe, expect, test } from 'vitest';
import { LruTier } from '../../src/adapters/in-memory/lru-tier.ts';
import { MapTier } from '../../src/adapters/in-memory/map-tier.ts';
import { SharedHub } from '../../src/adapters/in-memory/shared-hub.ts';
import type { Json } from '../../src/core/json.ts';
import { matcherOf } from '../../src/core/memory/entry.ts';
import { TieredMemory } from '../../src/memory/tiered-memory.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

/** What both rules can be asked. */
type Memory = Readonly<{
  get: (key: string) => Promise<Json | undefined>;
  set: (key: string, value: Json, options: Readonly<{ ttlMs?: number; persistent?: boolean }>) => Promise<unknown>;
  invalidate: (pattern: string) => Promise<unknown>;
  /** Takes the key out of tier 1 alone. */
  forgetNear: (key: string) => void;
  /** Whether tier 1 has it. */
  isNear: (key: string) => Promise<boolean>;
  /** Whether tier 3 has it. */
  isKept: (key: string) => Promise<boolean>;
}>;

/** The rule of the first design, line by line: time to live of tier 1 is fixed, and a pattern counts in tier 2 alone. */
function firstDesign(clock: ManualClock): Memory {
  const perf = { now: () => clock.monotonicMs() + 1 };
  const local = new LRUCache<string, { value: Json }>({ max: 1_000, ttl: 300_000, perf, ttlResolution: 0 });
  const shared = new Map<string, Readonly<{ value: Json; dueMs: number }>>();
  const persistent = new Map<string, Json>();
  const removeAll = (map: Map<string, unknown>, pattern: string): void => {
    for (const key of [...map.keys()].filter(matcherOf(pattern))) map.delete(key);
  };
  return {
    get: async (key) => {
      const near = local.get(key);
      if (near !== undefined) return near.value;
      const copy = shared.get(key);
      if (copy !== undefined && copy.dueMs > clock.monotonicMs()) {
        local.set(key, { value: copy.value });
        return copy.value;
      }
      const value = persistent.get(key);
      if (value === undefined) return undefined;
      local.set(key, { value });
      shared.set(key, { value, dueMs: clock.monotonicMs() + 3_600_000 });
      return value;
    },
    set: async (key, value, options) => {
      const ttlMs = options.ttlMs ?? 300_000;
      local.set(key, { value });
      shared.set(key, { value, dueMs: clock.monotonicMs() + ttlMs });
      if (options.persistent === true) persistent.set(key, value);
    },
    invalidate: async (pattern) => {
      local.clear();
      removeAll(shared, pattern);
      if (pattern.includes('temp:')) removeAll(persistent, pattern);
    },
    forgetNear: (key) => void local.delete(key),
    isNear: async (key) => local.has(key),
    isKept: async (key) => persistent.has(key),
  };
}

function ours(clock: ManualClock): Memory {
  const local = new LruTier(clock);
  const persistent = new MapTier(clock);
  const memory = new TieredMemory({ local, shared: new SharedHub(clock).connect(), persistent }, clock);
  return {
    get: async (key) => (await memory.get(key))?.value,
    set: (key, value, options) => memory.set(key, value, options),
    invalidate: (pattern) => memory.invalidate(pattern),
    forgetNear: (key) => local.forget(key),
    isNear: async (key) => local.get(key) !== undefined,
    isKept: async (key) => (await persistent.get(key)) !== undefined,
  };
}

type Rule = (clock: ManualClock) => Memory;

/** The expectation holds for our rule, and fails for the first design. */
async function correctedBy(expectation: (rule: Rule) => Promise<void>): Promise<void> {
  await expectation(ours);
  await expect(expectation(firstDesign)).rejects.toThrow(/expected/);
}

describe('`invalidate` clears the whole local cache yet leaves persistent copies', () => {
  test('it takes what matches out of tier 1, and nothing else', () =>
    correctedBy(async (rule) => {
      const memory = rule(new ManualClock());
      await memory.set('a:1', 1, {});
      await memory.set('b:1', 1, {});
      await memory.invalidate('a:*');
      expect([await memory.isNear('a:1'), await memory.isNear('b:1')]).toEqual([false, true]);
    }));

  test('it takes what matches out of tier 3, so that no read brings it back', () =>
    correctedBy(async (rule) => {
      const memory = rule(new ManualClock());
      await memory.set('a:1', 1, { persistent: true });
      await memory.invalidate('a:*');
      expect([await memory.get('a:1'), await memory.isKept('a:1')]).toEqual([undefined, false]);
    }));
});

describe('per-call TTL ignored', () => {
  test('a shorter time is kept in tier 1', () =>
    correctedBy(async (rule) => {
      const clock = new ManualClock();
      const memory = rule(clock);
      await memory.set('a:1', 1, { ttlMs: 1_000 });
      clock.advance(1_000);
      expect(await memory.get('a:1')).toBeUndefined();
    }));

  test('it is kept in tier 3', () =>
    correctedBy(async (rule) => {
      const clock = new ManualClock();
      const memory = rule(clock);
      await memory.set('a:1', 1, { ttlMs: 1_000, persistent: true });
      clock.advance(1_000);
      expect(await memory.isKept('a:1')).toBe(false);
    }));

  test('a copy that is brought upwards has the time that is left', () =>
    correctedBy(async (rule) => {
      const clock = new ManualClock();
      const memory = rule(clock);
      await memory.set('a:1', 1, { ttlMs: 10_000 });
      memory.forgetNear('a:1');
      clock.advance(9_999);
      expect(await memory.get('a:1')).toBe(1);
      clock.advance(1);
      expect(await memory.get('a:1')).toBeUndefined();
    }));
});
