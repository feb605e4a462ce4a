/**
 * Records journals that do not exist yet, and a store of today's format: run it once per release that changes either.
 * What is recorded already is left alone: `node test/replay/record.ts`.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { InMemoryJournal } from '../../src/adapters/in-memory/in-memory-journal.ts';
import { SCHEMA_VERSION } from '../../src/adapters/sqlite/schema.ts';
import { SqliteJournal } from '../../src/adapters/sqlite/sqlite-journal.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { SWARM } from '../support/archives.ts';
import { randomSwarms } from '../support/random-run.ts';
import { readJournal, type RecordedBatch, recordedJournals, viewHash } from './recorded.ts';

const HERE = fileURLToPath(new URL('./', import.meta.url));
const DRAWS = 8;

async function replay(journal: Journal, batches: readonly RecordedBatch[]): Promise<void> {
  const epoch = await journal.claim(SWARM);
  let firstSeq = 1;
  for (const { wallTimeMs, events } of batches) {
    const entries = events.map((event) => ({ atMs: wallTimeMs, event }));
    await journal.append({ swarmId: SWARM, epoch, firstSeq, wallTimeMs, entries });
    firstSeq += events.length;
  }
}

for (let draw = 1; draw <= DRAWS; draw++) {
  const path = join(HERE, 'journals', `draw-${draw}.jsonl`);
  if (existsSync(path)) continue;
  const [swarm] = fc.sample(randomSwarms, { seed: draw, numRuns: 1 });
  const batches = swarm?.(`d${draw}-`) ?? [];
  const lines = batches.map((events, index) => JSON.stringify({ wallTimeMs: 1_700_000_000_000 + index, events }));
  writeFileSync(path, `${lines.join('\n')}\n`);
}

const expectedPath = join(HERE, 'journals', 'expected.json');
const known: unknown = existsSync(expectedPath) ? JSON.parse(readFileSync(expectedPath, 'utf8')) : {};
const expected: Record<string, unknown> = typeof known === 'object' ? { ...known } : {};
for (const name of recordedJournals()) {
  const journal = new InMemoryJournal();
  await replay(journal, readJournal(name));
  expected[name] ??= viewHash(journal.archive(SWARM));
}
writeFileSync(expectedPath, `${JSON.stringify(expected, null, 2)}\n`);

const format = `format-${Math.floor(SCHEMA_VERSION / 1_000)}.${SCHEMA_VERSION % 1_000}.sqlite`;
const target = join(HERE, 'stores', format);
if (!existsSync(target)) {
  const folder = mkdtempSync(join(tmpdir(), 'waggle-record-'));
  const journal = await SqliteJournal.open(join(folder, 'swarm.sqlite'));
  await replay(journal, readJournal('draw-1.jsonl'));
  await journal.close();
  mkdirSync(join(HERE, 'stores'), { recursive: true });
  copyFileSync(join(folder, 'swarm.sqlite'), target);
  rmSync(folder, { recursive: true });
}
