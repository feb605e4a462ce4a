import type { AgentSpec } from '../core/agents/agent-spec.ts';
import type { AgentId, RunId } from '../core/ids.ts';

/** The agents that a group is to have. */
export type ProvisionRequest = Readonly<{
  /** Of the leader that asks. One of an older leader than has asked before changes nothing and is refused. */
  epoch: number;
  runId: RunId;
  role: string;
  /** What each of them is like. */
  shape: Omit<AgentSpec, 'id' | 'runId'>;
  /** Exactly these, no more and no fewer. None of the ones left out has anything to do any more. */
  agentIds: readonly AgentId[];
}>;

export type Provisioned =
  /** All of them are there and can be given work. In the order of the request. */
  | Readonly<{ ok: true; agents: readonly AgentSpec[] }>
  /** What was there before is there still. `detail`: what stood in the way, for people. */
  | Readonly<{ ok: false; detail: string }>;

/** Why a request of an older leader fails. */
export const DEPOSED = 'another leader has taken over';

/** Makes agents, and lets go of them. The registry of the swarm is none of its business: it answers, the core decides. */
export interface Provisioner {
  /**
   * Makes it so that the group has exactly the agents asked for. The same request again makes nothing twice and is
   * answered the same; one of a leader that was deposed fails. Settles soon after `signal` aborts; a rejection counts as a failure.
   */
  scale(request: ProvisionRequest, signal: AbortSignal): Promise<Provisioned>;
  /** The run has ended, and all its agents with it. Returns at once. */
  forget(runId: RunId): void;
}
