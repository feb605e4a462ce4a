import type { ClosedProposal } from '../core/consensus/proposal.ts';
import type { OwnVote, ProposalSpec } from '../core/consensus/proposal-spec.ts';
import type { ProposalId } from '../core/ids.ts';
import type { Refusal } from '../core/ruling.ts';

/**
 * A vote of a running attempt. It is cast as its task (`task:<name>`) if that is a member, else as its agent
 * (`agent:<agent id>`), never as anybody else. `proposal`: the name of a proposal of the same run.
 */
export type AttemptVote = OwnVote & Readonly<{ proposal: string }>;

export type ProposalAnswer = Readonly<{ ok: true; proposalId: ProposalId }> | Readonly<{ ok: false; refusal: Refusal }>;

/**
 * Proposals and votes of the run that an attempt belongs to. All lists are answered in their order. Every call rejects
 * when the coordinator stops or has no room, and when what is passed has the wrong form; asking again is safe.
 */
export interface RunProposals {
  /**
   * Durable when it resolves. The same proposal again is answered like the first time. At most 1,000 at once. After
   * the attempt has ended everything is refused.
   */
  open(proposals: readonly ProposalSpec[]): Promise<readonly ProposalAnswer[]>;
  /** Durable when it resolves. At most 1,000 at once. After the attempt has ended every vote is refused. */
  vote(votes: readonly AttemptVote[]): Promise<readonly ProposalAnswer[]>;
  /**
   * Resolves once all of them are closed and that is durable; undefined for one that does not exist. A proposal closes
   * soon after its due time at the latest. At most 1,000 names at a time per attempt. Rejects when the attempt is
   * stopped; after the attempt has ended it may stay open for ever.
   */
  outcomes(names: readonly string[]): Promise<readonly (ClosedProposal | undefined)[]>;
}
