import { existsSync } from 'node:fs';
import { FileArtifactStore } from '../adapters/files/file-artifact-store.ts';
import { SqliteArchive } from '../adapters/sqlite/sqlite-archive.ts';
import { SqliteLeaderElection } from '../adapters/sqlite/sqlite-leader-election.ts';
import { type SwarmId, swarmId } from '../core/ids.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { LeaderElection } from '../ports/leader-lease.ts';
import type { RunArchive } from '../ports/run-archive.ts';
import { type DataFolder, makeDataFolder } from './data-folder.ts';
import type { MemoryLimits, OpenStore, Store } from './store.ts';

/** The one swarm of a project. */
export const PROJECT_SWARM: SwarmId = swarmId('main');

/** A project's data in its `.waggle` folder. Nothing is made before somebody leads. */
export class FileStore implements Store {
  readonly artifacts: ArtifactStore;
  readonly election: LeaderElection;
  readonly #folder: DataFolder;
  readonly #clock: Clock;
  readonly #limits: MemoryLimits;
  #archive: SqliteArchive | undefined;

  constructor(folder: DataFolder, clock: Clock, limits: MemoryLimits = {}) {
    this.#folder = folder;
    this.#clock = clock;
    this.#limits = limits;
    this.artifacts = new FileArtifactStore(folder.artifacts, clock);
    // One for all tries: it remembers since when it has not seen the holder.
    const lock = new SqliteLeaderElection(folder.lead, clock);
    this.election = {
      tryAcquire: async () => {
        await makeDataFolder(folder);
        return lock.tryAcquire();
      },
    };
  }

  async open(): Promise<OpenStore> {
    return this.#open('open');
  }

  async begin(): Promise<OpenStore> {
    return this.#open('start');
  }

  async #open(how: 'open' | 'start'): Promise<OpenStore> {
    const [{ StoreThread }, { SqliteJournal }, { SqliteTier }] = await Promise.all([
      import('../adapters/sqlite/store-thread.ts'),
      import('../adapters/sqlite/sqlite-journal.ts'),
      import('../adapters/sqlite/sqlite-tier.ts'),
    ]);
    await makeDataFolder(this.#folder);
    const thread = await StoreThread[how](this.#folder.store);
    return { journal: new SqliteJournal(thread), memory: new SqliteTier(thread.share(), this.#clock, this.#limits) };
  }

  archive(): RunArchive | undefined {
    if (this.#archive === undefined && existsSync(this.#folder.store)) {
      this.#archive = new SqliteArchive(this.#folder.store, PROJECT_SWARM);
    }
    return this.#archive;
  }

  async close(): Promise<void> {
    this.#archive?.close();
    this.#archive = undefined;
  }
}
