import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { CoreWorld, type WorldOptions } from '../../../test/support/core-world.ts';
import { agentOf, agentsOf, DONE, submitOf, taskOf, THREW } from '../../../test/support/core-world-specs.ts';
import { ackOf, messageOf, personSends, sendOf, subscribeOf } from '../../../test/support/message-specs.ts';
import { agentId, nameOf, runId, taskId } from '../ids.ts';
import type { SwarmInput } from '../inputs.ts';
import type { Refusal } from '../ruling.ts';
import { restoreSwarm, snapshotOf } from '../snapshot.ts';
import { apply } from '../swarm.ts';
import { newSwarm, type Swarm } from '../swarm-state.ts';

const id = runId('r1');
let world: CoreWorld;

/** Tasks `a`, `b` and `c` run side by side for a minute; `d` waits for them. */
function worldOf(options: WorldOptions = {}): CoreWorld {
  const made = new CoreWorld({ play: () => ({ afterMs: 60_000, end: DONE }), ...options });
  made.send({ type: 'agents.register', agents: [...agentsOf(2, { role: 'one' }), agentOf('a3', { role: 'two' })] });
  made.send(submitOf([taskOf('a'), taskOf('b'), taskOf('c'), taskOf('d', { needs: ['a', 'b', 'c'] })]));
  return made;
}

function refusalOf(input: SwarmInput): Refusal | undefined {
  const ruling = world.send(input);
  return ruling.ok ? undefined : ruling.refusal;
}

/** Who got the newest message. */
const recipients = (): readonly string[] => world.all('message.sent').at(-1)?.recipients ?? [];
const waiting = (address: string, swarm: Swarm = world.swarm): readonly string[] =>
  [...(swarm.runs.get(id)?.mail?.boxes.get(address)?.messages() ?? [])].map(({ spec }) => spec.id);
const agentOfTask = (name: string): string => {
  const task = world.task(name);
  return task !== undefined && 'agentId' in task ? `agent:${task.agentId}` : '';
};

beforeEach(() => {
  world = worldOf();
});

describe('sending', () => {
  test('puts a message into the mailbox of one task, agent or person, whether or not the task has begun', () => {
    for (const to of ['task:b', 'task:d', 'agent:a1', 'user:ann', 'task:a']) {
      assert.equal(refusalOf(sendOf('a', { id: `to-${to}`.replaceAll(':', '.'), to })), undefined);
      assert.deepEqual(recipients(), [to]);
    }
    assert.deepEqual(world.all('message.sent')[0]?.from, 'task:a');
  });

  test('to nobody of that name is an error', () => {
    for (const to of ['task:x', 'agent:x', 'role:x', 'b', 'user:', '']) {
      assert.deepEqual(refusalOf(sendOf('a', { to })), { reason: 'recipient-unknown', address: to });
    }
    assert.deepEqual(world.all('message.sent'), []);
  });

  test('to all reaches every other task that runs at that moment', () => {
    world.send(sendOf('a', { to: 'all' }));
    assert.deepEqual(recipients(), ['task:b', 'task:c']);
  });

  test('to a role reaches its agents, but not the one that sends', () => {
    world.send(sendOf('a', { to: 'role:two' }));
    const others = ['agent:a3'].filter((one) => one !== agentOfTask('a'));
    assert.deepEqual(recipients(), others);
    world.send(sendOf('a', { id: 'm2', to: 'role:one' }));
    assert.deepEqual(
      recipients(),
      ['agent:a1', 'agent:a2'].filter((one) => one !== agentOfTask('a')),
    );
  });

  test('to a topic reaches whoever has subscribed by then, and nobody later', () => {
    world.send(subscribeOf('b', 'findings.*'));
    world.send(sendOf('a', { topic: 'findings.secrets' }));
    assert.deepEqual(recipients(), ['task:b']);
    world.send(subscribeOf('c', '**'));
    assert.deepEqual(waiting('task:c'), []);
    world.send(sendOf('a', { id: 'm2', topic: 'findings.secrets' }));
    assert.deepEqual(recipients(), ['task:b', 'task:c']);
    world.send({ type: 'attempt.unsubscribe', taskId: taskId(id, 'b'), attempt: 1, pattern: 'findings.*' });
    world.send(sendOf('a', { id: 'm3', topic: 'findings.secrets' }));
    assert.deepEqual(recipients(), ['task:c']);
  });

  test('to a topic reaches tasks that declare it, also before they begin', () => {
    world = new CoreWorld({ play: () => ({ afterMs: 60_000, end: DONE }) });
    world.send({ type: 'agents.register', agents: agentsOf(1) });
    world.send(submitOf([taskOf('a'), taskOf('b', { needs: ['a'], subscribes: ['x.*', 'y'] })]));
    world.send(sendOf('a', { topic: 'x.y' }));
    assert.deepEqual(waiting('task:b'), ['m1']);
    const bad = submitOf([taskOf('a', { subscribes: ['x.**.y'] })], { runId: runId('r2') });
    assert.equal(refusalOf(bad)?.reason, 'graph-invalid');
  });

  test('is what only the current attempt of a running task can do', () => {
    assert.deepEqual(refusalOf(sendOf('a', {}, 2)), { reason: 'attempt-stale', currentAttempt: 1 });
    assert.deepEqual(refusalOf(sendOf('d', {}, 0)), { reason: 'status-wrong', status: 'blocked' });
    assert.deepEqual(refusalOf(sendOf('x')), { reason: 'task-unknown' });
  });

  test('from outside is what people do, under a name of theirs', () => {
    assert.equal(refusalOf(personSends()), undefined);
    assert.deepEqual(waiting('task:b'), ['m1']);
    assert.equal(refusalOf({ ...personSends({ id: 'm2' }), from: 'task:a' })?.reason, 'recipient-unknown');
    assert.equal(refusalOf({ ...personSends({ id: 'm2' }), runId: runId('x') })?.reason, 'run-unknown');
  });

  test('names everything that is wrong with a message at once', () => {
    const refusal = refusalOf(
      sendOf('a', { id: 'é', type: '', topic: 'a..b', expiresMs: 0.5, body: 'x'.repeat(65_536) }),
    );
    assert.ok(refusal?.reason === 'message-invalid');
    assert.equal(refusal.problems.length, 5);
    assert.equal(refusalOf(sendOf('a', { body: 'x'.repeat(65_534) })), undefined);
    assert.equal(
      refusalOf({ ...sendOf('a'), message: { ...messageOf({ id: 'm2' }), topic: 'a' } })?.reason,
      'message-invalid',
    );
  });
});

