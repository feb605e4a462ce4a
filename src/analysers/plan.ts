import type { ClosedProposal } from '../core/consensus/proposal.ts';
import type { Choice } from '../core/consensus/proposal-spec.ts';
import { type Finding, type FindingState, type FindingVote, VOTERS, type Voter } from '../core/findings/finding.ts';
import type { AnalyserResult, VotingCall } from './analyser.ts';
import type { PlanData, VoteData } from './data.ts';
import { needData, readData, writeData } from './data-files.ts';
import { plannedChanges } from './planned-changes.ts';
import { memberOf } from './voting/electorate.ts';

/** Of the report: what is sure first, what was thrown out last. */
const STATES: readonly FindingState[] = ['confirmed', 'not-voted', 'unconfirmed', 'rejected'];

/** Waits for the outcomes of all votes, says what each finding is worth by them, and plans what to do about it. */
export async function plan({ input, proposals }: VotingCall): Promise<AnalyserResult> {
  const { findings, proposals: opened } = needData(input.data, 'propose');
  const outcomes = await proposals.outcomes(opened.map(({ name }) => name));
  const cast = new Map(VOTERS.map((voter) => [voter, readData(input.data, `vote.${voter}`)]));
  const voted = new Map(
    opened.flatMap(({ findingId, asked }, index) => {
      const closed = outcomes[index];
      const votes = asked.flatMap((voter) => votesOf(findingId, voter, cast.get(voter), closed));
      const look = votes.find(({ voter }) => voter === 'shape')?.choice;
      return closed === undefined ? [] : [[findingId, { state: stateOf(closed, look), votes }] as const];
    }),
  );
  const states = findings.map((finding): Finding => ({ ...finding, ...voted.get(finding.id) }));
  const ordered = STATES.flatMap((wanted) => states.filter(({ state }) => state === wanted));
  const data: PlanData = { findings: ordered, plan: plannedChanges(ordered, input) };
  const count = (wanted: FindingState): number => states.filter(({ state }) => state === wanted).length;
  const summary = {
    confirmed: count('confirmed'),
    unconfirmed: count('unconfirmed'),
    rejected: count('rejected'),
    planned: data.plan?.length ?? 0,
  };
  return { file: writeData(input.data, 'plan', data), summary };
}

/**
 * What a vote made of a finding: see `FindingState`. `look`: what the voter on shape says, who alone asks whether it is
 * so at all; also when the others had settled the vote before it came.
 */
export function stateOf(
  closed: Pick<ClosedProposal, 'status' | 'votes' | 'spec'>,
  look: Choice | undefined,
): FindingState {
  const count = (wanted: Choice): number => closed.votes.filter(({ choice }) => choice === wanted).length;
  if (closed.status === 'expired') return 'unconfirmed';
  if (closed.status === 'rejected') return count('reject') > 0 ? 'rejected' : 'unconfirmed';
  const isEnough = count('approve') >= Math.min(2, closed.spec.members.length);
  return isEnough && look === 'approve' ? 'confirmed' : 'unconfirmed';
}

function votesOf(
  findingId: string,
  voter: Voter,
  data: VoteData | undefined,
  closed: ClosedProposal | undefined,
): readonly FindingVote[] {
  const found = data?.votes.find((one) => one.findingId === findingId);
  if (found === undefined) return [];
  const { choice, reason, evidence } = found;
  const counted = closed?.votes.find(({ memberId }) => memberId === memberOf(voter));
  const isCounted = counted?.choice === choice;
  return [{ voter, choice, reason, evidence, isCounted }];
}
