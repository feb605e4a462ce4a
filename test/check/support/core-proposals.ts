import { decideProposal } from '../../../src/core/consensus/decide-proposal.ts';
import {
  applyProposal,
  type ClosedProposal,
  isOpen,
  newProposal,
  type Proposal,
} from '../../../src/core/consensus/proposal.ts';
import type { ProposalSpec } from '../../../src/core/consensus/proposal-spec.ts';
import type { ProposalEvent, SwarmEvent } from '../../../src/core/events.ts';
import { proposalId, runId } from '../../../src/core/ids.ts';
import type { ProposalInput } from '../../../src/core/inputs.ts';
import type { AttemptVote, ProposalAnswer, RunProposals } from '../../../src/ports/run-proposals.ts';

function isAboutProposal(event: SwarmEvent): event is ProposalEvent {
  return event.type.startsWith('proposal.');
}

const RUN = runId('run-1');

/** The counter of the pure core without an engine: time passes when somebody waits for the outcomes. */
export class CoreProposals {
  readonly #proposals = new Map<string, Proposal>();

  /** As a task of the run has it. */
  of(task: string): RunProposals {
    return {
      open: async (specs) => specs.map((spec) => this.#open(spec)),
      vote: async (votes) => votes.map((vote) => this.#vote(`task:${task}`, vote)),
      outcomes: async (names) => names.map((name) => this.#outcome(name)),
    };
  }

  #open(spec: ProposalSpec): ProposalAnswer {
    const id = proposalId(RUN, spec.name);
    const { quorumPercent = 60, threshold = 'majority', timeoutMs = 30_000 } = spec;
    const rule = { quorumPercent, threshold };
    this.#proposals.set(
      spec.name,
      newProposal({ type: 'proposal.opened', proposalId: id, spec, rule, dueMs: timeoutMs }),
    );
    return { ok: true, proposalId: id };
  }

  #vote(memberId: string, { proposal: name, ...vote }: AttemptVote): ProposalAnswer {
    const proposal = this.#proposals.get(name);
    if (proposal === undefined) return { ok: false, refusal: { reason: 'proposal-unknown' } };
    return this.#take(proposal, { type: 'proposal.vote', proposalId: proposal.id, vote: { ...vote, memberId } }, 0);
  }

  #outcome(name: string): ClosedProposal | undefined {
    const proposal = this.#proposals.get(name);
    if (proposal === undefined) return undefined;
    if (isOpen(proposal)) this.#take(proposal, { type: 'proposal.due', proposalId: proposal.id }, proposal.dueMs);
    const after = this.#proposals.get(name);
    return after === undefined || isOpen(after) ? undefined : after;
  }

  #take(proposal: Proposal, input: ProposalInput, nowMs: number): ProposalAnswer {
    const ruling = decideProposal(proposal, input, { nowMs }, 1_000);
    if (!ruling.ok) return ruling;
    let after = proposal;
    for (const event of ruling.events) if (isAboutProposal(event)) after = applyProposal(after, event);
    this.#proposals.set(proposal.spec.name, after);
    return { ok: true, proposalId: proposal.id };
  }
}
