import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OLD_AGENTS, OLD_MEMORY } from '../../../test/support/old-memory.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { checksum } from './cells.ts';
import { openStore } from './open-store.ts';
import { SqliteTier } from './sqlite-tier.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waggle-tier-'));
  path = join(folder, 'swarm.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A store of version 2.0 with two entries of memory. */
function makeOld(crcOf: (cells: readonly (string | number | null)[]) => number): void {
  openStore(path).close();
  using db = new DatabaseSync(path);
  db.exec(`${OLD_MEMORY} ${OLD_AGENTS} update memory_clock set version = 7; pragma user_version = 2000;`);
  for (const cells of [
    ['history:types', '{"a":1}', 5, null],
    ['check:base', '"x"', 7, 2_000_000_000_000],
  ]) {
    db.prepare('insert into memory values (?, ?, ?, ?, ?)').run(...cells, crcOf(cells));
  }
}

test('what a store of version 2.0 remembers is kept, with its versions, and counted', async () => {
  makeOld(checksum);
  const tier = await SqliteTier.open(path, new ManualClock());
  expect(await tier.get('history:types')).toEqual({
    value: { a: 1 },
    version: 5,
    isLasting: true,
    author: { id: 'system' },
    writtenAtMs: 0,
  });
  expect((await tier.get('check:base'))?.expiresAtMs).toBe(2_000_000_000_000);
  expect(await tier.usage()).toMatchObject({ entries: 2, bytes: 33 });
  expect(await tier.set('history:types', 2, { ifVersion: 5 })).toBeGreaterThan(7);
  await tier.close();
});

test('a damaged entry of version 2.0 is told, and nothing is changed', () => {
  makeOld((cells) => checksum(cells) + 1);
  expect(() => openStore(path)).toThrow(/damaged/);
  using db = new DatabaseSync(path);
  expect(db.prepare('select count(*) as n from memory').get()?.['n']).toBe(2);
});
