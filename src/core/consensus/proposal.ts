import { sha256 } from '../../util/sha256.ts';
import { assert, unreachable } from '../../util/assert.ts';
import type { CloseCause, ProposalEvent } from '../events.ts';
import type { ProposalId } from '../ids.ts';
import {
  type Outcome,
  outcomeAtDue,
  outcomeIfSettled,
  type Tally,
  type VetoStand,
  type VotingRule,
} from './outcome.ts';
import type { Choice, Member, ProposalSpec, VetoFinding } from './proposal-spec.ts';

type EventOf<T extends ProposalEvent['type']> = Extract<ProposalEvent, { type: T }>;

/** A vote that counts, without what is only for people: that stays in the journal. */
export type CountedVote = Readonly<{
  memberId: string;
  choice: Choice;
  revision: number;
  veto?: Readonly<{ reproduce: readonly string[]; dueMs: number; finding: VetoFinding | 'being-checked' }>;
}>;

/** As much of a vote as counting needs. */
type VoteLine = Pick<CountedVote, 'memberId' | 'choice'>;

/** `votes`: one per member, in the order of their first ones. */
type Common = Readonly<{
  id: ProposalId;
  spec: ProposalSpec;
  rule: VotingRule;
  dueMs: number;
  votes: readonly CountedVote[];
}>;

/** `awaiting-veto`: its time is over, and its outcome hangs on a veto that is being checked. */
export type OpenProposal = Common & Readonly<{ status: 'open' | 'awaiting-veto' }>;

/**
 * The life of one proposal. Members, rule and due time never change.
 *
 *     open ──settled by votes, or due──▶ approved ──its action has ended──▶ (approved)
 *      │ │                          └──▶ rejected, expired
 *      │ └──due, and a veto is being checked──▶ awaiting-veto ──the veto is judged──▶ approved, rejected
 *      └──its run ends──▶ expired
 */
export type Proposal =
  | OpenProposal
  | (Common & Readonly<{ status: 'approved'; action: 'none' | 'owed' | 'ended' }>)
  | (Common & Readonly<{ status: 'rejected' | 'expired' }>);

/** One that has an outcome. */
export type ClosedProposal = Extract<Proposal, { status: 'approved' | 'rejected' | 'expired' }>;

export function newProposal(event: ProposalEvent): OpenProposal {
  assert(event.type === 'proposal.opened', `${event.type} for an unknown proposal ${event.proposalId}`);
  const { proposalId: id, spec, rule, dueMs } = event;
  return { status: 'open', id, spec, rule, dueMs, votes: [] };
}

export function isOpen(proposal: Proposal): proposal is OpenProposal {
  return proposal.status === 'open' || proposal.status === 'awaiting-veto';
}

/** True from the decision until what it asks for has ended. */
export function owesAction(proposal: Proposal): boolean {
  return proposal.status === 'approved' && proposal.action === 'owed';
}

/** Vetoes whose check has not ended. */
export function openVetoes({ votes }: Proposal): readonly CountedVote[] {
  return votes.filter(({ veto }) => veto?.finding === 'being-checked');
}

/** Led time at which something happens to it without any input. */
export function nextDueMs(proposal: OpenProposal): number {
  const checks = openVetoes(proposal).map(({ veto }) => veto?.dueMs ?? Infinity);
  return Math.min(...checks, proposal.status === 'open' ? proposal.dueMs : Infinity);
}

/** Pure: the state after `event`, which was decided on `proposal`. One that has closed never changes its outcome. */
export function applyProposal(proposal: Proposal, event: ProposalEvent): Proposal {
  if (event.type === 'proposal.acted') {
    assert(proposal.status === 'approved' && proposal.action === 'owed', `${event.type} without an action owed`);
    return { ...proposal, action: 'ended' };
  }
  assert(isOpen(proposal), `${event.type} after the end of proposal ${proposal.id}`);
  switch (event.type) {
    case 'proposal.voted':
      return { ...proposal, votes: withVote(proposal.votes, event) };
    case 'proposal.veto-judged':
      return { ...proposal, votes: proposal.votes.map((vote) => judged(vote, event)) };
    case 'proposal.voting-ended':
      return { ...proposal, status: 'awaiting-veto' };
    case 'proposal.closed': {
      const { id, spec, rule, dueMs, votes } = proposal;
      const common = { id, spec, rule, dueMs, votes };
      if (event.outcome !== 'approved') return { ...common, status: event.outcome };
      return { ...common, status: 'approved', action: spec.action === undefined ? 'none' : 'owed' };
    }
    case 'proposal.opened':
      throw new Error(`Internal error: proposal ${proposal.id} is opened twice`);
    default:
      return unreachable(event);
  }
}