describe('a repeat', () => {
  test('of the same message changes nothing, also after it was read; another one under its id is refused', () => {
    for (let round = 0; round < 2; round++) assert.equal(refusalOf(sendOf('a')), undefined);
    assert.deepEqual(waiting('task:b'), ['m1']);
    world.send(ackOf('b', ['m1']));
    assert.equal(refusalOf(sendOf('a')), undefined);
    assert.deepEqual(waiting('task:b'), []);
    assert.deepEqual(refusalOf(sendOf('a', { body: { x: 2 } })), { reason: 'message-conflict' });
    assert.deepEqual(refusalOf(sendOf('c')), { reason: 'message-conflict' });
    assert.equal(world.all('message.sent').length, 1);
  });

  test('is known among the newest ten thousand', () => {
    for (let index = 0; index < 10_010; index++) {
      world.send(sendOf('a', { id: `n${index}` }));
      world.send(ackOf('b', [`n${index}`]));
    }
    assert.equal(world.swarm.runs.get(id)?.mail?.knownCount, 10_000);
    const before = world.all('message.sent').length;
    world.send(sendOf('a', { id: 'n10' }));
    assert.equal(world.all('message.sent').length, before);
  });
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
    assert.deepEqual(waiting('task:b'), ['c1', 'c2', 'h1', 'n1', 'n2', 'l1']);
  });

  test('holds so many and no more, and the sender is told; what was read makes room', () => {
    world = worldOf({ rules: { maxMailboxMessages: 2 } });
    world.send(sendOf('a', { id: 'm1' }));
    world.send(sendOf('a', { id: 'm2' }));
    assert.deepEqual(refusalOf(sendOf('a', { id: 'm3' })), { reason: 'mailbox-full', address: 'task:b' });
    world.send(sendOf('a', { id: 'all', to: 'all' }));
    assert.deepEqual(recipients(), ['task:c']);
    assert.deepEqual(world.all('message.sent').at(-1)?.dead, [{ address: 'task:b', why: 'mailbox-full' }]);
    world.send(ackOf('b', ['m1']));
    assert.equal(refusalOf(sendOf('a', { id: 'm3' })), undefined);
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
    assert.equal(world.swarm.runs.get(id)?.mail?.boxes.size, 0);
    assert.equal(world.swarm.runs.get(id)?.mail?.waitingBytes, 0);
  });

  test('is nobody else’s to empty', () => {
    world.send(sendOf('a'));
    world.send(ackOf('c', ['m1']));
    world.send({ type: 'message.acknowledge', runId: id, address: 'user:ann', ids: ['m1'] });
    assert.deepEqual(waiting('task:b'), ['m1']);
    assert.equal(
      refusalOf({ type: 'message.acknowledge', runId: id, address: 'task:b', ids: ['m1'] })?.reason,
      'recipient-unknown',
    );
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
    assert.equal(refusalOf(sendOf('b', { id: 'answer', to: 'task:a', replyTo: 'm1' })), undefined);
    assert.equal(world.all('message.sent').at(-1)?.hops, 2);
    assert.equal(refusalOf(sendOf('a', { body: 'why' })), undefined);
    assert.deepEqual(refusalOf(sendOf('a', { body: 'where' })), { reason: 'message-conflict' });
    assert.deepEqual(refusalOf(sendOf('c', { body: 'why', to: 'task:a' })), { reason: 'message-conflict' });
    assert.equal(sentOnce(), 1);
  });

  test('is forgotten among the oldest once everybody has read it', () => {
    world.send(sendOf('a'));
    others();
    world.send(ackOf('b', ['m1']));
    assert.deepEqual(refusalOf(sendOf('b', { to: 'task:a', replyTo: 'm1', id: 'late' })), {
      reason: 'message-unknown',
    });
    assert.equal(world.swarm.runs.get(id)?.mail?.knownCount, 10_000);
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
    assert.equal(refusalOf(sendOf('b', { id: 'answer', to: 'task:a', replyTo: 'm1' })), undefined);
  });
});

