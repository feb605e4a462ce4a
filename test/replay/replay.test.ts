import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { SqliteArchive } from '../../src/adapters/sqlite/sqlite-archive.ts';
import { SqliteJournal } from '../../src/adapters/sqlite/sqlite-journal.ts';
import { StoreServer } from '../../src/adapters/sqlite/store-server.ts';
import { ARCHIVES, SWARM } from '../support/archives.ts';
import { readJournal, recordedJournals, viewHash } from './recorded.ts';

/** What each recorded journal must show, by its name: for ever, in every release. */
const expected: unknown = JSON.parse(readFileSync(new URL('./journals/expected.json', import.meta.url), 'utf8'));

describe('recorded journals show the same in every release and every store', () => {
  for (const name of recordedJournals()) {
    for (const [adapter, open] of Object.entries(ARCHIVES)) {
      test(`${name}: ${adapter}`, async () => {
        const { append, archive, close } = await open();
        for (const { wallTimeMs, events } of readJournal(name)) await append(wallTimeMs, ...events);
        expect(expected).toHaveProperty([name], viewHash(archive));
        await close();
      });
    }
  }
});

test('read tables that are made anew from a journal show what they showed before', async () => {
  const place = mkdtempSync(join(tmpdir(), 'waggle-anew-'));
  const path = join(place, 'swarm.sqlite');
  copyFileSync(fileURLToPath(new URL('./stores/format-1.0.sqlite', import.meta.url)), path);
  const server = new StoreServer(path);
  server.handle({ op: 'open' });
  writeFileSync(`${path}-repair`, '');
  server.handle({ op: 'claim', swarm: SWARM });
  const archive = new SqliteArchive(path, SWARM);
  expect(expected).toHaveProperty(['draw-1.jsonl'], viewHash(archive));
  expect(existsSync(`${path}-repair`)).toBe(false);
  archive.close();
  server.handle({ op: 'close' });
  rmSync(place, { recursive: true });
});

describe('stores of every format that was ever released', () => {
  const folder = fileURLToPath(new URL('./stores/', import.meta.url));

  test('format 1.0 opens, shows what it showed, and can be led', async () => {
    const place = mkdtempSync(join(tmpdir(), 'waggle-format-'));
    const path = join(place, 'swarm.sqlite');
    copyFileSync(join(folder, 'format-1.0.sqlite'), path);
    const archive = new SqliteArchive(path, SWARM);
    expect(expected).toHaveProperty(['draw-1.jsonl'], viewHash(archive));
    const journal = await SqliteJournal.open(path);
    expect(await journal.claim(SWARM)).toBe(2);
    let records = 0;
    for await (const { event } of journal.read(SWARM, 1)) records += event.type === undefined ? 0 : 1;
    expect(records).toBe(archive.headSeq());
    archive.close();
    await journal.close();
    rmSync(place, { recursive: true });
  });
});
