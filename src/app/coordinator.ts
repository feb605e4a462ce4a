import type { RunId } from '../core/ids.ts';
import type { Refusal } from '../core/ruling.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { RunRecord } from '../ports/run-archive.ts';
import type { LocalCommand } from '../server/local-socket-commands.ts';
import type { MemoryAsk, MemoryTold } from '../server/memory-asks.ts';
import type { AgentGroup, CompiledWorkflow } from '../workflows/compiled-workflow.ts';

export type { AgentGroup, CompiledWorkflow, LocalCommand };

/** A compiled workflow, ready to be submitted. Estimates that are missing are filled from history. */
export type Submission = CompiledWorkflow &
  Readonly<{
    /** Given: submitting again with the same id and body is answered like the first time. Absent: a new id. */
    runId?: RunId;
  }>;

/** Not done, and why. Nothing changed. */
export type CommandRefusal =
  | Refusal
  /** Too many inputs wait for a commit, or the disk is full: nothing is stored; try again later. */
  | Readonly<{ reason: 'overloaded' | 'store-full' }>
  /** This coordinator was closed before the answer came: whether the command is stored is not known. */
  | Readonly<{ reason: 'closed' }>
  /** Larger than `most` bytes, which is as much as a command may be. */
  | Readonly<{ reason: 'too-large'; most: number }>
  /** Done again it would do harm: these tasks cannot be undone, and nothing of theirs can be reused. */
  | Readonly<{ reason: 'irreversible-done'; names: readonly string[] }>
  /** It rests on files that are gone: only a new one makes sense. */
  | Readonly<{ reason: 'check-not-retried' }>
  /** No command has this form: each problem begins with its place. */
  | Readonly<{ reason: 'malformed'; problems: readonly string[] }>;

export type CommandAnswer = Readonly<{ ok: true }> | Readonly<{ ok: false; refusal: CommandRefusal }>;

export type SubmitAnswer = Readonly<{ ok: true; runId: RunId }> | Readonly<{ ok: false; refusal: CommandRefusal }>;

export type ConnectOptions = Readonly<{
  /** Told in one sentence what does not work as it should but needs no stop: the store is full, the lead moved. */
  onTrouble?: (message: string) => void;
  /**
   * For a process that ends after one command. Where nobody else leads, votes are counted and what they approve is
   * done, to its end, but no task begins: it would be broken off. @default false
   */
  isBrief?: boolean;
  /** Tasks for worker threads follow at once: one thread starts while the rest is made ready. @default false */
  usesThreads?: boolean;
}>;

/** Why a coordinator does nothing any more. `failed`: it can neither lead nor follow. */
export type CoordinatorEnd = Readonly<{ kind: 'closed' | 'failed'; error: Error }>;

/**
 * The one handle on the swarm of a project. It leads, or follows the process that does; callers see no
 * difference: when the leader goes away it takes the lead, or follows the next one, and repeats what was not
 * answered.
 */
export interface Coordinator extends AsyncDisposable {
  /** Who leads now. May change at any time. */
  readonly role: 'leading' | 'following';
  /** Resolves when it is closed or has failed: nothing more comes to those who follow. Never rejects. */
  readonly over: Promise<CoordinatorEnd>;
  /** Interrupted runs that went on when this process took the lead, oldest first. */
  readonly resumed: readonly RunId[];
  /** Resolves when the run is durable. Never rejects for anything in the submission: mistakes are refusals. */
  submit(submission: Submission): Promise<SubmitAnswer>;
  /** Does an old run again as a new one (`retryOf`), reusing the tasks that succeeded. */
  retry(runId: RunId): Promise<SubmitAnswer>;
  /** Pause, resume, cancel and the like. Resolves after the commit. */
  command(input: LocalCommand): Promise<CommandAnswer>;
  /** Asks the memory of the project, which the leader has. Rejects with `UserError` and `Unavailable`. */
  memory<Op extends MemoryAsk['op']>(ask: Extract<MemoryAsk, { op: Op }>): Promise<MemoryTold[Op]>;
  /** Waits for the run to end. Rejects when the run is unknown or the coordinator is closed before. */
  finished(runId: RunId): Promise<RunRecord>;
  /**
   * Gives all committed records that touch the run (agents included), the past first, in order, then what
   * comes. The result ends it. `onRecords` never gets an empty list. `afterSeq` leaves out what was seen before.
   */
  follow(runId: RunId, onRecords: (records: readonly JournalRecord[]) => void, afterSeq?: number): () => void;
  /**
   * Takes nothing new, ends its own attempts by their effect class, gives up the lead. Open runs stay as they are:
   * the next process that starts goes on with them. Calling it twice does no harm.
   */
  drain(): Promise<void>;
  /** Ends at once: every process it started is killed, nothing is written. As after `kill -9`. */
  abandon(): void;
}
