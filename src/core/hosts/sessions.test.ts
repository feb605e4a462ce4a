import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { describeHost, HostPair, keyed, offerFor } from '../../../test/support/host-pair.ts';
import { DONE } from '../../../test/support/core-world-specs.ts';
import { agentId } from '../ids.ts';
import { HostSession } from './host-session.ts';

/** A pair that has joined, with the attempt begun at the host. */
function running(name = 't', effect: 'A' | 'D' = 'A'): HostPair {
  const pair = new HostPair().join();
  pair.byLeader(pair.leader.offer(offerFor(name, 1, effect), pair.nowMs)).settle();
  return pair;
}

const AGENT = agentId('h.1');
const begun = (pair: HostPair): readonly string[] =>
  pair.hostActs.flatMap((act) => (act.do === 'run' ? [`${act.offer.spec.name}#${act.offer.attempt}`] : []));
const ofLeader = (pair: HostPair, what: string): readonly unknown[] => pair.leaderActs.filter((act) => act.do === what);
const ofHost = (pair: HostPair, what: string): readonly unknown[] => pair.hostActs.filter((act) => act.do === what);

describe('an attempt on a host', () => {
  test('is offered, begun, ended and forgotten once its result is stored', () => {
    const pair = running();
    assert.deepEqual(begun(pair), ['t#1']);
    pair.byHost(pair.host.end(keyed('t'), DONE, pair.nowMs)).settle();
    assert.deepEqual(ofLeader(pair, 'end'), [{ do: 'end', ...keyed('t'), result: DONE }]);
    assert.equal(pair.host.held, 1);
    pair.byLeader(pair.leader.settle(keyed('t'), pair.nowMs)).settle();
    assert.deepEqual(ofHost(pair, 'forget'), [{ do: 'forget', ...keyed('t'), isEvidence: false }]);
    assert.deepEqual([pair.host.held, pair.leader.count], [0, 0]);
  });

  test('begins once, however often it is offered', () => {
    const pair = running();
    const again = { ...offerFor('t') };
    const frame = {
      type: 'data',
      session: '1.1',
      ack: 0,
      epoch: 1,
      packets: [{ seq: 1, body: { type: 'offer', offer: again } }],
    } as const;
    pair.byHost(pair.host.take(frame, pair.nowMs));
    pair.byHost(pair.host.take({ ...frame, packets: [{ seq: 2, body: { type: 'offer', offer: again } }] }, pair.nowMs));
    assert.deepEqual(begun(pair), ['t#1']);
  });

  test('is offered again until the offer arrives', () => {
    const pair = new HostPair().join();
    pair.byLeader(pair.leader.offer(offerFor('t'), pair.nowMs)).lose();
    pair.pass(2_000);
    assert.deepEqual(begun(pair), ['t#1']);
  });

  test('waits while the host is away, and begins when it is back', () => {
    const pair = new HostPair();
    pair.byLeader(pair.leader.offer(offerFor('t'), pair.nowMs));
    assert.deepEqual(begun(pair), []);
    pair.join();
    assert.deepEqual(begun(pair), ['t#1']);
  });

  test('is declined by a host without a free slot, and by one that drains', () => {
    const pair = new HostPair().join();
    for (const name of ['a', 'b', 'c']) pair.byLeader(pair.leader.offer(offerFor(name), pair.nowMs)).settle();
    assert.deepEqual(begun(pair), ['a#1', 'b#1']);
    pair.byHost(pair.host.drain(pair.nowMs)).settle();
    pair.byLeader(pair.leader.offer(offerFor('d'), pair.nowMs)).settle();
    assert.deepEqual(ofLeader(pair, 'declined'), [
      { do: 'declined', ...keyed('c'), isDraining: false },
      { do: 'declined', ...keyed('d'), isDraining: true },
    ]);
    assert.equal(ofLeader(pair, 'draining').length, 1);
  });

  test('is cancelled with its reason, once', () => {
    const pair = running();
    const stop = { why: 'timed-out', graceMs: 5_000 } as const;
    pair.byLeader(pair.leader.cancel(keyed('t'), stop, pair.nowMs)).settle();
    pair.byLeader(pair.leader.cancel(keyed('t'), stop, pair.nowMs)).settle();
    assert.deepEqual(ofHost(pair, 'stop'), [{ do: 'stop', ...keyed('t'), why: 'timed-out' }]);
  });

  test('is taken back while nothing of it has begun, and not afterwards', () => {
    const pair = running();
    pair.byLeader(pair.leader.withdraw(AGENT, pair.nowMs)).settle();
    assert.deepEqual([ofHost(pair, 'stop'), pair.host.busy], [[], 1]);
    pair.pass(11_000, { only: 'leader' });
    pair.nowMs += 1;
    // The host has slept: it asks first whether an irreversible act is still wanted.
    pair.byLeader(pair.leader.offer(offerFor('d', 1, 'D'), pair.nowMs));
    for (const frame of pair.toHost.splice(0)) pair.byHost(pair.host.take(frame, pair.nowMs));
    pair.toLeader = pair.toLeader.filter(({ type }) => type !== 'heartbeat');
    pair.byLeader(pair.leader.withdraw(AGENT, pair.nowMs)).settle();
    const result = { ok: false, failure: { reason: 'agent-lost', begun: false } };
    assert.deepEqual(ofLeader(pair, 'end'), [{ do: 'end', ...keyed('d'), result }]);
    assert.deepEqual(begun(pair), ['t#1']);
  });

  test('is taken back at once when the host was never told of it', () => {
    const pair = new HostPair();
    pair.byLeader(pair.leader.offer(offerFor('t'), pair.nowMs));
    pair.byLeader(pair.leader.withdraw(AGENT, pair.nowMs));
    assert.deepEqual(ofLeader(pair, 'declined'), [{ do: 'declined', ...keyed('t'), isDraining: false }]);
    assert.deepEqual(begun(pair.join()), []);
  });

  test('says with each beat what it uses, as long as it runs', () => {
    const pair = running();
    pair.host.measured(keyed('t'), { cpuMs: 70.4, memoryBytes: 5 });
    pair.host.measured(keyed('other'), { cpuMs: 1, memoryBytes: 1 });
    pair.pass(6_000);
    assert.deepEqual(ofLeader(pair, 'measured')[0], { do: 'measured', ...keyed('t'), cpuMs: 70, memoryBytes: 5 });
    const before = ofLeader(pair, 'measured').length;
    pair.byHost(pair.host.end(keyed('t'), DONE, pair.nowMs)).pass(6_000);
    assert.equal(ofLeader(pair, 'measured').length, before);
  });

  test('asks, and has its answer; a new leader is asked again', () => {
    const pair = running();
    const question = { ability: 'proposals', question: 'outcomes', given: ['x'] };
    pair.byHost(pair.host.ask(keyed('t'), 7, question, pair.nowMs)).settle();
    assert.deepEqual(ofLeader(pair, 'ask'), [{ do: 'ask', ...keyed('t'), id: 7, question }]);
    pair.replaceLeader(2, [keyed('t')]);
    pair.join();
    assert.equal(ofLeader(pair, 'ask').length, 2);
    pair.byLeader(pair.leader.answer(keyed('t'), 7, { ok: true, value: [null] }, pair.nowMs)).settle();
    pair.byLeader(pair.leader.answer(keyed('t'), 7, { ok: true, value: [null] }, pair.nowMs)).settle();
    assert.equal(ofHost(pair, 'answer').length, 1);
  });
});

