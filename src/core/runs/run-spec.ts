import type { JsonObject } from '../json.ts';
import type { ScaleGroup } from '../scaling/scale-group.ts';

/** Limits of a run. Absent means unlimited. Reserved before launch: what does not fit waits or ends the run. */
export type BudgetSpec = Readonly<{
  /** ms of led time from the start of the run. */
  wallMs?: number;
  /** Charged and uncharged attempts in all. */
  attempts?: number;
  /** Attempts at the same time. */
  agents?: number;
  tokens?: number;
  costMicros?: number;
}>;

/** One execution of a workflow, as it was submitted. Never changes. */
export type RunSpec = Readonly<{
  /** The workflow's name. */
  name: string;
  inputs: JsonObject;
  budget: BudgetSpec;
  /** Share against other runs. 1 to 100. @default 1 */
  weight?: number;
  /** Absolute path of the project that the work happens in. */
  project: string;
  /** Where the definition came from, for people: `release.yaml`, `code`, `built-in:check`. */
  source: string;
  /** The run that this one does again, whose succeeded tasks are reused. */
  retryOf?: string;
  /** What hosts may bring that are not there yet: its tasks wait for it. */
  awaits?: readonly string[];
  /** Hash of all that was submitted: a repeat with the same id must have the same one. */
  fingerprint?: string;
  labels?: Readonly<Record<string, string>>;
  /** Groups of agents whose number follows the work. */
  scale?: readonly ScaleGroup[];
}>;

export type RunFailure =
  /** At least one task failed for good; at most 100 are named. */
  | Readonly<{ reason: 'task-failed'; tasks: readonly string[] }>
  /** What is left to do does not fit into the budget any more. */
  | Readonly<{ reason: 'budget-exhausted'; budget: keyof BudgetSpec; limit: number }>;

export type RunOutcome =
  | Readonly<{ state: 'succeeded' }>
  | Readonly<{ state: 'failed'; failure: RunFailure }>
  | Readonly<{ state: 'cancelled'; reason: string }>;

export type RunState = 'running' | 'paused' | 'waiting' | 'succeeded' | 'failed' | 'cancelled';
