import type { SwarmEvent } from '../core/events.ts';
import type { RunArchive } from '../ports/run-archive.ts';

/** An archive, and a journal that it shows. `append` resolves when the events are committed. */
export type ArchiveUnderTest = Readonly<{
  archive: RunArchive;
  append: (wallTimeMs: number, ...events: readonly SwarmEvent[]) => Promise<void>;
}>;
