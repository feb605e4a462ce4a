import type { ProposalEvent } from '../../../src/core/events.ts';
import { type Ballot, recount } from '../../support/vote-recount.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';
import { ballotsOf, type ProposalLine } from './vote-books.ts';

type Must = ReturnType<typeof checkerOf>;
type EventOf<Type extends ProposalEvent['type']> = Extract<ProposalEvent, { type: Type }>;
type Scene = Readonly<{ must: Must; line: ProposalLine; atMs: number }>;

/** Members only, one vote each, and the outcome that a recount gives. */
export function voteChecker(tell: Tell): Checker {
  const must = checkerOf(tell);
  return {
    before: ({ event, atMs }, books) => {
      if (!('proposalId' in event)) return;
      const line = books.votes.lines.get(event.proposalId);
      if (event.type === 'proposal.opened')
        return must(line === undefined, 'vote-once', `${event.proposalId} is opened twice`);
      if (line === undefined) return must(false, 'vote-known', `${event.type} for ${event.proposalId}, never opened`);
      if (event.type === 'proposal.acted') {
        must(
          line.closed?.outcome === 'approved' && !line.hasActed,
          'approved-is-done',
          `${line.id} acts, or acts twice`,
        );
        return;
      }
      must(line.closed === undefined, 'vote-final', `${event.type} after the end of ${line.id}`);
      checkOpen({ must, line, atMs }, event);
    },
  };
}

function checkOpen(scene: Scene, event: Exclude<ProposalEvent, { type: 'proposal.opened' | 'proposal.acted' }>): void {
  const { must, line, atMs } = scene;
  switch (event.type) {
    case 'proposal.voted':
      return checkVote(scene, event);
    case 'proposal.veto-judged': {
      const vote = line.votes.get(event.memberId);
      must(vote?.veto === 'open' && vote.revision === event.revision, 'veto', `${event.memberId} has no such veto`);
      return;
    }
    case 'proposal.voting-ended':
      return must(atMs >= line.opened.dueMs, 'vote-time', `the vote on ${line.id} ends before its time`);
    case 'proposal.closed':
      return checkClosed(scene, event);
  }
}

function checkVote({ must, line }: Scene, { vote }: EventOf<'proposal.voted'>): void {
  const { spec } = line.opened;
  const member = spec.members.find(({ id }) => id === vote.memberId);
  const earlier = line.votes.get(vote.memberId);
  must(member !== undefined, 'vote-member', `${vote.memberId} is a stranger to ${line.id}`);
  must(!line.hasVotingEnded, 'vote-time', `a vote after the time of ${line.id}`);
  must(earlier === undefined || spec.revisable === true, 'one-vote', `${vote.memberId} votes twice on ${line.id}`);
  must(vote.revision === (earlier?.revision ?? 0) + 1, 'one-vote', `vote ${vote.revision} of ${vote.memberId}`);
  const mayVeto = member?.mayVeto === true && vote.choice === 'reject';
  must(vote.veto === undefined || mayVeto, 'veto', `${vote.memberId} has no veto on ${line.id}`);
}

function checkClosed({ must, line, atMs }: Scene, { outcome, cause, tally }: EventOf<'proposal.closed'>): void {
  const { spec, rule, dueMs } = line.opened;
  const ballots = ballotsOf(line);
  const sum = (choice: Ballot['choice']): number =>
    ballots.reduce((weights, ballot) => weights + (ballot.choice === choice ? ballot.weight : 0), 0);
  const counted = { approve: sum('approve'), reject: sum('reject'), abstain: sum('abstain') };
  const total = counted.approve + counted.reject + counted.abstain + sum('silent');
  const isSame =
    tally.approve === counted.approve && tally.reject === counted.reject && tally.abstain === counted.abstain;
  must(isSame && tally.total === total, 'tally', `${line.id}: ${JSON.stringify(tally)} of ${JSON.stringify(ballots)}`);
  must(rule.quorumPercent === (spec.quorumPercent ?? 60), 'vote-rule', `the quorum of ${line.id} is another one`);
  if (cause === 'run-ended')
    return must(outcome === 'expired', 'vote-outcome', `${line.id} ends with its run as ${outcome}`);
  const isQuorate = (total - sum('silent')) * 100 >= rule.quorumPercent * total;
  must(outcome === 'expired' || isQuorate, 'quorum', `${line.id} is ${outcome} without a quorum`);
  const right = recount(ballots, rule.quorumPercent, rule.threshold);
  must(outcome === right, 'vote-outcome', `${line.id} is ${outcome}, not ${right}: ${JSON.stringify(ballots)}`);
  const isVetoOpen = ballots.some(({ veto }) => veto === 'open');
  must(outcome !== 'approved' || !isVetoOpen, 'veto', `${line.id} is approved before a veto is judged`);
  if (cause === 'due') return must(atMs >= dueMs, 'vote-time', `${line.id} is over before its time`);
  must(spec.revisable !== true, 'vote-time', `${line.id} is revisable, and ends early`);
  checkSettled(must, line, ballots, outcome);
}

/** No choice of those who have not voted could have changed it. */
function checkSettled(must: Must, line: ProposalLine, ballots: readonly Ballot[], outcome: string): void {
  const { rule, spec } = line.opened;
  for (const rest of ['approve', 'reject', 'abstain'] as const) {
    const all = ballots.map((ballot) => (ballot.choice === 'silent' ? { ...ballot, choice: rest } : ballot));
    const other = recount(all, rule.quorumPercent, rule.threshold);
    must(other === outcome, 'too-early', `${line.id} is ${outcome}, and would be ${other} if all others ${rest}`);
  }
  const mayStillVeto = spec.members.some(({ id, mayVeto }) => mayVeto === true && !line.votes.has(id));
  must(outcome !== 'approved' || !mayStillVeto, 'too-early', `${line.id} is approved while a veto may come`);
}