/** The end of it, if its votes or its time bring it about now. A revisable one never ends before its time. */
export function closeIfDecided(proposal: OpenProposal, isDue: boolean): EventOf<'proposal.closed'> | undefined {
  const tally = tallyOf(proposal);
  const isOver = isDue || proposal.status === 'awaiting-veto';
  if (!isOver && proposal.spec.revisable === true) return undefined;
  const decide = isOver ? outcomeAtDue : outcomeIfSettled;
  const outcome = decide(proposal.rule, tally, vetoStand(proposal, isOver));
  return outcome === undefined ? undefined : closed(proposal, outcome, isOver ? 'due' : 'settled');
}

/** The end of one that outlives its run: what was not decided in time counts as silence. */
export function closeWithRun(proposal: OpenProposal): EventOf<'proposal.closed'> {
  return closed(proposal, 'expired', 'run-ended');
}

/** Weights as they stand now. */
export function tallyOf({ spec, votes }: Readonly<{ spec: ProposalSpec; votes: readonly VoteLine[] }>): Tally {
  const choices = new Map(votes.map(({ memberId, choice }) => [memberId, choice]));
  const tally = { total: 0, approve: 0, reject: 0, abstain: 0 };
  for (const member of spec.members) {
    const choice = choices.get(member.id);
    tally.total += weightOf(member);
    if (choice !== undefined) tally[choice] += weightOf(member);
  }
  return tally;
}

/** A veto can still come from whoever may cast one and has not voted, as long as votes count. */
function vetoStand({ spec, votes }: OpenProposal, isOver: boolean): VetoStand {
  if (votes.some(({ veto }) => veto?.finding === 'confirmed')) return 'confirmed';
  if (votes.some(({ veto }) => veto?.finding === 'being-checked')) return 'possible';
  if (isOver) return 'impossible';
  const voters = new Set(votes.map(({ memberId }) => memberId));
  return spec.members.some(({ id, mayVeto }) => mayVeto === true && !voters.has(id)) ? 'possible' : 'impossible';
}

function closed(proposal: OpenProposal, outcome: Outcome, cause: CloseCause): EventOf<'proposal.closed'> {
  const { id: proposalId } = proposal;
  const tally = tallyOf(proposal);
  return { type: 'proposal.closed', proposalId, outcome, cause, tally, votesHash: votesHashOf(proposal) };
}

/** Over what was voted on and every vote that counts, in the order of the members: the order of coming has no part in it. */
function votesHashOf({ id, spec, votes }: OpenProposal): string {
  const byMember = new Map(votes.map((vote) => [vote.memberId, vote]));
  const lines = spec.members.flatMap((member) => {
    const vote = byMember.get(member.id);
    if (vote === undefined) return [];
    return [`${member.id} ${weightOf(member)} ${vote.choice} ${vote.revision} ${vote.veto?.finding ?? '-'}`];
  });
  return sha256([id, spec.contentHash, ...lines].join('\n'));
}

function weightOf({ weight }: Member): number {
  return weight ?? 1;
}

function withVote(votes: readonly CountedVote[], { vote }: EventOf<'proposal.voted'>): readonly CountedVote[] {
  const { memberId, choice, revision, veto } = vote;
  const counted: CountedVote = {
    memberId,
    choice,
    revision,
    ...(veto === undefined ? {} : { veto: { ...veto, finding: 'being-checked' } }),
  };
  if (revision === 1) return [...votes, counted];
  return votes.map((earlier) => (earlier.memberId === memberId ? counted : earlier));
}

function judged(vote: CountedVote, event: EventOf<'proposal.veto-judged'>): CountedVote {
  const { memberId, veto } = vote;
  if (veto === undefined || memberId !== event.memberId) return vote;
  return { ...vote, veto: { ...veto, finding: event.finding } };
}
