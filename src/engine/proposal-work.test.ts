import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { EngineRig, settle } from '../../test/support/core-world-engine.ts';
import { agentsOf, submitOf, taskOf } from '../../test/support/core-world-specs.ts';
import { type ScriptedAct, ScriptedDuties, type ScriptedVeto } from '../../test/support/scripted-duties.ts';
import { castOf, CONTENT, membersOf, openOf, OTHER_CONTENT, proposalIdOf } from '../../test/support/vote-specs.ts';
import type { ProposalSpec } from '../core/consensus/proposal-spec.ts';
import { runId } from '../core/ids.ts';
import type { Engine } from './engine.ts';

const reproduce = ['npm', 'test'];
let rig: EngineRig;
let duties: ScriptedDuties;

beforeEach(() => {
  rig = new EngineRig();
  duties = new ScriptedDuties();
});

/** An engine with a run that goes on, and a proposal to five in it, any of whom may veto. */
async function startVote(more: Partial<ProposalSpec> = {}, hasDuties = true): Promise<Engine> {
  const engine = await rig.start({}, hasDuties ? { proposals: duties } : {});
  await engine.dispatch({ type: 'agents.register', agents: agentsOf(1) });
  await engine.dispatch(submitOf([taskOf('t1')]));
  await engine.dispatch(openOf({ members: membersOf(5, { mayVeto: true }), ...more }));
  return engine;
}

async function approve(engine: Engine, ...members: readonly string[]): Promise<void> {
  for (const member of members) await engine.dispatch(castOf(member, 'approve'));
  await settle();
}

async function veto(engine: Engine, ...members: readonly string[]): Promise<void> {
  for (const member of members) await engine.dispatch(castOf(member, 'reject', { reproduce }));
  await settle();
}

/** A run that has approved `action`, with no veto in the way. */
async function startAction(hasDuties = true): Promise<Engine> {
  const engine = await startVote({ action: { do: 'merge' }, members: membersOf(5) }, hasDuties);
  await approve(engine, 'm1', 'm2', 'm3');
  return engine;
}

function nthVeto(index: number): ScriptedVeto {
  return duties.vetoes[index] ?? assert.fail(`no veto ${index} is being checked`);
}

function nthAct(index: number): ScriptedAct {
  return duties.acts[index] ?? assert.fail(`no action ${index} was begun`);
}

/** As after kill -9. */
async function nextLeader(engine: Engine): Promise<Engine> {
  engine.stop();
  const next = await rig.start({}, { proposals: duties });
  await settle();
  return next;
}

describe('a veto', () => {
  test('is checked with what it names, and the finding decides', async () => {
    const engine = await startVote();
    await veto(engine, 'm1');
    const place = { runId: 'r1', project: '/project' };
    assert.deepEqual(nthVeto(0).veto, { proposalId: proposalIdOf(), memberId: 'm1', reproduce, ...place });
    nthVeto(0).find(true);
    assert.equal((await rig.probe.next('proposal.veto-judged')).finding, 'confirmed');
    await approve(engine, 'm2', 'm3');
    assert.equal((await rig.probe.next('proposal.closed')).outcome, 'rejected');
  });

  test('is not confirmed by a check that breaks, or where nobody can check', async () => {
    const engine = await startVote();
    await veto(engine, 'm1');
    nthVeto(0).crash(new Error('no clean copy'));
    assert.equal((await rig.probe.next('proposal.veto-judged')).finding, 'refuted');
    engine.stop();
    rig = new EngineRig();
    await veto(await startVote({}, false), 'm1');
    assert.equal((await rig.probe.next('proposal.veto-judged')).finding, 'refuted');
  });

  test('waits while two others are checked', async () => {
    const engine = await startVote();
    await veto(engine, 'm1', 'm2');
    await engine.dispatch(openOf({ name: 'p2', members: membersOf(5, { mayVeto: true }) }));
    await engine.dispatch({ ...castOf('m1', 'reject', { reproduce }), proposalId: proposalIdOf('p2') });
    await settle();
    assert.equal(duties.vetoes.length, 2);
    nthVeto(0).find(false);
    await settle();
    assert.equal(nthVeto(2).veto.proposalId, proposalIdOf('p2'));
  });

  test('is given up when its time is over, and what it finds later changes nothing', async () => {
    const engine = await startVote({ timeoutMs: 600_000 });
    await veto(engine, 'm1');
    await approve(engine, 'm2', 'm3', 'm4', 'm5');
    rig.clock.advance(119_999);
    await settle();
    assert.ok(!nthVeto(0).signal.aborted);
    rig.clock.advance(1);
    assert.equal((await rig.probe.next('proposal.veto-judged')).finding, 'timed-out');
    assert.equal((await rig.probe.next('proposal.closed')).outcome, 'approved');
    assert.ok(nthVeto(0).signal.aborted);
    nthVeto(0).find(true);
    await settle();
    assert.equal(rig.types().filter((type) => type === 'proposal.veto-judged').length, 1);
  });

  test('is given up when the vote is settled without it', async () => {
    const engine = await startVote();
    await veto(engine, 'm1');
    for (const member of ['m2', 'm3']) await engine.dispatch(castOf(member, 'reject'));
    await rig.probe.next('proposal.closed');
    await settle();
    assert.ok(nthVeto(0).signal.aborted);
  });

  test('that was changed is given up for the newer one', async () => {
    const engine = await startVote({ revisable: true });
    await veto(engine, 'm1');
    await engine.dispatch(castOf('m1', 'reject', { reproduce: ['make', 'check'] }));
    await settle();
    assert.ok(nthVeto(0).signal.aborted);
    nthVeto(0).find(true);
    nthVeto(1).find(false);
    const { revision, finding } = await rig.probe.next('proposal.veto-judged');
    assert.deepEqual([revision, finding], [2, 'refuted']);
  });

  test('is checked once by one leader, also when it was cast before its start', async () => {
    (await startVote()).stop();
    const engine = await rig.lead({}, { proposals: duties });
    await veto(engine, 'm1');
    engine.start();
    await settle();
    assert.deepEqual([duties.vetoes.length, nthVeto(0).signal.aborted], [1, false]);
  });

  test('is checked again by the next leader', async () => {
    const engine = await startVote();
    await veto(engine, 'm1');
    await nextLeader(engine);
    assert.ok(nthVeto(0).signal.aborted);
    nthVeto(0).find(true);
    nthVeto(1).find(false);
    assert.equal((await rig.probe.next('proposal.veto-judged')).finding, 'refuted');
  });

  test('is dropped by a drain, which does not wait for it', async () => {
    const engine = await startVote();
    await veto(engine, 'm1');
    const drained = engine.drain();
    assert.ok(nthVeto(0).signal.aborted);
    nthVeto(0).find(false);
    await settle();
    (await rig.agent.nextAttempt()).end({ ok: false, failure: { reason: 'stopped', why: 'draining' } });
    await drained;
    assert.ok(!rig.types().includes('proposal.veto-judged'));
  });
});

