import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { EngineRig, RUN, settle, taskIdOf } from '../../test/support/core-world-engine.ts';
import { agentsOf, DONE, runSpecOf, submitOf, taskOf } from '../../test/support/core-world-specs.ts';
import type { AttemptResult, Evidence } from '../core/tasks/attempt.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { AgentDriver } from '../ports/agent-driver.ts';
import type { ScriptedAttempt } from '../testing/scripted-agent.ts';
import type { Engine } from './engine.ts';
import type { EnginePorts } from './engine-options.ts';

const STOPPED: AttemptResult = { ok: false, failure: { reason: 'stopped', why: 'cancelled' } };
const proof: Evidence = { check: 'command', ok: true, argv: ['true'], exitCode: 0, workspace: 'copy', tail: '' };
const t1 = taskIdOf('t1');

let rig: EngineRig;
beforeEach(() => {
  rig = new EngineRig();
});

/** An engine with two agents and a run of these tasks. */
async function startWith(tasks: readonly TaskSpec[], ports?: Partial<EnginePorts>): Promise<Engine> {
  const engine = await rig.start({}, ports);
  await engine.dispatch({ type: 'agents.register', agents: agentsOf(2) });
  await engine.dispatch(submitOf(tasks));
  return engine;
}

async function startOne(more: Partial<TaskSpec> = {}): Promise<readonly [Engine, ScriptedAttempt]> {
  const engine = await startWith([taskOf('t1', more)]);
  return [engine, await rig.agent.nextAttempt()];
}

function driverOf(run: AgentDriver['run']): AgentDriver {
  return { kind: 'function', run, probe: async () => ({ ok: true, detail: '' }) };
}

