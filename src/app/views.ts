/**
 * What commands show: the views of a run and the records they read. `cli/` knows `app/` and nothing behind it, so
 * what it needs of the inner layers stands here.
 */
export { needsFirst, outlookOf } from '../observability/run-outlook.ts';
export { RunView } from '../observability/run-view.ts';
export { agentId, NAME_PATTERN, nameOf, runId, runOf, taskId } from '../core/ids.ts';
export type { Outlook, TimeLeft } from '../observability/run-outlook.ts';
export type { Stand, TaskView } from '../observability/run-view.ts';
export type { AgentSpec } from '../core/agents/agent-spec.ts';
export type { SkipCause, SwarmEvent, TaskEvent } from '../core/events.ts';
export type { AgentId, RunId, TaskId } from '../core/ids.ts';
export type { SwarmInput } from '../core/inputs.ts';
export type { Json, JsonObject } from '../core/json.ts';
export type { BudgetSpec, RunOutcome, RunSpec, RunState } from '../core/runs/run-spec.ts';
export type { AgentReport, ArtifactRef, Evidence, TaskFailure, Usage } from '../core/tasks/attempt.ts';
export type { TaskSpec, Work } from '../core/tasks/task-spec.ts';
export type { JournalRecord } from '../ports/journal.ts';
export type {
  AgentRecord,
  AttemptRecord,
  RunRecord,
  TaskCounts,
  TaskRecord,
  TaskStatus,
} from '../core/read-tables/records.ts';
export type { RunArchive } from '../ports/run-archive.ts';
