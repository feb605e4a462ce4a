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

/** Folders alone: what they hold may be removed when they may be changed. What cannot be opened is left to `rm`. */
async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o700).catch(() => {});
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await openUp(join(folder, entry.name));
}
