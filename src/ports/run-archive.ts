import type { AgentSpec } from '../core/agents/agent-spec.ts';
import type { RunId, TaskId } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import type { RunOutcome, RunSpec, RunState } from '../core/runs/run-spec.ts';
import type { AgentReport, ArtifactRef, Evidence, TaskFailure, Usage } from '../core/tasks/attempt.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { JournalRecord } from './journal.ts';

/** How a task stands, as stored. */
export type TaskStatus =
  | 'blocked'
  | 'ready'
  | 'running'
  | 'verifying'
  | 'backing-off'
  | 'outcome-unknown'
  | 'cancelling'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'skipped';

export type TaskCounts = Readonly<Record<TaskStatus, number>>;

/** Wall times are ms since 1970, for people. */
export type RunRecord = Readonly<{
  runId: RunId;
  state: RunState;
  run: RunSpec;
  outcome?: RunOutcome;
  createdAtMs: number;
  finishedAtMs?: number;
  counts: TaskCounts;
}>;

export type TaskRecord = Readonly<{
  taskId: TaskId;
  runId: RunId;
  /** Position in the definition, from 0. */
  index: number;
  spec: TaskSpec;
  status: TaskStatus;
  attempt: number;
  outputs?: JsonObject;
  evidence?: readonly Evidence[];
  failure?: TaskFailure;
  /** Why it was skipped or cancelled, in words. */
  note?: string;
  endedAtMs?: number;
}>;

export type AttemptRecord = Readonly<{
  taskId: TaskId;
  attempt: number;
  agentId: string;
  outcome: 'running' | 'verifying' | 'succeeded' | 'failed' | 'stopped';
  failure?: TaskFailure;
  artifacts: readonly ArtifactRef[];
  usage?: Usage;
  lastReport?: AgentReport;
  startedAtMs: number;
  endedAtMs?: number;
}>;

export type AgentRecord = Readonly<{
  agent: AgentSpec;
  running: number;
  succeeded: number;
  failed: number;
  removed: boolean;
}>;

/**
 * The read side of the journal: tables written in the same transaction as the events, so a list never needs a
 * replay. Never ahead of what is committed. Safe to open in any process while another one leads.
 */
export interface RunArchive {
  /** Newest first. `states` keeps only these. */
  runs(filter?: Readonly<{ states?: readonly RunState[]; limit?: number }>): readonly RunRecord[];
  run(runId: RunId): RunRecord | undefined;
  /** In the order of the definition. */
  tasks(runId: RunId): readonly TaskRecord[];
  task(taskId: TaskId): TaskRecord | undefined;
  /** Oldest first. */
  attempts(taskId: TaskId): readonly AttemptRecord[];
  runAttempts(runId: RunId): readonly AttemptRecord[];
  agents(): readonly AgentRecord[];
  /** Committed records after `afterSeq`, at most `limit`. For views that follow the journal from another process. */
  recordsAfter(afterSeq: number, limit: number): readonly JournalRecord[];
  /** Seq of the newest committed record, 0 when there is none. */
  headSeq(): number;
  close(): void;
}
