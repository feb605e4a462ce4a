import { lstatSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { runGit } from './git.ts';
import { IgnoreFile } from './ignore-file.ts';
import { TextReader } from './read-text.ts';

export type Listing = Readonly<{
  /** Relative to the folder, with `/`, in order. */
  paths: readonly string[];
  /** Names that are not valid UTF-8, shown with replacement signs. They are not read. */
  unreadableNames: readonly string[];
  /** `git`: tracked files and new ones that are not ignored. `walk`: what is on disk and not ignored. */
  by: 'git' | 'walk';
  /** The walk stopped at a limit, or folders could not be read. */
  notes: readonly string[];
}>;

const MAX_FILES = 200_000;
const MAX_DEPTH = 64;
/** Never looked into without git: other people's code, caches, our own data. */
const SKIPPED_FOLDERS = new Set([
  '.git',
  '.hg',
  '.svn',
  '.jj',
  '.waggle',
  'node_modules',
  'bower_components',
  '__pycache__',
  '.venv',
  'venv',
  '.tox',
  '.mypy_cache',
  '.pytest_cache',
  '.gradle',
  '.next',
  '.nuxt',
  '.cache',
  '.idea',
]);

/** What there is to check in `root`, an absolute path without links. */
export async function listFiles(root: string, searchPath?: string, signal?: AbortSignal): Promise<Listing> {
  const listed = await runGit(root, ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    searchPath,
    ...(signal === undefined ? {} : { signal }),
  });
  return listed.ok ? fromGit(listed.stdout) : walk(root);
}

function fromGit(output: Buffer): Listing {
  const paths = new Set<string>();
  const unreadableNames: string[] = [];
  for (let from = 0; from < output.length;) {
    const end = output.indexOf(0, from);
    const name = output.toString('utf8', from, end < 0 ? output.length : end);
    if (name.includes('\uFFFD')) unreadableNames.push(name);
    else if (!isOurs(name)) paths.add(name);
    from = end < 0 ? output.length : end + 1;
  }
  return { paths: [...paths].toSorted(byText), unreadableNames, by: 'git', notes: [] };
}

/** Our own data, and paths that git should never give: nothing above or outside the folder. */
function isOurs(path: string): boolean {
  return path === '' || path.startsWith('.waggle/') || path.startsWith('/') || path.split('/').includes('..');
}

type Folder = Readonly<{ path: string; segments: readonly string[]; ignores: readonly [number, IgnoreFile][] }>;

function walk(root: string): Listing {
  const reader = new TextReader(root);
  const paths: string[] = [];
  const unreadableNames: string[] = [];
  const notes = new Set<string>();
  const folders: Folder[] = [{ path: '', segments: [], ignores: [] }];
  for (let folder = folders.pop(); folder !== undefined && paths.length < MAX_FILES; folder = folders.pop()) {
    const here = withIgnoreFile(folder, reader);
    for (const entry of entriesOf(join(root, folder.path), notes)) {
      if (entry.name.includes('\uFFFD')) unreadableNames.push(join(folder.path, entry.name));
      else place(entry, here, { paths, folders, notes });
    }
  }
  if (paths.length >= MAX_FILES) notes.add(`The walk stopped at ${MAX_FILES} files.`);
  return { paths: paths.toSorted(byText), unreadableNames, by: 'walk', notes: [...notes] };
}

function withIgnoreFile(folder: Folder, reader: TextReader): Folder {
  const text = reader.text(folder.path === '' ? '.gitignore' : `${folder.path}/.gitignore`);
  if (text === undefined) return folder;
  return { ...folder, ignores: [...folder.ignores, [folder.segments.length, new IgnoreFile(text)]] };
}

function entriesOf(folder: string, notes: Set<string>): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    notes.add('Some folders could not be read.');
    return [];
  }
}

type Found = Readonly<{ paths: string[]; folders: Folder[]; notes: Set<string> }>;

function place(entry: Dirent, { path, segments, ignores }: Folder, found: Found): void {
  const below = [...segments, entry.name];
  const full = path === '' ? entry.name : `${path}/${entry.name}`;
  if (entry.isDirectory()) {
    if (SKIPPED_FOLDERS.has(entry.name) || isIgnored(below, true, ignores)) return;
    if (below.length >= MAX_DEPTH) found.notes.add(`Folders more than ${MAX_DEPTH} deep were not looked into.`);
    else found.folders.push({ path: full, segments: below, ignores });
  } else if (entry.isFile() && !isIgnored(below, false, ignores)) found.paths.push(full);
}

/** The nearest ignore file that speaks of the path decides. */
function isIgnored(path: readonly string[], isFolder: boolean, ignores: Folder['ignores']): boolean {
  for (const [depth, file] of ignores.toReversed()) {
    const verdict = file.verdict(path.slice(depth), isFolder);
    if (verdict !== undefined) return verdict === 'ignored';
  }
  return false;
}

/** Bytes of a regular file; undefined for anything else. Follows no link. */
export function sizeOf(root: string, path: string): number | undefined {
  try {
    const stat = lstatSync(join(root, path));
    return stat.isFile() ? stat.size : undefined;
  } catch {
    return undefined;
  }
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
