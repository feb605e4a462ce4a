import type { Outcome } from '../consensus/outcome.ts';
import type { Choice } from '../consensus/proposal-spec.ts';
import type { AgentId, ProposalId, RunId, TaskId } from '../ids.ts';
import type { RunState } from '../runs/run-spec.ts';
import type { AttemptOutcome, TaskCounts, TaskStatus } from './records.ts';

/*
 * Rows hold what lists sort, filter and count by. Whatever is large (specs, outputs, evidence, failures) stays in the
 * event whose seq the row names: nothing is stored twice, and what is shown is what the journal's checksums cover.
 */

/** `waiting` is not stored: it follows from how the tasks stand. */
export type RunRow = Readonly<{
  runId: RunId;
  /** Seq of `run.created`. Newer runs have higher ones. */
  createdSeq: number;
  createdAtMs: number;
  state: Exclude<RunState, 'waiting'>;
  /** Tasks added so far. */
  taskCount: number;
  /** Seq of `run.finished`. */
  finishedSeq: number | null;
  finishedAtMs: number | null;
  /** Stored once the run has finished; counted from the tasks before. */
  counts: TaskCounts | null;
}>;

/** `added`: nothing has happened yet. Whether it is blocked or ready follows from its needs when somebody looks. */
export type StoredStatus = Exclude<TaskStatus, 'blocked'> | 'added';

/** Where a task comes from. Never changes. */
export type TaskOrigin = Readonly<{
  taskId: TaskId;
  /** Position in the definition, from 0. */
  index: number;
  /** Seq of its `tasks.added`, and its place there. */
  addedSeq: number;
  position: number;
}>;

export type AttemptRow = Readonly<{
  attempt: number;
  agentId: AgentId;
  startedAtMs: number;
  outcome: AttemptOutcome;
  /** Seqs of the newest `attempt.claimed` and `attempt.reported`, and of the event that ended it. */
  claimSeq: number | null;
  reportSeq: number | null;
  endSeq: number | null;
  endedAtMs: number | null;
}>;

/** How a task stands. `last` is its newest attempt; older ones are past attempts. */
export type TaskState = Readonly<{
  status: StoredStatus;
  last: AttemptRow | null;
  /** Seq of the event that gave the status; 0 while `added`. */
  stateSeq: number;
  endedAtMs: number | null;
}>;

export type TaskRow = TaskOrigin & TaskState;

export type PastAttempt = Readonly<{ taskId: TaskId; attempt: AttemptRow }>;

export type AgentRow = Readonly<{
  agentId: AgentId;
  /** Seq of its newest `agents.registered`, and its place there. */
  registeredSeq: number;
  position: number;
  running: number;
  succeeded: number;
  failed: number;
  removed: boolean;
  /** Seqs of the newest event about its health, and about its own circuit breaker. */
  healthSeq: number | null;
  breakerSeq: number | null;
}>;

export type ProposalRow = Readonly<{
  proposalId: ProposalId;
  /** Seq of `proposal.opened`. Newer ones have higher ones. */
  openedSeq: number;
  openedAtMs: number;
  state: 'open' | Outcome;
  /** Members who have voted. */
  votes: number;
  /** Seqs of `proposal.closed` and `proposal.acted`. */
  closedSeq: number | null;
  closedAtMs: number | null;
  actedSeq: number | null;
}>;

/** The newest vote of one member; older ones stand in the journal only. */
export type VoteRow = Readonly<{
  proposalId: ProposalId;
  memberId: string;
  choice: Choice;
  /** Seq of its `proposal.voted`. */
  votedSeq: number;
  votedAtMs: number;
  /** Seq of the `proposal.veto-judged` about it. */
  judgedSeq: number | null;
}>;

export type ArtifactRow = Readonly<{ sha256: string; bytes: number; name: string; taskId: TaskId; attempt: number }>;

/** Rows as they are stored, before the batch that is being projected. */
export interface StoredRows {
  run(runId: RunId): RunRow | undefined;
  task(taskId: TaskId): TaskState | undefined;
  agent(agentId: AgentId): AgentRow | undefined;
  proposal(proposalId: ProposalId): ProposalRow | undefined;
  vote(proposalId: ProposalId, memberId: string): VoteRow | undefined;
}

/**
 * What one batch changes, each row at most once, to be written in this order. `runs` and what follows are whole rows that
 * replace older ones; a run that has just finished comes without counts, and the writer counts its tasks.
 */
export type RowChanges = Readonly<{
  added: readonly TaskOrigin[];
  pastAttempts: readonly PastAttempt[];
  tasks: ReadonlyMap<TaskId, TaskState>;
  runs: ReadonlyMap<RunId, RunRow>;
  agents: ReadonlyMap<AgentId, AgentRow>;
  proposals: ReadonlyMap<ProposalId, ProposalRow>;
  votes: readonly VoteRow[];
  artifacts: readonly ArtifactRow[];
}>;
