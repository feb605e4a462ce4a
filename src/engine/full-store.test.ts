import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { DONE, runSpecOf, submitOf, taskOf } from '../../test/support/core-world-specs.ts';
import { EngineRig, settle, taskIdOf } from '../../test/support/core-world-engine.ts';
import { ACCEPTED, ONE_TASK, refused, registerHost, TWO_AGENTS } from '../../test/support/engine-inputs.ts';

let rig: EngineRig;
beforeEach(() => {
  rig = new EngineRig();
});

describe('a full store', () => {
  const FULL = { ok: false, reason: 'store-full' } as const;

  test('has new commands refused aloud; the same batch is tried again until there is room, and all goes on', async () => {
    const told: boolean[] = [];
    const engine = await rig.start({ onFull: (isFull) => void told.push(isFull) });
    await engine.dispatch(TWO_AGENTS);
    rig.journal.answers.push(FULL, FULL, FULL, FULL);
    const answer = engine.dispatch(ONE_TASK);
    await settle();
    assert.deepEqual(await engine.dispatch(registerHost('h1')), refused('store-full'));
    for (let second = 0; second < 2; second++) {
      rig.clock.advance(1_000);
      await settle();
    }
    assert.deepEqual(await answer, ACCEPTED);
    assert.deepEqual(told, [true, false]);
    const tries = rig.journal.batches.slice(-5);
    assert.deepEqual(
      tries.map(({ mayUseReserve = false }) => mayUseReserve),
      [false, true, false, true, false],
    );
    assert.ok(tries.every(({ entries }) => entries === tries[0]?.entries));
    (await rig.agent.nextAttempt()).end(DONE);
    await rig.probe.next('run.finished');
    assert.deepEqual(await engine.dispatch(registerHost('h1')), ACCEPTED);
  });

  test('starts nothing new, but ends, pauses and cancels in the room kept back, until there is room for all', async () => {
    const engine = await rig.start();
    await engine.dispatch(TWO_AGENTS);
    await engine.dispatch(submitOf(['t1', 't2', 't3', 't4'].map((name) => taskOf(name))));
    const assigned = (): number => rig.types().filter((type) => type === 'attempt.assigned').length;
    const [first, second] = [await rig.agent.nextAttempt(), await rig.agent.nextAttempt()];
    // What was decided before anybody knew, the third start, is kept in the reserve with the end of the first.
    rig.journal.answers.push(FULL);
    first.end(DONE);
    await rig.probe.next('task.succeeded');
    assert.equal(assigned(), 3);
    assert.deepEqual(await engine.dispatch(registerHost('h1')), refused('store-full'));
    rig.journal.answers.push(FULL);
    second.end(DONE);
    await rig.probe.next('task.succeeded');
    rig.journal.answers.push(FULL);
    assert.deepEqual(await engine.dispatch({ type: 'task.cancel', taskId: taskIdOf('t3'), reason: 'room' }), ACCEPTED);
    rig.journal.answers.push(FULL);
    rig.clock.advance(1_000);
    await settle();
    assert.equal(assigned(), 3);
    rig.clock.advance(1_000);
    await settle();
    assert.equal(assigned(), 4);
    assert.deepEqual(await engine.dispatch(registerHost('h1')), ACCEPTED);
  });

  test('that has room again is noticed although something else is looked at all the time', async () => {
    const provisioner = { scale: async () => ({ ok: true, agents: [] }) as const, forget: () => {} };
    const engine = await rig.start({ loadLookMs: 400 }, { provisioner });
    await engine.dispatch(TWO_AGENTS);
    const shape = { role: 'other', driver: 'function', capabilities: ['other'], slots: 1, host: 'here' } as const;
    const run = runSpecOf({ scale: [{ ...shape, min: 0, max: 1 }] });
    await engine.dispatch(
      submitOf(
        ['t1', 't2', 't3', 't4'].map((name) => taskOf(name)),
        { run },
      ),
    );
    const [first, second] = [await rig.agent.nextAttempt(), await rig.agent.nextAttempt()];
    for (const attempt of [first, second]) {
      rig.journal.answers.push(FULL);
      attempt.end(DONE);
      await rig.probe.next('task.succeeded');
    }
    const assigned = (): number => rig.types().filter((type) => type === 'attempt.assigned').length;
    assert.equal(assigned(), 3);
    for (let look = 0; look < 6; look++) {
      rig.clock.advance(400);
      await settle();
    }
    assert.equal(assigned(), 4);
  });

  test('that has room again for what was decided meanwhile gives out what waited for that', async () => {
    const engine = await rig.start();
    await engine.dispatch(TWO_AGENTS);
    await engine.dispatch(submitOf(['t1', 't2', 't3', 't4'].map((name) => taskOf(name))));
    const [first, second] = [await rig.agent.nextAttempt(), await rig.agent.nextAttempt()];
    rig.journal.answers.push(FULL);
    first.end(DONE);
    await rig.probe.next('task.succeeded');
    assert.equal((await rig.agent.nextAttempt()).assignment.taskId, taskIdOf('t3'));
    second.end(DONE);
    await rig.probe.next('task.succeeded');
    await settle();
    assert.equal(rig.types().filter((type) => type === 'attempt.assigned').length, 4);
  });

  test('does not keep a drain from its end', async () => {
    const engine = await rig.start();
    rig.journal.answers.push(FULL, FULL);
    const answer = engine.dispatch(TWO_AGENTS);
    await settle();
    const drained = engine.drain(500);
    rig.clock.advance(500);
    await drained;
    assert.deepEqual(await answer, refused('not-leading'));
  });
});