describe('what was approved', () => {
  test('is done with what was voted on, under the key of the proposal, and told once', async () => {
    await startAction();
    const about = { proposalId: proposalIdOf(), runId: 'r1', project: '/project', subject: 'f1' };
    assert.deepEqual(duties.loads, [{ ...about, contentHash: CONTENT, action: { do: 'merge' } }]);
    assert.equal(nthAct(0).key, proposalIdOf());
    nthAct(0).end();
    assert.deepEqual((await rig.probe.next('proposal.acted')).result, { ok: true });
  });

  test.each([
    ['is something else', OTHER_CONTENT, { reason: 'content-changed', foundHash: OTHER_CONTENT }],
    ['is gone', undefined, { reason: 'content-changed' }],
  ])('is not done when what was voted on %s now', async (_what, content, failure) => {
    duties.content = content;
    await startAction();
    assert.deepEqual((await rig.probe.next('proposal.acted')).result, { ok: false, failure });
    assert.equal(duties.acts.length, 0);
  });

  test('has failed when it could not be done, or nobody can do it, and is not tried again', async () => {
    const engine = await startAction();
    nthAct(0).fail(new Error('the ref has moved'));
    const failure = { reason: 'failed', message: 'the ref has moved' };
    assert.deepEqual((await rig.probe.next('proposal.acted')).result, { ok: false, failure });
    await nextLeader(engine);
    assert.equal(duties.acts.length, 1);
    rig = new EngineRig();
    await startAction(false);
    const nobody = { reason: 'failed', message: 'nobody here can do it' };
    assert.deepEqual((await rig.probe.next('proposal.acted')).result, { ok: false, failure: nobody });
  });

  test('that does not end in time is told as unknown', async () => {
    await startAction();
    rig.clock.advance(600_000);
    assert.ok(nthAct(0).signal.aborted);
    const failure = { reason: 'timed-out', afterMs: 600_000 };
    assert.deepEqual((await rig.probe.next('proposal.acted')).result, { ok: false, failure });
  });

  test('is done again under the same key when its leader died before it was told', async () => {
    const engine = await startAction();
    await nextLeader(engine);
    assert.ok(nthAct(0).signal.aborted);
    nthAct(0).end();
    nthAct(1).end();
    await rig.probe.next('proposal.acted');
    await settle();
    assert.deepEqual(
      [nthAct(1).key, rig.types().filter((type) => type === 'proposal.acted').length],
      [nthAct(0).key, 1],
    );
  });

  test('is begun once by one leader, also when it was approved before its start', async () => {
    const engine = await startVote({ action: { do: 'merge' }, members: membersOf(5) });
    engine.stop();
    const next = await rig.lead({}, { proposals: duties });
    await approve(next, 'm1', 'm2', 'm3');
    next.start();
    await settle();
    assert.equal(duties.loads.length, 1);
  });

  test('stays owed to a leader that can do it', async () => {
    duties.isElsewhere = true;
    const engine = await startAction();
    assert.deepEqual([duties.loads.length, duties.acts.length], [1, 0]);
    duties.isElsewhere = false;
    await nextLeader(engine);
    nthAct(0).end();
    assert.deepEqual((await rig.probe.next('proposal.acted')).result, { ok: true });
  });

  test('that nobody here can do is given up when its run is cancelled', async () => {
    duties.isElsewhere = true;
    const engine = await startAction();
    await engine.dispatch({ type: 'run.cancel', runId: runId('r1'), reason: 'enough' });
    const { result } = await rig.probe.next('proposal.acted');
    assert.ok(!result.ok && result.failure.reason === 'failed');
    assert.match(result.failure.message, /^the run was cancelled, and nobody here can do it/);
    (await rig.agent.nextAttempt()).end({ ok: false, failure: { reason: 'stopped', why: 'cancelled' } });
    assert.equal((await rig.probe.next('run.finished')).outcome.state, 'cancelled');
  });

  test('that is under way when its run is cancelled comes to its end, once', async () => {
    const engine = await startAction();
    await engine.dispatch({ type: 'run.cancel', runId: runId('r1'), reason: 'enough' });
    (await rig.agent.nextAttempt()).end({ ok: false, failure: { reason: 'stopped', why: 'cancelled' } });
    await settle();
    assert.deepEqual([duties.acts.length, nthAct(0).signal.aborted], [1, false]);
    nthAct(0).end();
    assert.deepEqual((await rig.probe.next('proposal.acted')).result, { ok: true });
    assert.equal((await rig.probe.next('run.finished')).outcome.state, 'cancelled');
  });

  test('is no matter for a vote when it cannot be done', async () => {
    duties.problems = ['there is no such thing'];
    const engine = await startVote();
    const answer = await engine.dispatch(openOf({ name: 'p2', action: { do: 'magic' } }));
    assert.deepEqual(answer, { ok: false, refusal: { reason: 'proposal-invalid', problems: duties.problems } });
    assert.equal(rig.types().filter((type) => type === 'proposal.opened').length, 1);
  });

  test('is waited for by a drain', async () => {
    const engine = await startAction();
    const drained = engine.drain();
    (await rig.agent.nextAttempt()).end({ ok: false, failure: { reason: 'stopped', why: 'draining' } });
    await settle();
    assert.ok(!nthAct(0).signal.aborted);
    nthAct(0).end();
    await drained;
    assert.ok(rig.types().includes('proposal.acted'));
  });
});

