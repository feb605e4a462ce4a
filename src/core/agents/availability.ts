import type { AgentId } from '../ids.ts';
import type { Swarm } from '../swarm-state.ts';
import type { HostSpec } from './agent-spec.ts';
import type { BlockCause } from './block-cause.ts';

/** The agent gets no work as long as the cause stands; what it runs goes on. */
export function blockAgent({ registry, queue }: Swarm, id: AgentId, cause: BlockCause): void {
  // Who waits for one of its slots must look for another agent.
  if (registry.block(id, cause)) queue.reopen();
}

/** The cause is gone; with the last one the agent is offered work again. */
export function unblockAgent({ registry, queue }: Swarm, id: AgentId, cause: BlockCause): void {
  if (registry.unblock(id, cause)) queue.reopen();
}

/** The most that the agent may run at once; all its slots when undefined. */
export function limitAgent({ registry, queue }: Swarm, id: AgentId, slots: number | undefined): void {
  if (registry.limit(id, slots)) queue.reopen();
}

/** What the host offers from now on: its capacity, and functions where it says which. */
export function setHost({ capacity, registry }: Swarm, host: HostSpec): void {
  capacity.setHost(host);
  registry.offerFunctions(host.host, host.functions);
}

/** An agent of a worker has gone, or the worker itself: with the last of them nothing is known of the host any more. */
export function forgetHost({ capacity, hosts, registry }: Swarm, host: string): void {
  if (hosts.has(host)) return;
  for (const { spec } of registry.agents.values()) if (spec.host === host) return;
  capacity.forgetHost(host);
  registry.offerFunctions(host, undefined);
}
