import type { SwarmEvent } from '../core/events.ts';
import type { ProposalId, RunId, TaskId } from '../core/ids.ts';
import type { MessageFilter } from '../core/read-tables/message-tables.ts';
import type { ProposalFilter } from '../core/read-tables/proposal-tables.ts';
import type {
  AgentRecord,
  AttemptRecord,
  MessageRecord,
  ProposalRecord,
  RunRecord,
  TaskRecord,
} from '../core/read-tables/records.ts';
import type { RunState } from '../core/runs/run-spec.ts';
import type { JournalRecord } from './journal.ts';

export type {
  AgentRecord,
  AttemptRecord,
  MessageRecord,
  ProposalRecord,
  RunRecord,
  TaskRecord,
  TaskStatus,
} from '../core/read-tables/records.ts';

/** `wallTimeMs`: when it was committed, for people. */
export type DatedRecord = JournalRecord & Readonly<{ wallTimeMs: number }>;

/**
 * The read side of the journal: tables written in the same transaction as the events, so a list never needs a
 * replay. Never ahead of what is committed. Safe to open in any process while another one leads. Throws when what it
 * would have to show is damaged.
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
  /** In the order in which they were opened, with every member's newest vote. */
  proposals(filter?: ProposalFilter): readonly ProposalRecord[];
  proposal(proposalId: ProposalId): ProposalRecord | undefined;
  /** Of one run, oldest first, with what became of each for every recipient. */
  messages(runId: RunId, filter?: MessageFilter): readonly MessageRecord[];
  /** Committed records after `afterSeq`, at most `limit`. For views that follow the journal from another process. */
  recordsAfter(afterSeq: number, limit: number): readonly JournalRecord[];
  /**
   * The newest records of these types, newest first, at most `limit`. For views of what is rare: it may have to look
   * through all of the journal.
   */
  newest(types: readonly SwarmEvent['type'][], limit: number): readonly DatedRecord[];
  /** Seq of the newest committed record, 0 when there is none. */
  headSeq(): number;
  close(): void;
}
