import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { settle, taskIdOf } from '../../test/support/core-world-engine.ts';
import { DONE, taskOf } from '../../test/support/core-world-specs.ts';
import { begunOn, first, HostsRig } from '../../test/support/hosts-rig.ts';
import { agentId } from '../core/ids.ts';

const t1 = taskIdOf('t1');

let rig: HostsRig;
beforeEach(async () => {
  rig = await HostsRig.open();
});
afterEach(() => rig.engine.stop());

describe('a host that may not join', () => {
  test('is told why in words', async () => {
    await rig.hostWith({ slots: 1 });
    await rig.submit();
    const other = await rig.hostWith({ slots: 2, instance: 2 });
    await rig.pass(1_000);
    const [refused] = other.acts.filter((act) => act.do === 'refused');
    assert.match(refused?.do === 'refused' ? refused.message : '', /have not ended what they do/);
  });
});

describe('a host that cannot be reached', () => {
  test('gets nothing new, also when an agent of it has rested meanwhile', async () => {
    const host = await rig.hostWith({ slots: 1 });
    await rig.submit();
    // What it still does after its lease takes the slot: it turns down what it is given when it is back.
    host.isCut = true;
    await rig.pass(16_000);
    host.isCut = false;
    host.unlink();
    host.link(rig.driver);
    await rig.pass(400);
    assert.equal(rig.eventsOf('attempt.failed').length, 2);
    host.unlink();
    const before = rig.eventsOf('attempt.assigned').length;
    await rig.pass(3_000);
    assert.equal(rig.eventsOf('attempt.assigned').length, before);
  });
});

describe('a host that is lost', () => {
  test('gives its tasks to another one within its lease, uncharged, and what it says later counts for nothing', async () => {
    const [host, other] = [await rig.hostWith(), await rig.hostWith({ name: 'k', slots: 1 })];
    await rig.submit(taskOf('t1'), taskOf('t2'), taskOf('t3'));
    host.isCut = true;
    await rig.pass(15_600);
    assert.deepEqual(rig.eventsOf('host.lost'), [{ type: 'host.lost', host: 'h', why: 'lease' }]);
    const lost = rig.events.flatMap((event) => (event.type === 'attempt.failed' ? [event] : []));
    assert.deepEqual(
      lost.map(({ charge, failure }) => [charge, failure]),
      host.begun.map(() => ['none', { reason: 'agent-lost' }]),
    );
    for (let round = 0; round < 4; round++) {
      for (const offer of other.begun) other.end(offer, DONE);
      await settle();
    }
    assert.equal(rig.eventsOf('task.succeeded').length, 3);
    host.isCut = false;
    for (const offer of host.begun) host.end(offer, DONE);
    await rig.pass(6_000);
    assert.equal(host.session.held, 0);
    assert.ok(host.acts.every((act) => act.do !== 'forget' || act.isEvidence));
    assert.equal(rig.eventsOf('task.succeeded').length, 3);
  });

  test('because its process has ended is lost at once', async () => {
    const host = await rig.hostWith();
    await rig.submit();
    host.die();
    await settle();
    assert.deepEqual(rig.eventsOf('host.lost'), [{ type: 'host.lost', host: 'h', why: 'exited' }]);
    assert.deepEqual(rig.eventsOf('agent.removed'), [{ type: 'agent.removed', agentId: agentId('h.1') }]);
    const next = await rig.hostWith({ instance: 2 });
    assert.deepEqual(begunOn(next), ['t1#2']);
  });

  test('leaves an irreversible act to a person, but one that never began is given out again', async () => {
    const host = await rig.hostWith({ slots: 1 });
    await rig.submit(taskOf('t1', { effect: 'D' }));
    assert.deepEqual(begunOn(host), ['t1#1']);
    host.die();
    await settle();
    assert.equal(rig.eventsOf('task.outcome-unknown').length, 1);
    await rig.engine.dispatch({ type: 'task.settle', taskId: t1, as: 'retry' });
    const drains = await rig.hostWith({ instance: 2, slots: 1 });
    drains.drain();
    assert.deepEqual(begunOn(drains), ['t1#2']);
  });
});

describe('draining a host', () => {
  test('gives it nothing new, lets what runs come to its end, and is over when it has left', async () => {
    const host = await rig.hostWith({ slots: 1 });
    await rig.submit(taskOf('t1'), taskOf('t2'));
    assert.deepEqual(await rig.engine.dispatch({ type: 'host.drain', host: 'h', reason: 'asked for' }), { ok: true });
    await settle();
    assert.equal(host.acts.filter((act) => act.do === 'drain').length, 1);
    host.drain();
    host.end(first(host.begun), DONE);
    await settle();
    assert.deepEqual(begunOn(host), ['t1#1']);
    host.leave();
    await settle();
    assert.deepEqual(rig.eventsOf('host.left'), [{ type: 'host.left', host: 'h' }]);
    assert.ok(host.acts.some((act) => act.do === 'left'));
    const other = await rig.hostWith({ name: 'k' });
    assert.deepEqual(begunOn(other), ['t2#1']);
  });

  test('of a host that nobody knows is refused', async () => {
    const answer = await rig.engine.dispatch({ type: 'host.drain', host: 'nobody', reason: 'asked for' });
    assert.deepEqual(answer, { ok: false, refusal: { reason: 'host-unknown' } });
  });
});

test('a host that was told to drain and has left takes work again when it comes back, under the next leader too', async () => {
  for (const isReplaced of [false, true]) {
    const host = await rig.hostWith({ name: isReplaced ? 'other' : 'h' });
    const { host: name } = first(
      rig.events.flatMap((event) => (event.type === 'host.joined' ? [event.host] : [])).slice(-1),
    );
    await rig.engine.dispatch({ type: 'host.drain', host: name, reason: 'a person asked' });
    await settle();
    assert.equal(host.acts.filter((act) => act.do === 'drain').length, 1);
    if (isReplaced) {
      host.die();
      await rig.replaceLeader();
    } else {
      host.drain();
      host.leave();
    }
    await settle();
    const next = await rig.hostWith({ name, instance: 2 });
    await rig.pass(1_000);
    assert.deepEqual(
      next.acts.map((act) => act.do).filter((what) => what === 'drain'),
      [],
      name,
    );
  }
});
