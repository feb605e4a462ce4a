import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { RemoteDriver } from '../../src/agents/drivers/remote/remote-driver.ts';
import { asksFor, deskFor } from '../../src/app/host-asks.ts';
import { DEFAULT_HOST_TIMES } from '../../src/core/hosts/host-limits.ts';
import { agentId } from '../../src/core/ids.ts';
import type { AgentDriver, Assignment, RunContext } from '../../src/ports/agent-driver.ts';
import type { HostDesk } from '../../src/ports/worker-link.ts';
import { HOST_FRAME, COORDINATOR_FRAME } from '../../src/server/worker-frames.ts';
import { HostHome } from '../../src/worker/host-home.ts';
import { HostRunner } from '../../src/worker/host-runner.ts';

const DESK: HostDesk = {
  epoch: 1,
  join: async () => undefined,
  drain: () => undefined,
  isDraining: () => false,
  lose: () => undefined,
  leave: () => undefined,
  reach: () => undefined,
  rest: () => undefined,
};

/** The driver on a host of its own: all that is said crosses as text, as between processes. */
export function onHost(
  folder: string,
  inner: AgentDriver,
): Readonly<{ driver: AgentDriver; close: () => Promise<void> }> {
  const clock = new SystemClock();
  const remote = new RemoteDriver({ clock, times: DEFAULT_HOST_TIMES, deskFor });
  remote.lead(DESK);
  remote.open();
  const home = HostHome.claim(mkdtempSync(join(folder, 'hosts-')), 'h', 'h');
  if (home === undefined) throw new Error('the name is taken');
  const runner = new HostRunner({
    home,
    agents: [{ id: agentId('h.1'), role: 'worker', capabilities: [], slots: 100 }],
    capacity: { cpu: 1_000, memory: 1_000 },
    pid: process.pid,
    drivers: { command: inner, function: inner },
    clock,
    asksFor,
    connect: async (user) => {
      const end = remote.accept({
        send: (frame) => queueMicrotask(() => user.take(COORDINATOR_FRAME.parse(JSON.parse(JSON.stringify(frame))))),
        close: () => user.closed(false),
      });
      return {
        send: (frame) => queueMicrotask(() => end?.take(HOST_FRAME.parse(JSON.parse(JSON.stringify(frame))))),
        close: () => end?.closed(false),
      };
    },
  });
  runner.start();
  const driver: AgentDriver = {
    kind: 'remote',
    probe: () => remote.probe(),
    run: async (assignment: Assignment, context: RunContext) => {
      const token = { ...assignment, agentId: agentId('h.1'), attempt: ++attempts };
      const result = await remote.run(token, context);
      remote.settle(token);
      return result;
    },
  };
  const close = async (): Promise<void> => {
    runner.stop();
    remote.end();
    home[Symbol.dispose]();
  };
  return { driver, close };
}

/** Contract cases give the same token again and again. */
let attempts = 0;
