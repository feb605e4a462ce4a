import { decideProposal } from '../../src/core/consensus/decide-proposal.ts';
import { applyProposal, type Proposal } from '../../src/core/consensus/proposal.ts';
import type { ProposalSpec, Vote } from '../../src/core/consensus/proposal-spec.ts';
import type { ProposalEvent, SwarmEvent } from '../../src/core/events.ts';
import type { ProposalInput } from '../../src/core/inputs.ts';
import type { Refusal, Ruling } from '../../src/core/ruling.ts';
import { opened, voteOf } from './vote-specs.ts';

/** How long the check of a veto may take here, ms. */
export const VETO_CHECK_MS = 120_000;

/** One proposal by itself: inputs are decided and their events applied. */
export class VotePlay {
  readonly events: ProposalEvent[] = [];
  proposal: Proposal;
  nowMs = 0;

  constructor(more: Partial<ProposalSpec> = {}) {
    this.proposal = opened(more);
  }

  get status(): Proposal['status'] {
    return this.proposal.status;
  }

  get closed(): Extract<ProposalEvent, { type: 'proposal.closed' }> | undefined {
    return this.events.find((event) => event.type === 'proposal.closed');
  }

  send(input: ProposalInput): Ruling {
    const ruling = decideProposal(this.proposal, input, { nowMs: this.nowMs }, VETO_CHECK_MS);
    for (const event of ruling.ok ? ruling.events.filter(isOfProposal) : []) {
      this.proposal = applyProposal(this.proposal, event);
      this.events.push(event);
    }
    return ruling;
  }

  vote(memberId: string, choice: Vote['choice'], more: Partial<Vote> = {}): Refusal | undefined {
    const ruling = this.send({
      type: 'proposal.vote',
      proposalId: this.proposal.id,
      vote: voteOf(memberId, choice, more),
    });
    return ruling.ok ? undefined : ruling.refusal;
  }

  /** Lets time pass up to `nowMs`, and wakes the proposal there. */
  wakeAt(nowMs: number): Ruling {
    this.nowMs = nowMs;
    return this.send({ type: 'proposal.due', proposalId: this.proposal.id });
  }

  judge(memberId: string, finding: 'confirmed' | 'refuted', revision = 1): Refusal | undefined {
    const { id: proposalId } = this.proposal;
    const ruling = this.send({ type: 'proposal.judge-veto', proposalId, memberId, revision, finding });
    return ruling.ok ? undefined : ruling.refusal;
  }
}

function isOfProposal(event: SwarmEvent): event is ProposalEvent {
  return 'proposalId' in event;
}
