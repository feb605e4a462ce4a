import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Stands equally deep below `src/app` and `dist/app`. */
export const CLIENT: string = fileURLToPath(new URL('../../bin/waggle.js', import.meta.url));

/**
 * Makes a folder with the program `waggle` of this installation, for tasks: they find it whether or not one is
 * installed for everybody. `folder` is private to the user.
 */
export async function makeProgramsFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'waggle');
  const script = `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(CLIENT)} "$@"\n`;
  // Another process may be starting it at this moment.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, script, { mode: 0o700 });
  await rename(draft, path);
  return folder;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
