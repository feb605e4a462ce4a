/**
 * Writes batches into the store at `argv[2]` until it is killed, and prints the seq of each commit once it is
 * acknowledged. `argv[3]`: `full` is the product's own way; `normal` is the same with a weaker sync, which the product
 * has no switch for, and exists to show that the harness sees lost commits. `argv[4]`: records after which it ends.
 */
import { writeSync } from 'node:fs';
import { JournalFile } from '../../src/adapters/sqlite/journal-file.ts';
import { openStore } from '../../src/adapters/sqlite/open-store.ts';
import { SqliteJournal } from '../../src/adapters/sqlite/sqlite-journal.ts';
import type { SwarmId } from '../../src/core/ids.ts';
import { swarmId } from '../../src/core/ids.ts';
import type { AppendResult, JournalEntry } from '../../src/ports/journal.ts';
import { eventsOfBatch } from './store-events.ts';

const [, , path = '', mode = 'full', limit = 'Infinity'] = process.argv;
const SWARM: SwarmId = swarmId('main');

/** A writer of the store, and the newest record that was there before. */
type Opened = Readonly<{ append: Append; head: number; close: () => Promise<void> }>;
type Append = (firstSeq: number, entries: readonly JournalEntry[]) => Promise<AppendResult>;

async function openFull(): Promise<Opened> {
  const journal = await SqliteJournal.open(path);
  const epoch = await journal.claim(SWARM);
  let head = 0;
  for await (const { seq } of journal.read(SWARM, 1)) head = seq;
  const append: Append = (firstSeq, entries) =>
    journal.append({ swarmId: SWARM, epoch, firstSeq, wallTimeMs: Date.now(), entries });
  return { append, head, close: () => journal.close() };
}

function openNormal(): Opened {
  const db = openStore(path);
  db.exec('pragma synchronous = normal');
  const journal = new JournalFile(db, path);
  const epoch = journal.claim(SWARM);
  const append: Append = async (firstSeq, entries) => {
    const lines = entries.map(({ event }) => JSON.stringify(event)).join('\n');
    const atMs = entries.map((entry) => entry.atMs);
    return journal.append({ swarm: SWARM, epoch, firstSeq, wallTimeMs: Date.now(), atMs, lines });
  };
  return { append, head: journal.head(SWARM).seq, close: async () => db.close() };
}

const { append, head, close } = mode === 'normal' ? openNormal() : await openFull();
writeSync(1, `open ${head}\n`);
for (let seq = head + 1; seq <= Number(limit);) {
  const entries = eventsOfBatch(seq).map((event) => ({ atMs: seq, event }));
  const result = await append(seq, entries);
  if (!result.ok) throw new Error(result.reason);
  seq += entries.length;
  writeSync(1, `${seq - 1}\n`);
}
await close();
