import { constants, type Dirent } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** What may be copied in all; more rejects with a plain message. */
export type CopyLimits = Readonly<{ files: number; bytes: number }>;

export type CopyOptions = Readonly<{
  /** Absolute folder that links must stay inside. */
  root: string;
  limits: CopyLimits;
  /** Entries that are left out, with all that is below them. `name` is the last part of the path. */
  isLeftOut: (name: string, entry: Dirent) => boolean;
  /** What happens with links that lead out of `root`, sockets, devices, pipes, and what may not be read. */
  strange: 'leave-out' | 'refuse';
  signal: AbortSignal;
}>;

export type Copied = Readonly<{ files: number; bytes: number }>;

/** Copies a folder or a single file. Links are copied as links, and only when they stay inside `root`: nothing is followed. */
export async function copyTree(from: string, to: string, options: CopyOptions): Promise<Copied> {
  const sum = { files: 0, bytes: 0 };
  const folders: [string, string][] = [];
  await copyEntry(from, to, { options, sum, folders });
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const [source, target] = next;
    const entries = await readdir(source, { withFileTypes: true }).catch((error: unknown) => {
      return forgive(error, options, []);
    });
    for (const entry of entries) {
      if (options.isLeftOut(entry.name, entry)) continue;
      await copyEntry(join(source, entry.name), join(target, entry.name), { options, sum, folders });
    }
  }
  return sum;
}

type Work = Readonly<{
  options: CopyOptions;
  sum: { files: number; bytes: number };
  folders: [string, string][];
}>;

async function copyEntry(source: string, target: string, work: Work): Promise<void> {
  const { options } = work;
  options.signal.throwIfAborted();
  const stat = await lstat(source);
  if (stat.isDirectory()) {
    await mkdir(target, { recursive: true });
    work.folders.push([source, target]);
    return;
  }
  count(work, stat.isFile() ? stat.size : 0);
  if (stat.isFile()) {
    await copyFile(source, target, constants.COPYFILE_FICLONE)
      // Writable for us whatever the source was, so that the copy can be changed and removed.
      .then(() => chmod(target, (stat.mode & 0o755) | 0o600))
      .catch((error: unknown) => forgive(error, options, undefined));
  } else if (stat.isSymbolicLink()) await copyLink(source, target, options);
  else refuse(source, options, 'is no regular file');
}

async function copyLink(source: string, target: string, options: CopyOptions): Promise<void> {
  const text = await readlink(source);
  if (text.startsWith('/') || !isInside(options.root, resolve(dirname(source), text))) {
    return refuse(source, options, `links to ${JSON.stringify(text)}, outside the project`);
  }
  await symlink(text, target);
}

function count({ options: { limits, root }, sum }: Work, bytes: number): void {
  sum.files += 1;
  sum.bytes += bytes;
  if (sum.files > limits.files) throw new Error(`More than ${limits.files} files would be copied from "${root}".`);
  if (sum.bytes > limits.bytes) {
    throw new Error(`More than ${Math.floor(limits.bytes / 2 ** 20)} MiB would be copied from "${root}".`);
  }
}

function refuse(source: string, { root, strange }: CopyOptions, why: string): void {
  if (strange === 'refuse') throw new Error(`"${relative(root, source)}" ${why}: it is not taken over.`);
}

/** What the user may not read either is no trouble for a copy that leaves out. */
function forgive<T>(error: unknown, { strange }: CopyOptions, instead: T): T {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (strange === 'leave-out' && (code === 'EACCES' || code === 'EPERM')) return instead;
  throw error;
}

/** Whether `path` is `root` or below it. Both absolute and without `..`. */
export function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}
