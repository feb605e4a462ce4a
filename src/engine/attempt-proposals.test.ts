import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { EngineRig, settle, taskIdOf } from '../../test/support/core-world-engine.ts';
import { agentsOf, DONE, submitOf, taskOf, THREW } from '../../test/support/core-world-specs.ts';
import { castOf, CONTENT, openOf, OTHER_CONTENT, proposalIdOf, proposalOf } from '../../test/support/vote-specs.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import { nameOf, runId } from '../core/ids.ts';
import type { ProposalSpec } from '../core/consensus/proposal-spec.ts';
import type { AttemptVote, RunProposals } from '../ports/run-proposals.ts';
import type { ScriptedAttempt } from '../testing/scripted-agent.ts';
import type { Engine } from './engine.ts';

let rig: EngineRig;
let engine: Engine;

beforeEach(async () => {
  rig = new EngineRig();
  engine = await rig.start();
  await engine.dispatch({ type: 'agents.register', agents: agentsOf(2) });
  await engine.dispatch(submitOf([taskOf('t1'), taskOf('t2')]));
});

const byTasks = (more: Partial<ProposalSpec> = {}): ProposalSpec =>
  proposalOf({ members: [{ id: 'task:t1' }, { id: 'task:t2' }, { id: 'user:ann' }], ...more });
const voteFor = (choice: AttemptVote['choice'], more: Partial<AttemptVote> = {}): AttemptVote => ({
  proposal: 'p1',
  contentHash: CONTENT,
  choice,
  ...more,
});
const accepted = { ok: true, proposalId: proposalIdOf() } as const;
const refusedAs = (reason: string, more: object = {}): object => ({ ok: false, refusal: { reason, ...more } });
const votes = (): readonly unknown[] =>
  rig.events.flatMap((event) => (event.type === 'proposal.voted' ? [[event.vote.memberId, event.vote.choice]] : []));

async function bothTasks(): Promise<readonly [RunProposals, RunProposals, ScriptedAttempt, ScriptedAttempt]> {
  const one = await rig.attemptOf('t1');
  const other = await rig.attemptOf('t2');
  return [one.context.proposals, other.context.proposals, one, other];
}

describe('a running attempt', () => {
  test('opens a proposal of its own run; the same again is answered like the first time, another is refused', async () => {
    const [first, second] = await bothTasks();
    assert.deepEqual(await first.open([byTasks(), byTasks({ name: 'p2' })]), [
      accepted,
      { ok: true, proposalId: proposalIdOf('p2') },
    ]);
    assert.deepEqual(await second.open([byTasks(), byTasks({ title: 'Really?' })]), [
      accepted,
      refusedAs('proposal-conflict'),
    ]);
    assert.equal(rig.types().filter((type) => type === 'proposal.opened').length, 2);
  });

  test('is durable when it is answered', async () => {
    const [first] = await bothTasks();
    rig.journal.hold();
    let isAnswered = false;
    void first.open([byTasks()]).then(() => (isAnswered = true));
    await settle();
    assert.ok(!isAnswered);
    rig.journal.releaseAll();
    await settle();
    assert.ok(isAnswered);
  });

  test('votes as its task, and only on what it has looked at', async () => {
    const [first, second] = await bothTasks();
    await first.open([byTasks()]);
    const given = [voteFor('approve', { contentHash: OTHER_CONTENT }), voteFor('approve'), voteFor('reject')];
    assert.deepEqual(await first.vote(given), [
      refusedAs('content-differs'),
      accepted,
      refusedAs('already-cast', { choice: 'approve' }),
    ]);
    assert.deepEqual(await second.vote([voteFor('reject'), voteFor('reject', { proposal: 'p7' })]), [
      accepted,
      refusedAs('proposal-unknown'),
    ]);
    assert.deepEqual(votes(), [
      ['task:t1', 'approve'],
      ['task:t2', 'reject'],
    ]);
  });

  test('votes as its agent where its task is no member, and is a stranger where neither is', async () => {
    const [first, second, one, other] = await bothTasks();
    const agent = `agent:${one.assignment.agentId}`;
    assert.notEqual(one.assignment.agentId, other.assignment.agentId);
    await first.open([proposalOf({ members: [{ id: agent }, { id: 'task:t9' }] })]);
    assert.deepEqual(await second.vote([voteFor('reject')]), [refusedAs('not-a-member')]);
    assert.deepEqual(await first.vote([voteFor('approve')]), [accepted]);
    assert.deepEqual(votes(), [[agent, 'approve']]);
  });

  test('has no vote where a member must show something that it cannot', async () => {
    const [first] = await bothTasks();
    await first.open([byTasks({ members: [{ id: 'task:t1', credentialHash: CONTENT }] })]);
    assert.deepEqual(await first.vote([voteFor('approve')]), [refusedAs('credential-wrong')]);
  });

  test('gives all votes of one call in one commit', async () => {
    const [first] = await bothTasks();
    const names = Array.from({ length: 40 }, (_, index) => `p${index}`);
    await first.open(names.map((name) => byTasks({ name })));
    const before = rig.journal.batches.length;
    await first.vote(names.map((proposal) => voteFor('approve', { proposal })));
    assert.equal(rig.journal.batches.length, before + 1);
    assert.equal(votes().length, 40);
  });

  test('asks for no more than a thousand at once', async () => {
    const [first] = await bothTasks();
    const many = Array.from({ length: 1_001 }, () => voteFor('approve'));
    await assert.rejects(first.vote(many), /1001 at once, but an attempt may ask for at most 1000/);
    await assert.rejects(first.outcomes(many.map(({ proposal }) => proposal)), /ask in parts/);
  });
});

