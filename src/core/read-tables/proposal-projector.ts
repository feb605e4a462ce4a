import { assert, unreachable } from '../../util/assert.ts';
import type { ProposalEvent } from '../events.ts';
import type { ProposalId } from '../ids.ts';
import type { ProposalRow, StoredRows, VoteRow } from './rows.ts';

type EventOf<T extends ProposalEvent['type']> = Extract<ProposalEvent, { type: T }>;

/** The rows of proposals and votes that one batch changes. */
export class ProposalBatch {
  readonly proposals: Map<ProposalId, ProposalRow> = new Map();
  readonly #stored: StoredRows;
  readonly #wallTimeMs: number;
  readonly #votes = new Map<string, VoteRow>();

  constructor(stored: StoredRows, wallTimeMs: number) {
    this.#stored = stored;
    this.#wallTimeMs = wallTimeMs;
  }

  get votes(): readonly VoteRow[] {
    return [...this.#votes.values()];
  }

  take(event: ProposalEvent, seq: number): void {
    switch (event.type) {
      case 'proposal.opened':
        this.proposals.set(event.proposalId, openedRow(event.proposalId, seq, this.#wallTimeMs));
        return;
      case 'proposal.voted':
        return this.#vote(event, seq);
      case 'proposal.veto-judged':
        return this.#judge(event, seq);
      case 'proposal.voting-ended':
        return;
      case 'proposal.closed':
        return this.#change(event.proposalId, { state: event.outcome, closedSeq: seq, closedAtMs: this.#wallTimeMs });
      case 'proposal.acted':
        return this.#change(event.proposalId, { actedSeq: seq });
      default:
        return unreachable(event);
    }
  }

  #vote({ proposalId, vote }: EventOf<'proposal.voted'>, seq: number): void {
    const { memberId, choice, revision } = vote;
    const times = { votedSeq: seq, votedAtMs: this.#wallTimeMs, judgedSeq: null };
    this.#votes.set(keyOf(proposalId, memberId), { proposalId, memberId, choice, ...times });
    if (revision === 1) this.#change(proposalId, { votes: this.#proposal(proposalId).votes + 1 });
  }

  #judge({ proposalId, memberId }: EventOf<'proposal.veto-judged'>, seq: number): void {
    const key = keyOf(proposalId, memberId);
    const vote = this.#votes.get(key) ?? this.#stored.vote(proposalId, memberId);
    assert(vote !== undefined, `a veto in proposal ${proposalId} that was never cast`);
    this.#votes.set(key, { ...vote, judgedSeq: seq });
  }

  #change(id: ProposalId, change: Partial<ProposalRow>): void {
    this.proposals.set(id, { ...this.#proposal(id), ...change });
  }

  #proposal(id: ProposalId): ProposalRow {
    const row = this.proposals.get(id) ?? this.#stored.proposal(id);
    assert(row !== undefined, `an event of proposal ${id}, which was never opened`);
    return row;
  }
}

function openedRow(proposalId: ProposalId, openedSeq: number, openedAtMs: number): ProposalRow {
  const open = { state: 'open', votes: 0, closedSeq: null, closedAtMs: null, actedSeq: null } as const;
  return { proposalId, openedSeq, openedAtMs, ...open };
}

function keyOf(proposalId: ProposalId, memberId: string): string {
  return `${proposalId} ${memberId}`;
}
