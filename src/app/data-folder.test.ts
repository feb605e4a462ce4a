import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dataFolderFor, makeDataFolder } from './data-folder.ts';
import { makeProgramsFolder } from './programs-folder.ts';

test('several openings in one process make the folder at the same time, and leave no draft', async () => {
  const root = await mkdtemp(join(tmpdir(), 'waggle-data-'));
  const folder = await dataFolderFor(root, join(root, 'home'));
  const eight = Array.from({ length: 8 });
  await Promise.all(eight.map(() => makeDataFolder(folder)));
  await Promise.all(eight.map(() => makeProgramsFolder(join(folder.path, 'bin'))));
  expect((await readdir(folder.path)).toSorted()).toEqual(['.gitignore', 'bin']);
  expect(await readdir(join(folder.path, 'bin'))).toEqual(['waggle']);
  await rm(root, { recursive: true });
});
