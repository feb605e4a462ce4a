import type { Json } from '../core/json.ts';

export type StoredValue = Readonly<{ value: Json; version: number; expiresAtMs?: number }>;
export type SetOptions = Readonly<{
  /** ms to live, from now. Absent: the tier's own default. */
  ttlMs?: number;
  /** Store only when the current version is this; 0 means "not there yet". */
  ifVersion?: number;
}>;

/** One tier of memory. Keys are `namespace:rest`, at most 512 characters; values JSON of at most 1 MiB. */
export interface KeyValueTier {
  get(key: string): Promise<StoredValue | undefined>;
  /** The new version; undefined when `ifVersion` did not fit. */
  set(key: string, value: Json, options?: SetOptions): Promise<number | undefined>;
  delete(key: string): Promise<boolean>;
  /** Removes the keys that match; `*` stands for any run of characters. Gives how many. */
  invalidate(pattern: string): Promise<number>;
  /** Keys that match, in order, at most `limit`. */
  keys(pattern: string, limit: number): Promise<readonly string[]>;
  close(): Promise<void>;
}
