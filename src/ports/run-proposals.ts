import type { ClosedProposal } from '../core/consensus/proposal.ts';
import type { Choice, ProposalSpec } from '../core/consensus/proposal-spec.ts';
import type { FindingEvidence } from '../core/findings/finding-evidence.ts';
import type { ProposalId } from '../core/ids.ts';
import type { Refusal } from '../core/ruling.ts';

/** A vote of a running attempt, cast as its task (`task:<name>`) or as its agent (`agent:<agent id>`), whichever is a member. */
export type AttemptVote = Readonly<{
  /** Name of a proposal of the same run. */
  proposal: string;
  /** SHA-256 in hex of what the voter has looked at. */
  contentHash: string;
  choice: Choice;
  /** For people. */
  reason?: string;
  evidence?: readonly FindingEvidence[];
  /** Makes a rejection a veto, where the member may: a program that ends with 0 when it shows what is wrong. */
  reproduce?: readonly string[];
}>;

export type ProposalAnswer = Readonly<{ ok: true; proposalId: ProposalId }> | Readonly<{ ok: false; refusal: Refusal }>;

/** Proposals and votes of the run that an attempt belongs to. All lists are answered in their order. */
export interface RunProposals {
  /**
   * Durable when it resolves. The same proposal again is answered like the first time. At most 1,000 at once. Rejects
   * only when the coordinator stops.
   */
  open(proposals: readonly ProposalSpec[]): Promise<readonly ProposalAnswer[]>;
  /** Durable when it resolves. At most 1,000 at once. After the attempt has ended every vote is refused. */
  vote(votes: readonly AttemptVote[]): Promise<readonly ProposalAnswer[]>;
  /**
   * Resolves once all of them are closed, with their outcomes; undefined for one that does not exist. A proposal
   * closes at its due time at the latest.
   */
  outcomes(names: readonly string[]): Promise<readonly (ClosedProposal | undefined)[]>;
}
