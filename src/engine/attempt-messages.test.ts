import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { EngineRig, RUN, settle, taskIdOf } from '../../test/support/core-world-engine.ts';
import { agentsOf, DONE, submitOf, taskOf, THREW } from '../../test/support/core-world-specs.ts';
import type { OutgoingMessage, ReceivedMessage, RunMessages } from '../ports/run-messages.ts';
import type { ScriptedAttempt } from '../testing/scripted-agent.ts';
import { swarmId } from '../core/ids.ts';
import type { Engine } from './engine.ts';

let rig: EngineRig;
let engine: Engine;

beforeEach(async () => {
  rig = new EngineRig();
  engine = await rig.start();
  await engine.dispatch({ type: 'agents.register', agents: agentsOf(2) });
  await engine.dispatch(submitOf([taskOf('t1'), taskOf('t2')]));
});

type Both = Readonly<{ one: ScriptedAttempt; other: ScriptedAttempt; from: RunMessages; to: RunMessages }>;

async function bothTasks(): Promise<Both> {
  const both = [await rig.agent.nextAttempt(), await rig.agent.nextAttempt()];
  const [one, other] = both.sort((a, b) => (a.assignment.taskId < b.assignment.taskId ? -1 : 1));
  assert.ok(one !== undefined && other !== undefined);
  return { one, other, from: one.context.messages, to: other.context.messages };
}

const toOther = (body: OutgoingMessage['body'], more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  to: 'task:t2',
  body,
  ...more,
});
const bodies = (messages: readonly ReceivedMessage[]): readonly unknown[] => messages.map(({ body }) => body);
const ids = (messages: readonly ReceivedMessage[]): readonly string[] => messages.map(({ id }) => id);

