import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { EngineRig, RUN, settle, taskIdOf } from '../../test/support/core-world-engine.ts';
import { DONE, runSpecOf, submitOf, taskOf, THREW } from '../../test/support/core-world-specs.ts';
import { TWO_AGENTS } from '../../test/support/engine-inputs.ts';
import { swarmId } from '../core/ids.ts';
import type { BudgetSpec } from '../core/runs/run-spec.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { Engine } from './engine.ts';

const t1 = taskIdOf('t1');

let rig: EngineRig;
beforeEach(() => {
  rig = new EngineRig();
});

async function startWith(tasks: readonly TaskSpec[], budget: BudgetSpec = {}): Promise<Engine> {
  const engine = await rig.start();
  await engine.dispatch(TWO_AGENTS);
  await engine.dispatch(submitOf(tasks, { run: runSpecOf({ budget }) }));
  return engine;
}

/** As after kill -9: nothing is written any more, and no down time counts. */
function die(engine: Engine): void {
  engine.stop();
  rig.clock.advance(3_600_000);
}

describe('the next leader', () => {
  test('runs again what ran, uncharged, under a higher attempt number, and refuses the old one', async () => {
    const first = await startWith([taskOf('t1')]);
    await rig.agent.nextAttempt();
    die(first);
    const second = await rig.start();
    const { charge, failure } = await rig.probe.next('attempt.failed');
    assert.deepEqual([charge, failure], ['none', { reason: 'coordinator-lost' }]);
    const again = await rig.agent.nextAttempt();
    assert.equal(again.assignment.attempt, 2);
    const late = await second.dispatch({ type: 'attempt.end', taskId: t1, attempt: 1, result: DONE });
    assert.deepEqual(late, { ok: false, refusal: { reason: 'attempt-stale', currentAttempt: 2 } });
    again.end(DONE);
    await rig.probe.next('run.finished');
  });

  test('never runs a finished task again', async () => {
    const first = await startWith([taskOf('t1'), taskOf('t2', { needs: ['t1'] })]);
    (await rig.agent.nextAttempt()).end(DONE);
    await rig.agent.nextAttempt();
    die(first);
    await rig.start();
    (await rig.agent.nextAttempt()).end(DONE);
    await rig.probe.next('run.finished');
    const started = rig.events.filter((event) => event.type === 'attempt.assigned');
    assert.deepEqual(
      started.map(({ taskId }) => taskId),
      ['t1', 't2', 't2'].map(taskIdOf),
    );
  });

  test('lets a back-off go on where it stopped: down time does not count', async () => {
    const first = await startWith([taskOf('t1')]);
    (await rig.agent.nextAttempt()).end(THREW);
    await rig.probe.next('attempt.failed');
    rig.clock.advance(400);
    await first.dispatch({ type: 'host.register', host: { host: 'h1', cpu: 1, memory: 1 } });
    die(first);
    const second = await rig.start();
    rig.clock.advance(599);
    await settle();
    assert.equal(second.task(t1)?.status, 'backing-off');
    rig.clock.advance(1);
    assert.equal((await rig.agent.nextAttempt()).assignment.attempt, 2);
  });

  test('lets the wall budget of a run go on where it stopped, and ends the run when it is used up', async () => {
    const first = await startWith([taskOf('t1')], { wallMs: 10_000 });
    await rig.agent.nextAttempt();
    rig.clock.advance(6_000);
    await first.dispatch({ type: 'host.register', host: { host: 'h1', cpu: 1, memory: 1 } });
    die(first);
    await rig.start();
    const attempt = await rig.agent.nextAttempt();
    rig.clock.advance(3_999);
    await settle();
    assert.equal(attempt.signal.aborted, false);
    rig.clock.advance(1);
    await settle();
    assert.equal(attempt.signal.reason, 'cancelled');
    attempt.end(DONE);
    const failure = { reason: 'budget-exhausted', budget: 'wallMs', limit: 10_000 };
    assert.deepEqual((await rig.probe.next('run.finished')).outcome, { state: 'failed', failure });
  });

  test('ends as cancelled what was being cancelled', async () => {
    const first = await startWith([taskOf('t1')]);
    await rig.agent.nextAttempt();
    await first.dispatch({ type: 'run.cancel', runId: RUN, reason: 'enough' });
    die(first);
    await rig.start();
    const { outcome } = await rig.probe.next('run.finished');
    assert.deepEqual(outcome, { state: 'cancelled', reason: 'enough' });
  });

  test('leaves a paused run paused, with its lost attempts given back', async () => {
    const first = await startWith([taskOf('t1')]);
    await rig.agent.nextAttempt();
    await first.dispatch({ type: 'run.pause', runId: RUN, reason: 'lunch' });
    die(first);
    const second = await rig.start();
    await rig.probe.next('attempt.failed');
    await settle();
    assert.equal(second.task(t1)?.status, 'ready');
    await second.dispatch({ type: 'run.resume', runId: RUN });
    assert.equal((await rig.agent.nextAttempt()).assignment.attempt, 2);
  });

  test('asks a person about an irreversible act that nobody saw end', async () => {
    const first = await startWith([taskOf('t1', { effect: 'D' })]);
    await rig.agent.nextAttempt();
    die(first);
    const second = await rig.start();
    await rig.probe.next('task.outcome-unknown');
    assert.deepEqual(
      second.openRuns.map(({ state }) => state),
      ['waiting'],
    );
    await second.dispatch({ type: 'task.settle', taskId: t1, as: 'succeeded' });
    await rig.probe.next('run.finished');
  });

  test('answers a repeated submit like the first one, and another body as a conflict', async () => {
    const first = await startWith([taskOf('t1')]);
    die(first);
    const second = await rig.start();
    assert.deepEqual(await second.dispatch(submitOf([taskOf('t1')])), { ok: true });
    const other = submitOf([taskOf('t2')], { run: runSpecOf({ fingerprint: 'other' }) });
    assert.deepEqual(await second.dispatch(other), { ok: false, refusal: { reason: 'run-conflict' } });
  });

  test('has the same state, from a snapshot and what came after it as from all events', async () => {
    const first = await startWith([taskOf('t1'), taskOf('t2', { needs: ['t1'] })]);
    const attempt = await rig.agent.nextAttempt();
    const drained = first.drain();
    attempt.end(DONE);
    await drained;
    const second = await rig.start();
    const { seq } = (await rig.journal.latestSnapshot(rig.journal.batches[0]?.swarmId ?? never())) ?? never();
    assert.equal(seq, rig.events.length);
    assert.equal((await rig.agent.nextAttempt()).assignment.taskId, taskIdOf('t2'));
    await settle();
    die(second);
    await rig.start();
    const again = await rig.agent.nextAttempt();
    assert.deepEqual([again.assignment.taskId, again.assignment.attempt], [taskIdOf('t2'), 2]);
  });

  test('reads the whole journal when the snapshot is of a version it does not know', async () => {
    const first = await startWith([taskOf('t1')]);
    await rig.agent.nextAttempt();
    die(first);
    rig.journal.plant({ seq: 2, state: '{"version":0}' });
    await rig.start();
    assert.equal((await rig.agent.nextAttempt()).assignment.attempt, 2);
  });

  test('numbers its events after those of the one before', async () => {
    const first = await startWith([taskOf('t1')]);
    die(first);
    const second = await rig.start();
    await settle();
    assert.equal(second.epoch, first.epoch + 1);
    const firstSeqs = rig.journal.batches.map(({ firstSeq }) => firstSeq);
    assert.deepEqual(
      firstSeqs,
      firstSeqs.toSorted((one, other) => one - other),
    );
    assert.equal(new Set(firstSeqs).size, firstSeqs.length);
  });
});

function never(): never {
  throw new Error('not there');
}

describe('a drain whose last commit fails', () => {
  test('saves no snapshot: the state has gone on from what is stored', async () => {
    const first = await startWith([taskOf('t1')]);
    const attempt = await rig.agent.nextAttempt();
    const before = rig.events.length;
    rig.journal.hold();
    attempt.end(DONE);
    await settle();
    const drained = first.drain();
    rig.journal.release(new Error('the disk is gone'));
    await drained;
    rig.journal.releaseAll();
    assert.equal(rig.events.length, before);
    assert.equal(await rig.journal.latestSnapshot(swarmId('s1')), undefined);
    const second = await rig.start();
    assert.equal(second.task(t1)?.status, 'running');
    assert.equal((await rig.probe.next('attempt.failed')).failure.reason, 'coordinator-lost');
  });
});
