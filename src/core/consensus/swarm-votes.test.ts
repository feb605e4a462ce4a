import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { CoreWorld, type WorldOptions } from '../../../test/support/core-world.ts';
import { Ledger } from '../../../test/support/core-world-ledger.ts';
import { agentOf, agentsOf, DONE, submitOf, taskOf } from '../../../test/support/core-world-specs.ts';
import { CONTENT, castOf, membersOf, openOf, OTHER_CONTENT, proposalIdOf } from '../../../test/support/vote-specs.ts';
import { agentId, runId, taskId } from '../ids.ts';
import type { SwarmInput } from '../inputs.ts';
import { owedEffects } from '../owed-effects.ts';
import type { Refusal } from '../ruling.ts';
import type { ProposalSpec } from './proposal-spec.ts';

const id = runId('r1');
const action = { do: 'merge' };
let world: CoreWorld;

/** A run whose one task takes a minute, so that votes have time. */
function worldOf(options: WorldOptions = {}): CoreWorld {
  const ledger = new Ledger();
  const made = new CoreWorld({ play: () => ({ afterMs: 60_000, end: DONE }), onEvent: ledger.note, ...options });
  made.send({ type: 'agents.register', agents: agentsOf(2) });
  made.send(submitOf([taskOf('t1')]));
  return made;
}

function refusalOf(input: SwarmInput): Refusal | undefined {
  const ruling = world.send(input);
  return ruling.ok ? undefined : ruling.refusal;
}

function problemsOf(more: Partial<ProposalSpec>): string {
  const refusal = refusalOf(openOf(more));
  return refusal?.reason === 'proposal-invalid' ? refusal.problems.join('; ') : String(refusal?.reason);
}

function approve(...members: readonly string[]): void {
  for (const member of members) world.send(castOf(member, 'approve'));
}

beforeEach(() => {
  world = worldOf();
});

describe('opening', () => {
  test('fixes members, rule and due time', () => {
    world.run(1_000);
    assert.equal(refusalOf(openOf()), undefined);
    const rule = { quorumPercent: 60, threshold: 'majority' };
    const expected = { type: 'proposal.opened', proposalId: proposalIdOf(), spec: openOf().proposal, rule };
    assert.deepEqual(world.all('proposal.opened'), [{ ...expected, dueMs: 31_000 }]);
  });

  test('again with the same body changes nothing, also after the end; with another it is a conflict', () => {
    for (let round = 0; round < 2; round++) assert.equal(refusalOf(openOf()), undefined);
    assert.deepEqual(refusalOf(openOf({ title: 'Something else?' })), { reason: 'proposal-conflict' });
    approve('m1', 'm2', 'm3');
    assert.equal(refusalOf(openOf()), undefined);
    assert.equal(world.all('proposal.opened').length, 1);
  });

  test('needs a run that goes on', () => {
    assert.deepEqual(refusalOf({ ...openOf(), runId: runId('r2') }), { reason: 'run-unknown' });
    world.send({ type: 'run.cancel', runId: id, reason: 'enough' });
    assert.deepEqual(refusalOf(openOf()), { reason: 'status-wrong', status: 'ending' });
    world.run();
    assert.deepEqual(refusalOf(openOf()), { reason: 'status-wrong', status: 'ended' });
  });

  test.each<[string, Partial<ProposalSpec>, RegExp]>([
    ['without members', { members: [] }, /^0 members, but 1 to 1000 can vote$/],
    ['with over 1,000 members', { members: membersOf(1_001) }, /^1001 members, but 1 to 1000/],
    ['with a member twice', { members: [{ id: 'a' }, { id: 'a' }] }, /^a member is named twice$/],
    ['with a member without a name', { members: [{ id: 'a b' }] }, /^a member id needs 1 to 130 printable/],
    ['with a weight of 0', { members: [{ id: 'a', weight: 0 }] }, /^member "a" weighs 0, but must/],
    ['with half a weight', { members: [{ id: 'a', weight: 0.5 }] }, /^member "a" weighs 0.5, but must/],
    ['of a review without an author', { kind: 'review' }, /^a review must name its author$/],
    ['of a review by a member', { kind: 'review', author: 'm2' }, /^the author "m2" has no vote$/],
    ['of a high risk in one family', { risk: 'high', members: membersOf(3, { family: 'x' }) }, /two model families$/],
    ['with a quorum of 0', { quorumPercent: 0 }, /^the quorum is 0 %, but must/],
    ['with a quorum in fractions', { quorumPercent: 33.3 }, /^the quorum is 33.3 %, but must/],
    ['with a quorum of 101', { quorumPercent: 101 }, /^the quorum is 101 %, but must/],
    ['without time', { timeoutMs: 0 }, /^the time to vote is 0 ms, but must/],
    ['with a name that is none', { name: '../x' }, /^"..\/x" is no name/],
    ['without a title', { title: '' }, /^the title needs 1 to 300/],
    ['without a subject', { subject: '' }, /^the subject needs 1 to 300/],
    ['without a hash', { contentHash: 'abc' }, /^the content hash is no SHA-256/],
    ['of 48,000 characters', { action: { text: 'x'.repeat(48_000) } }, /^it is over 48000 characters$/],
  ])('%s is refused', (_what, more, problem) => {
    assert.match(problemsOf(more), problem);
    assert.equal(world.all('proposal.opened').length, 0);
  });

  test('tells everything that is wrong at once', () => {
    assert.equal(problemsOf({ members: [], quorumPercent: 0, title: '' }).split('; ').length, 3);
  });

  test('takes 1,000 members, reviews by others, and high risks seen by two families', () => {
    const families = [
      { id: 'a', family: 'x' },
      { id: 'b', family: 'y' },
    ];
    assert.equal(refusalOf(openOf({ name: 'many', members: membersOf(1_000) })), undefined);
    assert.equal(refusalOf(openOf({ name: 'review', kind: 'review', author: 'm6' })), undefined);
    assert.equal(refusalOf(openOf({ name: 'risk', risk: 'high', members: families })), undefined);
  });

  test('is refused while 100 are open, until one has closed', () => {
    for (let index = 0; index < 100; index++) world.send(openOf({ name: `p${index}` }));
    assert.deepEqual(refusalOf(openOf({ name: 'more' })), {
      reason: 'limit-reached',
      limit: 'open proposals',
      most: 100,
    });
    approve('m1', 'm2', 'm3');
    assert.equal(refusalOf(openOf({ name: 'more' })), undefined);
  });

  test('is refused after 1,000 in one run', () => {
    world = worldOf({ rules: { maxOpenProposals: 2_000 } });
    for (let index = 0; index < 1_000; index++) world.send(openOf({ name: `p${index}` }));
    const limit = { reason: 'limit-reached', limit: 'proposals per run', most: 1_000 };
    assert.deepEqual(refusalOf(openOf({ name: 'more' })), limit);
  });
});

