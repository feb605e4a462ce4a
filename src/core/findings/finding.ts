import type { Choice } from '../consensus/proposal-spec.ts';
import type { FindingEvidence } from './finding-evidence.ts';

/** How much it matters when it is true. */
export type Severity = 'critical' | 'high' | 'medium' | 'low';

export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** Who votes on findings, each with evidence of its own. */
export const VOTERS = ['shape', 'context', 'history', 'tests', 'blast-radius'] as const;

export type Voter = (typeof VOTERS)[number];

/** One vote on a finding, with its reason. */
export type FindingVote = Readonly<{
  voter: Voter;
  choice: Choice;
  /** One sentence for people. */
  reason: string;
  /** What the voter measured itself; empty when it abstains. */
  evidence: readonly FindingEvidence[];
  /** False when it came after the others had settled the vote, or was refused. */
  isCounted: boolean;
}>;

/**
 * What a vote made of it. `confirmed`: approved, with at least two voters for it, or all where fewer are asked, the one
 * on shape among them: it alone asks whether it is so. `rejected`: voted down, by somebody with evidence.
 * `unconfirmed`: anything else that was voted on. `not-voted`: nobody was asked.
 */
export type FindingState = 'confirmed' | 'unconfirmed' | 'rejected' | 'not-voted';

/**
 * Against the check before: `gone` was there then and is not now; `not-checked` was there then, and what found it did
 * not run this time or works differently now.
 */
export type Baseline = 'new' | 'known' | 'gone' | 'not-checked';

/** Something worth knowing about a repository. */
export type Finding = Readonly<{
  /** Same code, same id: made from kind, file and the code itself, never from line numbers. */
  id: string;
  /** `import-cycle`, `secret` ... */
  kind: string;
  severity: Severity;
  title: string;
  /** Relative to the checked folder, with `/`. */
  file: string;
  /** From 1; 0 means the file as a whole. */
  line: number;
  evidence: readonly FindingEvidence[];
  state: FindingState;
  /** In the order of `VOTERS`; empty when nobody was asked, or nobody answered. */
  votes: readonly FindingVote[];
  baseline: Baseline;
  /** What to do about it. */
  fix?: string;
}>;

/** Why a part of a check did not run. The list is closed: a skipped part is never shown as a good one. */
export type SkipReason =
  | 'no-git'
  | 'shallow-history'
  | 'no-manifest'
  | 'no-lockfile'
  | 'no-tests-found'
  | 'no-docs'
  | 'no-ci'
  | 'unsupported-language'
  | 'tool-missing'
  | 'tool-failed'
  | 'needs-network'
  | 'needs-consent'
  | 'tests-fail'
  | 'flaky'
  | 'too-slow'
  | 'too-large'
  | 'budget';