describe('an attempt that is not the current one any more', () => {
  test('has no vote after its end, and none instead of the next one', async () => {
    const [first, , one] = await bothTasks();
    await first.open([byTasks()]);
    one.end(THREW);
    await settle();
    assert.deepEqual(await first.vote([voteFor('reject')]), [refusedAs('status-wrong', { status: 'backing-off' })]);
    rig.clock.advance(10_000);
    const next = await rig.attemptOf('t1');
    assert.deepEqual(await first.vote([voteFor('reject')]), [refusedAs('attempt-stale', { currentAttempt: 2 })]);
    assert.deepEqual(await first.open([byTasks({ name: 'p2' })]), [refusedAs('attempt-stale', { currentAttempt: 2 })]);
    assert.deepEqual(await next.context.proposals.vote([voteFor('approve')]), [accepted]);
    assert.deepEqual(votes(), [['task:t1', 'approve']]);
  });

  test('has none while it is being cancelled', async () => {
    const [first] = await bothTasks();
    await first.open([byTasks()]);
    await engine.dispatch({ type: 'task.cancel', taskId: taskIdOf('t1'), reason: 'no more' });
    assert.deepEqual(await first.vote([voteFor('approve')]), [refusedAs('status-wrong', { status: 'cancelling' })]);
  });

  test('has none in the batch in which it ends', async () => {
    const [first, , one] = await bothTasks();
    await first.open([byTasks()]);
    one.end(DONE);
    await Promise.resolve();
    const late = await first.vote([voteFor('reject')]);
    assert.deepEqual(late, [refusedAs('status-wrong', { status: 'succeeded' })]);
    assert.deepEqual(votes(), []);
  });
});

describe('outcomes', () => {
  const settled = async (promise: Promise<unknown>): Promise<string> => {
    let state = 'open';
    promise.then(
      () => (state = 'resolved'),
      () => (state = 'rejected'),
    );
    await settle();
    return state;
  };

  test('are there when all are closed, in the order asked for, undefined for what does not exist', async () => {
    const [first, second] = await bothTasks();
    await first.open([byTasks(), byTasks({ name: 'p2', timeoutMs: 60_000 })]);
    const asked = first.outcomes(['p2', 'nothing', 'p1']);
    for (const name of ['p1', 'p2']) await second.vote([voteFor('reject', { proposal: name })]);
    await first.vote([voteFor('reject')]);
    assert.equal(await settled(asked), 'open');
    rig.clock.advance(60_000);
    const [later, missing, earlier] = await asked;
    assert.deepEqual([later?.status, missing, earlier?.status], ['expired', undefined, 'rejected']);
    assert.deepEqual(
      earlier?.votes.map(({ memberId, choice }) => [memberId, choice]),
      [
        ['task:t2', 'reject'],
        ['task:t1', 'reject'],
      ],
    );
  });

  test('of what has closed before are there at once, but not before they are stored', async () => {
    const [first, second] = await bothTasks();
    await first.open([byTasks()]);
    await first.vote([voteFor('reject')]);
    rig.journal.hold();
    void second.vote([voteFor('reject')]);
    await settle();
    const asked = first.outcomes(['p1']);
    assert.equal(await settled(asked), 'open');
    rig.journal.releaseAll();
    assert.equal((await asked)[0]?.status, 'rejected');
    assert.equal((await first.outcomes(['p1', 'p1']))[1]?.status, 'rejected');
  });

  test('are given up when the attempt is stopped, and never wait for one that has ended', async () => {
    const [first, second, , other] = await bothTasks();
    await first.open([byTasks()]);
    const asked = first.outcomes(['p1']);
    const dropped = second.outcomes(['p1']);
    await settle();
    other.end(DONE);
    await engine.dispatch({ type: 'task.cancel', taskId: taskIdOf('t1'), reason: 'no more' });
    await assert.rejects(asked, /The attempt was stopped: cancelled/);
    await assert.rejects(first.outcomes(['p1']), /cancelled/);
    assert.equal(await settled(dropped), 'open');
  });

  test('are given up when the lead ends, and so is what was asked for', async () => {
    const [first] = await bothTasks();
    await first.open([byTasks()]);
    const asked = first.outcomes(['p1']);
    await settle();
    rig.journal.hold();
    const vote = first.vote([voteFor('approve')]);
    await settle();
    engine.stop();
    await assert.rejects(asked, /lead-lost/);
    await assert.rejects(vote, /The coordinator has stopped/);
    await assert.rejects(first.outcomes(['p1']), /The coordinator has stopped/);
  });

  test('of a member by name are heard by whoever waits, when a person decides it', async () => {
    const [first] = await bothTasks();
    await first.open([byTasks({ quorumPercent: 1 })]);
    const asked = first.outcomes(['p1']);
    await engine.dispatch(castOf('user:ann', 'approve'));
    await first.vote([voteFor('approve')]);
    assert.equal((await asked)[0]?.status, 'approved');
  });

  test('of another run are not to be had', async () => {
    await engine.dispatch(openOf());
    const [first] = await bothTasks();
    assert.deepEqual(await first.outcomes(['r1/p1', '../r1/p1']), [undefined, undefined]);
  });
});

