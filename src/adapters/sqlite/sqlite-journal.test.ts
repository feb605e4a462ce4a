import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SwarmEvent } from '../../core/events.ts';
import { runId, swarmId } from '../../core/ids.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import { SqliteArchive } from './sqlite-archive.ts';
import { SqliteJournal } from './sqlite-journal.ts';

const SWARM = swarmId('main');
let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waggle-journal-'));
  path = join(folder, 'swarm.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

function created(index: number): SwarmEvent {
  const run = { name: 'x', inputs: { index }, budget: {}, project: '/p', source: 'code' };
  return { type: 'run.created', runId: runId(`run-${index}`), run, taskCount: 0, wallTimeMs: 1 };
}

async function append(journal: SqliteJournal, epoch: number, firstSeq: number, count: number): Promise<unknown> {
  const entries = Array.from({ length: count }, (_, index) => ({ atMs: 1, event: created(firstSeq + index) }));
  return journal.append({ swarmId: SWARM, epoch, firstSeq, wallTimeMs: 1, entries });
}

/** A closed store with ten records and three snapshots. */
async function fill(): Promise<void> {
  const journal = await SqliteJournal.open(path);
  const epoch = await journal.claim(SWARM);
  await append(journal, epoch, 1, 10);
  for (const seq of [3, 6, 9]) await journal.saveSnapshot(SWARM, { seq, state: `state ${seq}` });
  await journal.close();
}

/** Changes the closed store behind the journal's back. */
function tamper(sql: string): void {
  using db = new DatabaseSync(path);
  db.exec(sql);
}

async function readAll(fromSeq = 1): Promise<readonly JournalRecord[]> {
  const journal = await SqliteJournal.open(path);
  const records: JournalRecord[] = [];
  try {
    for await (const record of journal.read(SWARM, fromSeq)) records.push(record);
    return records;
  } finally {
    await journal.close();
  }
}

async function claimOnce(): Promise<void> {
  const journal = await SqliteJournal.open(path);
  try {
    await journal.claim(SWARM);
  } finally {
    await journal.close();
  }
}

async function latest(): Promise<unknown> {
  const journal = await SqliteJournal.open(path);
  const snapshot = await journal.latestSnapshot(SWARM);
  await journal.close();
  return snapshot;
}

test('a closed store is one file, with the head it was left at beside it', async () => {
  await fill();
  expect(readdirSync(folder).toSorted()).toEqual(['swarm.sqlite', 'swarm.sqlite-head']);
  expect(await readAll()).toHaveLength(10);
});

for (const [what, sql] of Object.entries({
  changed: `update events set data = replace(data, '"index":5', '"index":6') where seq = 5`,
  missing: 'delete from events where seq = 5',
  'given another time': 'update events set at_ms = 2 where seq = 5',
  'given another epoch': 'update events set epoch = 2 where seq = 5',
})) {
  test(`a record that was ${what} is named with its seq, by journal and archive, and nothing after it is served`, async () => {
    await fill();
    tamper(sql);
    await expect(readAll()).rejects.toMatchObject({ code: 'STORE_DAMAGED', at: path });
    await expect(readAll()).rejects.toThrow('record 5 ');
    await expect(readAll(5)).rejects.toThrow('record 5 ');
    const archive = new SqliteArchive(path, SWARM);
    expect(() => archive.recordsAfter(0, 100)).toThrow('record 5 ');
    expect(() => archive.runs()).toThrow('record 5 ');
    archive.close();
  });
}

test('a journal that lost its newest record cannot be led', async () => {
  await fill();
  tamper('delete from events where seq = 10');
  const journal = await SqliteJournal.open(path);
  await expect(journal.claim(SWARM)).rejects.toMatchObject({ code: 'STORE_WENT_BACK' });
  await journal.close();
  rmSync(`${path}-head`);
  await expect(claimOnce()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
});

test('a journal with a record too many, or with another leader than it says, cannot be led', async () => {
  await fill();
  tamper(
    'insert into events (id, epoch, at_ms, wall_ms, version, hash, data) select id + 1, 1, 1, 1, 1, hash, data from events where seq = 10',
  );
  await expect(claimOnce()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  tamper('delete from events where seq = 11; update swarms set epoch = 7');
  await expect(claimOnce()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
});

for (const [table, sql] of Object.entries({
  'a changed row': `update runs set state = 'failed' where created_seq = 5`,
  'a missing row': 'delete from runs where created_seq = 5',
})) {
  test(`${table} of the read tables is found by whoever lists them`, async () => {
    await fill();
    tamper(sql);
    const archive = new SqliteArchive(path, SWARM);
    expect(() => archive.runs()).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED' }));
    expect(() => archive.run(runId('run-5'))).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED' }));
    archive.close();
  });

  test(`${table} is made anew from the journal by the next leader`, async () => {
    await fill();
    const before = new SqliteArchive(path, SWARM);
    const sound = before.runs();
    before.close();
    tamper(sql);
    const archive = new SqliteArchive(path, SWARM);
    expect(() => archive.runs()).toThrow('The lists of the store are damaged');
    await claimOnce();
    expect(archive.runs()).toEqual(sound);
    archive.close();
    expect(readdirSync(folder)).not.toContain('swarm.sqlite-repair');
  });
}

test('keeps the newest two snapshots', async () => {
  await fill();
  expect(await latest()).toEqual({ seq: 9, state: 'state 9' });
  using db = new DatabaseSync(path);
  expect(db.prepare('select seq from snapshots order by seq').all()).toMatchObject([{ seq: 6 }, { seq: 9 }]);
});

test('a damaged snapshot is passed over for the older one, and for none', async () => {
  await fill();
  tamper(`update snapshots set state = 'other' where seq = 9`);
  expect(await latest()).toEqual({ seq: 6, state: 'state 6' });
  tamper(`update snapshots set checksum = 'other' where seq = 6`);
  expect(await latest()).toBeUndefined();
});

test('a snapshot of another past is passed over', async () => {
  await fill();
  const otherHash = 'of a record that this journal never had';
  const checksum = hash('sha256', `9|${otherHash}|state 9`, 'hex');
  tamper(`update snapshots set event_hash = '${otherHash}', checksum = '${checksum}' where seq = 9`);
  expect(await latest()).toEqual({ seq: 6, state: 'state 6' });
});

test('after trouble nothing is written until somebody takes the lead anew', async () => {
  const journal = await SqliteJournal.open(path);
  const epoch = await journal.claim(SWARM);
  await append(journal, epoch, 1, 1);
  await expect(append(journal, epoch, 9, 1)).rejects.toThrow('gap');
  await expect(append(journal, epoch, 2, 1)).rejects.toThrow('gap');
  expect(await append(journal, await journal.claim(SWARM), 2, 1)).toEqual({ ok: true });
  await journal.close();
});

test('a batch whose read tables cannot follow is not stored at all', async () => {
  const journal = await SqliteJournal.open(path);
  const epoch = await journal.claim(SWARM);
  const event = { type: 'run.paused', runId: runId('nobody'), reason: 'r' } as const;
  const batch = { swarmId: SWARM, epoch, firstSeq: 1, wallTimeMs: 1, entries: [{ atMs: 1, event }] };
  await expect(journal.append(batch)).rejects.toThrow('never created');
  await journal.close();
  expect(await readAll()).toEqual([]);
});

test('a request after the end is answered with an error, not never', async () => {
  const journal = await SqliteJournal.open(path);
  await journal.close();
  await expect(journal.claim(SWARM)).rejects.toMatchObject({ name: 'Unavailable' });
});
