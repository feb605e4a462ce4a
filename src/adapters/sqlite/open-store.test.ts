import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { swarmId } from '../../core/ids.ts';
import { headPath, openStore, openStoreReadOnly } from './open-store.ts';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.ts';
import { SqliteArchive } from './sqlite-archive.ts';
import { SqliteJournal } from './sqlite-journal.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waggle-open-'));
  path = join(folder, 'data', 'swarm.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

function make(): void {
  openStore(path).close();
}

function change(sql: string): void {
  using db = new DatabaseSync(path);
  db.exec(sql);
}

test('makes the folder and the store where there is none, and leaves no other file behind', () => {
  make();
  expect(readdirSync(join(folder, 'data'))).toEqual(['swarm.sqlite']);
  const db = openStore(path);
  expect(db.prepare('pragma synchronous').get()).toEqual({ synchronous: 2 });
  expect(db.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
  db.close();
});

test('two that make it at once share one store', async () => {
  const swarm = swarmId('main');
  const journals = await Promise.all([SqliteJournal.open(path), SqliteJournal.open(path)]);
  const epochs = [];
  for (const journal of journals) epochs.push(await journal.claim(swarm));
  expect(epochs).toEqual([1, 2]);
  for (const journal of journals) await journal.close();
});

test('a path that is too long for a database is told as that', () => {
  const deep = join(folder, ...Array.from({ length: 5 }, () => 'x'.repeat(100)), 'swarm.sqlite');
  expect(() => openStore(deep)).toThrow(/its path has \d+ bytes, more than a database may have/);
  const fits = join(folder, 'y'.repeat(200), 'z'.repeat(200), 'swarm.sqlite');
  openStore(fits).close();
});

test('an empty file is damage, never a new store', () => {
  mkdirSync(join(folder, 'data'));
  writeFileSync(path, '');
  expect(() => openStore(path)).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED', at: path }));
  expect(readFileSync(path)).toHaveLength(0);
});

test('a file that is no database is refused and left as it is', () => {
  mkdirSync(join(folder, 'data'));
  writeFileSync(path, 'hello '.repeat(1_000));
  for (const open of [openStore, openStoreReadOnly]) {
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED' }));
  }
  expect(readFileSync(path, 'utf8')).toBe('hello '.repeat(1_000));
});

test('a store that is cut off is refused', () => {
  make();
  truncateSync(path, readFileSync(path).length - 100);
  expect(() => openStore(path)).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED' }));
  truncateSync(path, 50);
  expect(() => openStore(path)).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED' }));
});

test("another program's database is refused and left as it is", () => {
  mkdirSync(join(folder, 'data'));
  change('create table notes (text)');
  const before = readFileSync(path);
  expect(() => openStore(path)).toThrow(expect.objectContaining({ code: 'STORE_FOREIGN' }));
  expect(readFileSync(path)).toEqual(before);
});

test('a store of a newer major is refused by whoever opens it, with what to do', () => {
  make();
  change(`pragma user_version = ${SCHEMA_VERSION + 1_000}`);
  for (const open of [openStore, openStoreReadOnly]) {
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'STORE_NEWER', at: path }));
    expect(() => open(path)).toThrow('format 4.1, and this one knows 3.1');
  }
});

test('a store of a newer minor is used as it is', () => {
  make();
  change(`create table extra (what text); pragma user_version = ${SCHEMA_VERSION + 1}`);
  openStore(path).close();
  openStoreReadOnly(path).close();
});

test('a store whose tables were changed is refused', () => {
  make();
  change('drop index runs_by_id');
  expect(() => openStore(path)).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED' }));
});

test('a store that is gone while its traces are there is not started anew', () => {
  make();
  rmSync(path);
  writeFileSync(headPath(path), 'x');
  expect(() => openStore(path)).toThrow(expect.objectContaining({ code: 'STORE_MISSING' }));
  expect(existsSync(path)).toBe(false);
});

test('a store whose journal mode was changed is refused', () => {
  make();
  change('pragma journal_mode = delete');
  expect(() => openStore(path)).toThrow(expect.objectContaining({ code: 'STORE_UNSAFE' }));
});

test('reading a store that does not exist says so and makes nothing', () => {
  expect(() => new SqliteArchive(path, swarmId('main'))).toThrow(expect.objectContaining({ code: 'STORE_MISSING' }));
  expect(existsSync(join(folder, 'data'))).toBe(false);
});

test('a folder in the place of the store is an error with what to do', () => {
  mkdirSync(path, { recursive: true });
  expect(() => openStore(path)).toThrow(expect.objectContaining({ name: 'UserError' }));
});

test('a file without our mark is not ours, also when the tables look alike', () => {
  mkdirSync(join(folder, 'data'));
  change(`${SCHEMA} pragma application_id = ${APPLICATION_ID + 1}`);
  expect(() => openStore(path)).toThrow(expect.objectContaining({ code: 'STORE_FOREIGN' }));
});

test('a store that may not be read is an error with what to do', (context) => {
  if (process.getuid?.() === 0) return context.skip('not run: root may read everything');
  make();
  chmodSync(path, 0);
  expect(() => openStore(path)).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
});
