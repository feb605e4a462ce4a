import { runGit } from './git.ts';
import type { Asking } from './line-origin.ts';
import { massCommits } from './mass-commits.ts';
import { isFixSubject, isRoutineSubject } from './subjects.ts';
import { countOf } from './words.ts';

/** A function, by where it stands. */
export type OwnRange = Readonly<{ file: string; line: number; lines: number }>;

type Commit = Readonly<{ commit: string; atMs: number; subject: string }>;

/** What was changed in a function in the 12 months before the newest commit. */
export type OwnChange = Readonly<{ lines: number; ofLines: number; commits: readonly Commit[]; fixes: number }>;

const YEAR_S = 365.25 * 24 * 3_600;
/** s. A file that young is still being written. */
const YOUNG_S = 92 * 24 * 3_600;
/** Fewer lines of one commit are no work. */
const MIN_LINES = 10;
const MIN_COMMITS = 2;
const MAX_BYTES = 4 * 1024 * 1024;
/** ms. Without an answer by then nobody works on it, as far as we know. */
const TIMEOUT_MS = 4_000;
/** Further ones are not looked at. */
const MAX_LOOKED = 24;

/** Whether people work on a piece of code, not only on its file. */
export class OwnPast {
  readonly #asking: Asking;
  readonly #sinceS: number;
  #looked = 0;

  constructor(asking: Asking, newestAtMs: number) {
    this.#asking = asking;
    this.#sinceS = Math.floor(newestAtMs / 1_000 - YEAR_S);
  }

  /** undefined where nothing of it was changed; releases, new arrangements and commits over many files left out. */
  async changesOf({ file, line, lines }: OwnRange): Promise<OwnChange | undefined> {
    this.#looked += 1;
    if (this.#looked > MAX_LOOKED) return undefined;
    const { root, searchPath, signal } = this.#asking;
    const range = `${line},${line + lines - 1}`;
    const args = [
      'blame',
      '--no-textconv',
      '-w',
      '--root',
      '--incremental',
      `--since=${this.#sinceS}`,
      '-L',
      range,
      'HEAD',
    ];
    const settings = { 'blame.ignoreRevsFile': '' };
    const options = { searchPath, signal, maxOutput: MAX_BYTES, timeoutMs: TIMEOUT_MS, settings };
    const blamed = await runGit(root, [...args, '--', file], options);
    if (!blamed.ok) return undefined;
    const recent = blamedIn(blamed.stdout.toString('utf8'), this.#sinceS * 1_000);
    const own = recent.filter(({ subject }) => !isRoutineSubject(subject));
    const mass = await massCommits(this.#asking, own.map(({ commit }) => commit).slice(0, 40));
    const kept = own.filter(({ commit }) => !mass.has(commit)).toSorted((a, b) => b.atMs - a.atMs);
    const changed = kept.reduce((sum, one) => sum + one.lines, 0);
    if (kept.length < MIN_COMMITS && changed < MIN_LINES) return undefined;
    const fixes = kept.filter(({ subject }) => isFixSubject(subject)).length;
    return { lines: changed, ofLines: lines, commits: kept, fixes };
  }

  /**
   * The fixes, by their subjects, that changed lines of it within the year; undefined where git does not say. The first
   * three months of the file do not count: it was still being written.
   */
  async fixesOf({ file, line, lines }: OwnRange): Promise<readonly Commit[] | undefined> {
    const { root, searchPath, signal } = this.#asking;
    const options = { searchPath, signal, maxOutput: MAX_BYTES, timeoutMs: TIMEOUT_MS };
    const traced = ['log', '--no-merges', '-s', `--since=${this.#sinceS}`, `-L${line},${line + lines - 1}:${file}`];
    const begun = ['log', '--follow', '--no-merges', '--diff-filter=A', '--format=%ct', 'HEAD', '--', file];
    const [log, first] = await Promise.all([
      runGit(root, [...traced, '--format=%x01%H%x02%ct%x02%s', 'HEAD'], options),
      runGit(root, begun, options),
    ]);
    if (!log.ok || !first.ok) return undefined;
    const beganS = Number(first.stdout.toString('utf8').trim().split('\n').at(-1));
    const sinceMs = Math.max(this.#sinceS, beganS + YOUNG_S) * 1_000;
    const fixes = tracedIn(log.stdout.toString('utf8')).filter(
      ({ atMs, subject }) => atMs >= sinceMs && isFixSubject(subject) && !isRoutineSubject(subject),
    );
    const mass = await massCommits(this.#asking, fixes.map(({ commit }) => commit).slice(0, 40));
    return fixes.filter(({ commit }) => !mass.has(commit));
  }
}

function tracedIn(output: string): readonly Commit[] {
  return output
    .split('\u0001')
    .slice(1)
    .map((part) => {
      const [commit = '', seconds = '0', subject = ''] = (part.split('\n')[0] ?? '').split('\u0002');
      return { commit, atMs: Number(seconds) * 1_000, subject };
    });
}

type Blamed = Commit & Readonly<{ lines: number }>;

/** Reads `git blame --incremental`: what stands since before is marked as the boundary. */
function blamedIn(output: string, sinceMs: number): readonly Blamed[] {
  const found = new Map<string, { atMs: number; subject: string; isOld: boolean; lines: number }>();
  let current = { atMs: 0, subject: '', isOld: false, lines: 0 };
  for (const line of output.split('\n')) {
    const head = /^([0-9a-f]{40,64}) \d+ \d+ (\d+)$/.exec(line);
    if (head !== null) {
      const [, commit = '', count = '0'] = head;
      current = found.get(commit) ?? { atMs: 0, subject: '', isOld: false, lines: 0 };
      current.lines += Number(count);
      found.set(commit, current);
    } else if (line === 'boundary') current.isOld = true;
    else if (line.startsWith('committer-time ')) current.atMs = Number(line.slice(15)) * 1_000;
    else if (line.startsWith('summary ')) current.subject = line.slice(8, 128);
  }
  return [...found].flatMap(([commit, { isOld, ...one }]) => (isOld || one.atMs < sinceMs ? [] : [{ commit, ...one }]));
}

/** For people. */
export function toldOf({ lines, ofLines, commits, fixes }: OwnChange): string {
  const [last] = commits;
  const day = new Date(last?.atMs ?? 0).toISOString().slice(0, 10);
  const fixed =
    fixes === 0
      ? ''
      : `, ${fixes === commits.length && fixes === 1 ? 'a fix' : `${countOf(fixes, 'fix', 'fixes')} among them`}`;
  return `${lines} of its ${ofLines} lines were changed in the 12 months before the newest commit, in ${countOf(commits.length, 'commit')}${fixed}; last on ${day} ("${(last?.subject ?? '').slice(0, 70)}").`;
}
