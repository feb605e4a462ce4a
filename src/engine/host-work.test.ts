import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { EngineRig, RUN, settle, taskIdOf } from '../../test/support/core-world-engine.ts';
import { DONE, submitOf, taskOf, THREW } from '../../test/support/core-world-specs.ts';
import { ScriptedHost, type ScriptedHostOptions } from '../../test/support/scripted-host.ts';
import { RemoteDriver } from '../agents/drivers/remote/remote-driver.ts';
import { DEFAULT_HOST_TIMES } from '../core/hosts/host-limits.ts';
import type { SwarmEvent } from '../core/events.ts';
import { agentId } from '../core/ids.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { AttemptDesk } from '../agents/drivers/remote/attempt-desk.ts';
import type { Engine } from './engine.ts';

const t1 = taskIdOf('t1');

let rig: EngineRig;
let driver: RemoteDriver;
let engine: Engine;
beforeEach(async () => {
  rig = new EngineRig();
  engine = await lead();
});
afterEach(() => engine.stop());

async function lead(deskFor?: () => AttemptDesk): Promise<Engine> {
  const made = new RemoteDriver({
    clock: rig.clock,
    times: DEFAULT_HOST_TIMES,
    ...(deskFor === undefined ? {} : { deskFor }),
  });
  driver = made;
  return rig.start({}, { drivers: { command: rig.agent, function: rig.agent, remote: made } });
}

/** As after kill -9, with another leader at once. */
async function replaceLeader(): Promise<void> {
  engine.stop();
  engine = await lead();
}

async function hostWith(options: ScriptedHostOptions = {}): Promise<ScriptedHost> {
  const host = new ScriptedHost(rig.clock, options);
  host.link(driver);
  await settle();
  return host;
}

async function submit(...tasks: readonly TaskSpec[]): Promise<void> {
  await engine.dispatch(submitOf(tasks.length === 0 ? [taskOf('t1')] : tasks));
  await settle();
}

/** In small steps, as time goes. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 200) {
    rig.clock.advance(200);
    await settle();
  }
}

const begun = ({ begun: offers }: ScriptedHost): readonly string[] =>
  offers.map(({ spec, attempt }) => `${spec.name}#${attempt}`);
const eventsOf = <Type extends SwarmEvent['type']>(type: Type): readonly SwarmEvent[] =>
  rig.events.filter((event) => event.type === type);
const first = <One>(list: readonly One[]): One => list[0] ?? assert.fail('nothing there');

/** An attempt on a host that has reserved something and has given its slot back until its sub-task has ended. */
async function waitOnHost(): Promise<ScriptedHost> {
  const host = await hostWith({ capabilities: ['work', 'function:work'] });
  await submit({ ...taskOf('t1'), resources: { memory: 1 }, delegate: {} });
  const { work } = taskOf('t1.sub');
  const add = [{ name: 'sub', work, requires: ['work'] }];
  for (const input of [
    { type: 'attempt.delegate', taskId: t1, attempt: 1, add, cancel: [] },
    { type: 'attempt.await', taskId: t1, attempt: 1, children: ['sub'] },
  ] as const)
    assert.deepEqual(await engine.dispatch(input), { ok: true });
  assert.equal(engine.task(t1)?.status, 'awaiting-children');
  return host;
}

test('a new leader goes on with an attempt on a host that waits for its sub-tasks, whatever it has reserved', async () => {
  const host = await waitOnHost();
  await replaceLeader();
  host.link(driver);
  await settle();
  assert.deepEqual([engine.task(t1)?.status, host.acts.some((act) => act.do === 'stop')], ['awaiting-children', false]);
});

test('a new leader ends an attempt on a host that was cancelled while it waited for its sub-tasks', async () => {
  const host = await waitOnHost();
  await engine.dispatch({ type: 'task.cancel', taskId: t1, reason: 'enough' });
  assert.equal(engine.task(t1)?.status, 'cancelling');
  await replaceLeader();
  host.link(driver);
  await settle();
  host.end({ taskId: t1, attempt: 1 }, { ok: false, failure: { reason: 'stopped', why: 'cancelled' } });
  await settle();
  assert.equal(engine.task(t1)?.status, 'cancelled');
});

