import { lstat, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { userError } from '../util/user-error.ts';

/** What makes a folder a project's root, when it is there. */
const MARKS = ['.waggle', 'waggle.yaml', '.git'];

/** The nearest folder upwards that has one of the marks, else `cwd` itself. Absolute paths. */
export async function findRoot(cwd: string, home: string): Promise<string> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    // The user's own state is no project, wherever it stands.
    if (folder !== home && (await hasMark(folder))) return folder;
    if (folder === dirname(folder)) return cwd;
  }
}

async function hasMark(folder: string): Promise<boolean> {
  const found = await Promise.all(
    MARKS.map((mark) =>
      lstat(join(folder, mark)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** The folder itself where links lead to it. Rejects with a `UserError` when there is none. */
export async function folderAt(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return realpath(path);
  const message = found === undefined ? `There is no folder "${path}".` : `"${path}" is not a folder.`;
  throw userError({ code: 'NOT_A_FOLDER', at: path, message, fix: 'Name the folder of a project.' });
}
