import { LRUCache } from 'lru-cache';
import type { Json } from '../../core/json.ts';
import { checkKey, decodeValue, encodeValue, matcherOf } from '../../core/memory/entry.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeyValueTier, SetOptions, StoredValue } from '../../ports/key-value-tier.ts';

export type LruTierOptions = Readonly<{
  /** @default 1_000 */
  maxEntries?: number;
  /** ms to live when `set` names none. @default 300_000 */
  ttlMs?: number;
  /** Characters of JSON in all, keys included. @default 67_108_864 */
  maxChars?: number;
}>;

/** The value as text: what a caller does with its object later must not reach the store. */
type Entry = Readonly<{ json: string; version: number; dueMs: number }>;

/** Tier 1: the newest entries of this process, gone with it. Full: the entry goes that was used longest ago. */
export class LruTier implements KeyValueTier {
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #entries: LRUCache<string, Entry>;
  #newestVersion = 0;

  constructor(clock: Clock, { maxEntries = 1_000, ttlMs = 300_000, maxChars = 2 ** 26 }: LruTierOptions = {}) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#entries = new LRUCache({
      max: maxEntries,
      maxSize: maxChars,
      sizeCalculation: ({ json }, key) => json.length + key.length,
    });
  }

  async get(key: string): Promise<StoredValue | undefined> {
    const entry = this.#live(key);
    if (entry === undefined) return undefined;
    const expiresAtMs = this.#clock.wallTimeMs() + (entry.dueMs - this.#clock.monotonicMs());
    return { value: decodeValue(entry.json), version: entry.version, expiresAtMs };
  }

  async set(key: string, value: Json, { ttlMs, ifVersion }: SetOptions = {}): Promise<number | undefined> {
    checkKey(key);
    const json = encodeValue(key, value);
    if (ifVersion !== undefined && ifVersion !== (this.#live(key)?.version ?? 0)) return undefined;
    const version = ++this.#newestVersion;
    this.#entries.set(key, { json, version, dueMs: this.#clock.monotonicMs() + (ttlMs ?? this.#ttlMs) });
    return version;
  }

  async delete(key: string): Promise<boolean> {
    const isThere = this.#live(key) !== undefined;
    this.#entries.delete(key);
    return isThere;
  }

  async invalidate(pattern: string): Promise<number> {
    const keys = this.#matching(pattern);
    for (const key of keys) this.#entries.delete(key);
    return keys.length;
  }

  async keys(pattern: string, limit: number): Promise<readonly string[]> {
    return this.#matching(pattern).sort().slice(0, limit);
  }

  async close(): Promise<void> {
    this.#entries.clear();
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.dueMs > this.#clock.monotonicMs()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #matching(pattern: string): string[] {
    const matches = matcherOf(pattern);
    const nowMs = this.#clock.monotonicMs();
    const live = [...this.#entries.entries()].filter(([key, { dueMs }]) => dueMs > nowMs && matches(key));
    return live.map(([key]) => key);
  }
}
