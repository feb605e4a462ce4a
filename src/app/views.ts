/**
 * What commands show: the views of a run and the records they read. `cli/` knows `app/` and nothing behind it, so
 * what it needs of the inner layers stands here.
 */
export { needsFirst, outlookOf } from '../observability/run-outlook.ts';
export { RunView } from '../observability/run-view.ts';
export { alertHistory } from '../observability/alert-history.ts';
export type { AlertEpisode } from '../observability/alert-history.ts';
export { PAUSED_BY_ALERT } from '../core/alerts/alert-rule.ts';
export type { AlertRule } from '../core/alerts/alert-rule.ts';
export { tuningHistory } from '../observability/tuning-history.ts';
export type { TuningTrial } from '../observability/tuning-history.ts';
export { settingHistory, settingsNow } from '../observability/setting-history.ts';
export type { SettingChange } from '../observability/setting-history.ts';
export { quorumOf } from '../core/consensus/outcome.ts';
export { DEFAULT_VOTE_MS } from '../core/consensus/open-proposal.ts';
export type { MessageFilter } from '../core/read-tables/message-tables.ts';
export { isMessageEvent } from '../core/messaging/is-message-event.ts';
export { agentId, nameOf, proposalId, runId, runOf, SWARM_ITSELF, taskId } from '../core/ids.ts';
export type { Outlook } from '../observability/run-outlook.ts';
export type { TaskView } from '../observability/run-view.ts';
export type { AgentSpec } from '../core/agents/agent-spec.ts';
export type { SkipCause, TaskEvent } from '../core/events.ts';
export type { RunId, TaskId } from '../core/ids.ts';
export type { RunOutcome, RunSpec, RunState } from '../core/runs/run-spec.ts';
export type { Evidence, TaskFailure } from '../core/tasks/attempt.ts';
export type { TaskSpec, Work } from '../core/tasks/task-spec.ts';
export type { JournalRecord } from '../ports/journal.ts';
export type { Outcome } from '../core/consensus/outcome.ts';
export type { MessageEvent, ProposalEvent } from '../core/events.ts';
export type { Json } from '../core/json.ts';
export type { MessageSpec } from '../core/messaging/message.ts';
export type {
  AgentRecord,
  AttemptRecord,
  MessageRecord,
  ProposalRecord,
  RunRecord,
  TaskRecord,
  TaskStatus,
  VoteRecord,
} from '../core/read-tables/records.ts';
export type { ScalingEvent } from '../core/scaling/scaling-events.ts';
export type { RunArchive } from '../ports/run-archive.ts';
