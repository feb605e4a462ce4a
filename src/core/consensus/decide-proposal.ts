import { unreachable } from '../../util/assert.ts';
import type { ProposalEvent } from '../events.ts';
import type { Context, ProposalInput } from '../inputs.ts';
import { accept, refuse, type Ruling } from '../ruling.ts';
import { growthOf } from './own-proposals.ts';
import {
  applyProposal,
  closeIfDecided,
  type CountedVote,
  isOpen,
  openVetoes,
  owesAction,
  type Proposal,
} from './proposal.ts';
import type { CastVote, Member, Vote } from './proposal-spec.ts';

type InputOf<T extends ProposalInput['type']> = Extract<ProposalInput, { type: T }>;

/** What one vote may hold, in characters of JSON: an event has at most 64 KiB. */
const MAX_VOTE_CHARS = 16_000;
/** Votes of one member, the first one included. */
const MAX_REVISIONS = 100;

/**
 * Pure: what happens because of `input`. Changes nothing; `applyProposal` does, event by event. `vetoCheckMs`: how
 * long the check of a veto may take before it is a plain rejection. Source: docs/semantics.md, Votes.
 */
export function decideProposal(
  proposal: Proposal,
  input: ProposalInput,
  { nowMs }: Pick<Context, 'nowMs'>,
  vetoCheckMs: number,
): Ruling {
  switch (input.type) {
    case 'proposal.vote':
      return castVote(proposal, input.vote, nowMs + vetoCheckMs);
    case 'proposal.due':
      return accept(...passTime(proposal, nowMs));
    case 'proposal.judge-veto':
      return judgeVeto(proposal, input);
    case 'proposal.end-action': {
      const { proposalId, result } = input;
      if (!owesAction(proposal)) return refuse({ reason: 'status-wrong', status: proposal.status });
      return accept({ type: 'proposal.acted', proposalId, result });
    }
    default:
      return unreachable(input);
  }
}

/** Who, then what, then when: a vote that was counted is answered like the first time, however late it comes again. */
function castVote(proposal: Proposal, vote: Vote, vetoDueMs: number): Ruling {
  const { spec, id: proposalId } = proposal;
  const member = spec.members.find(({ id }) => id === vote.memberId);
  if (member === undefined) return refuse({ reason: 'not-a-member' });
  // Also when none is asked for: whoever shows one says that it is the proof of who votes.
  if (member.credentialHash !== vote.credentialHash) return refuse({ reason: 'credential-wrong' });
  if (vote.contentHash !== spec.contentHash) return refuse({ reason: 'content-differs' });
  const earlier = proposal.votes.find(({ memberId }) => memberId === member.id);
  if (earlier !== undefined && isSame(earlier, vote)) return accept();
  const problem = problemOf(proposal, member, vote, earlier);
  if (problem !== undefined) return problem;
  const cast = castOf(vote, (earlier?.revision ?? 0) + 1, vetoDueMs);
  const voted: ProposalEvent = { type: 'proposal.voted', proposalId, vote: cast };
  return accept(voted, ...endOf(applyProposal(proposal, voted), false));
}

function problemOf(
  proposal: Proposal,
  member: Member,
  vote: Vote,
  earlier: CountedVote | undefined,
): Ruling | undefined {
  if (proposal.status !== 'open') return refuse({ reason: 'proposal-closed', status: proposal.status });
  if (earlier !== undefined && proposal.spec.revisable !== true) {
    return refuse({ reason: 'already-cast', choice: earlier.choice });
  }
  if (vote.reproduce !== undefined && !isVeto(member, vote)) return refuse({ reason: 'veto-not-allowed' });
  if ((earlier?.revision ?? 0) >= MAX_REVISIONS) {
    return refuse({ reason: 'limit-reached', limit: 'votes of one member', most: MAX_REVISIONS });
  }
  if (JSON.stringify(vote).length <= MAX_VOTE_CHARS) return undefined;
  return refuse({ reason: 'limit-reached', limit: 'characters in one vote', most: MAX_VOTE_CHARS });
}

/** The reason of a vote is for people: it does not make it another vote. */
function isSame({ choice, veto }: CountedVote, vote: Vote): boolean {
  return choice === vote.choice && JSON.stringify(veto?.reproduce) === JSON.stringify(vote.reproduce);
}

function isVeto({ mayVeto }: Member, { choice, reproduce }: Vote): boolean {
  return mayVeto === true && choice === 'reject' && (reproduce?.length ?? 0) > 0;
}

function castOf({ memberId, choice, reason, evidence, reproduce }: Vote, revision: number, dueMs: number): CastVote {
  return {
    memberId,
    choice,
    revision,
    ...(reason === undefined ? {} : { reason }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(reproduce === undefined ? {} : { veto: { reproduce, dueMs } }),
  };
}

/** Only the newest vote of a member counts, so only what is found about that one does. */
function judgeVeto(proposal: Proposal, input: InputOf<'proposal.judge-veto'>): Ruling {
  const { proposalId, memberId, revision, finding } = input;
  if (!isOpen(proposal)) return refuse({ reason: 'proposal-closed', status: proposal.status });
  const isOpenVeto = openVetoes(proposal).some((vote) => vote.memberId === memberId && vote.revision === revision);
  if (!isOpenVeto) return refuse({ reason: 'status-wrong', status: 'judged or changed' });
  const event: ProposalEvent = { type: 'proposal.veto-judged', proposalId, memberId, revision, finding };
  return accept(event, ...endOf(applyProposal(proposal, event), false));
}

/** First the checks that took too long, then the vote itself. Nothing when nothing is due: the wait is an old one. */
function passTime(proposal: Proposal, nowMs: number): readonly ProposalEvent[] {
  if (!isOpen(proposal)) return [];
  const events: ProposalEvent[] = [];
  let after: Proposal = proposal;
  for (const { memberId, revision, veto } of openVetoes(proposal)) {
    if (veto === undefined || veto.dueMs > nowMs) continue;
    const event: ProposalEvent = {
      type: 'proposal.veto-judged',
      proposalId: proposal.id,
      memberId,
      revision,
      finding: 'timed-out',
    };
    events.push(event);
    after = applyProposal(after, event);
  }
  const isDue = proposal.status === 'open' && proposal.dueMs <= nowMs;
  if (events.length === 0 && !isDue) return [];
  const end = endOf(after, isDue);
  if (end.length > 0 || !isDue) return [...events, ...end];
  return [...events, { type: 'proposal.voting-ended', proposalId: proposal.id }];
}

function endOf(proposal: Proposal, isDue: boolean): readonly ProposalEvent[] {
  const end = isOpen(proposal) ? closeIfDecided(proposal, isDue) : undefined;
  if (end === undefined) return [];
  // What the group may have is the core's own: it is done with the decision, in one piece.
  if (end.outcome !== 'approved' || growthOf(proposal) === undefined) return [end];
  return [end, { type: 'proposal.acted', proposalId: proposal.id, result: { ok: true } }];
}
