import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { migrate, MIGRATIONS, schemaVersion, type Migration } from './migrations.ts';
import { SCHEMA_VERSION } from './schema.ts';

function storeOf(version: number): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  db.exec(`create table log (step text); pragma user_version = ${version}`);
  return db;
}

const step = (from: number, to: number): Migration => ({
  from,
  to,
  run: (db) => db.exec(`insert into log values ('${from}-${to}')`),
});

function stepsIn(db: DatabaseSync): readonly unknown[] {
  return db
    .prepare('select step from log')
    .all()
    .map((row) => row['step']);
}

test('takes an old store through every step to the newest form, in order', () => {
  const db = storeOf(1_000);
  migrate(db, 'x', [step(1_000, 1_001), step(1_001, 2_000)], 2_000);
  expect(stepsIn(db)).toEqual(['1000-1001', '1001-2000']);
  expect(schemaVersion(db)).toBe(2_000);
});

test('leaves a store of today as it is', () => {
  const db = storeOf(2_000);
  migrate(db, 'x', [step(1_000, 2_000)], 2_000);
  expect(stepsIn(db)).toEqual([]);
});

test('changes nothing when a step fails, or when none fits', () => {
  const db = storeOf(1_000);
  const broken: Migration = { from: 1_001, to: 2_000, run: (one) => one.exec('insert into nowhere values (1)') };
  expect(() => migrate(db, 'x', [step(1_000, 1_001), broken], 2_000)).toThrow(/nowhere/);
  expect(() => migrate(db, 'x', [step(1_000, 1_001)], 2_000)).toThrow(/no migration from 1001/);
  expect([schemaVersion(db), stepsIn(db)]).toEqual([1_000, []]);
});

test('knows a way from every released format to the one of today', () => {
  const ways = new Map(MIGRATIONS.map(({ from, to }) => [from, to]));
  for (const from of [1_000]) {
    let version = from;
    while (ways.has(version)) version = ways.get(version) ?? version;
    expect(version).toBe(SCHEMA_VERSION);
  }
});
