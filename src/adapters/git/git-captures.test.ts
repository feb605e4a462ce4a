import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GitCaptures } from './git-captures.ts';
import { Git } from './git-command.ts';

const run = promisify(execFile);
const { signal } = new AbortController();
let folder: string;
let project: string;

const git = (...args: readonly string[]): Promise<{ stdout: string }> =>
  run('git', ['-C', project, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args]);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waggle-git-'));
  project = join(folder, 'project');
  await run('git', ['init', '--quiet', project]);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Captures, puts back elsewhere, and gives the paths found there. */
async function roundTrip(): Promise<readonly string[]> {
  const captures = new GitCaptures(join(folder, 'captures'), new Git());
  await captures.capture('run', project, signal);
  const into = join(folder, 'into');
  await mkdir(into);
  expect(await captures.restore('run', into, signal)).toMatch(/^git tree [0-9a-f]{12}$/);
  return pathsBelow(into);
}

async function pathsBelow(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).toSorted();
}

async function contentOf(root: string): Promise<string> {
  const hash = createHash('sha256');
  for (const path of await pathsBelow(root)) hash.update(path).update(await readFile(join(root, path)));
  return hash.digest('hex');
}

test('nothing in the user’s repository changes, and what he has staged stays staged', async () => {
  await writeFile(join(project, 'a.txt'), 'one');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'first');
  await writeFile(join(project, 'a.txt'), 'two');
  await git('add', '.');
  await writeFile(join(project, 'a.txt'), 'three');
  const before = await contentOf(join(project, '.git'));
  expect(await roundTrip()).toEqual(['a.txt']);
  expect(await contentOf(join(project, '.git'))).toBe(before);
  expect(await readFile(join(folder, 'into', 'a.txt'), 'utf8')).toBe('three');
});

test('nothing that a repository is set up to run is run', async () => {
  const marker = join(folder, 'marker');
  const trap = join(folder, 'trap.sh');
  await writeFile(trap, `#!/bin/sh\necho "$0" >> ${marker}\ncat\n`, { mode: 0o755 });
  await writeFile(join(project, '.gitattributes'), '* filter=trap diff=trap\n');
  await writeFile(join(project, 'a.txt'), 'one');
  await mkdir(join(project, '.git', 'hooks'), { recursive: true });
  for (const hook of ['post-index-change', 'post-checkout', 'reference-transaction', 'pre-auto-gc']) {
    await writeFile(join(project, '.git', 'hooks', hook), `#!/bin/sh\necho ${hook} >> ${marker}\n`, { mode: 0o755 });
  }
  const settings = ['filter.trap.clean', 'filter.trap.smudge', 'filter.trap.process', 'core.fsmonitor', 'core.pager'];
  for (const setting of [...settings, 'core.sshCommand', 'diff.trap.command', 'diff.external']) {
    await git('config', setting, trap);
  }
  expect(await roundTrip()).toEqual(['.gitattributes', 'a.txt']);
  await expect(stat(marker)).rejects.toThrow('ENOENT');
});

test('what a repository inside the work tree is set up to run is not run either', async () => {
  const marker = join(folder, 'marker');
  const inner = join(project, 'inner');
  await run('git', ['init', '--quiet', inner]);
  await writeFile(join(inner, 'b.txt'), 'one');
  await run('git', ['-C', inner, 'add', '.']);
  await run('git', ['-C', inner, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '-m', 'first']);
  await run('git', ['-C', inner, 'config', 'core.fsmonitor', `touch ${marker}; false`]);
  await run('git', ['-C', inner, 'config', 'filter.trap.clean', `touch ${marker}; cat`]);
  await writeFile(join(inner, '.gitattributes'), '* filter=trap\n');
  await writeFile(join(inner, 'b.txt'), 'two');
  expect(await roundTrip()).toEqual(['inner/.gitattributes', 'inner/b.txt']);
  await expect(stat(marker)).rejects.toThrow('ENOENT');
});

test('ignored files are left out, but not those that are tracked all the same', async () => {
  await writeFile(join(project, '.gitignore'), '*.log\ndist/\n');
  await mkdir(join(project, 'dist'));
  for (const name of ['a.log', 'dist/kept.js', 'dist/left.js', 'new.txt']) await writeFile(join(project, name), name);
  await git('add', '--force', 'dist/kept.js');
  await writeFile(join(project, '.git', 'info', 'exclude'), 'new.txt\n');
  expect(await roundTrip()).toEqual(['.gitignore', 'dist/kept.js']);
});

test('a repository without a commit inside the work tree does no harm', async () => {
  await run('git', ['init', '--quiet', join(project, 'inner')]);
  await writeFile(join(project, 'inner', 'b.txt'), 'one');
  await writeFile(join(project, 'a.txt'), 'one');
  expect(await roundTrip()).toContain('a.txt');
});

test('a later capture sees what has changed since', async () => {
  const captures = new GitCaptures(join(folder, 'captures'), new Git());
  await writeFile(join(project, 'a.txt'), 'one');
  await captures.capture('first', project, signal);
  await rm(join(project, 'a.txt'));
  await writeFile(join(project, 'b.txt'), 'two');
  await captures.capture('second', project, signal);
  await mkdir(join(folder, 'into'));
  await captures.restore('second', join(folder, 'into'), signal);
  expect(await pathsBelow(join(folder, 'into'))).toEqual(['b.txt']);
});

test('a lock that a killed capture has left does not block the next one', async () => {
  const captures = new GitCaptures(join(folder, 'captures'), new Git());
  await writeFile(join(project, 'a.txt'), 'one');
  await captures.capture('first', project, signal);
  const [own = ''] = (await readdir(join(folder, 'captures'))).filter((name) => name.endsWith('.git'));
  await writeFile(join(folder, 'captures', own, 'index.lock'), '');
  await captures.capture('second', project, signal);
});

test.runIf(process.getuid?.() === 0)('a repository of another user is read', async () => {
  await writeFile(join(project, 'a.txt'), 'one');
  await chown(project, 1234, 1234);
  await chown(join(project, '.git'), 1234, 1234);
  expect(await roundTrip()).toEqual(['a.txt']);
});

test('fits says no to folders without git, to ignored ones, and where git is not installed', async () => {
  await mkdir(join(project, 'dist'));
  await mkdir(join(project, 'src'));
  await writeFile(join(project, '.gitignore'), 'dist/\n');
  expect(await GitCaptures.fits(new Git(), project, signal)).toBe(true);
  expect(await GitCaptures.fits(new Git(), join(project, 'src'), signal)).toBe(true);
  expect(await GitCaptures.fits(new Git(), join(project, 'dist'), signal)).toBe(false);
  expect(await GitCaptures.fits(new Git(), join(project, '.git'), signal)).toBe(false);
  await mkdir(join(project, 'two\nlines'));
  expect(await GitCaptures.fits(new Git(), join(project, 'two\nlines'), signal)).toBe(false);
  expect(await GitCaptures.fits(new Git(), folder, signal)).toBe(false);
  expect(await GitCaptures.fits(new Git('/nowhere'), project, signal)).toBe(false);
});
