import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { agentsOf, submitOf, taskOf } from '../../../test/support/core-world-specs.ts';
import { MailWorld } from '../../../test/support/mail-world.ts';
import { ackOf, messageOf, personSends, sendOf, subscribeOf } from '../../../test/support/message-specs.ts';
import { runId, taskId } from '../ids.ts';
import { restoreSwarm, snapshotOf } from '../snapshot.ts';
import { newSwarm } from '../swarm-state.ts';

const id = runId('r1');
let world: MailWorld;
beforeEach(() => {
  world = MailWorld.ofFourTasks();
});

const agentOfTask = (name: string): string => {
  const task = world.task(name);
  return task !== undefined && 'agentId' in task ? `agent:${task.agentId}` : '';
};

describe('sending', () => {
  test('puts a message into the mailbox of one task, agent or person, whether or not the task has begun', () => {
    for (const to of ['task:b', 'task:d', 'agent:a1', 'user:ann', 'task:a']) {
      assert.equal(world.refusalOf(sendOf('a', { id: `to-${to}`.replaceAll(':', '.'), to })), undefined);
      assert.deepEqual(world.newestRecipients, [to]);
    }
    assert.deepEqual(world.all('message.sent')[0]?.from, 'task:a');
  });

  test('to nobody of that name is an error', () => {
    for (const to of ['task:x', 'agent:x', 'role:x', 'b', 'user:', '']) {
      assert.deepEqual(world.refusalOf(sendOf('a', { to })), { reason: 'recipient-unknown', address: to });
    }
    assert.deepEqual(world.all('message.sent'), []);
  });

  test('to all reaches every other task that runs at that moment', () => {
    world.send(sendOf('a', { to: 'all' }));
    assert.deepEqual(world.newestRecipients, ['task:b', 'task:c']);
  });

  test('to a role reaches its agents, but not the one that sends', () => {
    world.send(sendOf('a', { to: 'role:two' }));
    const others = ['agent:a3'].filter((one) => one !== agentOfTask('a'));
    assert.deepEqual(world.newestRecipients, others);
    world.send(sendOf('a', { id: 'm2', to: 'role:one' }));
    assert.deepEqual(
      world.newestRecipients,
      ['agent:a1', 'agent:a2'].filter((one) => one !== agentOfTask('a')),
    );
  });

  test('to a topic reaches whoever has subscribed by then, and nobody later', () => {
    world.send(subscribeOf('b', 'findings.*'));
    world.send(sendOf('a', { topic: 'findings.secrets' }));
    assert.deepEqual(world.newestRecipients, ['task:b']);
    world.send(subscribeOf('c', '**'));
    assert.deepEqual(world.waitingFor('task:c'), []);
    world.send(sendOf('a', { id: 'm2', topic: 'findings.secrets' }));
    assert.deepEqual(world.newestRecipients, ['task:b', 'task:c']);
    world.send({ type: 'attempt.unsubscribe', taskId: taskId(id, 'b'), attempt: 1, pattern: 'findings.*' });
    world.send(sendOf('a', { id: 'm3', topic: 'findings.secrets' }));
    assert.deepEqual(world.newestRecipients, ['task:c']);
  });

  test('to a topic reaches tasks that declare it, also before they begin', () => {
    world = new MailWorld();
    world.send({ type: 'agents.register', agents: agentsOf(1) });
    world.send(submitOf([taskOf('a'), taskOf('b', { needs: ['a'], subscribes: ['x.*', 'y'] })]));
    world.send(sendOf('a', { topic: 'x.y' }));
    assert.deepEqual(world.waitingFor('task:b'), ['m1']);
    const bad = submitOf([taskOf('a', { subscribes: ['x.**.y'] })], { runId: runId('r2') });
    assert.equal(world.refusalOf(bad)?.reason, 'graph-invalid');
  });

  test('is what only the current attempt of a running task can do', () => {
    assert.deepEqual(world.refusalOf(sendOf('a', {}, 2)), { reason: 'attempt-stale', currentAttempt: 1 });
    assert.deepEqual(world.refusalOf(sendOf('d', {}, 0)), { reason: 'status-wrong', status: 'blocked' });
    assert.deepEqual(world.refusalOf(sendOf('x')), { reason: 'task-unknown' });
  });

  test('from outside is what people do, under a name of theirs', () => {
    assert.equal(world.refusalOf(personSends()), undefined);
    assert.deepEqual(world.waitingFor('task:b'), ['m1']);
    assert.equal(world.refusalOf({ ...personSends({ id: 'm2' }), from: 'task:a' })?.reason, 'recipient-unknown');
    assert.equal(world.refusalOf({ ...personSends({ id: 'm2' }), runId: runId('x') })?.reason, 'run-unknown');
  });

  test('names everything that is wrong with a message at once', () => {
    const refusal = world.refusalOf(
      sendOf('a', { id: 'é', type: '', topic: 'a..b', expiresMs: 0.5, body: 'x'.repeat(65_536) }),
    );
    assert.ok(refusal?.reason === 'message-invalid');
    assert.equal(refusal.problems.length, 5);
    assert.equal(world.refusalOf(sendOf('a', { body: 'x'.repeat(65_534) })), undefined);
    assert.equal(
      world.refusalOf({ ...sendOf('a'), message: { ...messageOf({ id: 'm2' }), topic: 'a' } })?.reason,
      'message-invalid',
    );
  });
});

