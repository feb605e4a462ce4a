import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CleanCopies } from './clean-copies.ts';
import { DirectoryCaptures } from './directory-captures.ts';

const { signal } = new AbortController();
let root: string;
let project: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'waggle-copies-'));
  project = join(root, 'project');
  await mkdir(project);
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Like another process with the same folders. */
function open(limits = { files: 100, bytes: 1_000 }): CleanCopies {
  const folder = join(root, 'data');
  const captures = new DirectoryCaptures(join(folder, 'copies'), limits);
  return new CleanCopies({ folder, copies: join(root, 'copies'), capturesFor: async () => captures, limits });
}

test('what a killed process has left goes, and what an open run needs stays', async () => {
  await writeFile(join(project, 'a.txt'), 'one');
  const killed = open();
  await killed.capture('ended', project, signal);
  await killed.capture('open', project, signal);
  await killed.cleanCopy('open', [], signal);
  const next = open();
  await next.removeLeftOvers(
    (key) => key === 'open',
    () => true,
  );
  expect(await readdir(root)).not.toContain('copies');
  await expect(next.cleanCopy('ended', [], signal)).rejects.toThrow('no capture "ended"');
  const copy = await next.cleanCopy('open', [], signal);
  expect(await readdir(copy.path)).toEqual(['a.txt']);
  await open().removeLeftOvers(
    () => false,
    () => true,
  );
  expect(await readdir(root)).toEqual(['project']);
});

test('a project over the limits is not captured, and what is overlaid counts too', async () => {
  await writeFile(join(project, 'a.txt'), 'x'.repeat(1_001));
  await expect(open({ files: 100, bytes: 1_000 }).capture('run', project, signal)).rejects.toThrow('More than 0 MiB');
  await writeFile(join(project, 'a.txt'), 'small');
  const copies = open({ files: 2, bytes: 1_000 });
  await copies.capture('run', project, signal);
  await mkdir(join(project, 'out'));
  for (const name of ['a', 'b', 'c']) await writeFile(join(project, 'out', name), '');
  await expect(copies.cleanCopy('run', ['out/'], signal)).rejects.toThrow('More than 2 files');
  expect(await readdir(join(root, 'copies'))).toEqual([]);
});

test('a capture that failed can be made later, and two at once are one', async () => {
  const copies = open();
  await expect(copies.capture('run', join(root, 'nowhere'), signal)).rejects.toThrow('ENOENT');
  await writeFile(join(project, 'a.txt'), 'one');
  await Promise.all([copies.capture('run', project, signal), copies.capture('run', project, signal)]);
  const copy = await copies.cleanCopy('run', [], signal);
  expect(await readdir(copy.path)).toEqual(['a.txt']);
});

test('copying ends when it is no longer wanted, and leaves nothing', async () => {
  await writeFile(join(project, 'a.txt'), 'one');
  const copies = open();
  await copies.capture('run', project, signal);
  await expect(copies.cleanCopy('run', [], AbortSignal.abort())).rejects.toThrow();
  expect(await readdir(join(root, 'copies'))).toEqual([]);
});
