import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isInside } from './copy-tree.ts';

/**
 * Installed packages are too large to copy for each check, so a clean copy links to them. What is linked must be
 * what was there when the run began: a fingerprint of each folder is taken then and compared before each use. It
 * rests on inode numbers and change times, which a program cannot set back as it can file times.
 */
export type DependencyFolder = Readonly<{
  /** Relative to the project: `node_modules`, `packages/a/node_modules`. */
  path: string;
  fingerprint: string;
}>;

/** Folders of installed packages, by name. */
export function isDependencyFolder(name: string): boolean {
  return name === 'node_modules' || name === '.venv' || name === 'venv';
}

/** All of them in `project`, at most six folders deep, without those inside others. */
export async function findDependencyFolders(project: string, signal: AbortSignal): Promise<readonly string[]> {
  const found: string[] = [];
  const waiting = [{ path: '', depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    signal.throwIfAborted();
    for (const entry of await entriesOf(join(project, next.path))) {
      const path = join(next.path, entry.name);
      if (!entry.isDirectory()) continue;
      if (isDependencyFolder(entry.name)) found.push(path);
      else if (next.depth < MAX_DEPTH && !entry.name.startsWith('.')) waiting.push({ path, depth: next.depth + 1 });
    }
  }
  return found.toSorted();
}

/** One text for all that is in `folder`, caches left out. The same text later means that nothing was touched. */
export async function fingerprintOf(folder: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  // Level by level, many questions to the file system at once.
  for (let level = ['']; level.length > 0;) {
    signal.throwIfAborted();
    const listed = await mapInParts(level, async (path) => stampsIn(folder, path));
    for (const { lines } of listed) for (const line of lines) hash.update(line);
    level = listed.flatMap(({ folders }) => folders);
  }
  return hash.digest('hex');
}

/**
 * Makes `target` a folder of links to the packages in `source`: caches that tools keep beside the packages stay
 * in the copy, and packages of the project itself are those of the copy, not of the project.
 */
export async function linkDependencies(source: string, target: string, project: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const entry of await entriesOf(source)) {
    if (isCache(entry.name, true)) continue;
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory() && entry.name.startsWith('@')) await linkDependencies(from, to, project);
    else await symlink(await linkText(entry, from, project), to);
  }
}

/** A link between packages of one project is taken over as it is, so that it leads to the copy. */
async function linkText(entry: Dirent, from: string, project: string): Promise<string> {
  if (!entry.isSymbolicLink()) return from;
  const text = await readlink(from);
  const target = resolve(dirname(from), text);
  const staysWithin = !text.startsWith('/') && isInside(project, target);
  return staysWithin && !target.split('/').some(isDependencyFolder) ? text : from;
}

async function stampsIn(
  folder: string,
  path: string,
): Promise<Readonly<{ lines: readonly string[]; folders: readonly string[] }>> {
  const found = await entriesOf(join(folder, path));
  const entries = found.filter(({ name }) => !isCache(name, path === ''));
  const lines = await Promise.all(
    entries.map(async (entry) => {
      const way = join(path, entry.name);
      return `${way}\0${entry.isDirectory() ? 'folder' : await stampOf(join(folder, way))}\n`;
    }),
  );
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
  return { lines: lines.toSorted(), folders: folders.toSorted() };
}

/** `Promise.all`, but never more than 64 at a time. */
async function mapInParts<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<readonly Out[]> {
  const results: Out[] = [];
  for (let at = 0; at < items.length; at += PART) {
    results.push(...(await Promise.all(items.slice(at, at + PART).map(work))));
  }
  return results;
}

async function stampOf(path: string): Promise<string> {
  const { ino, size, mode, ctimeNs } = await lstat(path, { bigint: true });
  return `${ino} ${size} ${mode} ${ctimeNs}`;
}

/** Tools write these while they run; nothing is loaded from them that is not made from the packages. */
function isCache(name: string, isTop: boolean): boolean {
  if (name === '__pycache__') return true;
  return isTop && name.startsWith('.') && !KEPT.has(name);
}

const MAX_DEPTH = 6;
const PART = 64;
const KEPT = new Set(['.bin', '.pnpm', '.package-lock.json', '.yarn-state.yml', '.modules.yaml']);

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}
