import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes a folder of ours in which programs have worked, also where they took away the right to change it (as Go does
 * in its cache of modules). Nothing of these programs may run any more. Rejects for what belongs to somebody else.
 */
export async function removeTree(path: string): Promise<void> {
  const remove = (): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 3 });
  try {
    await remove();
  } catch {
    await openUp(path);
    await remove();
  }
}

/**
 * Removes what is in a folder at this moment, each whatever became of the others, when `isOurs` says so after it was
 * seen: what others put there later stays. What cannot be removed is left.
 */
export async function removeEntries(folder: string, isOurs: () => boolean): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (!isOurs()) return;
  for (const name of names) await removeTree(join(folder, name)).catch(() => {});
}

/** Folders alone: what they hold may be removed when they may be changed. What cannot be opened is left to `rm`. */
async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o700).catch(() => {});
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await openUp(join(folder, entry.name));
}