test('a host that was told to drain and has left takes work again when it comes back, under the next leader too', async () => {
  for (const isReplaced of [false, true]) {
    const host = await hostWith({ name: isReplaced ? 'other' : 'h' });
    const { host: name } = first(
      rig.events.flatMap((event) => (event.type === 'host.joined' ? [event.host] : [])).slice(-1),
    );
    await engine.dispatch({ type: 'host.drain', host: name, reason: 'a person asked' });
    await settle();
    assert.equal(host.acts.filter((act) => act.do === 'drain').length, 1);
    if (isReplaced) {
      host.die();
      await replaceLeader();
    } else {
      host.drain();
      host.leave();
    }
    await settle();
    const next = await hostWith({ name, instance: 2 });
    await pass(1_000);
    assert.deepEqual(
      next.acts.map((act) => act.do).filter((what) => what === 'drain'),
      [],
      name,
    );
  }
});

describe('a host that cannot be reached', () => {
  test('gets nothing new, also when an agent of it has rested meanwhile', async () => {
    const host = await hostWith({ slots: 1 });
    await submit();
    // What it still does after its lease takes the slot: it turns down what it is given when it is back.
    host.isCut = true;
    await pass(16_000);
    host.isCut = false;
    host.unlink();
    host.link(driver);
    await pass(400);
    assert.equal(eventsOf('attempt.failed').length, 2);
    host.unlink();
    const before = eventsOf('attempt.assigned').length;
    await pass(3_000);
    assert.equal(eventsOf('attempt.assigned').length, before);
  });
});

describe('a host that may not join', () => {
  test('is told why in words', async () => {
    await hostWith({ slots: 1 });
    await submit();
    const other = await hostWith({ slots: 2, instance: 2 });
    await pass(1_000);
    const [refused] = other.acts.filter((act) => act.do === 'refused');
    assert.match(refused?.do === 'refused' ? refused.message : '', /have not ended what they do/);
  });
});

describe('a task on a host', () => {
  test('runs there, and is done when its result is stored', async () => {
    const host = await hostWith();
    await submit();
    assert.deepEqual(begun(host), ['t1#1']);
    host.end(first(host.begun), DONE);
    await settle();
    assert.equal(engine.task(t1), undefined);
    assert.equal(first(eventsOf('run.finished')).type, 'run.finished');
    assert.equal(host.session.held, 0);
    assert.deepEqual(
      host.acts.filter((act) => act.do === 'forget').map((act) => act.do === 'forget' && act.isEvidence),
      [false],
    );
  });

  test('keeps its result on the host while it is not stored', async () => {
    const host = await hostWith();
    await submit();
    rig.journal.hold();
    host.end(first(host.begun), DONE);
    await settle();
    assert.equal(host.session.held, 1);
    rig.journal.releaseAll();
    await settle();
    assert.equal(host.session.held, 0);
  });

  test('that fails there is tried again, charged', async () => {
    const host = await hostWith();
    await submit();
    host.end(first(host.begun), THREW);
    await settle();
    await pass(2_000);
    assert.deepEqual(begun(host), ['t1#1', 't1#2']);
  });

  test('reports how far it is', async () => {
    const host = await hostWith();
    await submit();
    host.report(first(host.begun), { kind: 'progress', percentage: 40, step: 'half' });
    await settle();
    assert.equal(eventsOf('attempt.reported').length, 1);
  });

  test('is cancelled there, and its end is the end of the task', async () => {
    const host = await hostWith();
    await submit();
    await engine.dispatch({ type: 'run.cancel', runId: RUN, reason: 'enough' });
    await settle();
    assert.deepEqual(
      host.acts.filter((act) => act.do === 'stop'),
      [{ do: 'stop', taskId: t1, attempt: 1, why: 'cancelled' }],
    );
    host.end(first(host.begun), { ok: false, failure: { reason: 'stopped', why: 'cancelled' } });
    await settle();
    assert.equal(eventsOf('task.cancelled').length, 1);
    assert.equal(host.session.held, 0);
  });

  test('is ended when its timeout is over', async () => {
    const host = await hostWith();
    await submit(taskOf('t1', { timeoutMs: 3_000 }));
    await pass(3_200);
    assert.ok(host.acts.some((act) => act.do === 'stop' && act.why === 'timed-out'));
  });
});

