import type { ProposalEvent } from '../../../src/core/events.ts';
import type { ProposalSpec } from '../../../src/core/consensus/proposal-spec.ts';
import type { Ballot } from '../../support/vote-recount.ts';

type EventOf<Type extends ProposalEvent['type']> = Extract<ProposalEvent, { type: Type }>;
export type Cast = Readonly<{ choice: Ballot['choice']; revision: number; veto?: NonNullable<Ballot['veto']> }>;

export type ProposalLine = {
  readonly id: string;
  readonly opened: EventOf<'proposal.opened'>;
  readonly votes: Map<string, Cast>;
  hasVotingEnded: boolean;
  closed: EventOf<'proposal.closed'> | undefined;
  hasActed: boolean;
};

/** A recount of votes from their stored events alone. It judges nothing. */
export class VoteBooks {
  readonly lines: Map<string, ProposalLine> = new Map();

  note(event: ProposalEvent): void {
    if (event.type === 'proposal.opened') {
      const open = { hasVotingEnded: false, closed: undefined, hasActed: false };
      this.lines.set(event.proposalId, { id: event.proposalId, opened: event, votes: new Map(), ...open });
      return;
    }
    const line = this.lines.get(event.proposalId);
    if (line !== undefined) noteLine(line, event);
  }

  ofRun(runId: string): readonly ProposalLine[] {
    return [...this.lines.values()].filter(({ id }) => id.startsWith(`${runId}/`));
  }
}

function noteLine(line: ProposalLine, event: Exclude<ProposalEvent, { type: 'proposal.opened' }>): void {
  switch (event.type) {
    case 'proposal.voted': {
      const { memberId, choice, revision, veto } = event.vote;
      line.votes.set(memberId, { choice, revision, ...(veto === undefined ? {} : { veto: 'open' }) });
      return;
    }
    case 'proposal.veto-judged': {
      const vote = line.votes.get(event.memberId);
      const veto = event.finding === 'confirmed' ? 'confirmed' : 'refuted';
      if (vote !== undefined) line.votes.set(event.memberId, { ...vote, veto });
      return;
    }
    case 'proposal.voting-ended':
      line.hasVotingEnded = true;
      return;
    case 'proposal.closed':
      line.closed = event;
      return;
    case 'proposal.acted':
      line.hasActed = true;
  }
}

/** What every member has said so far. */
export function ballotsOf({ opened, votes }: ProposalLine): readonly Ballot[] {
  return membersOf(opened.spec).map(({ id, weight }) => {
    const vote = votes.get(id);
    return { weight, choice: vote?.choice ?? 'silent', ...(vote?.veto === undefined ? {} : { veto: vote.veto }) };
  });
}

function membersOf({ members }: ProposalSpec): readonly Readonly<{ id: string; weight: number }>[] {
  return members.map(({ id, weight = 1 }) => ({ id, weight }));
}
