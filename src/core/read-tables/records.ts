import type { AgentSpec } from '../agents/agent-spec.ts';
import type { Outcome, Tally, VotingRule } from '../consensus/outcome.ts';
import type { ActionResult, CastVote, ProposalSpec, VetoFinding } from '../consensus/proposal-spec.ts';
import type { CloseCause } from '../events.ts';
import type { HealthCause, HealthStatus } from '../health/health.ts';
import type { ProposalId, RunId, TaskId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { DeathCause, MessageSpec } from '../messaging/message.ts';
import type { RunOutcome, RunSpec, RunState } from '../runs/run-spec.ts';
import type { AgentReport, ArtifactRef, Evidence, TaskFailure, Usage } from '../tasks/attempt.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';

/** How a task stands, as stored. */
export type TaskStatus =
  | 'blocked'
  | 'ready'
  | 'running'
  | 'verifying'
  | 'awaiting-children'
  | 'backing-off'
  | 'awaiting-quota'
  | 'outcome-unknown'
  | 'cancelling'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'skipped';

export type TaskCounts = Readonly<Record<TaskStatus, number>>;

/** `stopped`: it ended without a result, and that is not held against the agent. */
export type AttemptOutcome = 'running' | 'verifying' | 'succeeded' | 'failed' | 'stopped';

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
  outcome: AttemptOutcome;
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
  /** Absent: nothing speaks against it. `stopped`: it was started anew too often, and waits for a person. */
  health?: Readonly<{ status: HealthStatus; causes: readonly HealthCause[]; isStopped: boolean }>;
  /** Why it takes nothing new until a person revives it. */
  draining?: string;
  /** Its own circuit breaker, while that is not closed. */
  breaker?: 'open' | 'half-open';
}>;

/** The newest vote of a member, with its reasons. `finding` is absent while the veto is being checked. */
export type VoteRecord = CastVote & Readonly<{ finding?: VetoFinding; votedAtMs: number }>;

/** Wall times are ms since 1970, for people. */
export type ProposalRecord = Readonly<{
  proposalId: ProposalId;
  runId: RunId;
  spec: ProposalSpec;
  rule: VotingRule;
  state: 'open' | Outcome;
  openedAtMs: number;
  closedAtMs?: number;
  cause?: CloseCause;
  /** Weights as they stand, or as they were counted. */
  tally: Tally;
  votesHash?: string;
  /** What became of the approved action; absent while it is owed, and when there is none. */
  action?: ActionResult;
  /** In the order in which they were cast. */
  votes: readonly VoteRecord[];
}>;

/** What became of a message for one of its recipients. `waitedMs`: from sending to being received. */
export type DeliveryRecord = Readonly<{
  address: string;
  state: 'waiting' | 'acknowledged' | 'dead';
  /** Why it is a dead letter. */
  why?: DeathCause;
  waitedMs?: number;
  endedAtMs?: number;
}>;

/** Wall times are ms since 1970, for people. */
export type MessageRecord = Readonly<{
  runId: RunId;
  /** Counts the messages of the run from 1. */
  no: number;
  from: string;
  message: MessageSpec;
  /** Position in its causal chain, from 1. */
  hops: number;
  /** Size of its body. */
  bytes: number;
  sentAtMs: number;
  deliveries: readonly DeliveryRecord[];
}>;