describe('a host that is lost', () => {
  test('gives its tasks to another one within its lease, uncharged, and what it says later counts for nothing', async () => {
    const [host, other] = [await hostWith(), await hostWith({ name: 'k', slots: 1 })];
    await submit(taskOf('t1'), taskOf('t2'), taskOf('t3'));
    host.isCut = true;
    await pass(15_600);
    assert.deepEqual(eventsOf('host.lost'), [{ type: 'host.lost', host: 'h', why: 'lease' }]);
    const lost = rig.events.flatMap((event) => (event.type === 'attempt.failed' ? [event] : []));
    assert.deepEqual(
      lost.map(({ charge, failure }) => [charge, failure]),
      host.begun.map(() => ['none', { reason: 'agent-lost' }]),
    );
    for (let round = 0; round < 4; round++) {
      for (const offer of other.begun) other.end(offer, DONE);
      await settle();
    }
    assert.equal(eventsOf('task.succeeded').length, 3);
    host.isCut = false;
    for (const offer of host.begun) host.end(offer, DONE);
    await pass(6_000);
    assert.equal(host.session.held, 0);
    assert.ok(host.acts.every((act) => act.do !== 'forget' || act.isEvidence));
    assert.equal(eventsOf('task.succeeded').length, 3);
  });

  test('because its process has ended is lost at once', async () => {
    const host = await hostWith();
    await submit();
    host.die();
    await settle();
    assert.deepEqual(eventsOf('host.lost'), [{ type: 'host.lost', host: 'h', why: 'exited' }]);
    assert.deepEqual(eventsOf('agent.removed'), [{ type: 'agent.removed', agentId: agentId('h.1') }]);
    const next = await hostWith({ instance: 2 });
    assert.deepEqual(begun(next), ['t1#2']);
  });

  test('leaves an irreversible act to a person, but one that never began is given out again', async () => {
    const host = await hostWith({ slots: 1 });
    await submit(taskOf('t1', { effect: 'D' }));
    assert.deepEqual(begun(host), ['t1#1']);
    host.die();
    await settle();
    assert.equal(eventsOf('task.outcome-unknown').length, 1);
    await engine.dispatch({ type: 'task.settle', taskId: t1, as: 'retry' });
    const drains = await hostWith({ instance: 2, slots: 1 });
    drains.drain();
    assert.deepEqual(begun(drains), ['t1#2']);
  });
});

describe('a change of leader', () => {
  test('lets attempts on hosts go on under their numbers', async () => {
    const host = await hostWith();
    await submit();
    await replaceLeader();
    host.link(driver);
    await settle();
    await pass(20_000);
    host.end(first(host.begun), DONE);
    await settle();
    assert.deepEqual(begun(host), ['t1#1']);
    assert.equal(first(eventsOf('task.succeeded')).type, 'task.succeeded');
    assert.deepEqual(eventsOf('attempt.failed'), []);
  });

  test('takes a result that came while nobody led', async () => {
    const host = await hostWith();
    await submit();
    engine.stop();
    host.end(first(host.begun), DONE);
    engine = await lead();
    host.link(driver);
    await settle();
    assert.equal(eventsOf('task.succeeded').length, 1);
    assert.equal(host.session.held, 0);
  });

  test('ends what was given to a host that does not come back within a lease', async () => {
    await hostWith();
    await submit();
    await replaceLeader();
    await pass(14_800);
    assert.deepEqual(eventsOf('attempt.failed'), []);
    await pass(800);
    assert.equal(eventsOf('attempt.failed').length, 1);
    assert.deepEqual(eventsOf('host.lost'), [{ type: 'host.lost', host: 'h', why: 'lease' }]);
  });

  test('gives nothing new to a host before it is back', async () => {
    const host = await hostWith();
    await replaceLeader();
    await submit();
    assert.deepEqual(eventsOf('attempt.assigned'), []);
    host.link(driver);
    await settle();
    assert.deepEqual(begun(host), ['t1#1']);
  });

  test('keeps the deadline of what runs', async () => {
    const host = await hostWith();
    await submit(taskOf('t1', { timeoutMs: 10_000 }));
    await pass(6_000);
    await engine.dispatch({ type: 'host.register', host: { host: 'x', cpu: 1, memory: 1 } });
    await replaceLeader();
    host.link(driver);
    await pass(3_800);
    assert.ok(!host.acts.some((act) => act.do === 'stop'));
    await pass(400);
    assert.ok(host.acts.some((act) => act.do === 'stop' && act.why === 'timed-out'));
  });

  test('stops what the old leader was stopping', async () => {
    const host = await hostWith();
    await submit();
    host.isCut = true;
    await engine.dispatch({ type: 'run.cancel', runId: RUN, reason: 'enough' });
    await replaceLeader();
    host.isCut = false;
    host.link(driver);
    await settle();
    assert.ok(host.acts.some((act) => act.do === 'stop' && act.why === 'cancelled'));
  });

  test('does not wait for hosts when the old leader drains', async () => {
    const host = await hostWith();
    await submit();
    await engine.drain();
    engine = await lead();
    host.link(driver);
    await settle();
    host.end(first(host.begun), DONE);
    await settle();
    assert.equal(eventsOf('task.succeeded').length, 1);
    assert.deepEqual(eventsOf('attempt.failed'), []);
  });
});