describe('an attempt', () => {
  test('gets the work with its expressions resolved, the outputs of its needs, and the inputs of the run', async () => {
    const engine = await rig.start();
    await engine.dispatch({ type: 'agents.register', agents: agentsOf(1) });
    const input = { tag: 'v${{ tasks.first.outputs.count }}' };
    const tasks = [
      taskOf('first'),
      taskOf('second', { needs: ['first'], work: { kind: 'function', function: 'work', input } }),
    ];
    await engine.dispatch(submitOf(tasks, { run: runSpecOf({ inputs: { go: 'yes' } }) }));
    (await rig.agent.nextAttempt()).end({ ...DONE, outputs: { count: 3 } });
    const { assignment } = await rig.agent.nextAttempt();
    assert.deepEqual(assignment.work, { kind: 'function', function: 'work', input: { tag: 'v3' } });
    assert.deepEqual([assignment.needs, assignment.inputs], [{ first: { count: 3 } }, { go: 'yes' }]);
    assert.deepEqual([assignment.runId, assignment.project, assignment.attempt], [RUN, '/project', 1]);
  });

  test('whose expressions cannot be resolved fails for good, with the reason, and no driver hears of it', async () => {
    const input = '${{ tasks.t0.outputs.missing.deep }}';
    await startWith([
      taskOf('t0'),
      taskOf('t1', { needs: ['t0'], work: { kind: 'function', function: 'work', input } }),
    ]);
    (await rig.agent.nextAttempt()).end(DONE);
    assert.equal((await rig.probe.next('task.failed')).failure.reason, 'expression-failed');
  });

  test('is told at its deadline to end, and what the driver then says counts', async () => {
    const [, attempt] = await startOne({ timeoutMs: 5_000 });
    rig.clock.advance(4_999);
    assert.equal(attempt.signal.aborted, false);
    rig.clock.advance(1);
    assert.equal(attempt.signal.reason, 'timed-out');
    attempt.end({ ok: false, failure: { reason: 'timed-out', afterMs: 5_000, tail: 'last words' } });
    const { failure, charge } = await rig.probe.next('attempt.failed');
    assert.deepEqual([failure, charge], [{ reason: 'timed-out', afterMs: 5_000, tail: 'last words' }, 'attempt']);
  });

  test('ends without its driver when that ignores the deadline for 12 s, and what it says later is not heard', async () => {
    const [engine, attempt] = await startOne({ timeoutMs: 5_000 });
    rig.clock.advance(5_000);
    rig.clock.advance(11_999);
    await settle();
    assert.equal(engine.task(t1)?.status, 'running');
    rig.clock.advance(1);
    const { failure } = await rig.probe.next('attempt.failed');
    assert.deepEqual(failure, { reason: 'timed-out', afterMs: 17_000, tail: '' });
    attempt.end(DONE);
    await settle();
    assert.equal(engine.task(t1)?.status, 'backing-off');
  });

  test('whose driver speaks long after its end does no harm to the next one', async () => {
    const [engine, late] = await startOne({ timeoutMs: 5_000 });
    rig.clock.advance(17_000);
    await rig.probe.next('attempt.failed');
    rig.clock.advance(1_000);
    const next = await rig.agent.nextAttempt();
    late.end(DONE);
    await settle();
    await engine.dispatch({ type: 'task.cancel', taskId: t1, reason: 'enough' });
    assert.equal(next.signal.reason, 'cancelled');
    next.end(STOPPED);
    await rig.probe.next('task.cancelled');
  });

  test('has an hour when nothing is declared', async () => {
    const [, attempt] = await startOne();
    rig.clock.advance(3_599_999);
    assert.equal(attempt.signal.aborted, false);
    rig.clock.advance(1);
    assert.equal(attempt.signal.reason, 'timed-out');
  });

  test('that was cancelled never becomes a success, whatever its driver says', async () => {
    const [engine, attempt] = await startOne();
    await engine.dispatch({ type: 'task.cancel', taskId: t1, reason: 'enough' });
    assert.equal(attempt.signal.reason, 'cancelled');
    attempt.end(DONE);
    assert.equal((await rig.probe.next('task.cancelled')).reason, 'enough');
    await rig.probe.next('run.finished');
    assert.ok(!rig.types().includes('task.succeeded'));
  });

  test('that was cancelled ends after 12 s although its driver ignores it', async () => {
    const [engine] = await startOne();
    await engine.dispatch({ type: 'task.cancel', taskId: t1, reason: 'enough' });
    rig.clock.advance(12_000);
    await rig.probe.next('task.cancelled');
  });

  test('leaves its agent to the next one only when its driver has said that it ended', async () => {
    const engine = await startWith([taskOf('t1'), taskOf('t2'), taskOf('t3')]);
    const first = await rig.agent.nextAttempt();
    await rig.agent.nextAttempt();
    await engine.dispatch({ type: 'task.cancel', taskId: first.assignment.taskId, reason: 'enough' });
    await settle();
    assert.equal(engine.task(taskIdOf('t3'))?.status, 'ready');
    first.end(STOPPED);
    assert.equal((await rig.agent.nextAttempt()).assignment.taskId, taskIdOf('t3'));
  });

  test('of a driver that rejects is tried again after the delay, with the evidence kept', async () => {
    const [engine, attempt] = await startOne();
    attempt.crash(new Error('boom'));
    const { failure } = await rig.probe.next('attempt.failed');
    assert.ok(failure.reason === 'internal-error' && failure.message.includes('boom'));
    rig.clock.advance(999);
    await settle();
    assert.equal(engine.task(t1)?.status, 'backing-off');
    rig.clock.advance(1);
    const again = await rig.agent.nextAttempt();
    assert.equal(again.assignment.attempt, 2);
    again.end(DONE);
    await rig.probe.next('task.succeeded');
  });

  test('of a driver that throws at once counts the same', async () => {
    const driver = driverOf(() => {
      throw new Error('not even started');
    });
    await startWith([taskOf('t1')], { drivers: { function: driver, command: driver } });
    const { failure } = await rig.probe.next('attempt.failed');
    assert.ok(failure.reason === 'internal-error' && failure.message.includes('not even started'));
  });

  test('of a driver that answers without a promise is done at once', async () => {
    const driver = driverOf(() => DONE);
    const needs = ['t1'];
    await startWith([taskOf('t1'), taskOf('t2', { needs })], { drivers: { function: driver, command: driver } });
    assert.deepEqual((await rig.probe.next('run.finished')).outcome, { state: 'succeeded' });
    assert.equal(rig.clock.pending, 0);
  });

  test('reports progress at most once a second', async () => {
    const [, attempt] = await startOne();
    for (const percentage of [1, 2, 3]) attempt.context.report({ kind: 'progress', percentage, step: null });
    rig.clock.advance(1_000);
    attempt.context.report({ kind: 'progress', percentage: 4, step: null });
    attempt.end(DONE);
    await rig.probe.next('task.succeeded');
    attempt.context.report({ kind: 'progress', percentage: 5, step: null });
    await settle();
    const reported = rig.events.filter((event) => event.type === 'attempt.reported');
    const seen = reported.map(({ report }) => (report.kind === 'progress' ? report.percentage : null));
    assert.deepEqual(seen, [1, 4]);
  });

  test('reports data up to 16 KiB; of more it is said that it was not kept', async () => {
    const [, attempt] = await startOne();
    const fits = { kind: 'data', topic: 'trees', data: 'é'.repeat(8_191) } as const;
    attempt.context.report(fits);
    rig.clock.advance(1_000);
    attempt.context.report({ ...fits, data: 'é'.repeat(8_192) });
    attempt.end(DONE);
    await rig.probe.next('task.succeeded');
    const reported = rig.events.flatMap((event) => (event.type === 'attempt.reported' ? [event.report] : []));
    assert.deepEqual(reported[0], fits);
    assert.deepEqual(reported[1], {
      kind: 'note',
      text: 'Data on "trees" was not kept: it has 16386 bytes, and a report has at most 16384. Give it as an output.',
    });
  });
});

