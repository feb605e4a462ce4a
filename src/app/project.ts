import type { WriteSuggestion } from '../memory/type-record.ts';
import type { FunctionRegistry } from '../agents/drivers/function/registered-function.ts';
import type { Environment } from '../config/environment.ts';
import type { Config } from '../config/load-config.ts';
import type { RunId, TaskId } from '../core/ids.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { RunArchive } from '../ports/run-archive.ts';
import type { CheckOptions, CheckRun } from './check-run.ts';
import type { CompiledWorkflow, ConnectOptions, Coordinator } from './coordinator.ts';
import type { Worker, WorkerOptions } from './worker.ts';

/** Where to look for the project, and what stands above its configuration. */
export type ProjectOptions = Readonly<{
  /** Absolute path. The root is the nearest folder upwards with `.waggle/`, `waggle.yaml` or `.git`, else this one. */
  cwd: string;
  /** Takes `cwd` as the root and looks no further, as `waggle check <dir>` does. @default false */
  isRoot?: boolean;
  /** Absolute path; instead of `waggle.yaml` in the root. */
  configFile?: string;
  /** From flags, by option name; wins over file and environment. */
  overrides?: Readonly<Record<string, unknown>>;
  /** @default that of the process */
  environment?: Environment;
  /** Functions that this process offers besides the built-in ones. */
  functions?: FunctionRegistry;
}>;

/** One thing that `waggle doctor` looked at. `fix` is one sentence or command, there when something is to do. */
export type DoctorCheck = Readonly<{
  name: string;
  /** `warning`: works, but weaker than it could be. `failed`: something will not work. */
  state: 'ok' | 'warning' | 'failed';
  detail: string;
  fix?: string;
}>;

/** What one attempt printed or left. */
export type TaskLog = Readonly<{
  attempt: number;
  agentId: string;
  /** For people: `stdout.log`, `stderr.log`. */
  name: string;
  bytes: number;
  /** Absolute path of the whole log; undefined where the store has no files. */
  path: string | undefined;
  /** The last `maxBytes` of it as text; invalid UTF-8 is replaced, control characters are kept: escape before showing. */
  tail(maxBytes: number): Promise<string>;
}>;

export type PruneOptions = Readonly<{
  /** ms; runs that ended longer ago go. */
  olderThanMs: number;
  /** Always kept, the newest first. @default 0 */
  keep?: number;
  /** Only says what would go. @default false */
  isDryRun?: boolean;
}>;

export type PruneResult = Readonly<{ runs: readonly RunId[]; freedBytes: number }>;

/** A project folder with its data. Opening it reads the configuration and nothing else; nothing is created. */
export interface Project {
  /** Absolute path. */
  readonly root: string;
  /** `<root>/.waggle`, or a folder in `WAGGLE_HOME` where the project cannot be written; may not be there yet. */
  readonly dataDir: string;
  readonly config: Config;
  /** The read side of the store; undefined while there is no store. Closed with the project. */
  archive(): RunArchive | undefined;
  /** Logs and outputs of attempts. */
  artifacts(): ArtifactStore;
  /** Creates the store where there is none, then leads it or follows its leader. One per project: later calls give the same. */
  connect(options?: ConnectOptions): Promise<Coordinator>;
  /** The workflow with estimates from history where it has none itself, for a forecast. */
  estimate(compiled: CompiledWorkflow): Promise<CompiledWorkflow>;
  /** What tasks of each type have written and do not declare, as measured. */
  writeSuggestions(): Promise<readonly WriteSuggestion[]>;
  /** Submits the built-in workflow `check` over this project, waits for it, writes the reports. */
  check(coordinator: Coordinator, options: CheckOptions): Promise<CheckRun>;
  /** Goes on with a check that was interrupted, waits for it, writes the reports where they go without `out`. */
  resumeCheck(coordinator: Coordinator, runId: RunId): Promise<CheckRun>;
  /** Runs attempts in this process for whoever leads the project; waits while nobody does. */
  work(options: WorkerOptions): Promise<Worker>;
  /** Logs of all attempts of a task, oldest first; empty when the task is unknown or has none. */
  logs(taskId: TaskId): readonly TaskLog[];
  /** Removes logs, outputs and reports of old runs. Their events stay: history is never rewritten. */
  prune(options: PruneOptions): Promise<PruneResult>;
  /** Whether a process leads this project now, this one included. Only asks. */
  isLed(): Promise<boolean>;
  /** Looks at everything Waggle needs on this machine and in this project. Changes nothing. */
  doctor(signal: AbortSignal): Promise<readonly DoctorCheck[]>;
  /** Drains the coordinator, if there is one, and closes the archive. Calling it twice does no harm. */
  close(): Promise<void>;
}