describe('a lease', () => {
  test('is kept by heartbeats alone, however long the attempt takes', () => {
    const pair = running().pass(600_000);
    assert.deepEqual(ofLeader(pair, 'lost'), []);
    assert.deepEqual(ofHost(pair, 'relink'), []);
  });

  test('ends after 15 s without a message, not before, and takes all attempts of the host with it', () => {
    const pair = running();
    pair.pass(15_000, { isCut: true });
    assert.deepEqual(ofLeader(pair, 'lost'), []);
    pair.pass(400, { isCut: true });
    assert.deepEqual(ofLeader(pair, 'lost'), [{ do: 'lost', why: 'lease', attempts: [keyed('t')] }]);
    assert.equal(pair.leader.phase, 'gone');
  });

  test('ends at once when the process is known to be gone', () => {
    const pair = running();
    pair.byLeader(pair.leader.unlinked(true, pair.nowMs));
    assert.deepEqual(ofLeader(pair, 'lost'), [{ do: 'lost', why: 'exited', attempts: [keyed('t')] }]);
  });

  test('does not end because the coordinator itself has slept', () => {
    const pair = running();
    pair.nowMs += 40_000;
    pair.byLeader(pair.leader.tick(pair.nowMs));
    assert.deepEqual(ofLeader(pair, 'lost'), []);
  });

  test('is no longer than that when the coordinator hears of the host first thing after it has slept', () => {
    const pair = running().pass(6_000, { only: 'host' });
    pair.nowMs += 40_000;
    for (const frame of pair.toLeader.splice(0)) pair.byLeader(pair.leader.take(frame, pair.nowMs));
    pair.byLeader(pair.leader.tick(pair.nowMs));
    pair.pass(15_400, { only: 'leader', isCut: true });
    assert.deepEqual(ofLeader(pair, 'lost'), [{ do: 'lost', why: 'lease', attempts: [keyed('t')] }]);
  });

  test('is a fresh one under a new leader', () => {
    const pair = running().pass(14_000, { isCut: true });
    pair.replaceLeader(2, [keyed('t')]);
    pair.pass(14_000, { isCut: true });
    assert.deepEqual(ofLeader(pair, 'lost'), []);
    pair.join();
    pair.byHost(pair.host.end(keyed('t'), DONE, pair.nowMs)).settle();
    assert.equal(ofLeader(pair, 'end').length, 1);
    assert.deepEqual(begun(pair), ['t#1']);
  });
});

