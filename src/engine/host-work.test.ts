import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { RUN, settle, taskIdOf } from '../../test/support/core-world-engine.ts';
import { DONE, taskOf, THREW } from '../../test/support/core-world-specs.ts';
import { begunOn, first, HostsRig } from '../../test/support/hosts-rig.ts';

const t1 = taskIdOf('t1');

let rig: HostsRig;
beforeEach(async () => {
  rig = await HostsRig.open();
});
afterEach(() => rig.engine.stop());

describe('a task on a host', () => {
  test('runs there, and is done when its result is stored', async () => {
    const host = await rig.hostWith();
    await rig.submit();
    assert.deepEqual(begunOn(host), ['t1#1']);
    host.end(first(host.begun), DONE);
    await settle();
    assert.equal(rig.engine.task(t1), undefined);
    assert.equal(first(rig.eventsOf('run.finished')).type, 'run.finished');
    assert.equal(host.session.held, 0);
    assert.deepEqual(
      host.acts.filter((act) => act.do === 'forget').map((act) => act.do === 'forget' && act.isEvidence),
      [false],
    );
  });

  test('keeps its result on the host while it is not stored', async () => {
    const host = await rig.hostWith();
    await rig.submit();
    rig.journal.hold();
    host.end(first(host.begun), DONE);
    await settle();
    assert.equal(host.session.held, 1);
    rig.journal.releaseAll();
    await settle();
    assert.equal(host.session.held, 0);
  });

  test('that fails there is tried again, charged', async () => {
    const host = await rig.hostWith();
    await rig.submit();
    host.end(first(host.begun), THREW);
    await settle();
    await rig.pass(2_000);
    assert.deepEqual(begunOn(host), ['t1#1', 't1#2']);
  });

  test('reports how far it is', async () => {
    const host = await rig.hostWith();
    await rig.submit();
    host.report(first(host.begun), { kind: 'progress', percentage: 40, step: 'half' });
    await settle();
    assert.equal(rig.eventsOf('attempt.reported').length, 1);
  });

  test('is cancelled there, and its end is the end of the task', async () => {
    const host = await rig.hostWith();
    await rig.submit();
    await rig.engine.dispatch({ type: 'run.cancel', runId: RUN, reason: 'enough' });
    await settle();
    assert.deepEqual(
      host.acts.filter((act) => act.do === 'stop'),
      [{ do: 'stop', taskId: t1, attempt: 1, why: 'cancelled' }],
    );
    host.end(first(host.begun), { ok: false, failure: { reason: 'stopped', why: 'cancelled' } });
    await settle();
    assert.equal(rig.eventsOf('task.cancelled').length, 1);
    assert.equal(host.session.held, 0);
  });

  test('is ended when its timeout is over', async () => {
    const host = await rig.hostWith();
    await rig.submit(taskOf('t1', { timeoutMs: 3_000 }));
    await rig.pass(3_200);
    assert.ok(host.acts.some((act) => act.do === 'stop' && act.why === 'timed-out'));
  });
});

describe('what an attempt on a host asks', () => {
  test('is answered by the lead, and by the next one when the first has ended', async () => {
    rig.engine.stop();
    const asked: string[] = [];
    await rig.nextLeader(() => ({ ask: (_id, { question }) => void asked.push(question), giveUp: () => undefined }));
    const host = await rig.hostWith();
    await rig.submit();
    host.ask(first(host.begun), 1, { ability: 'proposals', question: 'outcomes', given: ['x'] });
    await settle();
    assert.deepEqual(asked, ['outcomes']);
    rig.engine.stop();
    await rig.nextLeader(() => ({ ask: (_id, { question }) => void asked.push(question), giveUp: () => undefined }));
    host.link(rig.driver);
    await settle();
    assert.deepEqual(asked, ['outcomes', 'outcomes']);
  });
});

test('workers of one machine share its capacity, also with a leader that has it from a snapshot', async () => {
  const [one, other] = [
    await rig.hostWith({ name: 'w1', machine: 'm' }),
    await rig.hostWith({ name: 'w2', machine: 'm' }),
  ];
  const far = await rig.hostWith({ name: 'w3', machine: 'n', capabilities: ['far'] });
  const hungry = { resources: { cpu: 500 } };
  await rig.submit(
    { ...taskOf('t1'), ...hungry },
    { ...taskOf('t2'), ...hungry },
    { ...taskOf('t3', { requires: ['far'] }), ...hungry },
  );
  const all = (): readonly string[] => [one, other, far].flatMap(begunOn).toSorted();
  assert.deepEqual(all(), ['t1#1', 't3#1']);
  await rig.replaceLeader();
  for (const host of [one, other, far]) host.link(rig.driver);
  await settle();
  assert.deepEqual(all(), ['t1#1', 't3#1']);
  const [busy, offer] = one.begun[0] === undefined ? [other, first(other.begun)] : [one, one.begun[0]];
  busy.end(offer, DONE);
  await rig.pass(400);
  assert.deepEqual(all(), ['t1#1', 't2#1', 't3#1']);
});
