import assert from 'node:assert/strict';
import type { ProposalEvent } from '../../src/core/events.ts';
import { type Ballot, recount } from './vote-recount.ts';

type EventOf<T extends ProposalEvent['type']> = Extract<ProposalEvent, { type: T }>;
type Cast = Readonly<{ choice: Ballot['choice']; revision: number; veto?: NonNullable<Ballot['veto']> }>;
type Line = {
  readonly opened: EventOf<'proposal.opened'>;
  readonly votes: Map<string, Cast>;
  hasVotingEnded: boolean;
  closed: EventOf<'proposal.closed'> | undefined;
  hasActed: boolean;
};

/** A recount of votes from their events alone, written apart from the core. Throws when an event breaks a promise. */
export class VoteLedger {
  readonly #lines = new Map<string, Line>();

  note(event: ProposalEvent, atMs: number): void {
    if (event.type === 'proposal.opened') {
      assert.ok(!this.#lines.has(event.proposalId), `${event.proposalId} is opened twice`);
      const open = { hasVotingEnded: false, closed: undefined, hasActed: false };
      this.#lines.set(event.proposalId, { opened: event, votes: new Map(), ...open });
      return;
    }
    const line = this.#lines.get(event.proposalId);
    assert.ok(line, `${event.type} for ${event.proposalId}, which was never opened`);
    if (event.type === 'proposal.acted') return noteAct(line);
    assert.equal(line.closed, undefined, `${event.type} after the end of ${event.proposalId}`);
    switch (event.type) {
      case 'proposal.voted':
        return noteVote(line, event);
      case 'proposal.veto-judged':
        return noteJudgement(line, event);
      case 'proposal.voting-ended':
        assert.ok(atMs >= line.opened.dueMs, `the vote on ${event.proposalId} ends before its time`);
        line.hasVotingEnded = true;
        return;
      case 'proposal.closed':
        line.closed = event;
        return assertEnd(line, event, atMs);
    }
  }

  /** Nothing of a run stays open, and nothing that was approved stays undone. */
  finish(runId: string): void {
    for (const [id, { opened, closed, hasActed }] of this.#lines) {
      if (!id.startsWith(`${runId}/`)) continue;
      assert.ok(closed, `${id} is open after the end of its run`);
      const isOwed = closed.outcome === 'approved' && opened.spec.action !== undefined;
      assert.equal(
        hasActed,
        isOwed,
        `${id} was ${closed.outcome}, and its action ${hasActed ? 'was done' : 'was not'}`,
      );
    }
  }
}

function noteAct(line: Line): void {
  assert.equal(line.closed?.outcome, 'approved', `${line.opened.proposalId} acts without an approval`);
  assert.ok(!line.hasActed, `${line.opened.proposalId} acts twice`);
  line.hasActed = true;
}

function noteVote({ opened, votes, hasVotingEnded }: Line, { vote }: EventOf<'proposal.voted'>): void {
  const member = opened.spec.members.find(({ id }) => id === vote.memberId);
  assert.ok(member, `${vote.memberId} is a stranger to ${opened.proposalId}`);
  assert.ok(!hasVotingEnded, `a vote after the time of ${opened.proposalId}`);
  const earlier = votes.get(vote.memberId);
  assert.ok(earlier === undefined || opened.spec.revisable === true, `${vote.memberId} votes twice`);
  assert.equal(vote.revision, (earlier?.revision ?? 0) + 1);
  if (vote.veto !== undefined)
    assert.ok(member.mayVeto === true && vote.choice === 'reject', 'a veto without the right');
  const veto = vote.veto === undefined ? {} : { veto: 'open' as const };
  votes.set(vote.memberId, { choice: vote.choice, revision: vote.revision, ...veto });
}

function noteJudgement({ votes }: Line, event: EventOf<'proposal.veto-judged'>): void {
  const vote = votes.get(event.memberId);
  assert.ok(vote?.veto === 'open' && vote.revision === event.revision, `${event.memberId} has no such veto`);
  votes.set(event.memberId, { ...vote, veto: event.finding === 'confirmed' ? 'confirmed' : 'refuted' });
}

function assertEnd(line: Line, { proposalId, outcome, cause, tally }: EventOf<'proposal.closed'>, atMs: number): void {
  const { spec, rule, dueMs } = line.opened;
  const ballots = ballotsOf(line);
  const sum = (choice: Ballot['choice']): number =>
    ballots.reduce((weights, ballot) => weights + (ballot.choice === choice ? ballot.weight : 0), 0);
  const total = sum('approve') + sum('reject') + sum('abstain') + sum('silent');
  const counted = { total, approve: sum('approve'), reject: sum('reject'), abstain: sum('abstain') };
  assert.deepEqual(tally, counted, `the tally of ${proposalId}`);
  if (cause === 'run-ended') return assert.equal(outcome, 'expired');
  assert.equal(
    outcome,
    recount(ballots, rule.quorumPercent, rule.threshold),
    `${proposalId}: ${JSON.stringify(ballots)}`,
  );
  const isVetoOpen = ballots.some(({ veto }) => veto === 'open');
  assert.ok(outcome !== 'approved' || !isVetoOpen, `${proposalId} is approved before a veto is judged`);
  if (cause === 'due') return assert.ok(atMs >= dueMs, `${proposalId} is over before its time`);
  assert.ok(spec.revisable !== true, `${proposalId} is revisable, and closed early`);
}

function ballotsOf({ opened, votes }: Line): readonly Ballot[] {
  return opened.spec.members.map(({ id, weight = 1 }) => {
    const vote = votes.get(id);
    return { weight, choice: vote?.choice ?? 'silent', ...(vote?.veto === undefined ? {} : { veto: vote.veto }) };
  });
}
