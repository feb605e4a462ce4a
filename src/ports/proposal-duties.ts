import type { ProposalId, RunId } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';

/** A rejection that names a program: it ends with 0 when it shows what is wrong. */
export type VetoToConfirm = Readonly<{
  proposalId: ProposalId;
  runId: RunId;
  memberId: string;
  reproduce: readonly string[];
  /** Absolute path of the run's project. */
  project: string;
}>;

/** What was voted on, and what is to be done with it. */
export type ApprovedProposal = Readonly<{
  proposalId: ProposalId;
  runId: RunId;
  subject: string;
  /** SHA-256 in hex of what was voted on. */
  contentHash: string;
  action: JsonObject;
  /** Absolute path of the run's project. */
  project: string;
}>;

/** What a proposal is about, read as it is now and kept as it was read. */
export type LoadedContent = Readonly<{
  /** SHA-256 in hex of just what `act` will use. */
  contentHash: string;
  /**
   * Does what was approved with the content that was hashed, never with what stands there meanwhile. After a crash it
   * is asked for again under the same `key`: a receiver drops repeats by it. Rejects when it could not be done. After
   * `signal` aborts it settles soon.
   */
  act(key: ProposalId, signal: AbortSignal): Promise<void>;
}>;

/** What the coordinator itself does for a vote. */
export interface ProposalDuties {
  /**
   * Runs the program in a clean copy of the project. True when it ends with 0. A rejection counts as "not shown".
   * After `signal` aborts all processes are gone within 10 s.
   */
  confirmVeto(veto: VetoToConfirm, signal: AbortSignal): Promise<boolean>;
  /** Everything that stands against an action before anybody votes on it. Empty when it can be done here. */
  findProblems(action: JsonObject): readonly string[];
  /**
   * Undefined when what was voted on is not there any more. `not-here`: this process cannot do it, but another one
   * can that leads later; it stays owed. Changes nothing. Rejects when it can never be done.
   */
  load(proposal: ApprovedProposal, signal: AbortSignal): Promise<LoadedContent | 'not-here' | undefined>;
}
