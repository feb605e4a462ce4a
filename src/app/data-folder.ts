import { createHash, randomUUID } from 'node:crypto';
import { access, constants, lstat, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Git } from '../adapters/git/git-command.ts';
import { foreignPath } from '../analysers/foreign-programs.ts';
import type { Environment } from '../config/environment.ts';
import { userError } from '../util/user-error.ts';
import { fullDisk, makeFolder } from './make-folder.ts';

/** Paths of a project's data. */
export type DataFolder = Readonly<{
  path: string;
  store: string;
  lead: string;
  artifacts: string;
  workspaces: string;
  logs: string;
}>;

/** In the project; where that cannot be written and has no data yet, in the user's own state. */
export async function dataFolderFor(root: string, home: string): Promise<DataFolder> {
  const inProject = join(root, '.waggle');
  const isThere = await lstat(inProject).catch(() => undefined);
  if (isThere !== undefined || (await isWritable(root))) return dataFolderAt(inProject);
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  return dataFolderAt(join(home, 'projects', name));
}

async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function dataFolderAt(path: string): DataFolder {
  return {
    path,
    store: join(path, 'swarm.sqlite'),
    lead: join(path, 'lead.sqlite'),
    artifacts: join(path, 'artifacts'),
    workspaces: join(path, 'workspaces'),
    logs: join(path, 'logs'),
  };
}

/** Makes the folder, ignored by git. Rejects when something stands there that is not ours. */
export async function makeDataFolder(folder: DataFolder): Promise<void> {
  await refuseForeign(folder.path);
  await makeFolder(folder.path, 0o700).catch((error: unknown) => {
    throw notWritable(folder.path, error);
  });
  await writeIgnoreFile(folder.path).catch((error: unknown) => {
    throw notWritable(folder.path, error);
  });
}

/** Only when it is not there: the user may have changed it. Never half of it: an empty one would ignore nothing. */
async function writeIgnoreFile(folder: string): Promise<void> {
  const path = join(folder, '.gitignore');
  if ((await lstat(path).catch(() => undefined)) !== undefined) return;
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, '*\n');
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

/** A folder that belongs to somebody else, or is a link to elsewhere, is not opened: what is in it would be believed. */
export async function refuseForeign(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  const isOurs = process.getuid === undefined || found.uid === process.getuid();
  const what = found.isDirectory() ? 'belongs to another user' : 'is not a folder';
  const fix = 'Remove it or make it yours; its contents would be believed.';
  if (!found.isDirectory() || !isOurs)
    throw userError({ code: 'DATA_FOREIGN', at: path, message: `"${path}" ${what}.`, fix });
  await refuseLinks(path);
}

/** We make none; through one that somebody else has made we would write, and clean up, elsewhere. */
async function refuseLinks(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link === undefined) return;
  const path = join(folder, link.name);
  const message = `"${path}" is a link to somewhere else, where Waggle would write and clean up.`;
  throw userError({ code: 'DATA_FOREIGN', at: path, message, fix: 'Look where it leads, then remove it.' });
}

function notWritable(path: string, error: unknown): Error {
  const full = fullDisk(path, error);
  if (full !== undefined) return full;
  const why = error instanceof Error ? error.message : String(error);
  const fix = 'Waggle keeps its data there: make the project folder writable, or work in a copy.';
  return userError({ code: 'DATA_NOT_WRITABLE', at: path, message: `"${path}" cannot be written: ${why}.`, fix });
}

/**
 * What came with the repository is not ours: what its store says is under way would be run, and what its folders lead
 * to would be cleaned up.
 */
export async function refuseTracked(root: string, { path }: DataFolder, { variables }: Environment): Promise<void> {
  if ((await lstat(path).catch(() => undefined)) === undefined) return;
  const git = new Git(foreignPath(root, variables['PATH']));
  const call = { cwd: root, signal: AbortSignal.timeout(GIT_MS) };
  const tracked = await git.run(['ls-files', '--', path], call).catch(() => undefined);
  if (tracked?.exitCode !== 0 || tracked.stdout === '') return;
  const message = `Git tracks files in "${path}", so they may come from somebody else.`;
  const fix = 'Look at them; then remove the folder, or take it out of git: git rm -r --cached .waggle';
  throw userError({ code: 'DATA_TRACKED', at: path, message, fix });
}

const GIT_MS = 10_000;