describe('a claim', () => {
  const verify = [['npm', 'test']];

  test('counts only after the checks that the coordinator runs, on what is journaled', async () => {
    const writes = ['dist/'];
    await startWith([taskOf('t0', { writes }), taskOf('t1', { needs: ['t0'], verify })]);
    (await rig.agent.nextAttempt()).end(DONE);
    (await rig.agent.nextAttempt()).end({ ...DONE, outputs: { said: 'done' } });
    const check = await rig.verifier.nextCheck();
    const { claim } = check;
    assert.ok(rig.types().includes('attempt.claimed'));
    assert.deepEqual([claim.claim.outputs, claim.writesBefore], [{ said: 'done' }, ['dist/']]);
    check.find({ ok: true, evidence: [proof], outputs: { checked: true } });
    await rig.probe.next('attempt.claimed');
    const { outputs, evidence } = await rig.probe.next('task.succeeded');
    assert.deepEqual([outputs, evidence.at(-1)], [{ checked: true }, proof]);
  });

  test('that does not hold is a failed attempt', async () => {
    const [, attempt] = await startOne({ verify });
    attempt.end(DONE);
    const evidence = [{ ...proof, ok: false, exitCode: 1 }];
    (await rig.verifier.nextCheck()).find({ ok: false, failure: { reason: 'check-failed', evidence } });
    assert.deepEqual((await rig.probe.next('attempt.failed')).failure, { reason: 'check-failed', evidence });
  });

  test('whose verifier rejects is a failed attempt, and the lead goes on', async () => {
    const [, attempt] = await startOne({ verify });
    attempt.end(DONE);
    (await rig.verifier.nextCheck()).crash(new Error('no disk'));
    assert.equal((await rig.probe.next('attempt.failed')).failure.reason, 'internal-error');
  });

  test('whose verifier throws at once is a failed attempt too', async () => {
    rig.verifier.bug = new Error('no verifier');
    const [, attempt] = await startOne({ verify });
    attempt.end(DONE);
    assert.equal((await rig.probe.next('attempt.failed')).failure.reason, 'internal-error');
  });

  test('under check can be cancelled: the check is told, and no verdict makes it a success', async () => {
    const [engine, attempt] = await startOne({ verify });
    attempt.end(DONE);
    const check = await rig.verifier.nextCheck();
    await engine.dispatch({ type: 'task.cancel', taskId: t1, reason: 'enough' });
    assert.equal(check.signal.reason, 'cancelled');
    check.find({ ok: true, evidence: [proof], outputs: {} });
    await rig.probe.next('task.cancelled');
  });

  test('under check ends 12 s after its cancel although the verifier ignores it', async () => {
    const [engine, attempt] = await startOne({ verify });
    attempt.end(DONE);
    const check = await rig.verifier.nextCheck();
    await engine.dispatch({ type: 'task.cancel', taskId: t1, reason: 'enough' });
    rig.clock.advance(11_999);
    await settle();
    assert.equal(engine.task(t1)?.status, 'cancelling');
    rig.clock.advance(1);
    await rig.probe.next('run.finished');
    check.find({ ok: true, evidence: [proof], outputs: {} });
    await settle();
    assert.equal(rig.types().at(-1), 'run.finished');
  });

  test('under check is not touched by a pause', async () => {
    const [engine, attempt] = await startOne({ verify });
    attempt.end(DONE);
    const check = await rig.verifier.nextCheck();
    await engine.dispatch({ type: 'run.pause', runId: RUN, reason: 'lunch' });
    assert.equal(check.signal.aborted, false);
    check.find({ ok: true, evidence: [proof], outputs: {} });
    await rig.probe.next('task.succeeded');
  });

  test('under check when the lead drains is checked again by the next one', async () => {
    const [engine, attempt] = await startOne({ verify });
    attempt.end(DONE);
    const check = await rig.verifier.nextCheck();
    const drained = engine.drain();
    assert.equal(check.signal.reason, 'draining');
    check.find({ ok: false, failure: { reason: 'stopped', why: 'draining' } });
    await drained;
    assert.equal(rig.types().at(-1), 'attempt.claimed');
    await rig.start();
    (await rig.verifier.nextCheck()).find({ ok: true, evidence: [proof], outputs: {} });
    await rig.probe.next('task.succeeded');
  });
});
