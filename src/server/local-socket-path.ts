import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Where sockets may be. Absolute paths. */
export type SocketPlaces = Readonly<{ runtimeDir: string | undefined; home: string }>;

/** Systems take 104 to 108 bytes. */
const MAX_PATH_BYTES = 100;

/**
 * A path for a leader's socket in a folder that only this user can enter; the folder is made. Each leader has one of
 * its own: one that was stopped and wakes up late must not take away its successor's. Rejects when no folder is safe.
 */
export async function localSocketPath(store: string, { runtimeDir, home }: SocketPlaces): Promise<string> {
  const name = `${prefixOf(store)}${randomBytes(4).toString('hex')}.sock`;
  const uid = process.getuid?.() ?? 0;
  const shared = join(tmpdir(), `waggle-${uid}`);
  const folders = [...(runtimeDir === undefined ? [] : [join(runtimeDir, 'waggle')]), join(home, 'run'), shared];
  for (const folder of folders) {
    const path = join(folder, name);
    if (Buffer.byteLength(path) > MAX_PATH_BYTES) continue;
    if (await makePrivate(folder)) return path;
  }
  throw new Error(`No folder for a socket is private to you: tried ${folders.map((one) => `"${one}"`).join(', ')}.`);
}

/**
 * Removes what killed leaders of the same store have left beside `path`: for the holder of the lead alone. What is there
 * while the lead `isHeld` is of its predecessors; who has lost it removes nothing.
 */
export async function removeOldSockets(store: string, path: string, isHeld: () => boolean): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  if (!isHeld()) return;
  const old = names.filter((name) => name.startsWith(prefixOf(store)) && name !== basename(path));
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
}

function prefixOf(store: string): string {
  return `${createHash('sha256').update(store).digest('hex').slice(0, 16)}-`;
}

/** Whether what stands at `path` belongs to us, so that a command sent there reaches nobody else. */
export async function isOurs(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && !found.isSymbolicLink() && found.uid === process.getuid?.();
}

/** Makes the folder where it is not there; false when it is not ours alone, or cannot be made. */
async function makePrivate(folder: string): Promise<boolean> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && (found.mode & 0o077) === 0 && (await isOurs(folder));
}
