import { LRUCache } from 'lru-cache';
import { decodeValue, matcherOf } from '../../core/memory/entry.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StoredValue } from '../../ports/key-value-tier.ts';
import type { SharedAnswer, SharedChange, SharedTier } from '../../ports/shared-tier.ts';
import { Unavailable } from '../../util/user-error.ts';

export type SharedHubOptions = Readonly<{
  /** @default 10_000 */
  maxEntries?: number;
  /** Characters of JSON in all. @default 268_435_456 */
  maxChars?: number;
}>;

type Copy = Readonly<{ json: string; facts: Omit<StoredValue, 'value'>; dueMs: number }>;
type Lease = Readonly<{ key: string; dueMs: number }>;
type Listener = (change: SharedChange) => void;

/** A reader that takes longer than this fills nothing. */
const LEASE_MS = 10_000;
const MAX_LEASES = 10_000;

/**
 * Tier 2 for several memories of one process, and what tests put in the place of a server: it can be cut off, be slow
 * and lose everything. `connect` once per node.
 */
export class SharedHub {
  readonly #clock: Clock;
  readonly #copies: LRUCache<string, Copy>;
  readonly #leases = new Map<string, Lease>();
  readonly #listeners = new Set<Listener>();
  #leaseCount = 0;
  #isAway = false;
  #delayMs = 0;

  constructor(clock: Clock, { maxEntries = 10_000, maxChars = 2 ** 28 }: SharedHubOptions = {}) {
    this.#clock = clock;
    const sizeCalculation = ({ json }: Copy, key: string): number => json.length + key.length;
    this.#copies = new LRUCache({ max: maxEntries, maxSize: maxChars, sizeCalculation });
  }

  /** Until it is mended every call fails, and nobody hears anything. */
  cut(): void {
    this.#isAway = true;
  }

  /** What was sent meanwhile is lost. */
  mend(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#tell({ kind: 'lost' });
  }

  /** Every call takes this long before anything happens. */
  slow(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** Loses everything it holds. */
  flush(): void {
    this.#copies.clear();
    this.#leases.clear();
    this.#tell({ kind: 'lost' });
  }

  connect(): SharedTier {
    const own = new Set<Listener>();
    return {
      get: (key) => this.#call(() => this.#get(key)),
      fill: (key, entry, lease, ttlMs) => this.#call(() => this.#fill(key, entry, lease, ttlMs)),
      remove: (pattern) => this.#call(() => this.#remove(pattern, own)),
      onChange: (listener) => {
        own.add(listener);
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
      close: async () => {
        for (const listener of own) this.#listeners.delete(listener);
      },
    };
  }

  async #call<T>(act: () => T): Promise<T> {
    if (this.#delayMs > 0) {
      await new Promise<void>((resolve) => void this.#clock.wakeAfter(this.#delayMs, resolve));
    }
    if (this.#isAway) throw new Unavailable({ port: 'memory', message: 'The shared tier of memory does not answer.' });
    return act();
  }

  #get(key: string): SharedAnswer {
    const copy = this.#copies.get(key);
    if (copy !== undefined && copy.dueMs > this.#clock.wallTimeMs()) {
      return { kind: 'found', entry: { value: decodeValue(copy.json), ...copy.facts } };
    }
    this.#copies.delete(key);
    const lease = `lease-${++this.#leaseCount}`;
    this.#leases.set(lease, { key, dueMs: this.#clock.wallTimeMs() + LEASE_MS });
    const [oldest] = this.#leases.size > MAX_LEASES ? this.#leases.keys() : [];
    if (oldest !== undefined) this.#leases.delete(oldest);
    return { kind: 'missing', lease };
  }

  #fill(key: string, { value, ...facts }: StoredValue, lease: string, ttlMs: number): void {
    const held = this.#leases.get(lease);
    this.#leases.delete(lease);
    if (held?.key !== key || held.dueMs <= this.#clock.wallTimeMs()) return;
    const dueMs = Math.min(this.#clock.wallTimeMs() + ttlMs, facts.expiresAtMs ?? Infinity);
    this.#copies.set(key, { json: JSON.stringify(value), facts, dueMs });
  }

  #remove(pattern: string, own: ReadonlySet<Listener>): void {
    const matches = matcherOf(pattern);
    for (const key of pattern.includes('*') ? [...this.#copies.keys()].filter(matches) : [pattern]) {
      this.#copies.delete(key);
    }
    for (const [lease, { key }] of this.#leases) if (matches(key)) this.#leases.delete(lease);
    this.#tell({ kind: 'removed', pattern }, own);
  }

  #tell(change: SharedChange, but: ReadonlySet<Listener> = new Set()): void {
    for (const listener of this.#listeners) if (!but.has(listener)) listener(change);
  }
}
