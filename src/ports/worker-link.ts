import type { AttemptKey, HostDescription } from '../core/hosts/frames.ts';
import type { HostLoss } from '../core/hosts/coordinator-session.ts';
import type { AgentId } from '../core/ids.ts';
import type { AttemptResult } from '../core/tasks/attempt.ts';
import type { AgentDriver, Assignment, RunContext } from './agent-driver.ts';

/**
 * One end of a way between a host and its coordinator. Frames may be lost, doubled and come in any order: both ends
 * count on nothing else. A transport checks size, depth and form of a frame before it hands it on.
 */
export interface WorkerLink<Out> {
  /** Returns at once; drops the frame when the other side does not read. */
  send(frame: Out): void;
  /** `closed` of the one who uses it is called soon. Calling it twice does no harm. */
  close(): void;
}

/** Who is told what comes over a link. */
export interface LinkUser<In> {
  take(frame: In): void;
  /** Nothing comes any more. `isGone`: the process at the other end is known to have ended. */
  closed(isGone: boolean): void;
}

/** What a driver of hosts tells the leader it belongs to. */
export type HostDesk = Readonly<{
  /** Of this lead; hosts take no order of a lower one than they have seen. */
  epoch: number;
  /** Stores that it is there. Resolves with why not, or undefined when it is stored. */
  join: (description: HostDescription) => Promise<string | undefined>;
  drain: (host: string, reason: string) => void;
  /** Whether it takes nothing new, as it is stored: another process of the same name may. */
  isDraining: (host: string) => boolean;
  lose: (host: string, why: HostLoss) => void;
  leave: (host: string) => void;
  /** Whether it can be reached: nothing new is given to it while it cannot. */
  reach: (host: string, canBeReached: boolean) => void;
  /** The agent has turned something down: nothing new for a moment. */
  rest: (assignment: AttemptKey) => void;
}>;

/** A driver whose agents are in other processes, and whose attempts outlive the leader. */
export interface HostDriver extends AgentDriver {
  /** Begins a lead. No host is heard before `open`. */
  lead(desk: HostDesk): void;
  /** A host of the leader before: it has a lease to come back. */
  expect(host: string): void;
  /** Like `run`, for an attempt that an earlier leader gave to a host: it is never begun anew under its number. */
  adopt(assignment: Assignment, context: RunContext): Promise<AttemptResult>;
  /** What the engine expects is known: hosts may speak. */
  open(): void;
  /** The end of the attempt is stored: its host may forget it. */
  settle(key: AttemptKey): void;
  drain(host: string): void;
  /** Others shall have what has not begun of this agent's: it ends as never begun. What runs goes on. */
  withdraw(agentId: AgentId): void;
  /** The lead is over. Hosts go on and look for the next leader. */
  end(): void;
}
