import type { Json } from '../core/json.ts';
import type { Author } from '../core/memory/entry.ts';
import type { TextQuery } from '../core/memory/query.ts';

export type StoredValue = Readonly<{
  value: Json;
  /** Rises with every write of any key, also over removals: no version is ever seen twice. */
  version: number;
  /** Outlives the process and a power cut. */
  isLasting: boolean;
  author: Author;
  /** Wall time, ms since 1970. */
  writtenAtMs: number;
  /** Wall time; absent: it stays. At this ms it is gone. */
  expiresAtMs?: number;
}>;

export type SetOptions = Readonly<{
  /** ms to live, from now. Absent: it stays. */
  ttlMs?: number;
  /** Store only when the current version is this; 0 means "not there yet". */
  ifVersion?: number;
  /** False: a power cut may take it. @default true */
  isLasting?: boolean;
  /** @default Waggle itself */
  author?: Author;
}>;

/** An entry without its value. `bytes`: of key and value. */
export type EntryInfo = Omit<StoredValue, 'value'> & Readonly<{ key: string; bytes: number }>;

/** `snippet`: some words around what was found, which stands between « and ». */
export type FoundEntry = EntryInfo & Readonly<{ snippet: string }>;

export type SearchOptions = Readonly<{
  /** Only keys that match one of them, at most 16. @default all */
  patterns?: readonly string[];
  /** 1 to 100. */
  limit: number;
}>;

/** `bytes`: of keys and values. The most that there may be of both. */
export type TierUsage = Readonly<{ entries: number; bytes: number; maxEntries: number; maxBytes: number }>;

/**
 * The tier of memory that decides: every write and removal goes through it, one after the other over all its users,
 * and hands out the versions. Tiers above only hold copies. Keys are `namespace:rest`, at most 512 characters; values
 * JSON of at most 1 MiB. In a pattern `*` stands for any run of characters, and nothing else is special.
 */
export interface KeyValueTier {
  get(key: string): Promise<StoredValue | undefined>;
  /**
   * The new version; undefined when `ifVersion` did not fit. Rejects with `UserError` `MEMORY_FULL` when there is no
   * room, with `Unavailable` when this process may not write any more because another leads.
   */
  set(key: string, value: Json, options?: SetOptions): Promise<number | undefined>;
  delete(key: string): Promise<boolean>;
  /** Removes the keys that match. Gives how many. */
  invalidate(pattern: string): Promise<number>;
  /** Removes what matches but the `keep` newest. Gives how many. */
  trim(pattern: string, keep: number): Promise<number>;
  /** Removes what has expired; nobody sees a difference but in the room. Gives how many. */
  sweep(): Promise<number>;
  /** Keys that match, in order, at most `limit`. */
  keys(pattern: string, limit: number): Promise<readonly string[]>;
  /** The same with what is known of them. */
  entries(pattern: string, limit: number): Promise<readonly EntryInfo[]>;
  /** Lasting entries of searchable namespaces that fit, the best first. A word in the key weighs more. */
  search(query: TextQuery, options: SearchOptions): Promise<readonly FoundEntry[]>;
  usage(): Promise<TierUsage>;
  close(): Promise<void>;
}
