import type { Baseline, Finding, Severity, SkipReason } from './finding.ts';

/** Everything a check found out, without the run's timeline. All paths are relative to the checked folder. */
export type CheckReport = Readonly<{
  format: 'waggle-check/1';
  run: string;
  /** Wall time, ms since 1970. */
  checkedAtMs: number;
  /** Measured by our own functions: no model took part. */
  provenance: 'function';
  repository: CheckedRepository;
  size: CheckedSize;
  /** Best first. */
  findings: readonly Finding[];
  /** Findings of the check before that are gone or could not be looked for. */
  past: readonly PastFinding[];
  /** Version of the rule for each kind that was looked for: what a later check compares with. */
  rules: Readonly<Record<string, number>>;
  /** Ids of the findings at the end of the order that `findings` leaves out. */
  furtherIds: readonly string[];
  /** The check that `baseline` compares with; null on the first. */
  before: Readonly<{ run: string; checkedAtMs: number; commit: string | null }> | null;
  /** Highest score first; null when history was not looked at. */
  hotspots: readonly Hotspot[] | null;
  /** Most complex first; null when nothing was parsed. */
  functions: readonly ComplexFunction[] | null;
  modules: ModuleGraph | null;
  /** What to do about confirmed findings, in the order to do it; null when nothing was confirmed or voted on. */
  plan: readonly PlannedChange[] | null;
  /** Figures of this check and the ones before it, by name; those never measured are left out. */
  trends: readonly Trend[];
  tasks: readonly CheckedTask[];
  notChecked: readonly NotChecked[];
  /** Left out on purpose, in words: sample keys in tests, dead links of a documentation site. */
  leftOut: readonly string[];
}>;

export type CheckedRepository = Readonly<{
  name: string;
  /** Absolute path of the checked folder. */
  path: string;
  git: boolean;
  /** Hash of the oldest commit, the same in every clone; null without full history. */
  rootCommit: string | null;
  /** Full hash; null without git or commits. */
  commit: string | null;
  branch: string | null;
  /** Tracked files that differ from the commit; null without git. */
  changedFiles: number | null;
  /** Commits looked at; null when history was not looked at. */
  commits: number | null;
}>;

export type CheckedSize = Readonly<{
  files: number;
  lines: number;
  bytes: number;
  /** Most lines first. */
  languages: readonly LanguageShare[];
  /** Files that were not read, by cause. */
  unread: readonly Readonly<{ cause: string; files: number; examples: readonly string[] }>[];
}>;

export type LanguageShare = Readonly<{ language: string; files: number; lines: number }>;

export type PastFinding = Readonly<{
  id: string;
  kind: string;
  severity: Severity;
  title: string;
  file: string;
  baseline: Extract<Baseline, 'gone' | 'not-checked'>;
}>;

export type Hotspot = Readonly<{
  file: string;
  language: string;
  lines: number;
  commits: number;
  authors: number;
  fixes: number;
  /** Decisions in the file; `counted` words that branch where the language is not parsed. */
  complexity: number;
  complexityBy: 'parsed' | 'counted';
  /** Commits in each of the last 12 months, oldest first. */
  trend: readonly number[];
  /** commits × (1 + complexity) */
  score: number;
}>;

export type ComplexFunction = Readonly<{
  file: string;
  line: number;
  name: string;
  complexity: number;
  nesting: number;
  lines: number;
}>;

export type ModuleGraph = Readonly<{
  modules: number;
  imports: number;
  cycles: readonly ImportCycle[];
  /** Cycles that only types close: harmless when the program runs. */
  typeCycles: number;
  /** Most imported first. */
  mostImported: readonly Readonly<{ file: string; importedBy: number }>[];
  /** What people write and ship, by folder; for the drawing. */
  map?: FolderMap;
}>;

/** Modules by folder, and the imports between folders. */
export type FolderMap = Readonly<{
  /** In the order of their paths. `src/core/` with all below, `src/*` the files of `src` itself, `src/…/` small ones. */
  folders: readonly Readonly<{ path: string; modules: number }>[];
  /** Indexes of the folder that imports and of the one that is imported, and pairs of modules; most first. */
  links: readonly Readonly<{ from: number; to: number; imports: number }>[];
}>;

export type ImportCycle = Readonly<{
  /** Every file of the cycle or tangle. */
  files: readonly string[];
  /** One shortest way around: each imports the next, the last the first. */
  path: readonly Readonly<{ file: string; line: number }>[];
}>;

/** One task of the plan: small enough for one person or agent, with what it may write and how to see that it is done. */
export type PlannedChange = Readonly<{
  /** `T1`, `T2` ... */
  id: string;
  title: string;
  role: 'coder' | 'tester' | 'architect' | 'integrator';
  /** The findings it answers. */
  findingIds: readonly string[];
  /** Files, or folders ending in `/`. Two tasks that write the same one never run side by side. */
  writes: readonly string[];
  /** Ids of tasks that come first. */
  dependsOn: readonly string[];
  /** Commands that show it is done. */
  verify: readonly string[];
  size: 'S' | 'M' | 'L';
}>;

/** One figure over time. */
export type Trend = Readonly<{
  /** `confirmed findings`, `import cycles` ... */
  label: string;
  /** Whether a higher figure is better, worse, or neither. */
  better: 'higher' | 'lower' | 'neither';
  /** Oldest first, at most 30; the last is this check. null where it was not measured. */
  points: readonly Readonly<{ atMs: number; value: number | null }>[];
}>;

export type CheckedTask = Readonly<{
  name: string;
  title: string;
  role: string;
  state: 'done' | 'failed' | 'skipped';
  /** What it measured, as words and figures. */
  figures: readonly Readonly<{ label: string; value: string }>[];
  /** Why it failed or was skipped. */
  note?: string;
}>;

export type NotChecked = Readonly<{
  task: string;
  reason: SkipReason;
  /** What nobody looked at, in words. */
  what: string;
  /** The command or option that would check it. */
  fix: string;
}>;

/** When each task of the run ran, and by whom. */
export type RunTimeline = Readonly<{
  startedAtMs: number;
  endedAtMs: number;
  attempts: readonly TimelineAttempt[];
}>;

export type TimelineAttempt = Readonly<{
  task: string;
  attempt: number;
  agent: string;
  role: string;
  needs: readonly string[];
  startedAtMs: number;
  endedAtMs: number;
  outcome: 'succeeded' | 'failed' | 'stopped' | 'running';
}>;
