import { newProposal, type ClosedProposal } from '../core/consensus/proposal.ts';
import type { ProposalSpec } from '../core/consensus/proposal-spec.ts';
import type { Outcome } from '../core/consensus/outcome.ts';
import { proposalId, runId } from '../core/ids.ts';
import type { Refusal } from '../core/ruling.ts';
import type { AttemptVote, ProposalAnswer, RunProposals } from '../ports/run-proposals.ts';

const RUN = runId('scripted');

/** Votes that the test decides: it sees what is proposed and voted, and closes a proposal with the outcome it likes. */
export class ScriptedProposals implements RunProposals {
  readonly opened: ProposalSpec[] = [];
  readonly votes: AttemptVote[] = [];
  /** Given to every vote from now on. */
  refusal: Refusal | undefined;
  readonly #closed = new Map<string, ClosedProposal>();
  #more = Promise.withResolvers<void>();

  async open(proposals: readonly ProposalSpec[]): Promise<readonly ProposalAnswer[]> {
    this.opened.push(...proposals);
    return proposals.map(({ name }) => ({ ok: true, proposalId: proposalId(RUN, name) }));
  }

  async vote(votes: readonly AttemptVote[]): Promise<readonly ProposalAnswer[]> {
    const { refusal } = this;
    if (refusal !== undefined) return votes.map(() => ({ ok: false, refusal }));
    this.votes.push(...votes);
    return votes.map(({ proposal }) => ({ ok: true, proposalId: proposalId(RUN, proposal) }));
  }

  async outcomes(names: readonly string[]): Promise<readonly (ClosedProposal | undefined)[]> {
    const isOpen = (name: string): boolean => this.opened.some((one) => one.name === name) && !this.#closed.has(name);
    while (names.some(isOpen)) await this.#more.promise;
    return names.map((name) => this.#closed.get(name));
  }

  /** Whoever waits for it goes on. It needs to be open. */
  close(name: string, outcome: Outcome): void {
    const spec = this.opened.find((one) => one.name === name);
    if (spec === undefined) throw new Error(`no proposal ${name} is open`);
    const { quorumPercent = 60, threshold = 'majority' } = spec;
    const id = proposalId(RUN, name);
    const rule = { quorumPercent, threshold };
    const { dueMs, votes } = newProposal({ type: 'proposal.opened', proposalId: id, spec, rule, dueMs: 0 });
    const common = { id, spec, rule, dueMs, votes };
    this.#closed.set(
      name,
      outcome === 'approved' ? { ...common, status: outcome, action: 'none' } : { ...common, status: outcome },
    );
    this.#more.resolve();
    this.#more = Promise.withResolvers();
  }
}
