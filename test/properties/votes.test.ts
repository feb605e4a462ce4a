import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { decideProposal } from '../../src/core/consensus/decide-proposal.ts';
import type { Threshold } from '../../src/core/consensus/outcome.ts';
import { applyProposal, isOpen, type Proposal } from '../../src/core/consensus/proposal.ts';
import type { Vote } from '../../src/core/consensus/proposal-spec.ts';
import type { ProposalInput } from '../../src/core/inputs.ts';
import { type Ballot, recount } from '../support/vote-recount.ts';
import { VETO_CHECK_MS } from '../support/vote-play.ts';
import { membersOf, opened, voteOf } from '../support/vote-specs.ts';

const THRESHOLDS: readonly Threshold[] = ['majority', 'electorate', 'two-thirds', 'unanimous'];
const SILENT: Ballot = { weight: 1, choice: 'silent' };

function step(proposal: Proposal, input: ProposalInput, nowMs: number): Proposal {
  const ruling = decideProposal(proposal, input, { nowMs }, VETO_CHECK_MS);
  let after = proposal;
  for (const event of ruling.ok ? ruling.events : []) {
    if ('proposalId' in event) after = applyProposal(after, event);
  }
  return after;
}

/** Lets the members vote in every order, each with every choice, and compares each end with a recount. */
class EveryOrder {
  ends = 0;
  readonly #size: number;
  readonly #choices: readonly Ballot['choice'][];
  readonly #ballots: Ballot[];
  readonly #hasVoted: boolean[];

  constructor(size: number, choices: readonly Ballot['choice'][]) {
    this.#size = size;
    this.#choices = choices;
    this.#ballots = Array.from({ length: size }, () => SILENT);
    this.#hasVoted = this.#ballots.map(() => false);
  }

  compare(threshold: Threshold): this {
    this.#goOn(opened({ members: membersOf(this.#size), threshold }));
    return this;
  }

  #goOn(proposal: Proposal): void {
    if (!this.#hasVoted.includes(false)) return this.#end(proposal);
    for (let member = 0; member < this.#size; member++) {
      if (this.#hasVoted[member] === true) continue;
      this.#hasVoted[member] = true;
      for (const choice of this.#choices) {
        this.#ballots[member] = { weight: 1, choice };
        this.#goOn(choice === 'silent' ? proposal : cast(proposal, `m${member + 1}`, choice));
      }
      this.#ballots[member] = SILENT;
      this.#hasVoted[member] = false;
    }
  }

  #end(proposal: Proposal): void {
    this.ends++;
    const last = isOpen(proposal)
      ? step(proposal, { type: 'proposal.due', proposalId: proposal.id }, 30_000)
      : proposal;
    const { rule, status } = last;
    const expected = recount(this.#ballots, rule.quorumPercent, rule.threshold);
    if (status !== expected) assert.fail(`${status} instead of ${expected}: ${JSON.stringify(this.#ballots)}`);
  }
}

/** What comes after the close must change nothing: what was settled holds for every way to go on. */
function cast(proposal: Proposal, memberId: string, choice: Vote['choice']): Proposal {
  const after = step(proposal, { type: 'proposal.vote', proposalId: proposal.id, vote: voteOf(memberId, choice) }, 1);
  if (!isOpen(proposal) && after !== proposal) assert.fail('a vote changed what was closed');
  return after;
}

describe('every order of votes gives the outcome of a recount', () => {
  test('of up to 7 members who approve or reject: 645,120 orders of seven', { timeout: 120_000 }, () => {
    for (let size = 1; size <= 6; size++) new EveryOrder(size, ['approve', 'reject']).compare('majority');
    assert.equal(new EveryOrder(7, ['approve', 'reject']).compare('majority').ends, 645_120);
  });

  test.each(THRESHOLDS)(
    'of up to 5 members who may also abstain or be silent: %s',
    { timeout: 60_000 },
    (threshold) => {
      for (let size = 1; size <= 4; size++) {
        new EveryOrder(size, ['approve', 'reject', 'abstain', 'silent']).compare(threshold);
      }
      const { ends } = new EveryOrder(5, ['approve', 'reject', 'abstain', 'silent']).compare(threshold);
      assert.equal(ends, 122_880);
    },
  );
});
