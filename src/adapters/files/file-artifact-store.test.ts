import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SystemClock } from '../system/system-clock.ts';
import { FileArtifactStore } from './file-artifact-store.ts';

let folder = '';
let store: FileArtifactStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waggle-artifacts-'));
  store = new FileArtifactStore(join(folder, 'artifacts'), new SystemClock());
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a blob is a file named by its hash, and nothing else is left in the folder', async () => {
  const ref = await store.put('a', 'hello');
  const path = join(folder, 'artifacts', ref.sha256.slice(0, 2), ref.sha256.slice(2));
  expect(store.pathOf(ref)).toBe(path);
  expect(statSync(path).size).toBe(5);
  expect(readdirSync(join(folder, 'artifacts', 'drafts'))).toEqual([]);
});

test('a blob that was changed on the disk is refused', async () => {
  const ref = await store.put('a', 'hello');
  writeFileSync(store.pathOf(ref), 'jello');
  await expect(store.read(ref)).rejects.toMatchObject({ code: 'ARTIFACT_DAMAGED', at: store.pathOf(ref) });
  writeFileSync(store.pathOf(ref), 'hell');
  await expect(store.tail(ref, 2)).rejects.toMatchObject({ code: 'ARTIFACT_DAMAGED' });
});

test('drafts of a process that is gone are removed after a day, younger ones stay', async () => {
  const writer = await store.create('log');
  await writer.write(Buffer.from('1234567'));
  const drafts = join(folder, 'artifacts', 'drafts');
  expect(await store.prune(new Set(), -1)).toBe(0);
  for (const name of readdirSync(drafts)) utimesSync(join(drafts, name), 1, 1);
  expect(await store.prune(new Set(), -1)).toBe(7);
  await writer.abandon();
});

test('putting content again makes it young, so that prune does not take it from the one who just put it', async () => {
  const ref = await store.put('a', 'hello');
  utimesSync(store.pathOf(ref), 1, 1);
  await store.put('b', 'hello');
  expect(await store.prune(new Set(), 60_000)).toBe(0);
  expect(await store.read(ref)).toHaveLength(5);
});

test('a large blob in many pieces comes back whole', async () => {
  const writer = await store.create('large');
  const piece = Buffer.alloc(100_000, 'abc');
  for (let index = 0; index < 30; index++) await writer.write(piece);
  const ref = await writer.finish();
  expect(ref.bytes).toBe(3_000_000);
  expect(await store.read(ref)).toHaveLength(3_000_000);
});
