import assert from 'node:assert/strict';
import type { SwarmEvent } from '../core/events.ts';
import { type RunId, runId } from '../core/ids.ts';
import type { MessageSpec } from '../core/messaging/message.ts';
import type { ArchiveUnderTest } from './archive-under-test.ts';
import type { ContractCase } from './journal-contract.ts';

const one = runId('r1');
const two = runId('r2');

function created(id: RunId): SwarmEvent {
  const run = { name: 'demo', inputs: {}, budget: {}, project: '/p', source: 'code' };
  return { type: 'run.created', runId: id, run, taskCount: 0, wallTimeMs: 0 };
}

function finished(id: RunId): SwarmEvent {
  return { type: 'run.finished', runId: id, outcome: { state: 'succeeded' } };
}

type Sent = Extract<SwarmEvent, { type: 'message.sent' }>;

function sent(
  id: RunId,
  no: number,
  more: Partial<Omit<Sent, 'message'>> & Readonly<{ message?: Partial<MessageSpec> }> = {},
): Sent {
  const message = { id: `m${no}`, to: 'task:b', type: 'message', body: { no }, ...more.message };
  const figures = { hops: 1, bytes: 8, digest: no };
  const event = { type: 'message.sent', runId: id, no, from: 'task:a', ...figures, recipients: ['task:b'] } as const;
  return { ...event, ...more, message };
}

