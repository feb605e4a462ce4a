import type { ClosedProposal } from '../src/core/consensus/proposal.ts';
import type { ProposalSpec } from '../src/core/consensus/proposal-spec.ts';
import { proposalId, runId } from '../src/core/ids.ts';
import type { AttemptVote, ProposalAnswer, RunProposals } from '../src/ports/run-proposals.ts';

/** Counts votes in a map: no journal, no rules but the majority. The least that the functions of a check need. */
export class PlainCounter {
  readonly #specs = new Map<string, ProposalSpec>();
  readonly #votes = new Map<string, Map<string, AttemptVote>>();

  /** As the task called `name` sees it. */
  of(name: string): RunProposals {
    return {
      open: async (specs) => {
        for (const spec of specs) this.#specs.set(spec.name, spec);
        return specs.map((spec) => answer(spec.name));
      },
      vote: async (votes) => votes.map((vote) => this.#cast(`task:${name}`, vote)),
      outcomes: async (names) => names.map((proposal) => this.#close(proposal)),
    };
  }

  #cast(member: string, vote: AttemptVote): ProposalAnswer {
    const votes = this.#votes.get(vote.proposal) ?? new Map<string, AttemptVote>();
    this.#votes.set(vote.proposal, votes.set(member, vote));
    return answer(vote.proposal);
  }

  #close(name: string): ClosedProposal | undefined {
    const spec = this.#specs.get(name);
    if (spec === undefined) return undefined;
    const votes = [...(this.#votes.get(name) ?? [])].map(([memberId, { choice }]) => ({
      memberId,
      choice,
      revision: 1,
    }));
    const count = (choice: string): number => votes.filter((vote) => vote.choice === choice).length;
    const common = {
      id: proposalId(runId('loop'), name),
      spec,
      rule: { quorumPercent: 60, threshold: 'majority' as const },
      dueMs: 0,
      votes,
    };
    return count('approve') > count('reject')
      ? { ...common, status: 'approved', action: 'none' }
      : { ...common, status: 'rejected' };
  }
}

function answer(name: string): ProposalAnswer {
  return { ok: true, proposalId: proposalId(runId('loop'), name) };
}
