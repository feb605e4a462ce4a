import type {
  CheckReport,
  Hotspot,
  ImportCycle,
  LanguageShare,
  NotChecked,
  PlannedChange,
} from '../core/findings/check-report.ts';
import type { Finding, FindingVote, Voter } from '../core/findings/finding.ts';
import type { GivenBaseline } from './baseline.ts';
import type { MeasuredFunction } from './complexity.ts';
import type { Detected } from './detected.ts';
import type { FileContext } from './classify.ts';
import type { RepositoryHead } from './head.ts';
import type { BallotData } from './voting/ballot.ts';

/** One file of the repository. */
export type FileEntry = Readonly<{
  path: string;
  /** Name of its language; `''` when unknown. */
  language: string;
  context: FileContext;
  /** False for binary files, and files that were too large to read. */
  isText: boolean;
  bytes: number;
  lines: number;
  /** Lines with code on them, where nothing parses the language; 0 for all others. */
  codeLines: number;
  /** Words that branch in those lines. */
  branches: number;
  /** It says itself that it comes from elsewhere. */
  isCopied?: true;
  /** The part that parses it; absent for files that are not parsed. */
  shard?: number;
}>;

export type InventoryData = Readonly<{
  files: readonly FileEntry[];
  languages: readonly LanguageShare[];
  unread: readonly UnreadCause[];
  /** Files there are in all, those beyond the limit too. */
  total: number;
  repository: RepositoryHead;
}>;

export type UnreadCause = Readonly<{ cause: string; files: number; examples: readonly string[] }>;

/** One package with a manifest. */
export type PackageEntry = Readonly<{
  /** Folder relative to the root; `''` is the root itself. */
  dir: string;
  name: string;
  isPrivate: boolean;
  context: FileContext;
  dependencies: readonly string[];
  devDependencies: readonly string[];
  peerDependencies: readonly string[];
  optionalDependencies: readonly string[];
  scripts: readonly string[];
  /** Its script `test` does more than say that there are no tests. */
  hasTests: boolean;
  /** Patterns of its workspaces; empty when it has none. */
  workspaces: readonly string[];
  /** Files that its manifest names as ways in: `main`, `bin`, `exports`. */
  entries: readonly string[];
}>;

export type ManifestsData = Readonly<{
  packages: readonly PackageEntry[];
  /** Other manifests, by kind: `Cargo.toml`, `go.mod`. */
  others: readonly string[];
  lockFiles: readonly string[];
  findings: readonly Detected[];
}>;

export type ImportKind = 'value' | 'type' | 'lazy' | 'reference';

export type ImportEntry = Readonly<{
  specifier: string;
  line: number;
  kind: ImportKind;
  /** What it was about to run when the module loads uses what it imports. */
  isEager: boolean;
  /** By their names in the other module; absent where it is not asked by name. */
  eagerNames?: readonly string[];
}>;

export type ParsedFile = Readonly<{
  path: string;
  imports: readonly ImportEntry[];
  /** Nothing in it runs: importing it loads nothing. */
  hasOnlyTypes: boolean;
  /** Lines with something else than a comment on them. */
  codeLines: number;
  /** Decisions in the whole file. */
  complexity: number;
  functions: number;
  /** Its longest function, if that goes on for more than 300 lines. */
  longest?: Readonly<{ name: string; line: number; lines: number }>;
  /** Lines of tests that are switched off without a word; absent when there are none. */
  skipped?: readonly number[];
}>;

export type ParseData = Readonly<{
  files: readonly ParsedFile[];
  /** Functions worth showing: complexity 10 and more. */
  functions: readonly MeasuredFunction[];
  findings: readonly Detected[];
  /** Code that may be dangerous, for `risky-code` to judge. */
  risks: readonly Detected[];
  /** Files that the parser could not make sense of, or that are nested too deeply for it. */
  failed: readonly Readonly<{ path: string; cause: string }>[];
}>;

export type FileHistory = Readonly<{
  path: string;
  commits: number;
  authors: number;
  /** Commits of the most active author. */
  topAuthor: number;
  fixes: number;
  /** Fixes in the last 12 months. */
  recentFixes: number;
  /** ms since 1970 of the newest commit. */
  lastAtMs: number;
  trend: readonly number[];
}>;

export type HistoryData = Readonly<{
  commits: number;
  /** There are older commits that were not looked at. */
  isCut: boolean;
  authors: number;
  newestAtMs: number;
  oldestAtMs: number;
  /** Commits that touched so many files that they say nothing about one of them. */
  massCommits: number;
  files: readonly FileHistory[];
  together: readonly Readonly<{ a: string; b: string; times: number; share: number }>[];
}>;

export type GraphData = Readonly<{
  modules: number;
  imports: number;
  cycles: readonly ImportCycle[];
  typeCycles: number;
  mostImported: readonly Readonly<{ file: string; importedBy: number }>[];
  /** Who imports whom, tests and types too: for each of `nodes` the indexes it imports. */
  nodes: readonly string[];
  edges: readonly (readonly number[])[];
  leftOut: readonly string[];
  unresolved: number;
  findings: readonly Detected[];
}>;

export type HotspotsData = Readonly<{ hotspots: readonly Hotspot[]; findings: readonly Detected[] }>;

export type FindingsData = Readonly<{
  findings: readonly Detected[];
  /** Looked at, in words: `files`, `links`. */
  looked: number;
  /** How much there is of it in all, where the findings do not say: duplicated lines. */
  total?: number;
  /** Left out on purpose, in words. */
  leftOut: readonly string[];
  /** Why it did not look, found out only when it tried: the report names it among what was not checked. */
  skipped?: Omit<NotChecked, 'task'>;
}>;

/** A finding that is voted on. */
export type ProposedFinding = Readonly<{
  findingId: string;
  /** Of its proposal. */
  name: string;
  contentHash: string;
  /** In the order of `VOTERS`. */
  asked: readonly Voter[];
}>;

export type ProposeData = Readonly<{
  /** Best first; none of them voted on yet. */
  findings: readonly Finding[];
  proposals: readonly ProposedFinding[];
}>;

/** What one voter made of a finding, with its reasons. */
export type CastData = Omit<FindingVote, 'voter' | 'isCounted'> & Readonly<{ findingId: string }>;

export type VoteData = Readonly<{ votes: readonly CastData[] }>;

export type PlanData = Readonly<{
  /** With what the votes made of them: confirmed ones first, rejected ones last, best first among equals. */
  findings: readonly Finding[];
  plan: readonly PlannedChange[] | null;
}>;

/** What each analyser leaves, by the name of its file without `.json`. */
export type CheckData = Readonly<{
  inventory: InventoryData;
  manifests: ManifestsData;
  history: HistoryData;
  graph: GraphData;
  hotspots: HotspotsData;
  secrets: FindingsData;
  docs: FindingsData;
  hygiene: FindingsData;
  'tests-map': FindingsData;
  duplication: FindingsData;
  'risky-code': FindingsData;
  'supply-chain': FindingsData;
  ci: FindingsData;
  lint: FindingsData;
  advisories: FindingsData;
  propose: ProposeData;
  ballot: BallotData;
  'vote.shape': VoteData;
  'vote.context': VoteData;
  'vote.history': VoteData;
  'vote.tests': VoteData;
  'vote.blast-radius': VoteData;
  plan: PlanData;
  /** What to compare with instead of memory. */
  baseline: GivenBaseline;
  report: CheckReport;
}>;
