import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Channel } from './channel.ts';
import { MAX_WAITING, REPEAT_MS, WINDOW } from './host-limits.ts';

const packets = (...seqs: readonly number[]): readonly { seq: number; body: string }[] =>
  seqs.map((seq) => ({ seq, body: `b${seq}` }));

test('what comes doubled and out of order arrives in order and once', () => {
  const channel = new Channel<string, string>();
  assert.deepEqual(channel.take(packets(2, 3)), []);
  assert.deepEqual(channel.take(packets(1, 2)), ['b1', 'b2', 'b3']);
  assert.deepEqual(channel.take(packets(3, 1, 4)), ['b4']);
  assert.equal(channel.received, 4);
});

test('what was not acknowledged is sent again after a second, the rest never', () => {
  const channel = new Channel<string, string>();
  for (const body of ['a', 'b', 'c']) channel.send(body);
  assert.equal(channel.due(0).length, 3);
  assert.equal(channel.due(REPEAT_MS - 1).length, 0);
  channel.acknowledge(2);
  assert.deepEqual(channel.due(REPEAT_MS), [{ seq: 3, body: 'c' }]);
});

test('an acknowledgement of what was never sent is ignored', () => {
  const channel = new Channel<string, string>();
  channel.send('a');
  channel.acknowledge(5);
  assert.equal(channel.waiting, 1);
});

test('no more than a window is under way, and no more than its limit waits', () => {
  const channel = new Channel<number, string>();
  for (let index = 0; index < MAX_WAITING; index++) assert.equal(channel.send(index), true);
  assert.equal(channel.send(-1), false);
  assert.equal(channel.due(0).length, WINDOW);
  assert.equal(channel.due(1).length, 0);
  channel.acknowledge(10);
  assert.equal(channel.due(2).length, 10);
});

test('the other side is told once what has arrived, also when it sends something again', () => {
  const channel = new Channel<string, string>();
  assert.equal(channel.takeDebt(), false);
  channel.take(packets(1));
  assert.equal(channel.takeDebt(), true);
  assert.equal(channel.takeDebt(), false);
  channel.take(packets(1));
  assert.equal(channel.takeDebt(), true);
});
