import { codeLines } from './code-lines.ts';
import { runGit } from './git.ts';
import type { Asking } from './line-origin.ts';
import { massCommits } from './mass-commits.ts';
import { isFixSubject } from './subjects.ts';

/** A part of one file that a commit changed: lines of code, white space squeezed. */
type Hunk = Readonly<{ around: readonly string[]; removed: readonly string[]; added: readonly string[] }>;

/** What a commit did to some files. */
export type CopyChange = Readonly<{
  commit: string;
  /** `2021-12-15` */
  day: string;
  atMs: number;
  subject: string;
  hunks: ReadonlyMap<string, readonly Hunk[]>;
}>;

/** Why a passage that stands in two files should stand in one. */
export type CopyBond =
  | Readonly<{ kind: 'together'; changes: readonly CopyChange[] }>
  /** `changed` got what `left` did not. */
  | Readonly<{ kind: 'drift'; change: CopyChange; changed: string; left: string; line: string }>;

const MAX_COMMITS = 400;
const MAX_FILES = 60;
const MAX_BYTES = 24 * 1024 * 1024;
/** ms. Without an answer by then nothing is known. */
const TIMEOUT_MS = 5_000;
/** Commits that are asked how many files they changed. */
const MAX_ASKED = 100;
/** Lines of a passage in or around a change: it stands in the passage. */
const MIN_KNOWN = 2;
const MIN_TOGETHER = 2;
/** Share of the lines of a change and around it. */
const MIN_ABOUT = 0.4;
/** Years before the newest commit: what both had to be changed for longer ago says nothing about today. */
const MAX_AGE_MS = 4 * 365.25 * 24 * 3_600_000;
/** A line that says enough to be told from another. */
const TELLING = /[A-Za-z_$]\w{2,}[^\n]*[([=.:{]/;
const MIN_TELLING = 14;

/** How commits changed the files, newest first; undefined where git does not say. */
export async function changesOf(
  { root, searchPath, signal }: Asking,
  paths: readonly string[],
): Promise<readonly CopyChange[] | undefined> {
  const asked = paths.slice(0, MAX_FILES);
  if (asked.length === 0) return [];
  const args = ['log', '-n', String(MAX_COMMITS), '--no-merges', '--no-ext-diff', '--no-textconv', '--no-color'];
  const diff = ['--relative', '--no-renames', '--diff-filter=M', '-w', '-U4', '-p'];
  const options = { searchPath, signal, maxOutput: MAX_BYTES, timeoutMs: TIMEOUT_MS };
  const log = await runGit(
    root,
    [...args, ...diff, '--format=%x01%H%x02%ct%x02%s', 'HEAD', '--', ...asked.map((path) => `:(literal)${path}`)],
    options,
  );
  if (!log.ok) return undefined;
  const changes = parsed(log.stdout.toString('utf8'), new Set(asked));
  const mass = await massCommits(
    { root, searchPath, signal },
    changes.slice(0, MAX_ASKED).map(({ commit }) => commit),
  );
  return changes.slice(0, MAX_ASKED).filter(({ commit }) => !mass.has(commit));
}

/** Reads `git log -p` with one `\x01` header per commit; commits that changed none of the lines of code are left out. */
function parsed(output: string, paths: ReadonlySet<string>): readonly CopyChange[] {
  return output
    .split('\u0001')
    .slice(1)
    .flatMap((part): readonly CopyChange[] => {
      const [header = '', ...lines] = part.split('\n');
      const [commit = '', seconds = '0', subject = ''] = header.split('\u0002');
      const atMs = Number(seconds) * 1_000;
      const hunks = hunksIn(lines, paths);
      if (hunks.size === 0) return [];
      return [{ commit, atMs, day: new Date(atMs).toISOString().slice(0, 10), subject: subject.slice(0, 100), hunks }];
    });
}

function hunksIn(lines: readonly string[], paths: ReadonlySet<string>): ReadonlyMap<string, readonly Hunk[]> {
  const found = new Map<string, Hunk[]>();
  let path = '';
  let raw: string[] = [];
  const close = (): void => {
    if (paths.has(path) && raw.length > 0) found.set(path, [...(found.get(path) ?? []), hunkOf(path, raw)]);
    raw = [];
  };
  for (const line of lines) {
    const named = /^\+\+\+ (?:b\/)?(.*?)\t?$/.exec(line)?.[1];
    if (line.startsWith('diff --git ')) {
      close();
      path = '';
    } else if (path === '' && named !== undefined) path = named;
    else if (line.startsWith('@@')) close();
    else if (path !== '' && /^[ +-]/.test(line)) raw.push(line);
  }
  close();
  return found;
}

function hunkOf(path: string, lines: readonly string[]): Hunk {
  const of = (sign: string): readonly string[] =>
    codeLines(
      path,
      lines
        .filter((line) => line.startsWith(sign))
        .map((line) => line.slice(1))
        .join('\n'),
    ).flatMap(({ text, isLogic }) => (isLogic || sign === ' ' ? [text] : []));
  return { around: of(' '), removed: of('-'), added: of('+') };
}

/** A passage that stands in several files, and their whole texts as lines of code. */
export type SharedCode = Readonly<{
  passage: ReadonlySet<string>;
  files: readonly string[];
  textOf: (path: string) => ReadonlySet<string>;
}>;

/** What shows that the copies have to be changed together; undefined when nothing does. */
export function bondOf(
  changes: readonly CopyChange[],
  shared: SharedCode,
  newestMs: number = changes[0]?.atMs ?? 0,
): CopyBond | undefined {
  const recent = changes.filter(({ atMs }) => newestMs - atMs <= MAX_AGE_MS);
  return driftOf(recent, shared) ?? togetherOf(recent, changes, shared);
}

function togetherOf(
  recent: readonly CopyChange[],
  all: readonly CopyChange[],
  shared: SharedCode,
): CopyBond | undefined {
  if (!recent.some((change) => isTogether(change, shared))) return undefined;
  const both = all.filter((change) => isTogether(change, shared));
  const isEnough = both.length >= MIN_TOGETHER || both.some(({ subject }) => isFixSubject(subject));
  return isEnough ? { kind: 'together', changes: both } : undefined;
}

/** The same lines came or went in two of the files, in the passage. */
function isTogether({ hunks }: CopyChange, shared: SharedCode): boolean {
  const own = shared.files.map((path) => (hunks.get(path) ?? []).filter((hunk) => isAbout(hunk, shared.passage)));
  const changed = own.map((some) => new Set(some.flatMap(({ added, removed }) => [...added, ...removed])));
  return changed.some((one, at) => changed.slice(at + 1).some((other) => [...one].some((line) => other.has(line))));
}

/** Most of what is changed, or stands beside it, is of the passage: near it is not in it. */
function isAbout(hunk: Hunk, passage: ReadonlySet<string>): boolean {
  const lines = [...hunk.around, ...hunk.added, ...hunk.removed].filter((line) => line.length > 5);
  return isInside(hunk, passage) && lines.filter((line) => passage.has(line)).length >= lines.length * MIN_ABOUT;
}

/** Whether a fix changed the passage, within the years that count. */
export function isMended(changes: readonly CopyChange[], shared: SharedCode): boolean {
  const newestMs = changes[0]?.atMs ?? 0;
  return changes.some(
    ({ subject, atMs, hunks }) =>
      newestMs - atMs <= MAX_AGE_MS &&
      isFixSubject(subject) &&
      shared.files.some((path) => (hunks.get(path) ?? []).some((hunk) => isInside(hunk, shared.passage))),
  );
}

function isInside({ around, added, removed }: Hunk, passage: ReadonlySet<string>): boolean {
  const known = new Set([...around, ...added, ...removed].filter((line) => passage.has(line) && line.length > 5));
  return known.size >= MIN_KNOWN;
}

/** A fix that changed one of them: the other still has the line as it was. */
function driftOf(changes: readonly CopyChange[], shared: SharedCode): CopyBond | undefined {
  for (const change of changes.filter(({ subject }) => isFixSubject(subject))) {
    for (const changed of shared.files) {
      const found = shared.files.flatMap((left) => forgotten(change, shared, { changed, left }) ?? []);
      if (found[0] !== undefined) return found[0];
    }
  }
  return undefined;
}

type Two = Readonly<{ changed: string; left: string }>;

function forgotten(change: CopyChange, shared: SharedCode, { changed, left }: Two): CopyBond | undefined {
  if (left === changed || change.hunks.has(left)) return undefined;
  const hunks = (change.hunks.get(changed) ?? []).filter((hunk) => isInside(hunk, shared.passage));
  const line = hunks.flatMap((hunk) => leftBehind(hunk, shared, { changed, left }) ?? [])[0];
  return line === undefined ? undefined : { kind: 'drift', change, changed, left, line };
}

/** The line that the fix took out of one file, and the other still has. */
function leftBehind(
  { removed, added, around }: Hunk,
  { textOf }: SharedCode,
  { changed, left }: Two,
): string | undefined {
  const [here, there] = [textOf(changed), textOf(left)];
  const isTelling = (line: string): boolean => line.length >= MIN_TELLING && TELLING.test(line);
  const isKept = added.some((line) => isTelling(line) && here.has(line) && !there.has(line));
  const isAlike = around.filter((line) => here.has(line) && there.has(line)).length >= MIN_KNOWN;
  if (!isKept || !isAlike) return undefined;
  return removed.find((line) => isTelling(line) && there.has(line) && !here.has(line) && !added.includes(line));
}
