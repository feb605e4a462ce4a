import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemoryJournal } from '../../src/adapters/in-memory/in-memory-journal.ts';
import { SqliteArchive } from '../../src/adapters/sqlite/sqlite-archive.ts';
import { SqliteJournal } from '../../src/adapters/sqlite/sqlite-journal.ts';
import type { SwarmEvent } from '../../src/core/events.ts';
import { type SwarmId, swarmId } from '../../src/core/ids.ts';
import type { Journal } from '../../src/ports/journal.ts';
import type { RunArchive } from '../../src/ports/run-archive.ts';

export type OpenArchive = Readonly<{
  journal: Journal;
  archive: RunArchive;
  append: (wallTimeMs: number, ...events: readonly SwarmEvent[]) => Promise<void>;
  close: () => Promise<void>;
}>;

export const SWARM: SwarmId = swarmId('main');

/** Every adapter with both sides: a journal that is claimed, and the archive that shows it. */
export const ARCHIVES: Readonly<Record<string, () => Promise<OpenArchive>>> = {
  'in-memory': async () => {
    const journal = new InMemoryJournal();
    const append = await appendTo(journal);
    return { journal, archive: journal.archive(SWARM), append, close: () => journal.close() };
  },
  sqlite: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'waggle-archive-'));
    const path = join(folder, 'swarm.sqlite');
    const journal = await SqliteJournal.open(path);
    const archive = new SqliteArchive(path, SWARM);
    const close = async (): Promise<void> => {
      archive.close();
      await journal.close();
      rmSync(folder, { recursive: true });
    };
    return { journal, archive, append: await appendTo(journal), close };
  },
};

async function appendTo(journal: Journal): Promise<OpenArchive['append']> {
  const epoch = await journal.claim(SWARM);
  let firstSeq = 1;
  return async (wallTimeMs, ...events) => {
    const entries = events.map((event) => ({ atMs: wallTimeMs, event }));
    const result = await journal.append({ swarmId: SWARM, epoch, firstSeq, wallTimeMs, entries });
    if (!result.ok) throw new Error(result.reason);
    firstSeq += events.length;
  };
}
