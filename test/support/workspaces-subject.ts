import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { GitCaptures } from '../../src/adapters/git/git-captures.ts';
import { Git } from '../../src/adapters/git/git-command.ts';
import { CleanCopies } from '../../src/adapters/plain-directory/clean-copies.ts';
import { DirectoryCaptures } from '../../src/adapters/plain-directory/directory-captures.ts';
import type { Captures } from '../../src/ports/captures.ts';
import type { WorkspacesSubject } from '../../src/testing/workspaces-contract.ts';

export type PrepareCaptures = (project: string, captures: string) => Promise<Captures>;

const runGit = promisify(execFile);

/** A new adapter adds one line here, and passes or fails as a whole. */
export const CAPTURES: Readonly<Record<string, PrepareCaptures>> = {
  'plain directory': async (_project, captures) => new DirectoryCaptures(captures),
  git: async (project, captures) => {
    await runGit('git', ['init', '--quiet', project]);
    return new GitCaptures(captures, new Git());
  },
  'git, in a folder of a larger repository': async (project, captures) => {
    await runGit('git', ['init', '--quiet', dirname(project)]);
    return new GitCaptures(captures, new Git());
  },
};

/** Gives `use` a project on the disk, and removes it afterwards. */
export async function withWorkspaces(
  prepare: PrepareCaptures,
  use: (subject: WorkspacesSubject) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'waggle-workspaces-'));
  try {
    await use(await subjectIn(folder, prepare));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function subjectIn(folder: string, prepare: PrepareCaptures): Promise<WorkspacesSubject> {
  const project = join(folder, 'around', 'project');
  await mkdir(project, { recursive: true });
  const captures = await prepare(project, join(folder, 'data', 'captures'));
  const copies = join(folder, 'copies');
  const options = { folder: join(folder, 'data'), copies, capturesFor: async () => captures };
  const at = async (path: string): Promise<string> => {
    await mkdir(dirname(join(project, path)), { recursive: true });
    return join(project, path);
  };
  return {
    workspaces: new CleanCopies(options),
    project,
    write: async (path, text) => writeFile(await at(path), text),
    link: async (path, target) => symlink(target, await at(path)),
    remove: async (path) => rm(await at(path), { recursive: true }),
    read: async (below, path) => readFile(join(below, path), 'utf8').catch(() => undefined),
    list: listBelow,
  };
}

async function listBelow(below: string): Promise<readonly string[]> {
  const entries = await readdir(below, { recursive: true, withFileTypes: true }).catch(() => []);
  const lines = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) return `${relative(below, path)} -> ${await readlink(path)}`;
    return entry.isDirectory() ? undefined : relative(below, path);
  });
  return (await Promise.all(lines)).filter((line) => line !== undefined).toSorted();
}