describe('the lease of a host whose joining takes long to store', () => {
  function greeted(): HostPair {
    const pair = running();
    pair.replaceLeader(2, [keyed('t')]);
    pair.isStoring = false;
    return pair.join();
  }

  test('counts from its last greeting when it has died meanwhile', () => {
    const pair = greeted().pass(10_000, { only: 'leader', isCut: true }).admit();
    pair.pass(4_800, { only: 'leader', isCut: true });
    assert.deepEqual(ofLeader(pair, 'lost'), []);
    pair.pass(600, { only: 'leader', isCut: true });
    assert.deepEqual(ofLeader(pair, 'lost'), [{ do: 'lost', why: 'lease', attempts: [keyed('t')] }]);
  });

  test('goes on with each greeting, and is not shortened by a leader that slept', () => {
    const pair = greeted().pass(4_000).admit().pass(14_000, { only: 'leader', isCut: true });
    assert.deepEqual(ofLeader(pair, 'lost'), []);
    const other = greeted();
    other.nowMs += 40_000;
    other.byLeader(other.leader.tick(other.nowMs)).admit().pass(14_000, { only: 'leader', isCut: true });
    assert.deepEqual(ofLeader(other, 'lost'), []);
  });
});

describe('a host that slept longer than its lease', () => {
  test('is told so with its first word, ends the attempt at once, and keeps its report as evidence only', () => {
    const pair = running().pass(16_000, { only: 'leader' }).lose();
    assert.equal(ofLeader(pair, 'lost').length, 1);
    pair.byHost(pair.host.tick(pair.nowMs)).settle();
    assert.deepEqual(ofHost(pair, 'stop'), [{ do: 'stop', ...keyed('t'), why: 'stale' }]);
    pair.byHost(pair.host.end(keyed('t'), DONE, pair.nowMs)).settle();
    assert.deepEqual(ofLeader(pair, 'end'), []);
    assert.deepEqual(ofHost(pair, 'forget'), [{ do: 'forget', ...keyed('t'), isEvidence: true }]);
    assert.equal(pair.leader.phase, 'here');
  });

  test('begins no irreversible act before the coordinator has answered, and never one that was given away', () => {
    const pair = new HostPair().join().pass(1_000);
    pair.byLeader(pair.leader.offer(offerFor('t', 1, 'D'), pair.nowMs));
    const asleep = pair.toHost.splice(0);
    pair.pass(16_000, { only: 'leader' }).lose();
    for (const frame of asleep) pair.byHost(pair.host.take(frame, pair.nowMs));
    assert.deepEqual(begun(pair), []);
    pair.settle();
    assert.deepEqual(begun(pair), []);
    pair.byLeader(pair.leader.offer(offerFor('t', 2, 'D'), pair.nowMs)).pass(6_000);
    assert.deepEqual(begun(pair), ['t#2']);
  });
});

describe('a host without a coordinator', () => {
  test('goes on for 120 s and then ends its attempts', () => {
    const pair = running().pass(119_800, { only: 'host', isCut: true });
    assert.deepEqual(ofHost(pair, 'stop'), []);
    pair.pass(400, { only: 'host', isCut: true });
    assert.deepEqual(ofHost(pair, 'stop'), [{ do: 'stop', ...keyed('t'), why: 'orphaned' }]);
  });

  test('gives up a link that does not answer before its lease is over', () => {
    const pair = running().pass(11_000, { only: 'host', isCut: true });
    assert.deepEqual(ofHost(pair, 'relink'), [{ do: 'relink' }]);
    assert.equal(pair.host.phase, 'unlinked');
  });
});

