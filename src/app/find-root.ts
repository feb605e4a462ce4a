import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

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
