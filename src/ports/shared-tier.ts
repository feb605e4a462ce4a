import type { StoredValue } from './key-value-tier.ts';

/** `lease`: the right to fill this key once, until something happens to the key. */
export type SharedAnswer =
  | Readonly<{ kind: 'found'; entry: StoredValue }>
  | Readonly<{ kind: 'missing'; lease: string }>;

/** `lost`: messages or entries may have been lost, so nobody knows which copies are still right. */
export type SharedChange = Readonly<{ kind: 'removed'; pattern: string }> | Readonly<{ kind: 'lost' }>;

/**
 * Tier 2 of memory: copies that several nodes share, and the way by which each of them hears of changes. It decides
 * nothing and may lose everything at any time. A copy gets in only with a lease, and whoever changes a key removes it
 * here afterwards, which ends every lease on it: so no copy is older than the last removal of its key.
 *
 * Every call rejects with `Unavailable` while the tier is away, and may take any time. Times to live are wall time.
 */
export interface SharedTier {
  get(key: string): Promise<SharedAnswer>;
  /** Keeps a copy for `ttlMs`, and never beyond the entry's own time. Does nothing when the lease has ended. */
  fill(key: string, entry: StoredValue, lease: string, ttlMs: number): Promise<void>;
  /** Removes the keys that match, ends all leases on them, and tells every other node. A key matches itself. */
  remove(pattern: string): Promise<void>;
  /** Told of every removal by another node, and of losses. The result ends it. */
  onChange(listener: (change: SharedChange) => void): () => void;
  close(): Promise<void>;
}
