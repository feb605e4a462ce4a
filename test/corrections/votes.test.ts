import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import type { Choice } from '../../src/core/consensus/proposal-spec.ts';
import { agentId } from '../../src/core/ids.ts';
import { owedEffects } from '../../src/core/owed-effects.ts';
import { CoreWorld } from '../support/core-world.ts';
import { agentsOf, DONE, submitOf, taskOf } from '../support/core-world-specs.ts';
import { castOf, openOf, proposalIdOf } from '../support/vote-specs.ts';

/**
 * The first rule, as it was written down: sixty percent of whoever is a node now make a quorum, the majority of the
 * votes that happen to be there decides at once, and a timer in the process decides at the end.
 */
class FirstConsensus {
  status = 'pending';
  decisions = 0;
  readonly #votes = new Map<string, Choice>();
  readonly nodes: Set<string>;

  constructor(nodes: readonly string[]) {
    this.nodes = new Set(nodes);
  }

  vote(node: string, choice: Choice): void {
    if (this.status !== 'pending') return;
    this.#votes.set(node, choice);
    if (this.#votes.size >= Math.ceil(this.nodes.size * 0.6)) this.finalize();
  }

  /** Also what the timer calls. */
  finalize(): void {
    const approvals = [...this.#votes.values()].filter((choice) => choice === 'approve').length;
    this.status = approvals > this.#votes.size / 2 ? 'approved' : 'rejected';
    this.decisions++;
  }
}

const FIVE = ['m1', 'm2', 'm3', 'm4', 'm5'];

/** A run of a minute with an open question to five members. */
function asking(): CoreWorld {
  const world = new CoreWorld({ play: () => ({ afterMs: 60_000, end: DONE }) });
  world.send({ type: 'agents.register', agents: agentsOf(2) });
  world.send(submitOf([taskOf('t1')]));
  world.send(openOf());
  return world;
}

const outcomesOf = (world: CoreWorld): readonly string[] => world.all('proposal.closed').map(({ outcome }) => outcome);

function castAll(world: CoreWorld, first: FirstConsensus, votes: readonly (readonly [string, Choice])[]): void {
  for (const [member, choice] of votes) {
    world.send(castOf(member, choice));
    first.vote(member, choice);
  }
}

describe('quorum at the first 60% received', () => {
  const votes = [
    ['m1', 'approve'],
    ['m2', 'approve'],
    ['m3', 'reject'],
    ['m4', 'reject'],
    ['m5', 'reject'],
  ] as const;

  test('two of five cannot approve: a vote is decided early only when no vote that is left can change it', () => {
    const world = asking();
    const first = new FirstConsensus(FIVE);
    castAll(world, first, votes);
    assert.deepEqual(outcomesOf(world), ['rejected']);
    assert.equal(first.status, 'approved');
  });
});

describe('votes of strangers', () => {
  test('count for nothing', () => {
    const world = asking();
    const first = new FirstConsensus(FIVE);
    castAll(
      world,
      first,
      ['x', 'y', 'z'].map((stranger) => [stranger, 'approve'] as const),
    );
    assert.deepEqual(outcomesOf(world), []);
    assert.equal(first.status, 'approved');
  });
});

describe('live N', () => {
  test('who may vote is fixed when the question is asked: that members leave makes no quorum of the rest', () => {
    const world = asking();
    const first = new FirstConsensus(FIVE);
    castAll(world, first, [['m1', 'approve']]);
    for (const gone of ['m2', 'm3', 'm4', 'm5']) first.nodes.delete(gone);
    world.send({ type: 'agent.remove', agentId: agentId('a2') });
    castAll(world, first, [['m1', 'approve']]);
    assert.equal(first.status, 'approved');
    world.run(30_000);
    assert.deepEqual(outcomesOf(world), ['expired']);
  });
});

describe('timer lost on restart', () => {
  test('the next leader owes the end of every open vote', () => {
    const world = asking();
    const wakes = owedEffects(world.replayed()).filter(
      (effect) => effect.type === 'wake-at' && effect.input.type === 'proposal.due',
    );
    assert.deepEqual(
      wakes.map((effect) => (effect.type === 'wake-at' ? effect.dueMs : 0)),
      [30_000],
    );
    // Theirs hangs on a timer of the process that died: put together anew from what it kept, nothing ever ends it.
    const first = new FirstConsensus(FIVE);
    assert.deepEqual([first.status, first.decisions], ['pending', 0]);
  });
});

describe('finalised twice', () => {
  test('a decision is one, whatever is due after it', () => {
    const world = asking();
    const first = new FirstConsensus(FIVE);
    castAll(world, first, [
      ['m1', 'approve'],
      ['m2', 'approve'],
      ['m3', 'approve'],
    ]);
    world.send({ type: 'proposal.due', proposalId: proposalIdOf() });
    world.run(40_000);
    first.finalize();
    assert.equal(world.all('proposal.closed').length, 1);
    assert.equal(first.decisions, 2);
  });
});
