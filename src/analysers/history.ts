import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import type { FileHistory, HistoryData } from './data.ts';
import { needData, writeData } from './data-files.ts';
import { runGit, type GitResult } from './git.ts';
import { People } from './people.ts';
import { isFixSubject, isRoutineSubject } from './subjects.ts';

const MAX_COMMITS = 3_000;
/** A commit over more files than this says nothing about one of them: formatting, renames, licence headers. */
const MASS_FILES = 50;
/** Pairs are counted in commits of at most this many files. */
const PAIR_FILES = 20;
const BOT = /\[bot\]|\bbot@|^(?:dependabot|renovate|greenkeeper|github-actions)\b/i;
const MONTH_MS = (365.25 / 12) * 24 * 3_600_000;
const MONTHS = 12;
/** What was gone for longer and then came back under the same name is another file. */
const GONE_MS = 30 * 24 * 3_600_000;

type Commit = Readonly<{
  author: string;
  isBot: boolean;
  atMs: number;
  isFix: boolean;
  /** A release, or a new arrangement of the same code. */
  isRoutine: boolean;
  files: readonly string[];
  renames: readonly (readonly [string, string])[];
  added: readonly string[];
  deleted: readonly string[];
}>;

/**
 * Who changed what how often, in the last 3,000 commits. Merges are left out: their changes stand in the merged commits.
 * A file that was renamed, and changed a little with it, stays the same file.
 */
export async function history(call: AnalyserCall): Promise<AnalyserResult> {
  const { input } = call;
  const close = await readLog(call, SIMILAR);
  // Without the contents of old files, as in a partial clone, only files that were renamed unchanged are recognised.
  const log = close.ok || close.reason !== 'failed' ? close : await readLog(call, SAME);
  if (!log.ok) throw new Error(`git log did not end well: ${log.message}`);
  const { files } = needData(input.data, 'inventory');
  const tracked = new Set(files.map(({ path }) => path));
  const data = summariseLog(log.stdout.toString('utf8'), tracked);
  const { commits, authors, massCommits } = data;
  return { file: writeData(input.data, 'history', data), summary: { commits, authors, massCommits } };
}

const SIMILAR = '-M90%';
const SAME = '-M100%';

function readLog({ input, signal }: AnalyserCall, renames: string): Promise<GitResult> {
  const args = ['log', '-n', String(MAX_COMMITS + 1), '--no-merges', '--no-ext-diff', '--no-textconv', '--relative'];
  const format = ['-z', '--name-status', renames, '--format=%x01%aN%x02%aE%x02%ct%x02%s'];
  return runGit(input.root, [...args, ...format, 'HEAD', '--', '.'], {
    searchPath: input.searchPath,
    signal,
    maxOutput: 256 * 1024 * 1024,
    timeoutMs: 60_000,
  });
}

/** `tracked`: files that are there now. */
export function summariseLog(output: string, tracked: ReadonlySet<string>): HistoryData {
  const commits = parseLog(output);
  const isCut = commits.length > MAX_COMMITS;
  return { ...summarise(commits.slice(0, MAX_COMMITS), tracked), isCut };
}

/** Reads `git log -z --name-status` with one `\x01` header per commit. */
function parseLog(output: string): readonly Commit[] {
  const people = new People();
  const commits = output
    .split('\x01')
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\0');
      const header = end < 0 ? part : part.slice(0, end);
      const [name = '', address = '', seconds = '0', subject = ''] = header.split('\x02');
      const changes = parseChanges(end < 0 ? [] : part.slice(end + 1).split('\0'));
      return {
        author: people.add(name, address),
        isBot: BOT.test(name) || BOT.test(address),
        atMs: Number(seconds) * 1_000,
        isFix: isFixSubject(subject),
        isRoutine: isRoutineSubject(subject),
        ...changes,
      };
    });
  return commits.map((commit) => ({ ...commit, author: people.nameOf(commit.author) }));
}

function parseChanges(fields: readonly string[]): Pick<Commit, 'files' | 'renames' | 'added' | 'deleted'> {
  const renames: [string, string][] = [];
  const [files, added, deleted]: [string[], string[], string[]] = [[], [], []];
  for (let at = 0; at < fields.length;) {
    const status = (fields[at] ?? '').trim();
    const [first, second] = [fields[at + 1], fields[at + 2]];
    if (/^[RC]\d*$/.test(status) && first !== undefined && second !== undefined) {
      files.push(second);
      if (status.startsWith('R')) renames.push([first, second]);
      at += 3;
    } else if (/^[A-Z]\d*$/.test(status) && first !== undefined) {
      files.push(first);
      if (status === 'A') added.push(first);
      else if (status === 'D') deleted.push(first);
      at += 2;
    } else at += 1;
  }
  return { files, renames, added, deleted };
}

type Tally = {
  commits: number;
  fixes: number;
  recentFixes: number;
  lastAtMs: number;
  trend: number[];
  authors: Map<string, number>;
};

