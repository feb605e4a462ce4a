import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { CoreWorld } from '../../../test/support/core-world.ts';
import { agentOf, DONE, poolOf, runSpecOf, submitOf, taskOf } from '../../../test/support/core-world-specs.ts';
import type { Choice } from '../consensus/proposal-spec.ts';
import { proposalId, runId } from '../ids.ts';
import { owedEffects } from '../owed-effects.ts';
import { snapshotOf } from '../snapshot.ts';
import { newSwarm } from '../swarm-state.ts';
import { askForMore } from './decide-scaling.ts';

const R1 = runId('r1');
const pool = poolOf({ max: 6, voteAbove: 2 });
const approval = { members: ['user:ann', 'user:ben'], timeoutMs: 5_000, askAgainMs: 30_000 };

let world: CoreWorld;
beforeEach(() => {
  world = new CoreWorld({ rules: { approval }, play: () => ({ afterMs: 500_000, end: DONE }) });
});

function submit(tasks: number = 5): void {
  const specs = Array.from({ length: tasks }, (_, at) => taskOf(`t${at}`));
  assert.equal(world.send(submitOf(specs, { run: runSpecOf({ scale: [pool] }) })).ok, true);
}

/** The group is full as soon as it has anybody; whoever is decided on joins at once. */
function look(): void {
  const agents = world.swarm.registry.ofRun(R1).length;
  const load = { agents, averagePermille: agents === 0 ? 0 : 1_000, hot: agents };
  world.send({ type: 'scaling.look', runId: R1, groups: [{ role: 'pool', load, lowForMs: 0 }] });
  const joining = [...(world.swarm.runs.get(R1)?.scale.get('pool')?.joining ?? [])];
  if (joining.length === 0) return;
  const made = joining.map((id) => agentOf(id, { role: 'pool', runId: R1 }));
  world.send({ type: 'scaling.provisioned', runId: R1, role: 'pool', outcome: { ok: true, agents: made } });
}

function vote(no: number, member: string, choice: Choice): boolean {
  const id = proposalId(R1, `scaling@pool-${no}`);
  const contentHash = world.swarm.proposals.get(id)?.spec.contentHash ?? '';
  const ballot = { memberId: `user:${member}`, contentHash, choice };
  return world.send({ type: 'proposal.vote', proposalId: id, vote: ballot }).ok;
}

const sizes = (): readonly string[] => world.all('scaling.decided').map(({ from, to }) => `${from}>${to}`);
const asked = (): readonly unknown[] => world.all('proposal.opened').map(({ spec }) => spec.action?.['to']);

describe('a group that may only grow so far without a vote', () => {
  test('grows up to there, and asks once for what it has more use for', () => {
    submit();
    look();
    assert.deepEqual([sizes(), asked()], [['0>2'], []]);
    world.run(10_000);
    look();
    look();
    assert.deepEqual([sizes(), asked()], [['0>2'], [5]]);
    const [opened] = world.all('proposal.opened');
    assert.equal(opened?.proposalId, 'r1/scaling@pool-1');
    assert.equal(opened.spec.title, 'May the group "pool" grow to 5 agents? Without a vote it may have 2.');
    assert.deepEqual(opened.spec.members, [{ id: 'user:ann' }, { id: 'user:ben' }]);
  });

  test('grows when the vote allows it, and needs no other one up to there', () => {
    submit();
    look();
    world.run(10_000);
    look();
    assert.equal(vote(1, 'ann', 'approve') && vote(1, 'ben', 'approve'), true);
    assert.deepEqual(
      world.all('proposal.acted').map(({ result }) => result),
      [{ ok: true }],
    );
    look();
    assert.deepEqual(sizes(), ['0>2', '2>5']);
    world.run(25_000);
    const load = { agents: 5, averagePermille: 100, hot: 0 };
    world.send({ type: 'scaling.look', runId: R1, groups: [{ role: 'pool', load, lowForMs: 60_000 }] });
    world.run(40_000);
    look();
    assert.deepEqual(asked(), [5, 6]);
  });

  test.each<[string, readonly Choice[]]>([
    ['the vote is against it', ['reject', 'reject']],
    ['too few vote', ['approve']],
  ])('stays as it is when %s, and asks again only after a while', (_case, choices) => {
    submit();
    look();
    world.run(10_000);
    look();
    for (const [at, choice] of choices.entries()) vote(1, at === 0 ? 'ann' : 'ben', choice);
    world.run(15_000);
    assert.notEqual(world.all('proposal.closed')[0]?.outcome, 'approved');
    look();
    assert.deepEqual([sizes(), asked()], [['0>2'], [5]]);
    world.run(46_000);
    look();
    assert.deepEqual([sizes(), asked()], [['0>2'], [5, 5]]);
    assert.equal(world.swarm.proposals.size, 1);
    assert.equal(world.swarm.runs.get(R1)?.proposals.size, 1);
  });

  test('stays as it is where nobody can be asked, or as many votes go on as may', () => {
    for (const rules of [{ approval: { ...approval, members: [] } }, { approval, maxOpenProposals: 0 }]) {
      world = new CoreWorld({ rules, play: () => ({ afterMs: 500_000, end: DONE }) });
      submit();
      look();
      world.run(10_000);
      look();
      assert.deepEqual([sizes(), asked()], [['0>2'], []]);
    }
  });

  test('gets no agent more on the word of an alert either', () => {
    submit();
    look();
    world.run(20_000);
    const answer = askForMore(world.swarm, { by: 'alert x', nowMs: world.nowMs, agent: undefined });
    assert.match('refused' in answer ? answer.refused : '', /after a vote/);
  });
});

describe('the next leader', () => {
  test('knows what was asked and what was allowed, from events and from a snapshot', () => {
    submit();
    look();
    world.run(10_000);
    look();
    world.save();
    world.crash('snapshot');
    look();
    assert.deepEqual(asked(), [5]);
    vote(1, 'ann', 'approve');
    vote(1, 'ben', 'approve');
    world.save();
    for (const swarm of [world.replayed(), world.restored()]) {
      assert.equal(snapshotOf(swarm, 0), snapshotOf(world.swarm, 0));
      assert.equal(swarm.runs.get(R1)?.scale.get('pool')?.approvedTo, 5);
      assert.equal(
        owedEffects(swarm).some(({ type }) => type === 'perform-approved'),
        false,
      );
    }
    assert.equal(newSwarm().proposals.size, 0);
  });

  test('closes a vote on its time that ended while nobody led', () => {
    submit();
    look();
    world.run(10_000);
    look();
    world.crash('events');
    world.run(20_000);
    assert.equal(world.all('proposal.closed')[0]?.outcome, 'expired');
  });
});

test('a run that ends takes the vote on its groups with it', () => {
  submit();
  look();
  world.run(10_000);
  look();
  world.send({ type: 'run.cancel', runId: R1, reason: 'asked' });
  world.run(20_000);
  assert.equal(world.all('proposal.closed')[0]?.cause, 'run-ended');
  assert.equal(world.swarm.proposals.size, 0);
});