describe('time', () => {
  test('ends a vote when it is due, and the wait for it is forgotten when it is settled before', () => {
    world.send(openOf());
    world.run(29_999);
    assert.equal(world.all('proposal.closed').length, 0);
    world.run(30_000);
    assert.equal(world.all('proposal.closed')[0]?.outcome, 'expired');
    world.send(openOf({ name: 'p2' }));
    for (const member of ['m1', 'm2', 'm3']) {
      world.send({ ...castOf(member, 'reject'), proposalId: proposalIdOf('p2') });
    }
    const turns = world.turns;
    world.run(59_999);
    assert.equal(world.turns, turns);
  });

  test('that is over in the same turn as a vote decides by order', () => {
    // What is scheduled first comes first.
    world.sendAt(30_000, castOf('m3', 'abstain'));
    world.send(openOf());
    approve('m1', 'm2');
    world.run(30_000);
    assert.equal(world.all('proposal.closed')[0]?.outcome, 'approved');
    world = worldOf();
    world.send(openOf());
    world.sendAt(30_000, castOf('m3', 'abstain'));
    approve('m1', 'm2');
    world.run(30_000);
    assert.equal(world.all('proposal.closed')[0]?.outcome, 'expired');
    assert.equal(world.all('proposal.voted').length, 2);
  });

  test('goes on while the run is paused', () => {
    world.send(openOf());
    world.send({ type: 'run.pause', runId: id, reason: 'lunch' });
    world.run(30_000);
    assert.equal(world.all('proposal.closed').length, 1);
  });

  test('of a vote is kept when a veto is taken back whose check would have ended before', () => {
    const check = { afterMs: 500_000, isShown: true };
    world = worldOf({ play: () => ({ afterMs: 900_000, end: DONE }), checkVeto: () => check });
    world.send(openOf({ members: membersOf(2, { mayVeto: true }), revisable: true, timeoutMs: 600_000 }));
    world.send(castOf('m1', 'reject', { reproduce: ['false'] }));
    world.run(100);
    approve('m1', 'm2');
    world.run(600_000);
    assert.equal(world.all('proposal.closed')[0]?.outcome, 'approved');
  });

  test('of a veto goes on after the time of the vote', () => {
    world = worldOf({ checkVeto: () => ({ afterMs: 500_000, isShown: true }) });
    world.send(openOf({ members: membersOf(4, { mayVeto: true }) }));
    world.send(castOf('m1', 'reject', { reproduce: ['false'] }));
    approve('m2', 'm3', 'm4');
    world.run(30_000);
    assert.equal(world.all('proposal.voting-ended').length, 1);
    world.run(59_999);
    assert.equal(world.all('proposal.closed').length, 0);
  });
});

