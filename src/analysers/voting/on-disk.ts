import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Names in a folder of the repository; none where it is not there, leads out of it, or is reached by a link. */
export function namesIn(root: string, folder: string): readonly string[] {
  const path = pathBelow(root, folder);
  try {
    return path === undefined || realpathSync(path) !== path ? [] : readdirSync(path);
  } catch {
    return [];
  }
}

/** Whether something of that name is there; nothing outside the repository is. */
export function isOnDisk(root: string, ...parts: readonly string[]): boolean {
  const path = pathBelow(root, posix.join(...parts));
  return path !== undefined && existsSync(path);
}

function pathBelow(root: string, relative: string): string | undefined {
  const clean = posix.normalize(relative).replace(/\/$/, '');
  return clean.startsWith('..') || clean.startsWith('/') ? undefined : join(root, clean);
}
