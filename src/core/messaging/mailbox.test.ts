import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import type { WorldOptions } from '../../../test/support/core-world.ts';
import { agentOf, DONE, THREW } from '../../../test/support/core-world-specs.ts';
import { MailWorld } from '../../../test/support/mail-world.ts';
import { ackOf, sendOf, subscribeOf } from '../../../test/support/message-specs.ts';
import { agentId, nameOf, runId } from '../ids.ts';
import { restoreSwarm, snapshotOf } from '../snapshot.ts';
import { apply } from '../swarm.ts';
import { newSwarm } from '../swarm-state.ts';

const id = runId('r1');
let world: MailWorld;
beforeEach(() => {
  world = MailWorld.ofFourTasks();
});

describe('a mailbox', () => {
  test('gives the most urgent first, and of one priority in the order of sending', () => {
    const order = [
      ['n1', 'normal'],
      ['l1', 'low'],
      ['n2', 'normal'],
      ['c1', 'critical'],
      ['h1', 'high'],
      ['c2', 'critical'],
    ] as const;
    for (const [one, priority] of order) world.send(sendOf('a', { id: one, priority }));
    assert.deepEqual(world.waitingFor('task:b'), ['c1', 'c2', 'h1', 'n1', 'n2', 'l1']);
  });

  test('holds so many and no more, and the sender is told; what was read makes room', () => {
    world = MailWorld.ofFourTasks({ rules: { maxMailboxMessages: 2 } });
    world.send(sendOf('a', { id: 'm1' }));
    world.send(sendOf('a', { id: 'm2' }));
    assert.deepEqual(world.refusalOf(sendOf('a', { id: 'm3' })), { reason: 'mailbox-full', address: 'task:b' });
    world.send(sendOf('a', { id: 'all', to: 'all' }));
    assert.deepEqual(world.newestRecipients, ['task:c']);
    assert.deepEqual(world.all('message.sent').at(-1)?.dead, [{ address: 'task:b', why: 'mailbox-full' }]);
    world.send(ackOf('b', ['m1']));
    assert.equal(world.refusalOf(sendOf('a', { id: 'm3' })), undefined);
  });

  test('is emptied by acknowledgement alone, which a repeat does not change', () => {
    world.run(5);
    world.send(sendOf('a'));
    world.run(12);
    world.send(ackOf('b', ['m1', 'unknown'], 9));
    world.send(ackOf('b', ['m1'], 9));
    assert.deepEqual(world.all('messages.acknowledged'), [
      { type: 'messages.acknowledged', runId: id, address: 'task:b', ids: ['m1'], waitedMs: [4] },
    ]);
    assert.equal(world.mail?.boxes.size, 0);
    assert.equal(world.mail?.waitingBytes, 0);
  });

  test('is nobody else’s to empty', () => {
    world.send(sendOf('a'));
    world.send(ackOf('c', ['m1']));
    world.send({ type: 'message.acknowledge', runId: id, address: 'user:ann', ids: ['m1'] });
    assert.deepEqual(world.waitingFor('task:b'), ['m1']);
    assert.equal(
      world.refusalOf({ type: 'message.acknowledge', runId: id, address: 'task:b', ids: ['m1'] })?.reason,
      'recipient-unknown',
    );
  });
});

describe('time', () => {
  test('takes what expires out of every mailbox, and nothing else', () => {
    world.send(subscribeOf('b', 't'));
    world.send(subscribeOf('c', 't'));
    world.send(sendOf('a', { id: 'brief', topic: 't', expiresMs: 100 }));
    world.send(sendOf('a', { id: 'read', expiresMs: 50 }));
    world.send(ackOf('b', ['read']));
    world.send(sendOf('a', { id: 'longer', expiresMs: 300 }));
    world.send(sendOf('a', { id: 'ever' }));
    world.run(99);
    assert.deepEqual(world.waitingFor('task:b'), ['brief', 'longer', 'ever']);
    world.run(100);
    assert.deepEqual(world.waitingFor('task:b'), ['longer', 'ever']);
    assert.deepEqual(world.waitingFor('task:c'), []);
    world.run(400);
    assert.deepEqual(world.waitingFor('task:b'), ['ever']);
    assert.deepEqual(
      world.all('messages.died').map(({ address, ids, why }) => [address, ids, why]),
      [
        ['task:b', ['brief'], 'expired'],
        ['task:c', ['brief'], 'expired'],
        ['task:b', ['longer'], 'expired'],
      ],
    );
  });
});

test('what expires at the same time is told in one order, before and after a restart', () => {
  for (const restart of [false, true]) {
    world = MailWorld.ofFourTasks();
    world.send(sendOf('a', { id: 'first', to: 'task:c' }));
    for (const one of ['t', 'u']) for (const by of ['c', 'b']) world.send(subscribeOf(by, one));
    world.send(sendOf('a', { id: 'm1', topic: 't', expiresMs: 100 }));
    world.send(sendOf('a', { id: 'm2', topic: 'u', expiresMs: 100, priority: 'high' }));
    world.send(sendOf('a', { id: 'm3', to: 'task:b', expiresMs: 99 }));
    if (restart) world.crash('snapshot');
    world.send({ type: 'mail.due', runId: id });
    assert.deepEqual(world.all('messages.died'), []);
    world.run(99);
    world.run(100);
    assert.deepEqual(
      world.all('messages.died').map(({ address, ids }) => [address, ids]),
      [
        ['task:b', ['m3']],
        ['task:b', ['m1', 'm2']],
        ['task:c', ['m1', 'm2']],
      ],
    );
  }
});

