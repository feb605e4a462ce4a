import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Journal } from '../ports/journal.ts';
import type { KeyValueTier } from '../ports/key-value-tier.ts';
import type { LeaderElection } from '../ports/leader-lease.ts';
import type { RunArchive } from '../ports/run-archive.ts';

/** What a project keeps. One per process and project; several processes may share the files behind it. */
export interface Store {
  readonly election: LeaderElection;
  readonly artifacts: ArtifactStore;
  /** The journal for the one lead that begins; each lead opens and closes its own. Creates the store where there is none. */
  openJournal(): Promise<Journal>;
  /** Undefined while there is no store. */
  archive(): RunArchive | undefined;
  /** The persistent tier of memory; undefined while there is no store. */
  memory(): Promise<KeyValueTier | undefined>;
  /** Calling it twice does no harm. */
  close(): Promise<void>;
}
