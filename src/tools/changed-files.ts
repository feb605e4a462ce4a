import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export type ChangedLimits = Readonly<{
  /** Files that are looked at. */
  files: number;
  /** Time that it may take, ms. */
  ms: number;
}>;

/** Their own programs write there, whatever a task does. */
const PASSED_OVER: ReadonlySet<string> = new Set(['.git', '.waggle', 'node_modules']);
/** Folders that are looked into; deeper ones are left out. */
const MOST_DEPTH = 20;

/**
 * Files below `root` whose content or place has changed after `sinceMs`, by the clock of the file system: paths with `/`,
 * in order. What was removed is not seen. Undefined when there is more than the limits allow: then nothing is known.
 */
export async function changedFiles(
  root: string,
  sinceMs: number,
  { files, ms }: ChangedLimits,
): Promise<readonly string[] | undefined> {
  const untilMs = performance.now() + ms;
  const changed: string[] = [];
  let left = files;
  const folders: (readonly [path: string, depth: number])[] = [['', 0]];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const [folder, depth] = next;
    for (const entry of await entriesOf(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && depth < MOST_DEPTH && !PASSED_OVER.has(entry.name)) folders.push([path, depth + 1]);
      if (!entry.isFile()) continue;
      if (--left < 0 || performance.now() > untilMs) return undefined;
      if (await hasChanged(join(root, path), sinceMs)) changed.push(path);
    }
  }
  return changed.sort();
}

/** A folder that is gone meanwhile, or that nobody may read, has nothing to tell. */
async function entriesOf(path: string): Promise<readonly Dirent[]> {
  return readdir(path, { withFileTypes: true }).catch(() => []);
}

async function hasChanged(path: string, sinceMs: number): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && found.ctimeMs > sinceMs;
}
