import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { RUN, settle, taskIdOf } from '../../test/support/core-world-engine.ts';
import { DONE, taskOf } from '../../test/support/core-world-specs.ts';
import { begunOn, first, HostsRig } from '../../test/support/hosts-rig.ts';
import type { ScriptedHost } from '../../test/support/scripted-host.ts';

const t1 = taskIdOf('t1');

let rig: HostsRig;
beforeEach(async () => {
  rig = await HostsRig.open();
});
afterEach(() => rig.engine.stop());

/** An attempt on a host that has reserved something and has given its slot back until its sub-task has ended. */
async function waitOnHost(): Promise<ScriptedHost> {
  const host = await rig.hostWith({ capabilities: ['work', 'function:work'] });
  await rig.submit({ ...taskOf('t1'), resources: { memory: 1 }, delegate: {} });
  const { work } = taskOf('t1.sub');
  const add = [{ name: 'sub', work, requires: ['work'] }];
  for (const input of [
    { type: 'attempt.delegate', taskId: t1, attempt: 1, add, cancel: [] },
    { type: 'attempt.await', taskId: t1, attempt: 1, children: ['sub'] },
  ] as const)
    assert.deepEqual(await rig.engine.dispatch(input), { ok: true });
  assert.equal(rig.engine.task(t1)?.status, 'awaiting-children');
  return host;
}

describe('a change of leader', () => {
  test('lets attempts on hosts go on under their numbers', async () => {
    const host = await rig.hostWith();
    await rig.submit();
    await rig.replaceLeader();
    host.link(rig.driver);
    await settle();
    await rig.pass(20_000);
    host.end(first(host.begun), DONE);
    await settle();
    assert.deepEqual(begunOn(host), ['t1#1']);
    assert.equal(first(rig.eventsOf('task.succeeded')).type, 'task.succeeded');
    assert.deepEqual(rig.eventsOf('attempt.failed'), []);
  });

  test('takes a result that came while nobody led', async () => {
    const host = await rig.hostWith();
    await rig.submit();
    rig.engine.stop();
    host.end(first(host.begun), DONE);
    await rig.nextLeader();
    host.link(rig.driver);
    await settle();
    assert.equal(rig.eventsOf('task.succeeded').length, 1);
    assert.equal(host.session.held, 0);
  });

  test('ends what was given to a host that does not come back within a lease', async () => {
    await rig.hostWith();
    await rig.submit();
    await rig.replaceLeader();
    await rig.pass(14_800);
    assert.deepEqual(rig.eventsOf('attempt.failed'), []);
    await rig.pass(800);
    assert.equal(rig.eventsOf('attempt.failed').length, 1);
    assert.deepEqual(rig.eventsOf('host.lost'), [{ type: 'host.lost', host: 'h', why: 'lease' }]);
  });

  test('gives nothing new to a host before it is back', async () => {
    const host = await rig.hostWith();
    await rig.replaceLeader();
    await rig.submit();
    assert.deepEqual(rig.eventsOf('attempt.assigned'), []);
    host.link(rig.driver);
    await settle();
    assert.deepEqual(begunOn(host), ['t1#1']);
  });

  test('keeps the deadline of what runs', async () => {
    const host = await rig.hostWith();
    await rig.submit(taskOf('t1', { timeoutMs: 10_000 }));
    await rig.pass(6_000);
    await rig.engine.dispatch({ type: 'host.register', host: { host: 'x', cpu: 1, memory: 1 } });
    await rig.replaceLeader();
    host.link(rig.driver);
    await rig.pass(3_800);
    assert.ok(!host.acts.some((act) => act.do === 'stop'));
    await rig.pass(400);
    assert.ok(host.acts.some((act) => act.do === 'stop' && act.why === 'timed-out'));
  });

  test('stops what the old leader was stopping', async () => {
    const host = await rig.hostWith();
    await rig.submit();
    host.isCut = true;
    await rig.engine.dispatch({ type: 'run.cancel', runId: RUN, reason: 'enough' });
    await rig.replaceLeader();
    host.isCut = false;
    host.link(rig.driver);
    await settle();
    assert.ok(host.acts.some((act) => act.do === 'stop' && act.why === 'cancelled'));
  });

  test('does not wait for hosts when the old leader drains', async () => {
    const host = await rig.hostWith();
    await rig.submit();
    await rig.engine.drain();
    await rig.nextLeader();
    host.link(rig.driver);
    await settle();
    host.end(first(host.begun), DONE);
    await settle();
    assert.equal(rig.eventsOf('task.succeeded').length, 1);
    assert.deepEqual(rig.eventsOf('attempt.failed'), []);
  });
});

test('a new leader goes on with an attempt on a host that waits for its sub-tasks, whatever it has reserved', async () => {
  const host = await waitOnHost();
  await rig.replaceLeader();
  host.link(rig.driver);
  await settle();
  assert.deepEqual(
    [rig.engine.task(t1)?.status, host.acts.some((act) => act.do === 'stop')],
    ['awaiting-children', false],
  );
});

test('a new leader ends an attempt on a host that was cancelled while it waited for its sub-tasks', async () => {
  const host = await waitOnHost();
  await rig.engine.dispatch({ type: 'task.cancel', taskId: t1, reason: 'enough' });
  assert.equal(rig.engine.task(t1)?.status, 'cancelling');
  await rig.replaceLeader();
  host.link(rig.driver);
  await settle();
  host.end({ taskId: t1, attempt: 1 }, { ok: false, failure: { reason: 'stopped', why: 'cancelled' } });
  await settle();
  assert.equal(rig.engine.task(t1)?.status, 'cancelled');
});
