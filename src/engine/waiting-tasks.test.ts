import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { EngineRig, settle, taskIdOf } from '../../test/support/core-world-engine.ts';
import { agentOf, DONE, submitOf, taskOf } from '../../test/support/core-world-specs.ts';
import { runId } from '../core/ids.ts';
import type { Engine } from './engine.ts';

const agents = [
  agentOf('fast', { role: 'fast', capabilities: ['work', 'fast'] }),
  agentOf('slow', { role: 'slow', capabilities: ['work', 'slow'] }),
];

let rig: EngineRig;
let engine: Engine;

/** Both agents have shown how long they take: 1 s and 10 s. The fast one then gets `t1`, and `t2` waits for it. */
beforeEach(async () => {
  rig = new EngineRig();
  engine = await rig.start();
  await engine.dispatch({ type: 'agents.register', agents });
  const lessons = ['fast', 'slow'].map((name) => taskOf(name, { requires: [name] }));
  await engine.dispatch(submitOf(lessons, { runId: runId('r0') }));
  const [fast, slow] = [await rig.agent.nextAttempt(), await rig.agent.nextAttempt()];
  rig.clock.advance(1_000);
  fast.end(DONE);
  await rig.probe.next('task.succeeded');
  rig.clock.advance(9_000);
  slow.end(DONE);
  await rig.probe.next('run.finished');
  await engine.dispatch(submitOf([taskOf('t1'), taskOf('t2')]));
  assert.equal((await rig.agent.nextAttempt()).assignment.agentId, 'fast');
  await settle();
  assert.equal(engine.task(taskIdOf('t2'))?.status, 'ready');
});

describe('a task that waits for a busy agent', () => {
  test('is given to another one when the busy one turns out to be late', async () => {
    for (let second = 0; second < 20; second++) {
      rig.clock.advance(1_000);
      await settle();
    }
    assert.equal((await rig.agent.nextAttempt()).assignment.agentId, 'slow');
  });

  test('is looked at again although something else happens all the time', async () => {
    for (let turn = 0; turn < 50; turn++) {
      rig.clock.advance(400);
      await engine.dispatch({ type: 'run.resume', runId: runId('unknown') });
    }
    assert.equal(engine.task(taskIdOf('t2'))?.status, 'running');
  });
});
