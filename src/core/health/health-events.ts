import type { AgentId } from '../ids.ts';
import type { BreakerKey } from './breaker.ts';
import type { HealthCause, HealthStatus } from './health.ts';

/** How agents and what they lean on are doing. Beats themselves are not stored: only what was concluded from them. */
export type HealthEvent =
  /** `causes`: what speaks against it; none when it is healthy. */
  | Readonly<{
      type: 'agent.health-changed';
      agentId: AgentId;
      status: HealthStatus;
      causes: readonly HealthCause[];
    }>
  /** It is started anew at `atMs`. `restart` counts those of the last minute, from 1. */
  | Readonly<{ type: 'agent.restart-planned'; agentId: AgentId; restart: number; atMs: number }>
  /** It runs again. */
  | Readonly<{ type: 'agent.restarted'; agentId: AgentId }>
  /** It was started anew too often: only a person starts it again. */
  | Readonly<{ type: 'agent.stopped'; agentId: AgentId; restarts: number }>
  /** It finishes what it has and gets nothing new. `because`: who or what asked for that. */
  | Readonly<{ type: 'agent.draining'; agentId: AgentId; because: string }>
  /** A person lets it begin again, with nothing held against it. */
  | Readonly<{ type: 'agent.revived'; agentId: AgentId }>
  /** Nothing goes to it before `untilMs`. `failures`: how many in a row were too many. */
  | Readonly<{ type: 'breaker.opened'; key: BreakerKey; untilMs: number; failures: number }>
  /** One attempt at a time is let through to see how it goes; for a provider, of all its agents together. */
  | Readonly<{ type: 'breaker.half-opened'; key: BreakerKey }>
  | Readonly<{ type: 'breaker.closed'; key: BreakerKey }>;

export type HealthInput =
  /** A sign of life of agents that share a process. `responseMs`: how long they took to answer. */
  | Readonly<{ type: 'agents.beat'; agentIds: readonly AgentId[]; responseMs: number; memoryRatio?: number }>
  /** They were asked, and answered that they cannot work. */
  | Readonly<{ type: 'agents.ail'; agentIds: readonly AgentId[]; detail: string }>
  /** Too many beats in a row are missing. */
  | Readonly<{ type: 'agents.lose'; agentIds: readonly AgentId[] }>
  /** How a restart went. */
  | Readonly<{ type: 'agent.end-restart'; agentId: AgentId; ok: boolean }>
  /** A person's word about an agent that was stopped or drained. */
  | Readonly<{ type: 'agent.revive'; agentId: AgentId }>
  /** The time that a breaker stays open is over. */
  | Readonly<{ type: 'breaker.due'; key: BreakerKey }>;
