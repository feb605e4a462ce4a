import type { HostSpec } from '../agents/agent-spec.ts';
import type { AgentId } from '../ids.ts';
import type { HostDescription } from './frames.ts';
import type { HostLoss } from './coordinator-session.ts';

/** A process outside of the coordinator that runs agents, as it is stored. */
export type Host = Readonly<{
  spec: HostSpec;
  /** The process that has the name now. */
  instance: number;
  agentIds: readonly AgentId[];
  /** Why it takes nothing new; undefined when it does. */
  drainingBecause?: string;
}>;

/** What became of hosts. Their heartbeats are not stored: only what was concluded from them. */
export type HostEvent =
  /** `agents.registered` follows with its agents. */
  | Readonly<{ type: 'host.joined'; host: HostSpec; instance: number; agentIds: readonly AgentId[]; pid?: number }>
  /** It finishes what it has and takes nothing new. */
  | Readonly<{ type: 'host.draining'; host: string; reason: string }>
  /** Nothing was heard of it for too long, or its process has ended: its attempts have been given up. */
  | Readonly<{ type: 'host.lost'; host: string; why: HostLoss }>
  /** It went, with nothing left to do. */
  | Readonly<{ type: 'host.left'; host: string }>;

export type HostInput =
  | Readonly<{ type: 'host.join'; description: HostDescription }>
  | Readonly<{ type: 'host.drain'; host: string; reason: string }>
  | Readonly<{ type: 'host.lose'; host: string; why: HostLoss }>
  | Readonly<{ type: 'host.leave'; host: string }>;