describe('a causal chain', () => {
  test('ends after eight messages, over answers and causes alike', () => {
    assert.equal(refusalOf(sendOf('a', { id: 'h1' })), undefined);
    for (let hop = 2; hop <= 8; hop++) {
      const link = hop % 2 === 0 ? { replyTo: `h${hop - 1}` } : { cause: `h${hop - 1}` };
      assert.equal(refusalOf(sendOf(hop % 2 === 0 ? 'b' : 'a', { id: `h${hop}`, to: 'task:c', ...link })), undefined);
    }
    assert.deepEqual(refusalOf(sendOf('a', { id: 'h9', replyTo: 'h8' })), {
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
    assert.deepEqual(refusalOf(sendOf('a', { replyTo: 'never' })), { reason: 'message-unknown' });
  });
});

test('a run sends so many and no more', () => {
  world = worldOf({ rules: { maxMessagesPerRun: 2 } });
  for (const one of ['m1', 'm2']) assert.equal(refusalOf(sendOf('a', { id: one })), undefined);
  assert.equal(refusalOf(sendOf('a', { id: 'm3' }))?.reason, 'limit-reached');
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
    assert.deepEqual(waiting('task:b'), ['brief', 'longer', 'ever']);
    world.run(100);
    assert.deepEqual(waiting('task:b'), ['longer', 'ever']);
    assert.deepEqual(waiting('task:c'), []);
    world.run(400);
    assert.deepEqual(waiting('task:b'), ['ever']);
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
    world = worldOf();
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
    world = worldOf({ play });
    world.send(subscribeOf('b', '**'));
    world.send(sendOf('a'));
    world.run(200);
    assert.deepEqual(world.all('messages.died'), [
      { type: 'messages.died', runId: id, address: 'task:b', ids: ['m1'], why: 'recipient-gone' },
    ]);
    assert.equal(refusalOf(sendOf('a', { id: 'm2' })), undefined);
    assert.deepEqual(world.all('message.sent').at(-1)?.dead, [{ address: 'task:b', why: 'recipient-gone' }]);
    world.send(sendOf('a', { id: 'm3', topic: 'any' }));
    assert.deepEqual(recipients(), []);
    assert.equal(world.swarm.runs.get(id)?.mail?.boxes.size, 0);
  });

  test('is not one whose attempt failed: the next one gets everything', () => {
    const twice: NonNullable<WorldOptions['play']> = ({ taskId: task, attempt }) =>
      nameOf(task) === 'b' && attempt === 1 ? { afterMs: 100, end: THREW } : { afterMs: 60_000, end: DONE };
    world = worldOf({ play: twice, rules: { strategy: 'least-loaded' } });
    world.send(subscribeOf('b', 't'));
    world.send(sendOf('a'));
    world.run(5_000);
    world.send(sendOf('a', { id: 'm2', topic: 't' }));
    assert.deepEqual(waiting('task:b'), ['m1', 'm2']);
    assert.deepEqual(refusalOf(ackOf('b', ['m1'])), { reason: 'attempt-stale', currentAttempt: 2 });
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
    assert.deepEqual(waiting('task:b', copy), waiting('task:b'));
    assert.equal(copy.runs.get(id)?.mail?.nextExpiryMs, 500);
    assert.equal(copy.runs.get(id)?.mail?.waitingBytes, world.swarm.runs.get(id)?.mail?.waitingBytes);
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
    assert.deepEqual(waiting('task:b'), ['m3', 'm1']);
  });
});