/** Commits come newest first, so a rename says what older commits called the file. */
function summarise(commits: readonly Commit[], tracked: ReadonlySet<string>): Omit<HistoryData, 'isCut'> {
  const newestAtMs = commits.reduce((newest, { atMs }) => Math.max(newest, atMs), 0);
  const tallies = new Map<string, Tally>();
  const pairs = new PairCounter();
  const names = new Names(tracked);
  const authors = new Set<string>();
  let massCommits = 0;
  for (const commit of commits) {
    const touched = names.touchedBy(commit);
    if (!commit.isBot) authors.add(commit.author);
    const isMass = commit.files.length > MASS_FILES;
    if (isMass) massCommits += 1;
    // A file that came in with one of these is as old as that, whatever else the commit did.
    const counted = isMass || commit.isRoutine ? touched.filter((name) => commit.added.includes(name)) : touched;
    for (const name of counted) count(tallyOf(tallies, name), commit, newestAtMs);
    if (touched.length <= PAIR_FILES) pairs.add(touched);
  }
  return {
    commits: commits.length,
    authors: authors.size,
    newestAtMs,
    oldestAtMs: commits.reduce((oldest, { atMs }) => Math.min(oldest, atMs), newestAtMs),
    massCommits,
    files: [...tallies].map(([path, tally]) => historyOf(path, tally)).toSorted((a, b) => b.commits - a.commits),
    together: pairs.strongest(tallies),
  };
}

/** What the files of older commits are called now. Commits come newest first. */
class Names {
  readonly #tracked: ReadonlySet<string>;
  /** null: a file that is no more. */
  readonly #now = new Map<string, string | null>();
  readonly #addedAtMs = new Map<string, number>();

  constructor(tracked: ReadonlySet<string>) {
    this.#tracked = tracked;
  }

  /** The files that it changed, by their names of today. */
  touchedBy({ files, renames, added, deleted, atMs }: Commit): readonly string[] {
    for (const name of deleted) {
      const backAtMs = this.#addedAtMs.get(name);
      if (backAtMs !== undefined && backAtMs - atMs > GONE_MS) this.#now.set(name, null);
    }
    for (const name of added) this.#addedAtMs.set(name, atMs);
    const touched = new Set(files.flatMap((file) => this.#nowOf(file) ?? []));
    for (const [from, to] of renames) {
      this.#now.set(from, this.#nowOf(to));
      this.#addedAtMs.delete(from);
    }
    return [...touched].filter((name) => this.#tracked.has(name));
  }

  #nowOf(name: string): string | null {
    const now = this.#now.get(name);
    return now === undefined ? name : now;
  }
}

function tallyOf(tallies: Map<string, Tally>, path: string): Tally {
  const known = tallies.get(path);
  if (known !== undefined) return known;
  const fresh: Tally = {
    commits: 0,
    fixes: 0,
    recentFixes: 0,
    lastAtMs: 0,
    trend: Array.from({ length: MONTHS }, () => 0),
    authors: new Map(),
  };
  tallies.set(path, fresh);
  return fresh;
}

function count(tally: Tally, { atMs, author, isBot, isFix }: Commit, newestAtMs: number): void {
  tally.commits += 1;
  if (isFix) tally.fixes += 1;
  tally.lastAtMs = Math.max(tally.lastAtMs, atMs);
  const month = MONTHS - 1 - Math.floor((newestAtMs - atMs) / MONTH_MS);
  if (month >= 0) {
    tally.trend[month] = (tally.trend[month] ?? 0) + 1;
    if (isFix) tally.recentFixes += 1;
  }
  if (!isBot) tally.authors.set(author, (tally.authors.get(author) ?? 0) + 1);
}

function historyOf(path: string, { authors, ...tally }: Tally): FileHistory {
  return { path, ...tally, authors: authors.size, topAuthor: Math.max(0, ...authors.values()) };
}

/** Which files change in the same commits. Keeps a limited number of pairs: the first ones, which are the newest. */
class PairCounter {
  static readonly #MAX_PAIRS = 200_000;
  readonly #times = new Map<string, number>();

  add(names: readonly string[]): void {
    const sorted = names.toSorted();
    for (const [index, a] of sorted.entries()) {
      for (const b of sorted.slice(index + 1)) {
        const key = `${a}\0${b}`;
        const times = this.#times.get(key) ?? 0;
        if (times > 0 || this.#times.size < PairCounter.#MAX_PAIRS) this.#times.set(key, times + 1);
      }
    }
  }

  /** At least 8 times together, and in at least half of the changes of the one that changes less. */
  strongest(tallies: ReadonlyMap<string, Tally>): HistoryData['together'] {
    return [...this.#times]
      .filter(([, times]) => times >= 8)
      .map(([key, times]) => {
        const [a = '', b = ''] = key.split('\0');
        const fewer = Math.min(tallies.get(a)?.commits ?? times, tallies.get(b)?.commits ?? times);
        return { a, b, times, share: Math.min(1, times / Math.max(1, fewer)) };
      })
      .filter(({ share }) => share >= 0.5)
      .toSorted((x, y) => y.times * y.share - x.times * x.share)
      .slice(0, 50);
  }
}