test('a lead that drains begins nothing for votes: the next one owes it', async () => {
  const engine = await startVote({ action: { do: 'merge' }, members: membersOf(5) });
  await engine.dispatch(openOf({ name: 'p2', members: membersOf(5, { mayVeto: true }) }));
  const drained = engine.drain();
  await engine.dispatch({ ...castOf('m1', 'reject', { reproduce }), proposalId: proposalIdOf('p2') });
  await approve(engine, 'm1', 'm2', 'm3');
  assert.deepEqual([duties.loads.length, duties.vetoes.length], [0, 0]);
  (await rig.agent.nextAttempt()).end({ ok: false, failure: { reason: 'stopped', why: 'draining' } });
  await drained;
  await nextLeader(engine);
  assert.deepEqual([duties.acts.length, duties.vetoes.length], [1, 1]);
});

test('a leader that ends soon does what was approved to its end, and begins no check', async () => {
  const first = await startAction();
  await first.dispatch(openOf({ name: 'p2', timeoutMs: 3_600_000, members: membersOf(5, { mayVeto: true }) }));
  await first.dispatch({ ...castOf('m1', 'reject', { reproduce }), proposalId: proposalIdOf('p2') });
  await settle();
  first.stop();
  const brief = await rig.start({ isBrief: true }, { proposals: duties });
  await settle();
  const drained = brief.drain();
  rig.clock.advance(60_000);
  await settle();
  assert.deepEqual([nthAct(1).signal.aborted, duties.acts.length, duties.vetoes.length], [false, 2, 1]);
  nthAct(1).end();
  await drained;
  assert.ok(rig.types().includes('proposal.acted'));
  await rig.start({}, { proposals: duties });
  await settle();
  assert.deepEqual([duties.acts.length, duties.vetoes.length], [2, 2]);
});

test('a proposal is closed by the clock of the lead, also by the next leader', async () => {
  const engine = await startVote();
  rig.clock.advance(10_000);
  await nextLeader(engine);
  rig.clock.advance(30_000);
  assert.equal((await rig.probe.next('proposal.closed')).outcome, 'expired');
});
