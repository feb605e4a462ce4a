import type { StoredValue } from './key-value-tier.ts';

/** Tier 1 of memory: copies in this process. It answers at once and may forget anything at any time. */
export interface LocalTier {
  /** Never one that has expired. What a caller does with a value reaches no other caller. */
  get(key: string): StoredValue | undefined;
  /** Keeps a copy for the tier's own time, and never beyond the entry's. A newer version that is there stays. */
  put(key: string, entry: StoredValue): void;
  /** Forgets the keys that match; a key is a pattern that matches itself. */
  forget(pattern: string): void;
  clear(): void;
}