/** Whether `promise` has settled when nothing is left to happen without time. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await settle();
  return settled;
}

describe('a message', () => {
  test('goes from one running attempt to another, which is told who sent it', async () => {
    const { from, to } = await bothTasks();
    const sent = await from.send(toOther({ question: 'why' }, { type: 'question', priority: 'high' }));
    assert.deepEqual(sent, { ok: true, id: 't1.1.1', recipients: 1, dead: 0 });
    assert.deepEqual(await to.receive(), [
      {
        id: 't1.1.1',
        from: 'task:t1',
        to: 'task:t2',
        type: 'question',
        priority: 'high',
        body: { question: 'why' },
        hops: 1,
        atMs: 0,
      },
    ]);
    assert.deepEqual(await to.acknowledge(['t1.1.1']), { ok: true });
    const answer = await to.send({ to: 'task:t1', body: 'because', replyTo: 't1.1.1' });
    assert.deepEqual(answer, { ok: true, id: 't2.1.1', recipients: 1, dead: 0 });
    const [reply] = await from.receive();
    assert.deepEqual([reply?.replyTo, reply?.hops], ['t1.1.1', 2]);
  });

  test('is neither answered nor handed out before it is stored', async () => {
    const { from, to } = await bothTasks();
    rig.journal.hold();
    const sent = from.send(toOther(1));
    const waiting = to.receive();
    assert.ok(!(await isSettled(sent)) && !(await isSettled(waiting)));
    assert.deepEqual(await to.receive({ waitMs: 0 }), []);
    rig.journal.releaseAll();
    assert.deepEqual(bodies(await waiting), [1]);
    assert.ok((await sent).ok);
  });

  test('is one of many in one commit, in the order of sending', async () => {
    const { from, to } = await bothTasks();
    const before = rig.journal.batches.length;
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    await Promise.all(numbers.map((number) => from.send(toOther(number))));
    assert.equal(rig.journal.batches.length, before + 1);
    assert.deepEqual(bodies(await to.receive({ limit: 1_000 })), numbers);
  });

  test('is refused with a reason, and that is an answer', async () => {
    const { from } = await bothTasks();
    const refusal = { reason: 'recipient-unknown', address: 'task:t9' };
    assert.deepEqual(await from.send({ to: 'task:t9', body: 1 }), { ok: false, refusal });
  });

  test('sent again under its own id is there once', async () => {
    const { from, to } = await bothTasks();
    for (let round = 0; round < 3; round++) await from.send(toOther(1, { id: 'same' }));
    assert.deepEqual(ids(await to.receive()), ['same']);
    assert.deepEqual(await to.receive({ waitMs: 0 }), []);
  });

  test('to an agent reaches whichever of its attempts looks first, once', async () => {
    const { from, to, other } = await bothTasks();
    await from.send({ to: `agent:${other.assignment.agentId}`, body: 1, priority: 'low' });
    await from.send(toOther(2));
    const received = await to.receive();
    assert.deepEqual(
      received.map(({ body, to: address }) => [body, address]),
      [
        [2, 'task:t2'],
        [1, `agent:${other.assignment.agentId}`],
      ],
    );
    assert.deepEqual(await to.acknowledge(ids(received)), { ok: true });
    assert.equal(engine.run(RUN)?.mail?.boxes.size, 0);
  });

  test('for a topic reaches those who have subscribed', async () => {
    const { from, to } = await bothTasks();
    assert.deepEqual(await to.subscribe('findings.*'), { ok: true });
    assert.deepEqual((await to.subscribe('**.x')).ok, false);
    await from.send({ topic: 'findings.secrets', body: 1 });
    const [message] = await to.receive();
    assert.deepEqual([message?.topic, message?.body], ['findings.secrets', 1]);
    await to.unsubscribe('findings.*');
    assert.deepEqual(await from.send({ topic: 'findings.secrets', body: 2 }), {
      ok: true,
      id: 't1.1.2',
      recipients: 0,
      dead: 0,
    });
  });
});

describe('receiving', () => {
  test('waits for the first message, and gives each one once per attempt', async () => {
    const { from, to } = await bothTasks();
    const waiting = to.receive();
    assert.ok(!(await isSettled(waiting)));
    await from.send(toOther(1));
    assert.deepEqual(bodies(await waiting), [1]);
    const next = to.receive();
    assert.ok(!(await isSettled(next)));
    await from.send(toOther(2));
    assert.deepEqual(bodies(await next), [2]);
  });

  test('takes no more than it asks for', async () => {
    const { from, to } = await bothTasks();
    await Promise.all([1, 2, 3].map((number) => from.send(toOther(number))));
    assert.deepEqual(bodies(await to.receive({ limit: 2 })), [1, 2]);
    assert.deepEqual(bodies(await to.receive({ limit: 2 })), [3]);
  });

  test('ends empty when its time is over, when its signal aborts, and at once when it does not wait', async () => {
    const { to } = await bothTasks();
    assert.deepEqual(await to.receive({ waitMs: 0 }), []);
    const timed = to.receive({ waitMs: 500 });
    rig.clock.advance(499);
    assert.ok(!(await isSettled(timed)));
    rig.clock.advance(1);
    assert.deepEqual(await timed, []);
    const controller = new AbortController();
    const aborted = to.receive({ signal: controller.signal });
    controller.abort();
    assert.deepEqual(await aborted, []);
    assert.deepEqual(await to.receive({ signal: controller.signal }), []);
  });

  test('is told when the attempt is stopped, and leaves nothing behind', async () => {
    const { to, from } = await bothTasks();
    const waiting = to.receive();
    const stopped = assert.rejects(waiting, /The attempt was stopped: cancelled/);
    await engine.dispatch({ type: 'task.cancel', taskId: taskIdOf('t2'), reason: 'enough' });
    await stopped;
    await assert.rejects(to.receive(), /stopped/);
    assert.ok((await from.send(toOther(1))).ok);
  });
});

describe('at least once', () => {
  test('what an attempt has not acknowledged is received again by the next one', async () => {
    const { from, to, other } = await bothTasks();
    await Promise.all([1, 2].map((number) => from.send(toOther(number))));
    const received = await to.receive();
    await to.acknowledge(ids(received).slice(0, 1));
    other.end(THREW);
    await settle();
    assert.deepEqual(await to.acknowledge(ids(received)), {
      ok: false,
      refusal: { reason: 'status-wrong', status: 'backing-off' },
    });
    rig.clock.advance(10_000);
    const next = await rig.attemptOf('t2');
    assert.deepEqual(bodies(await next.context.messages.receive()), [2]);
    await assert.rejects(to.receive(), /ended/);
  });

  test('what an attempt leaves behind for its agent is received by another one of that agent which waits', async () => {
    const own = new EngineRig();
    const coordinator = await own.start();
    await coordinator.dispatch({ type: 'agents.register', agents: agentsOf(1, { slots: 2 }) });
    await coordinator.dispatch(submitOf([taskOf('t1'), taskOf('t2')]));
    const [one, other] = [await own.agent.nextAttempt(), await own.agent.nextAttempt()];
    await one.context.messages.send({ to: `agent:${one.assignment.agentId}`, body: 'who first' });
    assert.deepEqual(bodies(await one.context.messages.receive()), ['who first']);
    const waiting = other.context.messages.receive();
    one.end(DONE);
    assert.deepEqual(bodies(await waiting), ['who first']);
  });

  test('survives the end of the coordinator, with or without a snapshot', async () => {
    const { from, to } = await bothTasks();
    await Promise.all([1, 2, 3].map((number) => from.send(toOther(number))));
    await to.acknowledge(ids(await to.receive({ limit: 1 })));
    engine.stop();
    engine = await rig.start();
    const { other: next, one: beside } = await bothTasks();
    const again = await next.context.messages.receive();
    assert.deepEqual(bodies(again), [2, 3]);
    await next.context.messages.acknowledge(ids(again).slice(0, 1));
    const drained = engine.drain();
    for (const attempt of [beside, next]) attempt.end({ ok: false, failure: { reason: 'stopped', why: 'draining' } });
    await drained;
    assert.ok((await rig.journal.latestSnapshot(swarmId('s1')))?.state.includes('t1.1.3'));
    engine = await rig.start();
    assert.deepEqual(bodies(await (await bothTasks()).to.receive()), [3]);
  });

  test('what a lost agent had is received by the next attempt, although the old one is still there', async () => {
    const { from, to, other } = await bothTasks();
    await engine.dispatch({ type: 'agents.register', agents: agentsOf(3) });
    await from.send(toOther(1));
    const [message] = await to.receive();
    await engine.dispatch({ type: 'agents.lose', agentIds: [other.assignment.agentId] });
    rig.clock.advance(10_000);
    const next = await rig.attemptOf('t2');
    assert.equal(next.assignment.attempt, 2);
    assert.deepEqual(bodies(await next.context.messages.receive()), [1]);
    // The old one wakes up, and nothing that it says counts.
    await assert.rejects(to.receive(), /stopped|ended/);
    assert.equal((await to.send({ to: 'task:t1', body: 2 })).ok, false);
    assert.equal((await to.acknowledge([message?.id ?? ''])).ok, false);
    assert.equal(engine.run(RUN)?.mail?.boxes.get('task:t2')?.size, 1);
    // Nor does its end: the message is in other hands.
    other.end(DONE);
    await settle();
    assert.deepEqual(await next.context.messages.receive({ waitMs: 0 }), []);
  });

  test('is not handed out any more when its time is over, even before that is stored', async () => {
    const { from, to } = await bothTasks();
    await from.send(toOther(1, { expiresMs: 100 }));
    await from.send(toOther(2, { expiresMs: 101 }));
    rig.clock.advance(100);
    assert.deepEqual(bodies(await to.receive({ waitMs: 0 })), [2]);
    await settle();
    assert.deepEqual(
      rig.events.flatMap((event) => (event.type === 'messages.died' ? [[...event.ids, event.why]] : [])),
      [['t1.1.1', 'expired']],
    );
  });

  test('what waits for a task that ends is a dead letter, and the run can end', async () => {
    const { from, one, other } = await bothTasks();
    await from.send(toOther(1));
    other.end(DONE);
    one.end(DONE);
    await rig.probe.next('run.finished');
    assert.deepEqual(
      rig.events.flatMap((event) => (event.type === 'messages.died' ? [[event.address, event.why]] : [])),
      [['task:t2', 'recipient-gone']],
    );
    assert.equal(engine.run(RUN), undefined);
  });
});
