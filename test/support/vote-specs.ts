import type { Member, ProposalSpec, Vote } from '../../src/core/consensus/proposal-spec.ts';
import { newProposal, type OpenProposal } from '../../src/core/consensus/proposal.ts';
import type { VotingRule } from '../../src/core/consensus/outcome.ts';
import { proposalId, type ProposalId, runId } from '../../src/core/ids.ts';
import type { SwarmInput } from '../../src/core/inputs.ts';

/** SHA-256 of what everybody votes on. */
export const CONTENT: string = 'c0'.repeat(32);
export const OTHER_CONTENT: string = '0c'.repeat(32);

/** `m1`, `m2` ... with weight 1. */
export function membersOf(count: number, more: Partial<Member> = {}): readonly Member[] {
  return Array.from({ length: count }, (_, index) => ({ id: `m${index + 1}`, ...more }));
}

/** A question to five members. */
export function proposalOf(more: Partial<ProposalSpec> = {}): ProposalSpec {
  const about = { kind: 'finding', subject: 'f1', title: 'Is this so?', contentHash: CONTENT } as const;
  return { name: 'p1', ...about, members: membersOf(5), ...more };
}

/** Proposal `name` of run `r1`. */
export function proposalIdOf(name: string = 'p1'): ProposalId {
  return proposalId(runId('r1'), name);
}

/** Opens a proposal in run `r1`. */
export function openOf(more: Partial<ProposalSpec> = {}): Extract<SwarmInput, { type: 'proposal.open' }> {
  return { type: 'proposal.open', runId: runId('r1'), proposal: proposalOf(more) };
}

export function voteOf(memberId: string, choice: Vote['choice'], more: Partial<Vote> = {}): Vote {
  return { memberId, choice, contentHash: CONTENT, ...more };
}

/** A vote on proposal `p1` of run `r1`. */
export function castOf(
  memberId: string,
  choice: Vote['choice'],
  more: Partial<Vote> = {},
): Extract<SwarmInput, { type: 'proposal.vote' }> {
  return { type: 'proposal.vote', proposalId: proposalIdOf(), vote: voteOf(memberId, choice, more) };
}

/** An open proposal by itself, due at 30,000. */
export function opened(more: Partial<ProposalSpec> = {}, rule: Partial<VotingRule> = {}): OpenProposal {
  const spec = proposalOf(more);
  const { quorumPercent = 60, threshold = 'majority' } = spec;
  const full = { quorumPercent, threshold, ...rule };
  return newProposal({ type: 'proposal.opened', proposalId: proposalIdOf(spec.name), spec, rule: full, dueMs: 30_000 });
}
