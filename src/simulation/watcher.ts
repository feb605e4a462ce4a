import type { CoordinatorFrame, HostFrame } from '../core/hosts/frames.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { Json } from '../core/json.ts';
import type { Author } from '../core/memory/entry.ts';
import type { SettingValue } from '../core/settings/setting-events.ts';
import type { Answer } from '../engine/answer.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { RunEntry } from '../ports/run-memory.ts';
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
  /** `leader-wrote`: it has the answer of the store to what it wrote, whatever that is. */
  | Readonly<{ kind: 'leader-woke' | 'leader-wrote' | 'leader-drains' | 'leader-died'; node: string }>;

/** A group of agents is asked for, as a whole, and whoever makes them listens. */
export type Provision = Readonly<{
  node: string;
  /** Of whoever asks, as the store has given it. */
  epoch: number;
  runId: string;
  role: string;
  agentIds: readonly string[];
  /** False: somebody else leads, and whoever asks does not know yet. */
  isLeading: boolean;
}>;

/** What memory keeps has changed, in the moment in which it has. */
export type MemoryChange = Readonly<{
  node: string;
  life: number;
  /** That its writer has claimed. */
  epoch: number;
  atUs: number;
  change:
    | Readonly<{
        kind: 'set';
        key: string;
        value: Json;
        version: number;
        expiresAtMs: number | undefined;
        author: Author | undefined;
      }>
    | Readonly<{ kind: 'removed'; pattern: string; removed: number }>;
}>;

/** `pattern`: the key, or what matches is removed. */
export type MemoryAnswered = Readonly<{
  sign: AttemptSign;
  life: number;
  pattern: string;
  isRemoval: boolean;
  /** What was written, and how many entries were removed, as far as the answer says so. */
  version?: number;
  removed?: number;
  atUs: number;
}>;

/** What an attempt was given from memory. `wallMs`: the earliest time that its own clock showed meanwhile. */
export type MemoryRead = Readonly<{
  sign: AttemptSign;
  life: number;
  key: string;
  found: Pick<RunEntry, 'value' | 'version' | 'expiresAtMs'> | undefined;
  askedUs: number;
  answeredUs: number;
  wallMs: number;
}>;

/** What is left when nothing happens any more. */
export type EndOfWorld = Readonly<{
  /** Runs that were asked for and have no end, and why the world stopped waiting. */
  unfinished: readonly string[];
  /** What clients know: each request with its last answer. */
  ledger: readonly Readonly<{ request: string; input: SwarmInput; answer: Answer | undefined }>[];
  /** State rebuilt from event 1, and from each of the newest snapshots and what follows it. */
  states: Readonly<{ folded: string; restored: readonly string[] }>;
  /** Types of the effects that the stored events asked for. */
  effects: readonly string[];
  /** Effects that a new leader would owe. */
  owed: readonly string[];
  /** Attempts that still run, in processes that live. */
  running: readonly string[];
  /** What the process that leads was told about options; undefined where nobody leads. */
  applied: Readonly<Record<string, SettingValue>> | undefined;
  /** Keys of memory that its tiers do not agree about. */
  differing: readonly string[];
}>;

/** Sees the world from outside. It changes nothing and tells what is wrong with `fail` of the world. */
export type Watcher = Readonly<{
  /** In the moment in which they become durable, in order. */
  stored: (records: readonly JournalRecord[]) => void;
  answered: (exchange: Exchange) => void;
  /** Views outside of the coordinator are told. */
  published: (records: readonly JournalRecord[]) => void;
  started: (sign: AttemptSign) => void;
  /** Nothing that it has begun goes on any more; without a word when its process dies. */
  left: (sign: AttemptSign) => void;
  /** `isTrue`: the agent has done what it says. */
  claimed: (sign: AttemptSign, isTrue: boolean) => void;
  /** An attempt was handed messages. */
  received: (sign: AttemptSign, messages: readonly ReceivedMessage[]) => void;
  done: (deed: Deed) => void;
  host: (sign: HostSign) => void;
  provisioned: (ask: Provision) => void;
  remembered: (change: MemoryChange) => void;
  recalled: (read: MemoryRead) => void;
  /** A change that an attempt has asked for is over, well or not. */
  answeredChange: (told: MemoryAnswered) => void;
  /** An option that the process around the core reads has another value. */
  set: (node: string, name: string, value: SettingValue) => void;
  /** Something outside was called, and how that went; for counting. */
  called: (what: string) => void;
  /** A coordinator has lost its lead or its life. `why` begins with one word for the cause. */
  fell: (node: string, why: string) => void;
  ended: (end: EndOfWorld) => void;
}>;
