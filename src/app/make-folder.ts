import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Unavailable } from '../util/user-error.ts';

/**
 * Makes a folder and those around it that are not there. Node's own way, `recursive`, goes round for ever where a
 * folder is there and takes no new one, as in `/proc`.
 */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  try {
    await mkdir(folder, mode);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await isFolder(folder))) return;
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder), mode);
    await makeLast(folder, mode);
  }
}

/** Another process may have been faster. */
async function makeLast(folder: string, mode: number | undefined): Promise<void> {
  await mkdir(folder, mode).catch(async (error: unknown) => {
    if (codeOf(error) !== 'EEXIST' || !(await isFolder(folder))) throw error;
  });
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

/** What to say where something could not be written because the disk is full; undefined for every other reason. */
export function fullDisk(path: string, error: unknown): Unavailable | undefined {
  const code = codeOf(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return undefined;
  const message = `No room is left on the disk of "${path}".`;
  return new Unavailable({ port: 'disk', message, fix: 'Make room, then try again.' });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
