import { createHash } from 'node:crypto';
import type { Vote } from '../core/consensus/proposal-spec.ts';
import type { ProposalId } from '../core/ids.ts';
import type { NamedVote } from '../tools/vote-schemas.ts';

/** A vote that no running attempt has cast: by a person, or by whoever can show what a member must show. */
export type OutsideVote = Readonly<{ type: 'proposal.vote'; proposalId: ProposalId; vote: NamedVote }>;

const PERSON = 'user:';

/**
 * The vote as it is counted; undefined for one that cannot come from outside: agents and tasks vote from their own
 * attempts. A person votes under a name that begins with `user:`; anybody else must show what the member's hash was
 * made from, and the core refuses that for a member without one.
 */
export function outsideVote({ memberId, credential, ...vote }: NamedVote): Vote | undefined {
  if (credential !== undefined) return { ...vote, memberId, credentialHash: credentialHashOf(credential) };
  return memberId.startsWith(PERSON) ? { ...vote, memberId } : undefined;
}

/** What a member's `credentialHash` must be for this text. */
export function credentialHashOf(credential: string): string {
  return createHash('sha256').update(credential).digest('hex');
}