describe('the coordinator', () => {
  test('checks a veto, and what it finds decides', () => {
    for (const isShown of [true, false]) {
      world = worldOf({ checkVeto: () => ({ afterMs: 50, isShown }) });
      world.send(openOf({ members: membersOf(4, { mayVeto: true }) }));
      world.send(castOf('m1', 'reject', { reproduce: ['npm', 'test'] }));
      approve('m2', 'm3', 'm4');
      world.run(100);
      assert.equal(world.all('proposal.veto-judged')[0]?.finding, isShown ? 'confirmed' : 'refuted');
      assert.equal(world.all('proposal.closed')[0]?.outcome, isShown ? 'rejected' : 'approved');
    }
  });

  test('does what was approved once, however often it crashes', () => {
    let begun = 0;
    world = worldOf({
      act: () => {
        begun++;
        return { afterMs: 1_000, result: { ok: true } };
      },
    });
    world.send(openOf({ action }));
    approve('m1', 'm2', 'm3');
    for (const from of ['events', 'snapshot', 'events'] as const) {
      world.save();
      world.crash(from);
    }
    world.run();
    assert.deepEqual([begun, world.all('proposal.acted').length], [4, 1]);
    assert.deepEqual(owedEffects(world.swarm), []);
  });

  test('goes on with waits and checks after a crash, on led time', () => {
    world = worldOf({ checkVeto: () => ({ afterMs: 40_000, isShown: true }) });
    world.send(openOf({ members: membersOf(4, { mayVeto: true }) }));
    world.send(castOf('m1', 'reject', { reproduce: ['npm', 'test'] }));
    approve('m2', 'm3', 'm4');
    world.run(10_000);
    world.crash('events');
    world.run(30_000);
    assert.equal(world.all('proposal.voting-ended').length, 1);
    world.crash('events');
    world.run(69_999);
    assert.equal(world.all('proposal.closed').length, 0);
    world.run(70_000);
    assert.equal(world.all('proposal.closed')[0]?.outcome, 'rejected');
  });
});

describe('the end of a run', () => {
  test('comes when its tasks have ended; what is open then has expired, however many voted', () => {
    world.send(openOf({ timeoutMs: 3_600_000, action }));
    approve('m1', 'm2');
    world.send(castOf('m3', 'reject'));
    world.run();
    const closed = world.all('proposal.closed')[0];
    assert.deepEqual([closed?.outcome, closed?.cause], ['expired', 'run-ended']);
    assert.deepEqual(world.all('run.finished')[0]?.outcome, { state: 'succeeded' });
    assert.equal(world.nowMs, 60_000);
    const { proposals, openProposals } = world.swarm;
    assert.deepEqual([proposals.size, openProposals.size], [0, 0]);
    assert.deepEqual(refusalOf(castOf('m1', 'approve')), { reason: 'proposal-unknown' });
  });

  test('waits for what was approved, and takes no new votes meanwhile', () => {
    world = worldOf({ act: () => ({ afterMs: 90_000, result: { ok: true } }) });
    world.send(openOf({ action }));
    world.send(openOf({ name: 'p2', timeoutMs: 3_600_000 }));
    approve('m1', 'm2', 'm3');
    world.run(70_000);
    assert.equal(world.all('run.finished').length, 0);
    // All that is looked at after every event of other runs.
    assert.deepEqual([...(world.swarm.runs.get(id)?.undone ?? [])], [proposalIdOf()]);
    assert.equal(world.all('proposal.closed')[1]?.cause, 'run-ended');
    assert.deepEqual(refusalOf(openOf({ name: 'p3' })), { reason: 'status-wrong', status: 'ending' });
    world.crash('events');
    world.run();
    assert.equal(world.all('run.finished').length, 1);
  });

  test('by a cancel closes votes at once, so that nothing is approved any more', () => {
    world.send(openOf({ action }));
    approve('m1', 'm2');
    world.send({ type: 'run.cancel', runId: id, reason: 'enough' });
    assert.equal(world.all('proposal.closed')[0]?.outcome, 'expired');
    assert.deepEqual(refusalOf(castOf('m3', 'approve')), { reason: 'proposal-closed', status: 'expired' });
    world.run();
    assert.equal(world.all('proposal.acted').length, 0);
  });

  test('leaves no wait behind', () => {
    world.send(openOf({ timeoutMs: 3_600_000, members: membersOf(5, { mayVeto: true }) }));
    world.send(castOf('m1', 'reject', { reproduce: ['false'] }));
    world.run();
    assert.equal(world.nowMs, 60_000);
  });
});

