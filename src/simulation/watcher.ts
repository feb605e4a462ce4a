import type { CoordinatorFrame, HostFrame } from '../core/hosts/frames.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { Answer } from '../engine/answer.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { ReceivedMessage } from '../ports/run-messages.ts';

/** A deed outside of the swarm: what nobody can take back. */
export type Deed = Readonly<{
  kind: 'attempt' | 'approved';
  /** The task or the proposal. */
  id: string;
  /** The attempt that did it; 0 for what was approved. */
  attempt: number;
  /** What it was done with, for what was approved. */
  contentHash: string;
  node: string;
}>;

/** An answer on its way out of the coordinator. */
export type Exchange = Readonly<{ request: string; input: SwarmInput; answer: Answer; node: string }>;

/** An attempt that a coordinator has started or that has left it, and whether it told the truth. */
export type AttemptSign = Readonly<{ taskId: string; attempt: number; agentId: string; node: string }>;

/** What happens at a host or on its way to the one who leads. */
export type HostSign =
  | Readonly<{ kind: 'started' | 'died' | 'paused' | 'woke' | 'drains'; host: string }>
  /** A frame has come; what it does follows, up to `heard`. */
  | Readonly<{ kind: 'hears'; host: string; frame: CoordinatorFrame }>
  | Readonly<{ kind: 'heard'; host: string }>
  | Readonly<{ kind: 'says'; host: string; frame: HostFrame }>
  /** An epoch is on its disk. */
  | Readonly<{ kind: 'noted'; host: string; epoch: number }>
  /** All that an attempt had started is gone. */
  | Readonly<{ kind: 'ends'; host: string; taskId: string; attempt: number }>
  /** A frame of it has come to the one who leads with `epoch`. */
  | Readonly<{ kind: 'arrives'; host: string; epoch: number }>
  | Readonly<{ kind: 'leads'; node: string; epoch: number; rate: number }>
  | Readonly<{ kind: 'leader-woke'; node: string }>;

/** What is left when nothing happens any more. */
export type EndOfWorld = Readonly<{
  /** Runs that were asked for and have no end, and why the world stopped waiting. */
  unfinished: readonly string[];
  /** What clients know: each request with its last answer. */
  ledger: readonly Readonly<{ request: string; input: SwarmInput; answer: Answer | undefined }>[];
  /** State rebuilt from event 1, and from each of the newest snapshots and what follows it. */
  states: Readonly<{ folded: string; restored: readonly string[] }>;
  /** Effects that a new leader would owe. */
  owed: readonly string[];
  /** Attempts that still run, in processes that live. */
  running: readonly string[];
}>;

/** Sees the world from outside. It changes nothing and tells what is wrong with `fail` of the world. */
export type Watcher = Readonly<{
  /** In the moment in which they become durable, in order. */
  stored: (records: readonly JournalRecord[]) => void;
  answered: (exchange: Exchange) => void;
  /** Views outside of the coordinator are told. */
  published: (records: readonly JournalRecord[]) => void;
  started: (sign: AttemptSign) => void;
  /** `isTrue`: the agent has done what it says. */
  claimed: (sign: AttemptSign, isTrue: boolean) => void;
  /** An attempt was handed messages. */
  received: (sign: AttemptSign, messages: readonly ReceivedMessage[]) => void;
  done: (deed: Deed) => void;
  host: (sign: HostSign) => void;
  /** A coordinator has lost its lead or its life. `why` begins with one word for the cause. */
  fell: (node: string, why: string) => void;
  ended: (end: EndOfWorld) => void;
}>;
