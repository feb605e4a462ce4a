import type { EarlierReport } from '../workflows/earlier-report-schema.ts';
import type { PlannedChange } from '../core/findings/check-report.ts';
import type { Finding, FindingState } from '../core/findings/finding.ts';
import type { RunId } from '../core/ids.ts';
import type { RunRecord } from '../ports/run-archive.ts';

/** What runs of this job are known by. */
export const CHECK_SOURCE = 'built-in:check';

export function isCheck({ run }: RunRecord): boolean {
  return run.source === CHECK_SOURCE;
}

export type CheckOptions = Readonly<{
  /** Absolute folder for the reports. @default `.waggle/check/<run>` */
  out?: string;
  /** Agents side by side. @default two for each core */
  agents?: number;
  /** Forgets the baseline first. @default false */
  isBaselineReset?: boolean;
  /** Compares with this report instead of the last check here. Memory is neither read nor written then. */
  baseline?: EarlierReport;
  /** The package manager may ask its registry for known vulnerabilities. @default false */
  isOnline?: boolean;
  /** `report.sarif` holds more than what was confirmed. @default false */
  isAll?: boolean;
  /** Called once the run is durable: follow it from here. */
  onSubmitted?: (runId: RunId) => void;
}>;

/** How a check ended, once its reports are written. */
export type CheckRun = Readonly<{
  runId: RunId;
  record: RunRecord;
  /** Absolute paths. */
  reports: Readonly<{ html: string; markdown: string; json: string; sarif: string }>;
  /** What was looked at; `commits` is null where there is no history. */
  size: Readonly<{ files: number; lines: number; commits: number | null; tasks: number }>;
  /** Confirmed findings by severity; `new`: those of them that the check before did not have. */
  counts: Readonly<{ critical: number; high: number; medium: number; low: number; new: number }>;
  /** All findings by what a vote made of them. */
  states: Readonly<Record<FindingState, number>>;
  /** Ids of findings of the check before that could not be looked for. */
  notLookedFor: readonly string[];
  /** Tasks of the check that failed: what they would have found is not known. */
  failedTasks: readonly string[];
  /** What a person should know about this check as a whole, in sentences. */
  notes: readonly string[];
  /** Ranked, the worst first; what is gone is not among them. */
  findings: readonly Finding[];
  /** Against the check before, which was at `sinceMs`; null on the first. */
  changes: Readonly<{ sinceMs: number; new: number; known: number; gone: number; notChecked: number }> | null;
  /** What to do about confirmed findings, in the order to do it; null when nothing was confirmed or voted on. */
  plan: readonly PlannedChange[] | null;
  /** What was not checked and the one thing that would check it. */
  skipped: readonly Readonly<{ what: string; reason: string; fix: string }>[];
}>;
