import { chmod, mkdir, open, realpath, writeFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** A file as it was read: what happens to it later changes nothing here. */
export type ApprovedFile = Readonly<{ path: string; bytes: Uint8Array; isExecutable: boolean }>;

/** All files of one action together: they are held in memory until the action has ended. */
const MAX_BYTES = 64 * 2 ** 20;
const EXECUTABLE = 0o111;

/** Undefined when one of them is not there. Rejects for what is no plain file of the project, and for too much. */
export async function readApprovedFiles(
  project: string,
  paths: readonly string[],
): Promise<readonly ApprovedFile[] | undefined> {
  const root = await realpath(project);
  const files: ApprovedFile[] = [];
  let left = MAX_BYTES;
  for (const path of paths) {
    const real = await realpath(join(root, path)).catch(() => undefined);
    if (real === undefined) return undefined;
    if (!real.startsWith(`${root}${sep}`)) throw new Error(`"${path}" leads out of the project.`);
    const file = await readOne(real, path, left);
    left -= file.bytes.byteLength;
    files.push(file);
  }
  return files;
}

/** Writes them below `folder`, which is ours alone, under the paths that they have in the project. */
export async function writeApprovedFiles(folder: string, files: readonly ApprovedFile[]): Promise<void> {
  for (const { path, bytes, isExecutable } of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await writeFile(target, bytes, { mode: 0o600 });
    if (isExecutable) await chmod(target, 0o700);
  }
}

async function readOne(real: string, path: string, left: number): Promise<ApprovedFile> {
  // A pipe would keep us waiting for whoever writes to it.
  const handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error(`"${path}" is no plain file.`);
    if (stats.size > left) throw new Error(`The files of one action may have ${MAX_BYTES} bytes together at most.`);
    const bytes = await handle.readFile();
    return { path, bytes, isExecutable: (stats.mode & EXECUTABLE) !== 0 };
  } finally {
    await handle.close();
  }
}
