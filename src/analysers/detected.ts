import type { FindingEvidence } from '../core/findings/finding-evidence.ts';
import type { Severity } from '../core/findings/finding.ts';

/** What a detector found, before all of them are put in order. */
export type Detected = Readonly<{
  kind: string;
  severity: Severity;
  /** 0 to 1: the share of findings like this one that are true, as judged on real repositories. */
  confidence: number;
  title: string;
  file: string;
  /** From 1; 0 for the file as a whole. */
  line: number;
  /** The code it is about, or another text that stays the same when it moves: makes its id. */
  anchor: string;
  evidence: readonly FindingEvidence[];
  fix?: string;
  /** Why it is only asked about: what would show that it is worth knowing is not there. */
  doubt?: string;
}>;
