import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { EngineRig, RUN, settle, taskIdOf } from '../../test/support/core-world-engine.ts';
import { agentOf, DONE, submitOf, taskOf } from '../../test/support/core-world-specs.ts';
import { runId, taskId } from '../core/ids.ts';
import type { AttemptResult } from '../core/tasks/attempt.ts';
import type { Engine } from './engine.ts';

const [t1, t2] = [taskIdOf('t1'), taskIdOf('t2')];
const R2 = runId('r2');
const EMPTY: AttemptResult = {
  ok: false,
  failure: { reason: 'quota-exceeded', account: 'team', kind: 'requests', retryAfterMs: 60_000 },
};

let rig: EngineRig;
let engine: Engine;
beforeEach(async () => {
  rig = new EngineRig();
  engine = await rig.start();
  const agents = ['a', 'b'].map((id) => agentOf(id, { provider: 'p', account: 'team' }));
  await engine.dispatch({ type: 'agents.register', agents });
  await engine.dispatch(submitOf([taskOf('t1'), taskOf('t2', { needs: ['t1'] })]));
});
afterEach(() => engine.stop());

async function pass(ms: number): Promise<void> {
  rig.clock.advance(ms);
  await settle();
}

const assigned = (): number => rig.events.filter(({ type }) => type === 'attempt.assigned').length;

describe('a provider that takes nothing more for now', () => {
  test('makes every agent of the account wait, uncharged, and work goes on by itself when the pause is over', async () => {
    (await rig.agent.nextAttempt()).end(EMPTY);
    await settle();
    assert.equal(engine.task(t1)?.status, 'awaiting-quota');
    const [failed] = rig.events.flatMap((event) => (event.type === 'attempt.failed' ? [event] : []));
    assert.equal(failed?.charge, 'none');
    await pass(59_000);
    assert.equal(assigned(), 1);
    await pass(8_000);
    (await rig.agent.nextAttempt()).end(DONE);
    await settle();
    assert.equal(engine.task(t2)?.status, 'running');
    (await rig.agent.nextAttempt()).end(DONE);
    await settle();
    assert.equal(engine.run(RUN), undefined);
  });

  test('is known to the next leader, which waits for the rest of the pause', async () => {
    (await rig.agent.nextAttempt()).end(EMPTY);
    await settle();
    await pass(20_000);
    await engine.dispatch({ type: 'host.register', host: { host: 'x', cpu: 1, memory: 1 } });
    engine.stop();
    engine = await rig.start();
    assert.equal(engine.task(t1)?.status, 'awaiting-quota');
    await pass(39_000);
    assert.equal(assigned(), 1);
    await pass(8_000);
    assert.equal((await rig.agent.nextAttempt()).assignment.attempt, 2);
    assert.deepEqual(
      rig.types().filter((type) => type.startsWith('account.')),
      ['account.paused', 'account.resumed'],
    );
  });
});

describe('tasks that may write the same file', () => {
  test('never run at the same time, also under the next leader', async () => {
    await engine.dispatch({ type: 'run.cancel', runId: RUN, reason: 'enough' });
    (await rig.agent.nextAttempt()).end({ ok: false, failure: { reason: 'stopped', why: 'cancelled' } });
    await settle();
    const writers = [
      taskOf('w1', { writes: ['dist/'] }),
      taskOf('w2', { writes: ['dist/x.js'] }),
      taskOf('w3', { writes: ['docs/'] }),
    ];
    await engine.dispatch(submitOf(writers, { runId: R2 }));
    const begun = [await rig.agent.nextAttempt(), await rig.agent.nextAttempt()];
    assert.deepEqual(
      begun.map(({ assignment }) => assignment.spec.name),
      ['w1', 'w3'],
    );
    engine.stop();
    engine = await rig.start();
    await settle();
    const again = [await rig.agent.nextAttempt(), await rig.agent.nextAttempt()];
    assert.deepEqual(
      again.map(({ assignment }) => assignment.spec.name),
      ['w1', 'w3'],
    );
    again[1]?.end(DONE);
    await settle();
    assert.equal(engine.task(taskId(R2, 'w2'))?.status, 'ready');
    again[0]?.end(DONE);
    await settle();
    assert.equal((await rig.agent.nextAttempt()).assignment.spec.name, 'w2');
  });
});