test('of 3,000 votes of attempts, old and new, only those of current ones count, once each', async () => {
  const random = seededRandom(7);
  const pick = <One>(all: readonly One[]): One => all[Math.floor(random() * all.length)] ?? assert.fail('none');
  const names = Array.from({ length: 60 }, (_, index) => `p${index}`);
  const members = ['t1', 't2', 'hold'].map((task) => ({ id: `task:${task}` }));
  const retry = { maxAttempts: 20, firstDelayMs: 10, maxDelayMs: 10 };
  const [, , ...others] = await bothTasks();
  for (const attempt of others) attempt.end(DONE);
  await settle();
  const run = { runId: runId('r2'), agents: [] };
  await engine.dispatch(submitOf([taskOf('t1', { retry }), taskOf('t2', { retry })], run));
  const newest = new Map<string, ScriptedAttempt>();
  const all: ScriptedAttempt[] = [];
  const takeBoth = async (): Promise<void> => {
    while (newest.size < 2) {
      const attempt = await rig.agent.nextAttempt();
      newest.set(attempt.assignment.spec.name, attempt);
      all.push(attempt);
    }
  };
  await takeBoth();
  const specs = names.map((name) => proposalOf({ name, members, quorumPercent: 100, timeoutMs: 3_600_000 }));
  const [opener] = newest.values();
  assert.ok(opener !== undefined);
  const opened = await opener.context.proposals.open(specs);
  assert.ok(opened.every(({ ok }) => ok));
  const counted = new Map<string, string>();
  let refused = 0;
  for (let round = 0; round < 300; round++) {
    const voter = pick(all);
    const task = voter.assignment.spec.name;
    const given = Array.from({ length: 10 }, () => voteFor(pick(['approve', 'reject']), { proposal: pick(names) }));
    const answers = await voter.context.proposals.vote(given);
    for (const [index, { proposal, choice }] of given.entries()) {
      const earlier = counted.get(`${task} ${proposal}`);
      const mayVote = newest.get(task) === voter && (earlier === undefined || earlier === choice);
      assert.equal(answers[index]?.ok, mayVote);
      if (mayVote) counted.set(`${task} ${proposal}`, choice);
      else refused++;
    }
    if (random() < 0.06 && all.length < 30) {
      const [name, attempt] = pick([...newest]);
      newest.delete(name);
      attempt.end(THREW);
      await settle();
      rig.clock.advance(60_000);
      await takeBoth();
    }
  }
  const stored = rig.events.flatMap((event) =>
    event.type === 'proposal.voted'
      ? [[`${event.vote.memberId.slice(5)} ${nameOf(event.proposalId)}`, event.vote.choice] as const]
      : [],
  );
  assert.deepEqual(new Map(stored), counted);
  assert.equal(stored.length, counted.size);
  assert.ok(all.length > 5 && refused > 1_000, `${all.length} attempts, ${refused} refused`);
});