describe('a repeat', () => {
  test('of the same message changes nothing, also after it was read; another one under its id is refused', () => {
    for (let round = 0; round < 2; round++) assert.equal(world.refusalOf(sendOf('a')), undefined);
    assert.deepEqual(world.waitingFor('task:b'), ['m1']);
    world.send(ackOf('b', ['m1']));
    assert.equal(world.refusalOf(sendOf('a')), undefined);
    assert.deepEqual(world.waitingFor('task:b'), []);
    assert.deepEqual(world.refusalOf(sendOf('a', { body: { x: 2 } })), { reason: 'message-conflict' });
    assert.deepEqual(world.refusalOf(sendOf('c')), { reason: 'message-conflict' });
    assert.equal(world.all('message.sent').length, 1);
  });

  test('is known among the newest ten thousand', () => {
    for (let index = 0; index < 10_010; index++) {
      world.send(sendOf('a', { id: `n${index}` }));
      world.send(ackOf('b', [`n${index}`]));
    }
    assert.equal(world.mail?.knownCount, 10_000);
    const before = world.all('message.sent').length;
    world.send(sendOf('a', { id: 'n10' }));
    assert.equal(world.all('message.sent').length, before);
  });
});

describe('a message that waits', () => {
  const others = (): void => {
    for (let no = 0; no < 10_001; no++) world.send(sendOf('c', { id: `other${no}`, topic: 'nobody' }));
  };
  const sentOnce = (): number => world.all('message.sent').filter(({ message }) => message.id === 'm1').length;

  test('is known however many come after it: it can be answered, and nothing else gets its id', () => {
    world.send(sendOf('a', { body: 'why' }));
    others();
    assert.equal(world.refusalOf(sendOf('b', { id: 'answer', to: 'task:a', replyTo: 'm1' })), undefined);
    assert.equal(world.all('message.sent').at(-1)?.hops, 2);
    assert.equal(world.refusalOf(sendOf('a', { body: 'why' })), undefined);
    assert.deepEqual(world.refusalOf(sendOf('a', { body: 'where' })), { reason: 'message-conflict' });
    assert.deepEqual(world.refusalOf(sendOf('c', { body: 'why', to: 'task:a' })), { reason: 'message-conflict' });
    assert.equal(sentOnce(), 1);
  });

  test('is forgotten among the oldest once everybody has read it', () => {
    world.send(sendOf('a'));
    others();
    world.send(ackOf('b', ['m1']));
    assert.deepEqual(world.refusalOf(sendOf('b', { to: 'task:a', replyTo: 'm1', id: 'late' })), {
      reason: 'message-unknown',
    });
    assert.equal(world.mail?.knownCount, 10_000);
    world.send(sendOf('a'));
    assert.equal(sentOnce(), 2);
  });

  test('is known after a restart as before', () => {
    world.send(sendOf('a'));
    others();
    world.send(sendOf('a', { id: 'other0', topic: 'nobody' }));
    const copy = newSwarm(world.rules);
    const text = snapshotOf(world.swarm, world.nowMs);
    restoreSwarm(copy, text);
    assert.equal(snapshotOf(copy, world.nowMs), text);
    world.crash('snapshot');
    assert.equal(world.refusalOf(sendOf('b', { id: 'answer', to: 'task:a', replyTo: 'm1' })), undefined);
  });
});

describe('a causal chain', () => {
  test('ends after eight messages, over answers and causes alike', () => {
    assert.equal(world.refusalOf(sendOf('a', { id: 'h1' })), undefined);
    for (let hop = 2; hop <= 8; hop++) {
      const link = hop % 2 === 0 ? { replyTo: `h${hop - 1}` } : { cause: `h${hop - 1}` };
      assert.equal(
        world.refusalOf(sendOf(hop % 2 === 0 ? 'b' : 'a', { id: `h${hop}`, to: 'task:c', ...link })),
        undefined,
      );
    }
    assert.deepEqual(world.refusalOf(sendOf('a', { id: 'h9', replyTo: 'h8' })), {
      reason: 'limit-reached',
      limit: 'messages in one causal chain',
      most: 8,
    });
    assert.deepEqual(
      world.all('message.sent').map(({ hops }) => hops),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
  });

  test('begins with what is known', () => {
    assert.deepEqual(world.refusalOf(sendOf('a', { replyTo: 'never' })), { reason: 'message-unknown' });
  });
});

test('a run sends so many and no more', () => {
  world = MailWorld.ofFourTasks({ rules: { maxMessagesPerRun: 2 } });
  for (const one of ['m1', 'm2']) assert.equal(world.refusalOf(sendOf('a', { id: one })), undefined);
  assert.equal(world.refusalOf(sendOf('a', { id: 'm3' }))?.reason, 'limit-reached');
});