describe('a recipient that is gone', () => {
  const play: NonNullable<WorldOptions['play']> = ({ taskId: task }) => ({
    afterMs: nameOf(task) === 'b' ? 100 : 60_000,
    end: DONE,
  });

  test('leaves dead letters, and what is sent to it later is dead at once: the sender is told', () => {
    world = MailWorld.ofFourTasks({ play });
    world.send(subscribeOf('b', '**'));
    world.send(sendOf('a'));
    world.run(200);
    assert.deepEqual(world.all('messages.died'), [
      { type: 'messages.died', runId: id, address: 'task:b', ids: ['m1'], why: 'recipient-gone' },
    ]);
    assert.equal(world.refusalOf(sendOf('a', { id: 'm2' })), undefined);
    assert.deepEqual(world.all('message.sent').at(-1)?.dead, [{ address: 'task:b', why: 'recipient-gone' }]);
    world.send(sendOf('a', { id: 'm3', topic: 'any' }));
    assert.deepEqual(world.newestRecipients, []);
    assert.equal(world.mail?.boxes.size, 0);
  });

  test('is not one whose attempt failed: the next one gets everything', () => {
    const twice: NonNullable<WorldOptions['play']> = ({ taskId: task, attempt }) =>
      nameOf(task) === 'b' && attempt === 1 ? { afterMs: 100, end: THREW } : { afterMs: 60_000, end: DONE };
    world = MailWorld.ofFourTasks({ play: twice, rules: { strategy: 'least-loaded' } });
    world.send(subscribeOf('b', 't'));
    world.send(sendOf('a'));
    world.run(5_000);
    world.send(sendOf('a', { id: 'm2', topic: 't' }));
    assert.deepEqual(world.waitingFor('task:b'), ['m1', 'm2']);
    assert.deepEqual(world.refusalOf(ackOf('b', ['m1'])), { reason: 'attempt-stale', currentAttempt: 2 });
  });

  test('may be an agent', () => {
    world.send({ type: 'agents.register', agents: [agentOf('spare')] });
    world.send(sendOf('a', { to: 'agent:spare' }));
    world.send({ type: 'agent.remove', agentId: agentId('spare') });
    assert.equal(world.all('messages.died')[0]?.address, 'agent:spare');
  });

  test('may be the whole run: what waits for people stays to be read', () => {
    world.send(sendOf('a', { id: 'm1', to: 'agent:a1' }));
    world.send(sendOf('a', { id: 'm2', to: 'user:ann' }));
    world.send(sendOf('a', { id: 'm3', to: 'task:d' }));
    world.run();
    assert.deepEqual(
      world.all('messages.died').map(({ address, why }) => [address, why]),
      [
        ['task:d', 'recipient-gone'],
        ['agent:a1', 'run-ended'],
      ],
    );
    assert.equal(world.events.at(-1)?.type, 'run.finished');
    assert.equal(world.swarm.deadMail.size, 0);
  });
});

describe('a restart', () => {
  function busy(): void {
    world.send(subscribeOf('b', 'x.**'));
    world.send(sendOf('a', { id: 'm1', priority: 'low' }));
    world.send(sendOf('a', { id: 'm2', to: 'all', expiresMs: 500 }));
    world.send(sendOf('a', { id: 'm3', topic: 'x.y' }));
    world.send(sendOf('a', { id: 'm4', to: 'user:ann' }));
    world.send(ackOf('c', ['m2']));
  }

  test('from a snapshot has the same mail, to the letter', () => {
    busy();
    const copy = newSwarm(world.rules);
    const text = snapshotOf(world.swarm, world.nowMs);
    restoreSwarm(copy, text);
    assert.equal(snapshotOf(copy, world.nowMs), text);
    assert.deepEqual(world.waitingFor('task:b', copy), world.waitingFor('task:b'));
    assert.equal(copy.runs.get(id)?.mail?.nextExpiryMs, 500);
    assert.equal(copy.runs.get(id)?.mail?.waitingBytes, world.mail?.waitingBytes);
  });

  test('from the journal has the same mail', () => {
    busy();
    const copy = newSwarm(world.rules);
    for (const { event, atMs } of world.entries) apply(copy, event, atMs);
    assert.equal(snapshotOf(copy, world.nowMs), snapshotOf(world.swarm, world.nowMs));
  });

  test('arms the wait of what expires again', () => {
    busy();
    world.crash('snapshot');
    world.run(600);
    assert.deepEqual(world.waitingFor('task:b'), ['m3', 'm1']);
  });
});
