import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Channel } from './channel.ts';
import type { Packet } from './frames.ts';
import { MAX_WAITING, PACKETS_PER_FRAME, REPEAT_MS, WINDOW } from './host-limits.ts';

const packets = (...seqs: readonly number[]): readonly { seq: number; body: string }[] =>
  seqs.map((seq) => ({ seq, body: `b${seq}` }));

const due = <Body>(channel: Channel<Body, string>, nowMs: number): readonly Packet<Body>[] =>
  channel.due(nowMs).flatMap((data) => data.packets);

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
  assert.equal(due(channel, 0).length, 3);
  assert.equal(due(channel, REPEAT_MS - 1).length, 0);
  channel.acknowledge(2);
  assert.deepEqual(due(channel, REPEAT_MS), [{ seq: 3, body: 'c' }]);
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
  assert.equal(due(channel, 0).length, WINDOW);
  assert.equal(due(channel, 1).length, 0);
  channel.acknowledge(10);
  assert.equal(due(channel, 2).length, 10);
});

test('the other side is told once what has arrived, also when it sends something again', () => {
  const channel = new Channel<string, string>();
  assert.deepEqual(channel.due(0), []);
  channel.take(packets(1));
  assert.deepEqual(channel.due(0), [{ ack: 1, packets: [] }]);
  assert.deepEqual(channel.due(0), []);
  channel.take(packets(1));
  assert.deepEqual(channel.due(0), [{ ack: 1, packets: [] }]);
});

test('many packets go in several frames, each with what has arrived', () => {
  const channel = new Channel<number, string>();
  channel.take(packets(1));
  for (let index = 0; index <= PACKETS_PER_FRAME; index++) channel.send(index);
  const frames = channel.due(0);
  assert.deepEqual(
    frames.map(({ ack, packets: { length } }) => [ack, length]),
    [
      [1, PACKETS_PER_FRAME],
      [1, 1],
    ],
  );
  assert.deepEqual(channel.due(0), []);
});