describe('a change of leader', () => {
  test('lets attempts run on, and ends those that the host does not have', () => {
    const pair = running();
    pair.replaceLeader(2, [keyed('t'), keyed('never-offered')]);
    pair.join();
    assert.deepEqual(ofLeader(pair, 'gone'), [{ do: 'gone', ...keyed('never-offered') }]);
    assert.deepEqual(ofHost(pair, 'stop'), []);
    assert.deepEqual(ofHost(pair, 'note-epoch').at(-1), { do: 'note-epoch', epoch: 2 });
  });

  test('ends what the new leader does not want any more', () => {
    const pair = running();
    pair.replaceLeader(2, []);
    pair.join();
    assert.deepEqual(ofHost(pair, 'stop'), [{ do: 'stop', ...keyed('t'), why: 'stale' }]);
  });

  test('makes a host deaf to the old leader', () => {
    const pair = running();
    const old = pair.replaceLeader(2, [keyed('t')]);
    pair.join();
    for (const act of old.offer(offerFor('late'), pair.nowMs)) {
      if (act.do === 'send') pair.byHost(pair.host.take(act.frame, pair.nowMs));
    }
    // Also when it would begin anew with it.
    pair.byHost(pair.host.linked(pair.nowMs));
    const [hello] = pair.toLeader.splice(0);
    assert.equal(hello?.type, 'hello');
    for (const act of hello === undefined ? [] : old.take(hello, pair.nowMs)) {
      if (act.do === 'send') pair.byHost(pair.host.take(act.frame, pair.nowMs));
    }
    for (const act of old.admit(9, pair.nowMs)) {
      if (act.do === 'send') pair.byHost(pair.host.take(act.frame, pair.nowMs));
    }
    assert.equal(pair.host.phase, 'greeting');
    assert.deepEqual(begun(pair), ['t#1']);
  });

  test('makes the next process of the host deaf to the old leader too', () => {
    const host = new HostSession({ description: describeHost(2), epoch: 2 }, 0);
    host.linked(0);
    const times = { leaseMs: 1, heartbeatMs: 1, orphanMs: 1 };
    host.take({ type: 'welcome', epoch: 1, greeting: 1, session: '1.5', resumeFrom: 0, times }, 0);
    assert.equal(host.phase, 'greeting');
  });
});

describe('a session', () => {
  test('goes on over another link where it stopped', () => {
    const pair = running();
    pair.byHost(pair.host.end(keyed('t'), DONE, pair.nowMs)).lose();
    pair.byLeader(pair.leader.unlinked(false, pair.nowMs));
    pair.join();
    assert.deepEqual(
      pair.leaderActs.map((act) => act.do),
      ['join', 'here', 'away', 'here', 'end'],
    );
  });

  test('of an older process of the same name is over', () => {
    const pair = running();
    const [late] = new HostPair().host.linked(0).flatMap((act) => (act.do === 'send' ? [act.frame] : []));
    pair.host = new HostSession({ description: describeHost(2) }, pair.nowMs);
    pair.join();
    assert.deepEqual(ofLeader(pair, 'gone'), [{ do: 'gone', ...keyed('t') }]);
    pair.byLeader(late === undefined ? [] : pair.leader.take(late, pair.nowMs));
    assert.equal(pair.toHost.at(-1)?.type, 'bye');
    assert.equal(ofLeader(pair, 'join').length, 2);
  });

  test('brings a result that the last process had kept, and says whether it was stored before', () => {
    const pair = running();
    pair.host = new HostSession(
      { description: describeHost(2), kept: [{ key: keyed('t'), result: DONE }] },
      pair.nowMs,
    );
    pair.join();
    assert.equal(ofLeader(pair, 'end').length, 1);
    pair.byLeader(pair.leader.settle(keyed('t'), pair.nowMs)).lose();
    pair.host = new HostSession(
      { description: describeHost(3), kept: [{ key: keyed('t'), result: DONE }] },
      pair.nowMs,
    );
    pair.join();
    assert.equal(ofLeader(pair, 'end').length, 1);
    assert.deepEqual(ofHost(pair, 'forget'), [{ do: 'forget', ...keyed('t'), isEvidence: false }]);
  });

  test('is refused to a host of another version', () => {
    const pair = new HostPair();
    const [hello] = pair.host.linked(0).flatMap((act) => (act.do === 'send' ? [act.frame] : []));
    assert.equal(hello?.type, 'hello');
    if (hello?.type === 'hello') pair.byLeader(pair.leader.take({ ...hello, version: 99 }, 0)).settle();
    assert.deepEqual(ofLeader(pair, 'join'), []);
    assert.equal(ofHost(pair, 'refused').length, 1);
  });
});

describe('a host that goes', () => {
  test('is gone when its last word has arrived', () => {
    const pair = new HostPair().join();
    pair.byHost(pair.host.drain(pair.nowMs)).byHost(pair.host.leave(pair.nowMs));
    assert.equal(pair.host.phase, 'joined');
    pair.settle();
    assert.equal(pair.host.phase, 'left');
    assert.deepEqual(ofLeader(pair, 'left'), [{ do: 'left', attempts: [] }]);
    assert.deepEqual(ofHost(pair, 'left'), [{ do: 'left' }]);
  });
});
