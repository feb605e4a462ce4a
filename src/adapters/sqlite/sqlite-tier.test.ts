import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { swarmId } from '../../core/ids.ts';
import { parseQuery } from '../../core/memory/query.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { SqliteJournal } from './sqlite-journal.ts';
import { SqliteTier } from './sqlite-tier.ts';
import { StoreThread } from './store-thread.ts';

const SWARM = swarmId('main');
let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waggle-tier-'));
  path = join(folder, 'swarm.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function leaderOf(): Promise<Readonly<{ journal: SqliteJournal; tier: SqliteTier }>> {
  const thread = await StoreThread.open(path);
  const journal = new SqliteJournal(thread);
  const tier = new SqliteTier(thread.share(), new ManualClock());
  await journal.claim(SWARM);
  return { journal, tier };
}

test('a leader that is none any more writes nothing over what its follower remembers, and can still read', async () => {
  const old = await leaderOf();
  const version = (await old.tier.set('swarm:a', 'old')) ?? 0;
  const newer = await leaderOf();
  await newer.tier.set('swarm:a', 'new');
  for (const write of [
    () => old.tier.set('swarm:a', 'late'),
    () => old.tier.set('swarm:a', 'late', { ifVersion: version, isLasting: false }),
    () => old.tier.delete('swarm:a'),
    () => old.tier.invalidate('*'),
    () => old.tier.trim('*', 0),
  ]) {
    await expect(write()).rejects.toMatchObject({ name: 'Unavailable', port: 'leader' });
  }
  expect((await old.tier.get('swarm:a'))?.value).toBe('new');
  for (const { tier, journal } of [old, newer]) await Promise.all([tier.close(), journal.close()]);
});

test('what was written is there for the next process, words and room included', async () => {
  const first = await SqliteTier.open(path, new ManualClock());
  await first.set('swarm:a', { note: 'the cluster is drained' });
  const before = await first.usage();
  await first.close();
  const second = await SqliteTier.open(path, new ManualClock());
  expect(await second.usage()).toEqual(before);
  expect(await second.search(parseQuery('drained'), { limit: 1 })).toMatchObject([{ key: 'swarm:a' }]);
  await second.close();
});

test('a changed row is told by its key, and never served', async () => {
  const first = await SqliteTier.open(path, new ManualClock());
  await first.set('swarm:a', 1);
  await first.close();
  const db = new DatabaseSync(path);
  db.exec(`update memory set value = '2'`);
  db.close();
  const second = await SqliteTier.open(path, new ManualClock());
  await expect(second.get('swarm:a')).rejects.toThrow(/memory key "swarm:a"/);
  await second.close();
});
