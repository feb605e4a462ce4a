import { LRUCache } from 'lru-cache';
import { decodeValue, matcherOf } from '../../core/memory/entry.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StoredValue } from '../../ports/key-value-tier.ts';
import type { LocalTier } from '../../ports/local-tier.ts';

export type LruTierOptions = Readonly<{
  /** @default 1_000 */
  maxEntries?: number;
  /** ms that a copy is kept. @default 300_000 */
  ttlMs?: number;
  /** Characters of JSON in all, keys included. @default 67_108_864 */
  maxChars?: number;
}>;

/** A value that callers could change is kept as text: what they do with it later must not reach the next one. */
type Copy = Readonly<{ stored: StoredValue; json: string | undefined; dueMs: number; chars: number }>;

/** Tier 1: the newest entries of this process, gone with it. Full: the entry goes that was used longest ago. */
export class LruTier implements LocalTier {
  readonly #clock: Clock;
  readonly #maxChars: number;
  #ttlMs: number;
  #copies: LRUCache<string, Copy>;

  constructor(clock: Clock, { maxEntries = 1_000, ttlMs = 300_000, maxChars = 2 ** 26 }: LruTierOptions = {}) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#maxChars = maxChars;
    this.#copies = this.#cacheOf(maxEntries);
  }

  get(key: string): StoredValue | undefined {
    const copy = this.#copies.get(key);
    if (copy === undefined) return undefined;
    const { stored, json } = copy;
    if (this.#isOver(copy)) {
      this.#copies.delete(key);
      return undefined;
    }
    return json === undefined ? stored : { ...stored, value: decodeValue(json) };
  }

  put(key: string, entry: StoredValue): void {
    const known = this.#copies.peek(key);
    if (known !== undefined && known.stored.version > entry.version && !this.#isOver(known)) return;
    const { value } = entry;
    const text = JSON.stringify(value);
    const json = typeof value === 'object' && value !== null ? text : undefined;
    const stored = json === undefined ? Object.freeze({ ...entry }) : { ...entry, value: null };
    const dueMs = this.#clock.monotonicMs() + this.#ttlMs;
    this.#copies.set(key, { stored, json, dueMs, chars: text.length + key.length });
  }

  forget(pattern: string): void {
    if (!pattern.includes('*')) return void this.#copies.delete(pattern);
    const matching = [...this.#copies.keys()].filter(matcherOf(pattern));
    for (const key of matching) this.#copies.delete(key);
  }

  /** Other limits from now on; what was used last stays. Copies that are there keep their time. */
  configure({ maxEntries, ttlMs }: Readonly<{ maxEntries?: number; ttlMs?: number }>): void {
    if (ttlMs !== undefined) this.#ttlMs = ttlMs;
    if (maxEntries === undefined || maxEntries === this.#copies.max) return;
    const before = this.#copies;
    this.#copies = this.#cacheOf(maxEntries);
    this.#copies.load(before.dump());
  }

  clear(): void {
    this.#copies.clear();
  }

  #cacheOf(max: number): LRUCache<string, Copy> {
    return new LRUCache({ max, maxSize: this.#maxChars, sizeCalculation: ({ chars }) => chars });
  }

  #isOver({ stored: { expiresAtMs }, dueMs }: Copy): boolean {
    if (dueMs <= this.#clock.monotonicMs()) return true;
    return expiresAtMs !== undefined && expiresAtMs <= this.#clock.wallTimeMs();
  }
}
