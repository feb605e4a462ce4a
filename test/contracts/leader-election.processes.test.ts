import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SqliteArchive } from '../../src/adapters/sqlite/sqlite-archive.ts';
import { swarmId } from '../../src/core/ids.ts';
import { NodeChild } from '../support/kill.ts';

const CANDIDATE = new URL('../support/election-candidate.ts', import.meta.url);

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'waggle-election-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function candidate(leaseMs: number, paceMs = 20): NodeChild {
  const store = join(folder, 'swarm.sqlite');
  return new NodeChild(CANDIDATE, [join(folder, 'lead.sqlite'), String(leaseMs), store, String(paceMs)]);
}

async function until(child: NodeChild, start: string): Promise<string> {
  for (let line = await child.line(); line !== undefined; line = await child.line()) {
    if (line.startsWith(start)) return line;
  }
  throw new Error(`it ended without "${start}": ${(await child.ended).stderr}`);
}

function epochs(): readonly number[] {
  const archive = new SqliteArchive(join(folder, 'swarm.sqlite'), swarmId('main'));
  const found = archive.recordsAfter(0, 100_000).map(({ epoch }) => epoch);
  archive.close();
  return found;
}

test('the lead of a killed process is free at once, long before its lease ends', async () => {
  await using first = candidate(600_000);
  expect(await until(first, 'lead')).toBe('lead 1');
  await using second = candidate(600_000);
  await until(first, 'append ok');
  first.kill('SIGKILL');
  expect(await until(second, 'lead')).toBe('lead 2');
});

test('a stopped leader is taken over after the lease, and learns it when it wakes', async () => {
  await using first = candidate(1_000);
  expect(await until(first, 'lead')).toBe('lead 1');
  await until(first, 'append ok');
  await using second = candidate(1_000);
  first.kill('SIGSTOP');
  expect(await until(second, 'lead')).toBe('lead 2');
  await until(second, 'append ok');
  first.kill('SIGCONT');
  const rest = await first.rest();
  expect(rest.filter((line) => line.startsWith('append') && line !== 'append ok')).toEqual(['append epoch-stale']);
  expect(rest.some((line) => /^lost another process took the lead|^lost this process did not run/.test(line))).toBe(
    true,
  );
  await until(second, 'append ok');
  // Two leaders never write side by side: epochs do not fall.
  const written = epochs();
  expect(written).toEqual(written.toSorted((one, other) => one - other));
});

test('a leader that is stopped in the middle of a commit does not keep the next one from leading', async () => {
  await using first = candidate(1_000, 0);
  await until(first, 'lead');
  for (let appends = 0; appends < 50; appends++) await until(first, 'append ok');
  // It does nothing but commit, so it is stopped inside one most of the time.
  first.kill('SIGSTOP');
  await using second = candidate(1_000);
  expect(await until(second, 'lead')).toBe('lead 2');
  first.kill('SIGCONT');
  expect(await until(first, 'append epoch-stale')).toBe('append epoch-stale');
});
