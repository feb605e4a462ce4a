import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Journal } from '../ports/journal.ts';
import type { KeyValueTier } from '../ports/key-value-tier.ts';
import type { LeaderElection } from '../ports/leader-lease.ts';
import type { RunArchive } from '../ports/run-archive.ts';

/** What one lead writes to. Both are closed by the lead. */
export type OpenStore = Readonly<{ journal: Journal; memory: KeyValueTier }>;

/** Entries of memory, and bytes of their keys and values. */
export type MemoryLimits = Readonly<{ maxEntries?: number; maxBytes?: number }>;

/** What a project keeps. One per process and project; several processes may share the files behind it. */
export interface Store {
  readonly election: LeaderElection;
  readonly artifacts: ArtifactStore;
  /** Creates the store where there is none. Rejects when it cannot be used. */
  open(): Promise<OpenStore>;
  /** As `open`, for the one lead that begins: at once, and what is wrong with the store is the answer to the first claim. */
  begin(): Promise<OpenStore>;
  /** Undefined while there is no store. */
  archive(): RunArchive | undefined;
  /** Calling it twice does no harm. */
  close(): Promise<void>;
}
