import { isOpen, type ClosedProposal, type Proposal } from '../core/consensus/proposal.ts';
import type { ProposalSpec } from '../core/consensus/proposal-spec.ts';
import { proposalId, type ProposalId } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { Swarm } from '../core/swarm-state.ts';
import type { Assignment } from '../ports/agent-driver.ts';
import type { AttemptVote, ProposalAnswer, RunProposals } from '../ports/run-proposals.ts';
import type { Answer } from './answer.ts';
import { decidedRefusal, handled } from './trouble.ts';
import type { VoteOutcomes } from './vote-outcomes.ts';

/** Proposals or votes of one call, and names that one attempt waits for. */
const MAX_AT_ONCE = 1_000;

/** What the votes of an attempt need of the lead it belongs to. */
export type VoteDesk = Readonly<{
  swarm: Swarm;
  outcomes: VoteOutcomes;
  dispatch: (input: SwarmInput) => Promise<Answer>;
}>;

type Open = Readonly<{ giveUp: () => void; fail: (error: Error) => void }>;

/** Proposals and votes of one running attempt. Who it is, is decided by the core from the attempt itself. */
export class AttemptProposals implements RunProposals {
  readonly #assignment: Pick<Assignment, 'taskId' | 'runId' | 'attempt'>;
  readonly #desk: VoteDesk;
  readonly #waiting = new Set<Open>();
  #waitingNames = 0;
  #whyOver: string | undefined;

  constructor(assignment: Pick<Assignment, 'taskId' | 'runId' | 'attempt'>, desk: VoteDesk) {
    this.#assignment = assignment;
    this.#desk = desk;
  }

  open(proposals: readonly ProposalSpec[]): Promise<readonly ProposalAnswer[]> {
    const { taskId, attempt } = this.#assignment;
    return this.#ask(proposals, (proposal) => ({
      name: proposal.name,
      input: { type: 'attempt.propose', taskId, attempt, proposal },
    }));
  }

  vote(votes: readonly AttemptVote[]): Promise<readonly ProposalAnswer[]> {
    const { taskId, attempt } = this.#assignment;
    return this.#ask(votes, ({ proposal, ...vote }) => ({
      name: proposal,
      input: { type: 'attempt.vote', taskId, attempt, proposal, vote },
    }));
  }

  outcomes(names: readonly string[]): Promise<readonly (ClosedProposal | undefined)[]> {
    return handled(this.#outcomes(names));
  }

  /** The attempt must end: whoever waits for outcomes is told so. */
  stop(reason: string): void {
    this.#whyOver ??= `The attempt was stopped: ${reason}.`;
    for (const { giveUp, fail } of this.#waiting) {
      giveUp();
      fail(new Error(this.#whyOver));
    }
    this.#waiting.clear();
  }

  /** The attempt has ended: nobody waits any more. */
  end(): void {
    this.#whyOver ??= 'The attempt has ended.';
    for (const { giveUp } of this.#waiting) giveUp();
    this.#waiting.clear();
  }

  #ask<One>(
    all: readonly One[],
    inputOf: (one: One) => Readonly<{ name: string; input: SwarmInput }>,
  ): Promise<readonly ProposalAnswer[]> {
    if (all.length > MAX_AT_ONCE) return handled(Promise.reject(tooMany(all.length)));
    // All are taken before the next turn: they are decided and stored together.
    const answers = all.map(async (one) => {
      const { name, input } = inputOf(one);
      const answer = await this.#desk.dispatch(input);
      return this.#answerOf(proposalId(this.#assignment.runId, name), answer);
    });
    return handled(Promise.all(answers));
  }

  #answerOf(id: ProposalId, answer: Answer): ProposalAnswer {
    if (answer.ok) return { ok: true, proposalId: id };
    return { ok: false, refusal: decidedRefusal(answer.refusal) };
  }

  async #outcomes(names: readonly string[]): Promise<readonly (ClosedProposal | undefined)[]> {
    const ids = names.map((name) => proposalId(this.#assignment.runId, name));
    const [first] = ids;
    if (first === undefined) return [];
    if (this.#waitingNames + ids.length > MAX_AT_ONCE) throw tooMany(this.#waitingNames + ids.length);
    this.#waitingNames += ids.length;
    try {
      // Changes nothing before its time; what has been decided until now is stored when it is answered.
      const answer = await this.#desk.dispatch({ type: 'proposal.due', proposalId: first });
      if (!answer.ok && answer.refusal.reason !== 'proposal-unknown') this.#answerOf(first, answer);
      await this.#allClosed(ids.filter((id) => this.#find(id, isOpen) !== undefined));
      return ids.map((id) => this.#find(id, isClosed));
    } finally {
      this.#waitingNames -= ids.length;
    }
  }

  #allClosed(ids: readonly ProposalId[]): Promise<void> | undefined {
    if (ids.length === 0) return undefined;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (this.#whyOver !== undefined) throw new Error(this.#whyOver);
    const giveUp = this.#desk.outcomes.wait(ids, () => {
      this.#waiting.delete(open);
      resolve();
    });
    const open: Open = { giveUp, fail: reject };
    this.#waiting.add(open);
    return promise;
  }

  #find<Found extends Proposal>(
    id: ProposalId,
    isWanted: (proposal: Proposal) => proposal is Found,
  ): Found | undefined {
    const proposal = this.#desk.swarm.proposals.get(id);
    return proposal !== undefined && isWanted(proposal) ? proposal : undefined;
  }
}

function isClosed(proposal: Proposal): proposal is ClosedProposal {
  return !isOpen(proposal);
}

function tooMany(count: number): Error {
  return new Error(`${count} at once, but an attempt may ask for at most ${MAX_AT_ONCE}: ask in parts.`);
}
