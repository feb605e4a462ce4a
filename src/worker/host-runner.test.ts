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
import { HostRunner, type HostRunnerPorts } from './host-runner.ts';

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

/** Runs a host without agents, unless `ports` says otherwise, for so many of its ticks. */
async function runFor(
  ticks: number,
  ports: Pick<HostRunnerPorts, 'connect'> & Partial<HostRunnerPorts>,
): Promise<void> {
  const clock = new ManualClock();
  const runner = new HostRunner({
    home: HOME,
    agents: [],
    capacity: { cpu: 1_000, memory: 1_000 },
    pid: 1,
    drivers: { command: IDLE, function: IDLE },
    clock,
    asksFor: () => assert.fail('no attempt runs'),
    ...ports,
  });
  runner.start();
  for (let tick = 0; tick < ticks; tick++) {
    await new Promise(setImmediate);
    clock.advance(200);
  }
  runner.stop();
}

test('a link that ends before the host has it is none: the host makes another one at once', async () => {
  const greetings: HostFrame[][] = [];
  const users: LinkUser<CoordinatorFrame>[] = [];
  const first = Promise.withResolvers<void>();
  const ran = runFor(4, {
    connect: async (user) => {
      const sent: HostFrame[] = [];
      greetings.push(sent);
      users.push(user);
      if (users.length === 1) await first.promise;
      return { send: (frame) => sent.push(frame), close: () => {} };
    },
  });
  users[0]?.closed(false);
  first.resolve();
  await ran;
  assert.deepEqual(
    greetings.map((sent) => sent.map(({ type }) => type)),
    [[], ['hello']],
  );
});

test('a result that the full disk does not take is told all the same', async () => {
  const said: HostFrame[] = [];
  const offer = { ...assignmentOf({ kind: 'function', function: 'f' }), agentId: agentId('w-1.1') };
  const keep = (): never => assert.fail('ENOSPC');
  await runFor(4, {
    home: { ...HOME, keep },
    agents: [{ id: agentId('w-1.1'), role: 'worker', capabilities: [], slots: 1 }],
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
  const bodies = said.flatMap((frame) => (frame.type === 'data' ? frame.packets.map(({ body }) => body.type) : []));
  assert.deepEqual(bodies, ['accept', 'result']);
});

test('a host that is not admitted is told why each time, and asks again', async () => {
  const told: string[] = [];
  let greeted = 0;
  await runFor(8, {
    connect: async (user) => {
      const bye = { type: 'bye', epoch: 1, reason: 'refused', message: 'There are 256 hosts.' } as const;
      return { send: () => (greeted++, queueMicrotask(() => user.take(bye))), close: () => {} };
    },
    onOrder: () => assert.fail('it may be admitted later'),
    onRefused: (message) => told.push(message),
  });
  assert.equal(greeted, 2);
  assert.deepEqual(told, ['There are 256 hosts.', 'There are 256 hosts.']);
});
