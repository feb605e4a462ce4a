/** How much it matters when it is true. */
export type Severity = 'critical' | 'high' | 'medium' | 'low';

export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** One fact that speaks for a finding. */
export type FindingEvidence = Readonly<{
  /** The task that measured it: `parse`, `history`. */
  source: string;
  /** What was measured, in a sentence. Secrets are masked. */
  text: string;
  /** `path:line` */
  ref?: string;
}>;

/** What a vote made of it. `not-voted`: nobody was asked. */
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