describe('the author of a review', () => {
  const byTask: SwarmInput = {
    type: 'attempt.vote',
    taskId: taskId(id, 't1'),
    attempt: 1,
    proposal: 'review',
    vote: { contentHash: CONTENT, choice: 'approve' },
  };
  const agentOfTask = (): string => {
    const task = world.task('t1');
    return task !== undefined && 'agentId' in task ? `agent:${task.agentId}` : '';
  };
  const review = (author: string, member: string): SwarmInput =>
    openOf({ name: 'review', kind: 'review', author, members: [{ id: member }, { id: 'user:ann' }] });

  test('has no vote under its other name either: neither a task by its agent nor an agent by its task', () => {
    world.send(review('task:t1', agentOfTask()));
    assert.deepEqual(refusalOf(byTask), { reason: 'not-a-member' });
    world = worldOf();
    world.send(review(agentOfTask(), 'task:t1'));
    assert.deepEqual(refusalOf(byTask), { reason: 'not-a-member' });
  });

  test('is another one for other tasks', () => {
    world.send(review('task:t0', agentOfTask()));
    assert.equal(refusalOf(byTask), undefined);
    assert.equal(world.all('proposal.voted')[0]?.vote.memberId, agentOfTask());
  });
});

describe('the electorate', () => {
  const agents = ['a1', 'a2', 'a3', 'a4', 'a5'];
  const vote = (member: string): SwarmInput => castOf(member, member === 'a2' ? 'reject' : 'approve');
  const happenings: Readonly<Record<string, () => void>> = {
    'an agent leaves': () => void world.send({ type: 'agent.remove', agentId: agentId('a5') }),
    'an agent joins': () => void world.send({ type: 'agents.register', agents: [agentOf('a6')] }),
    'the coordinator dies': () => world.crash('events'),
  };

  /** Opens it, and lets something happen before the vote with this number. */
  function play(happen: () => void, position: number): void {
    world = worldOf();
    world.send({ type: 'agents.register', agents: agents.map((name) => agentOf(name)) });
    world.send(openOf({ members: agents.map((name) => ({ id: name })) }));
    for (const [index, member] of agents.slice(0, 4).entries()) {
      if (index === position) happen();
      world.send(vote(member));
    }
    if (position === 4) happen();
  }

  test.each(Object.entries(happenings))('stays what it was when %s, at every moment', (_what, happen) => {
    for (let position = 0; position <= 4; position++) {
      play(happen, position);
      const closed = world.all('proposal.closed')[0];
      assert.deepEqual([closed?.outcome, closed?.tally], ['approved', { total: 5, approve: 3, reject: 1, abstain: 0 }]);
    }
  });

  test('gives no vote to who joins', () => {
    world.send(openOf());
    world.send({ type: 'agents.register', agents: [agentOf('m6')] });
    assert.deepEqual(refusalOf(castOf('m6', 'approve')), { reason: 'not-a-member' });
  });

  test.each([0, 1, 2, 3, 4, 5])('with %i of 5 cut off expires where a quorum cannot be reached', (cutOff) => {
    world.send(openOf());
    approve(...membersOf(5 - cutOff).map(({ id: member }) => member));
    world.run(30_000);
    assert.equal(world.all('proposal.closed')[0]?.outcome, cutOff <= 2 ? 'approved' : 'expired');
  });
});

test('a vote for what stands there no more is refused, and so is one for nothing known', () => {
  world.send(openOf());
  assert.deepEqual(refusalOf(castOf('m1', 'approve', { contentHash: OTHER_CONTENT })), { reason: 'content-differs' });
  assert.equal(refusalOf(castOf('m1', 'approve', { contentHash: CONTENT })), undefined);
  const unknown = { ...castOf('m1', 'approve'), proposalId: proposalIdOf('p9') };
  assert.deepEqual(refusalOf(unknown), { reason: 'proposal-unknown' });
});
