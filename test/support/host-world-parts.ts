import type { CoordinatorSession } from '../../src/core/hosts/coordinator-session.ts';
import type { AttemptKey, Offer } from '../../src/core/hosts/frames.ts';
import type { KeptResult } from '../../src/core/hosts/host-attempts.ts';
import type { HostSession } from '../../src/core/hosts/host-session.ts';
import { agentId, type AgentId, type RunId, runId, type TaskId } from '../../src/core/ids.ts';
import { taskOf } from './core-world-specs.ts';

export const RUN: RunId = runId('r1');

export type HostWorldPlan = Readonly<{
  seed: number;
  hosts: number;
  tasks: number;
  /** Shares of frames, 0 to 1. */
  loss: number;
  doubling: number;
  meanDelayMs: number;
  /** How often each fault comes before `healMs`. */
  cuts: number;
  crashes: number;
  pauses: number;
  /** Leaders that are killed, and leaders that are paused, replaced and wake. */
  kills: number;
  zombies: number;
  healMs: number;
}>;

export type WorldTask = { readonly id: TaskId; attempt: number; host: string | undefined; isDone: boolean };
export type HostProcess = {
  readonly host: string;
  readonly session: HostSession;
  readonly instance: number;
  readonly running: Map<string, { cancel: () => void; key: AttemptKey; mayEndAtMs: number }>;
  leader: Leader | undefined;
  pausedUntilMs: number;
  /** It reaches nobody until then. */
  isolatedUntilMs: number;
  isDead: boolean;
};
/** What a host has kept when its next process begins. */
export type HostDisk = { epoch: number; instance: number; readonly kept: Map<string, KeptResult> };
export type Leader = {
  readonly epoch: number;
  readonly sessions: Map<string, CoordinatorSession>;
  readonly links: Map<string, HostProcess>;
  readonly here: Set<string>;
  isEnded: boolean;
  pausedUntilMs: number;
};

export function agentOfHost(host: string): AgentId {
  return agentId(`${host}.1`);
}

export function offerOf(id: TaskId, attempt: number, host: string, effect: 'A' | 'D'): Offer {
  const spec = taskOf('t', { effect });
  const parts = { taskId: id, runId: RUN, agentId: agentOfHost(host), attempt };
  return { ...parts, spec, work: spec.work, project: '/', needs: {}, inputs: {} };
}
