import type { Dirent, Stats } from 'node:fs';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { copyTree, type CopyLimits } from './copy-tree.ts';
import { isDependencyFolder, linkDependencies } from './dependency-folders.ts';

/** Where files come from and where they go. Absolute folders. */
export type Overlaying = Readonly<{ project: string; copy: string; limits: CopyLimits; signal: AbortSignal }>;

/**
 * Makes `path` in the copy what it is in the project: file or folder, there or gone. Gives the number of files.
 * No link is walked through on either side: an agent could make one of its own paths a link to the tests, and
 * have them replaced by what it likes.
 */
export async function overlay(path: string, { project, copy, limits, signal }: Overlaying): Promise<number> {
  const parts = partsOf(path);
  await refuseLinksOnTheWay(project, parts, 'is a link');
  await refuseLinksOnTheWay(copy, parts, 'is a link in the clean copy');
  const [from, to] = [join(project, ...parts), join(copy, ...parts)];
  const stat = await statOf(from);
  await rm(to, { recursive: true, force: true });
  if (stat === undefined) return 0;
  if (stat.isSymbolicLink() && path.endsWith('/')) throw new Error(`"${path}" is a link: it is not taken over.`);
  await mkdir(dirname(to), { recursive: true });
  if (isDependencyFolder(parts.at(-1) ?? '') && stat.isDirectory()) {
    await linkDependencies(from, to, project);
    return 0;
  }
  const copied = await copyTree(from, to, { root: project, limits, isLeftOut, strange: 'refuse', signal });
  return copied.files;
}

/** The steps of a path that must stay inside the project. */
function partsOf(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (path.startsWith('/') || parts.includes('..')) throw new Error(`"${path}" leads out of the project.`);
  if (parts[0] === '.git' || parts[0] === '.waggle') throw new Error(`"${path}" is never taken over.`);
  return parts;
}

async function refuseLinksOnTheWay(root: string, parts: readonly string[], why: string): Promise<void> {
  for (let length = 1; length < parts.length; length += 1) {
    const way = parts.slice(0, length);
    const stat = await statOf(join(root, ...way));
    if (stat?.isSymbolicLink() === true) throw new Error(`"${way.join('/')}" ${why}: nothing below it is taken over.`);
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  return lstat(path).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  });
}

function isLeftOut(name: string, entry: Dirent): boolean {
  return entry.isDirectory() && (name === '.git' || name === '.waggle' || isDependencyFolder(name));
}