/** What every `RunArchive` must show of messages. */
export const RUN_ARCHIVE_MESSAGE_CASES: readonly ContractCase<ArchiveUnderTest>[] = [
  {
    name: 'messages of a run come in the order of sending, and no others',
    run: async ({ archive, append }) => {
      await append(1, created(one), created(two), sent(one, 1), sent(two, 1));
      await append(2, sent(one, 2), finished(one));
      await append(3, sent(two, 2));
      const shown = (id: RunId): readonly unknown[] => archive.messages(id).map(({ message }) => message.body);
      assert.deepEqual(shown(one), [{ no: 1 }, { no: 2 }]);
      assert.deepEqual(shown(two), [{ no: 1 }, { no: 2 }]);
      assert.deepEqual(archive.messages(runId('none')), []);
    },
  },
  {
    name: 'a message shows what became of it for each recipient, and when',
    run: async ({ archive, append }) => {
      await append(1, created(one));
      const dead = [{ address: 'task:z', why: 'recipient-gone' }] as const;
      const recipients = ['task:b', 'task:c', 'user:ann'];
      await append(5, sent(one, 1, { recipients, dead, message: { priority: 'high' } }));
      const acknowledged = { type: 'messages.acknowledged', runId: one, address: 'task:b' } as const;
      await append(7, { ...acknowledged, ids: ['m1'], waitedMs: [3] });
      await append(9, { type: 'messages.died', runId: one, address: 'task:c', ids: ['m1'], why: 'expired' });
      assert.deepEqual(archive.messages(one), [
        {
          runId: one,
          no: 1,
          from: 'task:a',
          message: { id: 'm1', to: 'task:b', type: 'message', body: { no: 1 }, priority: 'high' },
          hops: 1,
          bytes: 8,
          sentAtMs: 5,
          deliveries: [
            { address: 'task:b', state: 'acknowledged', endedAtMs: 7, waitedMs: 3 },
            { address: 'task:c', state: 'dead', why: 'expired', endedAtMs: 9 },
            { address: 'user:ann', state: 'waiting' },
            { address: 'task:z', state: 'dead', why: 'recipient-gone', endedAtMs: 5 },
          ],
        },
      ]);
    },
  },
  {
    name: 'the newest messages are enough, or those that are asked for',
    run: async ({ archive, append }) => {
      await append(1, created(one), ...Array.from({ length: 1_200 }, (_, index) => sent(one, index + 1)));
      const numbers = (filter?: Parameters<typeof archive.messages>[1]): readonly number[] =>
        archive.messages(one, filter).map(({ no }) => no);
      assert.deepEqual([numbers().length, numbers()[0]], [1_000, 201]);
      assert.deepEqual(numbers({ limit: 2 }), [1_199, 1_200]);
      assert.deepEqual(numbers({ ids: ['m3', 'm900', 'none'] }), [3, 900]);
    },
  },
  {
    name: 'one message is found by its number, and others by who sent them, whom they went to and how they stand',
    run: async ({ archive, append }) => {
      const numbers = (filter: Parameters<typeof archive.messages>[1]): readonly number[] =>
        archive.messages(one, filter).map(({ no }) => no);
      await append(1, created(one), sent(one, 1), sent(one, 2, { from: 'task:x' }));
      const toTwo = { recipients: ['task:b', 'task:c'], message: { to: 'all' } };
      await append(2, sent(one, 3, toTwo), sent(one, 4, toTwo), sent(one, 5, toTwo));
      const gone = [{ address: 'task:z', why: 'recipient-gone' }] as const;
      await append(
        3,
        ...[6, 7, 8].map((no) => sent(one, no, { recipients: [], dead: gone, message: { to: 'task:z' } })),
      );
      const acknowledged = { type: 'messages.acknowledged', runId: one, waitedMs: [1, 1] } as const;
      await append(4, { ...acknowledged, address: 'task:b', ids: ['m3', 'm4'] });
      await append(5, { ...acknowledged, address: 'task:c', ids: ['m3', 'm5'] });
      await append(6, { type: 'messages.died', runId: one, address: 'task:c', ids: ['m4'], why: 'expired' });
      assert.deepEqual([numbers({ no: 2 }), numbers({ no: 9 })], [[2], []]);
      assert.deepEqual(numbers({ from: 'task:x' }), [2]);
      assert.deepEqual(
        [numbers({ to: 'all' }), numbers({ to: 'task:c', limit: 2 })],
        [
          [3, 4, 5],
          [4, 5],
        ],
      );
      assert.deepEqual([numbers({ to: 'task:z' }), numbers({ to: 'task:nobody' })], [[6, 7, 8], []]);
      assert.deepEqual(
        [numbers({ standing: 'waiting' }), numbers({ standing: 'waiting', limit: 1 })],
        [[1, 2, 5], [5]],
      );
      assert.deepEqual(
        [numbers({ standing: 'dead' }), numbers({ standing: 'dead', limit: 2 })],
        [
          [4, 6, 7, 8],
          [7, 8],
        ],
      );
      assert.deepEqual(numbers({ standing: 'dead', to: 'task:z', limit: 1 }), [8]);
    },
  },
  {
    name: 'what waits for somebody comes as it is received: the most urgent first, however old it is',
    run: async ({ archive, append }) => {
      const recipients = ['user:ann', 'task:b'];
      const toAnn = (no: number, priority: MessageSpec['priority'] = 'normal'): SwarmEvent =>
        sent(one, no, { recipients, message: { priority } });
      await append(1, created(one), toAnn(1), toAnn(2, 'low'), toAnn(3, 'critical'), toAnn(4, 'high'), toAnn(5));
      await append(2, ...Array.from({ length: 1_200 }, (_, index) => sent(one, index + 6)));
      await append(3, toAnn(1_206, 'critical'), toAnn(1_207));
      const ends = { runId: one, address: 'user:ann' } as const;
      await append(4, { type: 'messages.acknowledged', ...ends, ids: ['m5'], waitedMs: [1] });
      await append(5, { type: 'messages.died', ...ends, ids: ['m4'], why: 'expired' });
      await append(6, { type: 'messages.acknowledged', ...ends, address: 'task:b', ids: ['m1'], waitedMs: [1] });
      const waiting = (limit: number, waitingFor = 'user:ann'): readonly number[] =>
        archive.messages(one, { waitingFor, limit }).map(({ no }) => no);
      assert.deepEqual(waiting(100), [3, 1_206, 1, 1_207, 2]);
      assert.deepEqual(waiting(2), [3, 1_206]);
      assert.deepEqual(waiting(100, 'user:bob'), []);
    },
  },
  {
    name: 'two messages of one id, of which the first was long forgotten, are two',
    run: async ({ archive, append }) => {
      await append(1, created(one), sent(one, 1));
      await append(2, { type: 'messages.acknowledged', runId: one, address: 'task:b', ids: ['m1'], waitedMs: [1] });
      await append(3, sent(one, 2, { message: { id: 'm1' } }));
      const shown = archive.messages(one).map(({ no, deliveries }) => [no, deliveries[0]?.state]);
      assert.deepEqual(shown, [
        [1, 'acknowledged'],
        [2, 'waiting'],
      ]);
    },
  },
];
