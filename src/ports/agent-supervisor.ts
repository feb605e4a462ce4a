import type { AgentSpec } from '../core/agents/agent-spec.ts';

/** What an agent that was asked says of itself. */
export type Sign =
  /** `memoryRatio`: share of its memory in use, 0 to 1, where that is known. */
  | Readonly<{ ok: true; memoryRatio?: number }>
  /** It answers that it cannot work. */
  | Readonly<{ ok: false; detail: string }>;

/** Asks agents how they are, and starts them anew. One answer holds for all agents of a `kind` of it. */
export interface AgentSupervisor {
  /** Agents with the same key share a process or a program, and are asked once. */
  keyOf(agent: AgentSpec): string;
  /** Spends nothing and starts no work. Settles soon after `signal` aborts; whoever asks does not wait longer. */
  probe(agent: AgentSpec, signal: AbortSignal): Promise<Sign>;
  /** Starts it anew. True when it runs again. A rejection counts as false. */
  restart(agent: AgentSpec, signal: AbortSignal): Promise<boolean>;
}