describe('draining a host', () => {
  test('gives it nothing new, lets what runs come to its end, and is over when it has left', async () => {
    const host = await hostWith({ slots: 1 });
    await submit(taskOf('t1'), taskOf('t2'));
    assert.deepEqual(await engine.dispatch({ type: 'host.drain', host: 'h', reason: 'asked for' }), { ok: true });
    await settle();
    assert.equal(host.acts.filter((act) => act.do === 'drain').length, 1);
    host.drain();
    host.end(first(host.begun), DONE);
    await settle();
    assert.deepEqual(begun(host), ['t1#1']);
    host.leave();
    await settle();
    assert.deepEqual(eventsOf('host.left'), [{ type: 'host.left', host: 'h' }]);
    assert.ok(host.acts.some((act) => act.do === 'left'));
    const other = await hostWith({ name: 'k' });
    assert.deepEqual(begun(other), ['t2#1']);
  });

  test('of a host that nobody knows is refused', async () => {
    const answer = await engine.dispatch({ type: 'host.drain', host: 'nobody', reason: 'asked for' });
    assert.deepEqual(answer, { ok: false, refusal: { reason: 'host-unknown' } });
  });
});

describe('what an attempt on a host asks', () => {
  test('is answered by the lead, and by the next one when the first has ended', async () => {
    engine.stop();
    const asked: string[] = [];
    engine = await lead(() => ({ ask: (_id, { question }) => void asked.push(question), giveUp: () => undefined }));
    const host = await hostWith();
    await submit();
    host.ask(first(host.begun), 1, { ability: 'proposals', question: 'outcomes', given: ['x'] });
    await settle();
    assert.deepEqual(asked, ['outcomes']);
    engine.stop();
    engine = await lead(() => ({ ask: (_id, { question }) => void asked.push(question), giveUp: () => undefined }));
    host.link(driver);
    await settle();
    assert.deepEqual(asked, ['outcomes', 'outcomes']);
  });
});

test('workers of one machine share its capacity, also with a leader that has it from a snapshot', async () => {
  const [one, other] = [await hostWith({ name: 'w1', machine: 'm' }), await hostWith({ name: 'w2', machine: 'm' })];
  const far = await hostWith({ name: 'w3', machine: 'n', capabilities: ['far'] });
  const hungry = { resources: { cpu: 500 } };
  await submit(
    { ...taskOf('t1'), ...hungry },
    { ...taskOf('t2'), ...hungry },
    { ...taskOf('t3', { requires: ['far'] }), ...hungry },
  );
  const all = (): readonly string[] => [one, other, far].flatMap(begun).toSorted();
  assert.deepEqual(all(), ['t1#1', 't3#1']);
  await replaceLeader();
  for (const host of [one, other, far]) host.link(driver);
  await settle();
  assert.deepEqual(all(), ['t1#1', 't3#1']);
  const [busy, offer] = one.begun[0] === undefined ? [other, first(other.begun)] : [one, one.begun[0]];
  busy.end(offer, DONE);
  await pass(400);
  assert.deepEqual(all(), ['t1#1', 't2#1', 't3#1']);
});
