import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileArtifactStore } from '../adapters/files/file-artifact-store.ts';
import type { InMemoryArchive } from '../adapters/in-memory/in-memory-archive.ts';
import { InMemoryJournal } from '../adapters/in-memory/in-memory-journal.ts';
import { MapTier } from '../adapters/in-memory/map-tier.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { LeaderElection } from '../ports/leader-lease.ts';
import type { RunArchive } from '../ports/run-archive.ts';
import { PROJECT_SWARM } from './file-store.ts';
import type { MemoryLimits, OpenStore, Store } from './store.ts';

/** Nothing outlives the process: for throw-away runs and tests. Large outputs lie in a temporary folder meanwhile. */
export class MemoryStore implements Store {
  readonly artifacts: ArtifactStore;
  /** Nobody else can have it. */
  readonly election: LeaderElection = {
    tryAcquire: async () => ({ lost: new Promise<string>(() => {}), isHeld: () => true, release: async () => {} }),
  };
  readonly #clock: Clock;
  readonly #limits: MemoryLimits;
  readonly #folder = mkdtempSync(join(tmpdir(), 'waggle-memory-'));
  readonly #journal = new InMemoryJournal();
  readonly #archive: InMemoryArchive = this.#journal.archive(PROJECT_SWARM);

  constructor(clock: Clock, limits: MemoryLimits = {}) {
    this.#clock = clock;
    this.#limits = limits;
    this.artifacts = new FileArtifactStore(join(this.#folder, 'artifacts'), clock);
  }

  /** A folder for what an attempt needs while it runs. */
  get folder(): string {
    return this.#folder;
  }

  async open(): Promise<OpenStore> {
    return { journal: this.#journal, memory: new MapTier(this.#clock, this.#limits) };
  }

  begin(): Promise<OpenStore> {
    return this.open();
  }

  archive(): RunArchive {
    return this.#archive;
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
