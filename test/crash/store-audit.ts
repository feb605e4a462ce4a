import { InMemoryJournal } from '../../src/adapters/in-memory/in-memory-journal.ts';
import { SqliteArchive } from '../../src/adapters/sqlite/sqlite-archive.ts';
import { SqliteJournal } from '../../src/adapters/sqlite/sqlite-journal.ts';
import { swarmId, type SwarmId } from '../../src/core/ids.ts';
import type { JournalRecord } from '../../src/ports/journal.ts';
import type { RunArchive } from '../../src/ports/run-archive.ts';
import { eventOf } from './store-events.ts';

export const SWARM: SwarmId = swarmId('main');

/** What the store says after a crash: how many records it holds, and everything that is not as it must be. */
export type Audit = Readonly<{ head: number; problems: readonly string[] }>;

/**
 * Takes the lead like the next process would, reads everything back and compares it with what was written, and the
 * read tables with those that the same records give in memory.
 */
export async function auditStore(path: string): Promise<Audit> {
  const journal = await SqliteJournal.open(path);
  const records: JournalRecord[] = [];
  try {
    await journal.claim(SWARM);
    for await (const record of journal.read(SWARM, 1)) records.push(record);
    const problems = records.flatMap(({ seq, event }, index) => {
      if (seq !== index + 1) return [`record ${index + 1} has seq ${seq}`];
      return JSON.stringify(event) === JSON.stringify(eventOf(seq)) ? [] : [`record ${seq} is not what was written`];
    });
    const archive = new SqliteArchive(path, SWARM);
    if (view(archive) !== view(await archiveOf(records))) problems.push('the read tables differ from the records');
    archive.close();
    return { head: records.length, problems };
  } finally {
    await journal.close();
  }
}

async function archiveOf(records: readonly JournalRecord[]): Promise<RunArchive> {
  const journal = new InMemoryJournal();
  const epoch = await journal.claim(SWARM);
  const batch = { swarmId: SWARM, epoch, firstSeq: 1, wallTimeMs: 0, entries: records };
  await journal.append(batch);
  return journal.archive(SWARM);
}

/** All that an archive shows, without wall times, which are those of each commit. */
function view(archive: RunArchive): string {
  const runs = archive.runs();
  const all = runs.map((run) => [
    run,
    archive.tasks(run.runId),
    archive.runAttempts(run.runId),
    archive.proposals({ runId: run.runId }),
  ]);
  return JSON.stringify([all, archive.agents(), archive.headSeq()], (key, value: unknown) =>
    /^(?:started|ended|finished|opened|closed|voted)AtMs$/.test(key) ? 0 : value,
  );
}
