import assert from 'node:assert/strict';
import { test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import type { AgentDriver } from '../ports/agent-driver.ts';
import { agentId } from '../core/ids.ts';
import { DEFAULT_HOST_TIMES } from '../core/hosts/host-limits.ts';
import { assignmentOf } from '../../test/support/assignments.ts';
import { asksFor } from '../app/host-asks.ts';
import type { CoordinatorFrame, HostFrame } from '../core/hosts/frames.ts';
import type { LinkUser } from '../ports/worker-link.ts';
import { HostRunner } from './host-runner.ts';

const HOME = {
  name: 'w-1',
  instance: 1,
  epoch: 0,
  kept: [],
  noteEpoch: () => {},
  keep: () => {},
  forget: () => {},
};
const IDLE: AgentDriver = {
  kind: 'function',
  probe: async () => ({ ok: true, detail: 'idle' }),
  run: () => ({ ok: false, failure: { reason: 'agent-lost' } }),
};

test('a link that ends before the host has it is none: the host makes another one at once', async () => {
  const clock = new ManualClock();
  const greetings: HostFrame[][] = [];
  const users: LinkUser<CoordinatorFrame>[] = [];
  const first = Promise.withResolvers<void>();
  const runner = new HostRunner({
    home: HOME,
    agents: [],
    capacity: { cpu: 1_000, memory: 1_000 },
    pid: 1,
    drivers: { command: IDLE, function: IDLE },
    clock,
    connect: async (user) => {
      const sent: HostFrame[] = [];
      greetings.push(sent);
      users.push(user);
      if (users.length === 1) await first.promise;
      return { send: (frame) => sent.push(frame), close: () => {} };
    },
    asksFor: () => assert.fail('no attempt runs'),
  });
  runner.start();
  users[0]?.closed(false);
  first.resolve();
  for (let tick = 0; tick < 4; tick++) {
    await new Promise(setImmediate);
    clock.advance(200);
  }
  runner.stop();
  assert.deepEqual(
    greetings.map((sent) => sent.map(({ type }) => type)),
    [[], ['hello']],
  );
});

test('a result that the full disk does not take is told all the same', async () => {
  const clock = new ManualClock();
  const said: HostFrame[] = [];
  const agents = [{ id: agentId('w-1.1'), role: 'worker', capabilities: [], slots: 1 }];
  const offer = { ...assignmentOf({ kind: 'function', function: 'f' }), agentId: agentId('w-1.1') };
  const keep = (): never => assert.fail('ENOSPC');
  const runner = new HostRunner({
    home: { ...HOME, keep },
    agents,
    capacity: { cpu: 1_000, memory: 1_000 },
    pid: 1,
    drivers: { command: IDLE, function: IDLE },
    clock,
    connect: async (user) => ({
      send: (frame) => {
        said.push(frame);
        if (frame.type !== 'hello') return;
        const [epoch, session] = [1, '1.1'];
        const { greeting } = frame;
        queueMicrotask(() => {
          user.take({ type: 'welcome', epoch, session, greeting, resumeFrom: 0, times: DEFAULT_HOST_TIMES });
          user.take({ type: 'data', epoch, session, ack: 0, packets: [{ seq: 1, body: { type: 'offer', offer } }] });
        });
      },
      close: () => {},
    }),
    asksFor,
  });
  runner.start();
  for (let tick = 0; tick < 4; tick++) {
    await new Promise(setImmediate);
    clock.advance(200);
  }
  runner.stop();
  const bodies = said.flatMap((frame) => (frame.type === 'data' ? frame.packets.map(({ body }) => body.type) : []));
  assert.deepEqual(bodies, ['accept', 'result']);
});

test('a host that is not admitted is told why each time, and asks again', async () => {
  const clock = new ManualClock();
  const told: string[] = [];
  let greeted = 0;
  const runner = new HostRunner({
    home: HOME,
    agents: [],
    capacity: { cpu: 1_000, memory: 1_000 },
    pid: 1,
    drivers: { command: IDLE, function: IDLE },
    clock,
    connect: async (user) => {
      const bye = { type: 'bye', epoch: 1, reason: 'refused', message: 'There are 256 hosts.' } as const;
      return { send: () => (greeted++, queueMicrotask(() => user.take(bye))), close: () => {} };
    },
    asksFor: () => assert.fail('no attempt runs'),
    onOrder: () => assert.fail('it may be admitted later'),
    onRefused: (message) => told.push(message),
  });
  runner.start();
  for (let tick = 0; tick < 8; tick++) {
    await new Promise(setImmediate);
    clock.advance(200);
  }
  runner.stop();
  assert.equal(greeted, 2);
  assert.deepEqual(told, ['There are 256 hosts.', 'There are 256 hosts.']);
});
