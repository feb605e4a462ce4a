import { createHash } from 'node:crypto';
import type { Finding, Voter } from '../../core/findings/finding.ts';
import type { FileContext } from '../classify.ts';

/** What the voters may look at for one finding, apart from the files themselves. Each reads its own part only. */
export type Motion = Readonly<{
  finding: Finding;
  /** What it is about, in the words of its detector: a link, a package, the code. Says where to look, not what is there. */
  anchor: string;
  /** Why its detector only asks; absent where it has all that shows that the finding is worth knowing. */
  doubt?: string;
  /** Name of its proposal. */
  proposal: string;
  /** SHA-256 in hex of the finding as canonical JSON. */
  contentHash: string;
  /** Who is asked, in the order of `VOTERS`. */
  asked: readonly Voter[];
  place: Place;
  /** For the voter on history; null when the file is not in it. */
  past: Past | null;
  /** For the voter on tests; null when the tests cannot be followed to sources. */
  reach: Reach | null;
  /** For the voter on the blast radius; null for files that are not parsed. */
  use: Use | null;
  /** Files of an import cycle, each importing the next, the last the first. */
  steps: readonly Readonly<{ file: string; line: number }>[];
}>;

/** From the list of files. */
export type Place = Readonly<{
  context: FileContext;
  language: string;
  isText: boolean;
  isCode: boolean;
  bytes: number;
  lines: number;
}>;

export type Past = Readonly<{
  commits: number;
  authors: number;
  fixes: number;
  /** Commits in the 12 months before the newest commit. */
  recent: number;
  /** ms since 1970 of the newest commit. */
  lastAtMs: number;
}>;

export type Reach = Readonly<{
  /** Test files that import it, directly or through others. */
  tests: number;
  /** Test files that import it directly. */
  direct: number;
  /** Share of its lines that a coverage report says ran, 0 to 1; null without a report. */
  coverageRatio: number | null;
}>;

export type Use = Readonly<{
  /** Files outside tests that import it; those of its own cycle left out. */
  importedBy: number;
  /** Package whose way in it is; null for other files. */
  entryOf: string | null;
}>;

/** What is usual in the repository: a vote compares with it. */
export type Usual = Readonly<{
  past: Readonly<{
    commits: number;
    newestAtMs: number;
    oldestAtMs: number;
    /** Three quarters of the source files have at most this many commits in 12 months. */
    recentP75: number;
    /** Three quarters of the source files with commits have at most this share of fixes among them. */
    fixShareP75: number;
  }> | null;
  use: Readonly<{
    /** Three quarters of the sources are imported by at most this many. */
    importedByP75: number;
    /** Every part of the sources was parsed, and some way in is known. */
    isWhole: boolean;
  }> | null;
}>;

/** What `propose` leaves for the voters: small, because each of them reads it. */
export type BallotData = Readonly<{ motions: readonly Motion[]; usual: Usual }>;

/** The same for equal values: keys in order, nothing between the signs. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item: unknown) => canonicalJson(item)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join()}}`;
}

export function contentHashOf(finding: Finding): string {
  return createHash('sha256').update(canonicalJson(finding)).digest('hex');
}
