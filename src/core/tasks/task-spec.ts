import type { Json, JsonObject } from '../json.ts';

/** What an attempt does. The core never looks inside; the driver named by `kind` does. Strings may hold `${{ }}`. */
export type Work = CommandWork | FunctionWork;

/** Run as given, without a shell, unless `shell` is set. */
export type CommandWork = Readonly<{
  kind: 'command';
  /** Program and arguments; exactly one of `argv` and `shell`. */
  argv?: readonly string[];
  /** A script for `/bin/sh -c`, only where the author asked for a shell. */
  shell?: string;
  /** Relative to the run's project folder. @default the project folder */
  cwd?: string;
  /** Added to the clean environment; journaled. */
  env?: Readonly<Record<string, string>>;
  /** Names taken from the coordinator's environment; values are never journaled and are redacted in output. */
  envFrom?: readonly string[];
}>;

/** A function that a host has registered under `function`. */
export type FunctionWork = Readonly<{ kind: 'function'; function: string; input?: Json }>;

/** What a task must deliver, by output name. */
export type OutputSpec =
  /** A file below the workspace. It must exist and must not be empty. Kept as an artifact; the value is its path. */
  | Readonly<{ file: string }>
  /** A key of the JSON object that the agent gave as its result. */
  | Readonly<{ value: true }>;

export type PriorityClass = 'critical' | 'high' | 'normal' | 'low';

/** What happens after a crash or an unclear end: A discardable, B compare-and-set, C keyed, D irreversible. */
export type EffectClass = 'A' | 'B' | 'C' | 'D';

/** cpu in milli-cores, memory and storage in bytes, network in bytes per second. */
export type ResourceAmounts = Readonly<{ cpu?: number; memory?: number; storage?: number; network?: number }>;

/** When to try again. Delays double from attempt to attempt, plus up to 20 % jitter. */
export type RetryPolicy = Readonly<{
  /** Charged attempts in all, the first one included; 1 to 20. @default 3 */
  maxAttempts: number;
  /** ms. @default 1_000 */
  firstDelayMs: number;
  /** ms. @default 300_000 */
  maxDelayMs: number;
  /** Failure reasons that are final at once. @default [] */
  nonRetryable: readonly string[];
}>;

/** One node of the graph, as it was submitted. Never changes. */
export type TaskSpec = Readonly<{
  /** Unique in the run; `NAME_PATTERN`. */
  name: string;
  /** What history knows it by: tasks of one type take about as long as each other. */
  type: string;
  work: Work;
  /** Names of tasks in the same run that must end first. */
  needs: readonly string[];
  /** Which ends of its needs let it start. @default success */
  when?: 'success' | 'failed' | 'always';
  /** Condition in the expression language, without `${{ }}`; looked at once, when all needs have ended. */
  if?: string;
  /** Values of the matrix cell this task came from. */
  matrix?: JsonObject;
  /** Capabilities an agent must have, the work's own (`command`, `function:<name>`) included. */
  requires: readonly string[];
  /** Capabilities that make an agent fit better. */
  prefers?: readonly string[];
  /** @default normal */
  priority?: PriorityClass;
  /** What it reserves while it runs. Undeclared reserves nothing. */
  resources?: ResourceAmounts;
  /** What is reserved instead, from what tasks of the type were seen to use and from the priority. @default `resources` */
  reserves?: ResourceAmounts;
  /** Files (`a/b.ts`) and folders (`dist/`) it may write, relative to the project. */
  writes?: readonly string[];
  /** Topics of messages that it gets, from the start of its run: `findings.*`. At most 100. */
  subscribes?: readonly string[];
  /** ms from assignment to the forced end. @default 3_600_000 */
  timeoutMs?: number;
  retry?: Partial<RetryPolicy>;
  /** @default A */
  effect?: EffectClass;
  outputs?: Readonly<Record<string, OutputSpec>>;
  /** JSON Schema that the agent's result must fit. */
  outputSchema?: JsonObject;
  /** Commands that the coordinator runs in a clean workspace after the agent claims to be done. */
  verify?: readonly (readonly string[])[];
  /** Expected duration, ms: declared, or from history. @default 60_000 */
  estimateMs?: number;
  /** The most it may spend; reserved before launch. With `delegate` it is for its sub-tasks, apart from what it keeps. */
  grant?: Grant;
  /** Its attempts may add sub-tasks; absent: they may not. */
  delegate?: DelegationRights;
  /** Set on a sub-task: who has added it. Its strings are taken as they are, without `${{ }}`. */
  child?: ChildOf;
}>;

/** The most that may be spent. */
export type Grant = Readonly<{ tokens?: number; costMicros?: number }>;

/** What a task may delegate. The swarm's own limits hold as well; the smaller one counts. */
export type DelegationRights = Readonly<{
  /** Levels of sub-tasks below it, from 1. */
  depth?: number;
  /** Sub-tasks in one patch, from 1. */
  fanOut?: number;
  /** Patches over all its attempts, from 1. */
  revisions?: number;
  /** The part of `grant` that each attempt of its own may spend itself. @default nothing */
  keep?: Grant;
  /** Functions that sub-tasks may call. @default all */
  functions?: readonly string[];
  /** Whether sub-tasks may run commands. @default true */
  commands?: boolean;
}>;

/** Where a sub-task comes from. */
export type ChildOf = Readonly<{
  /** Name of the task that has added it. */
  parent: string;
  /** What the parent calls it; unique among its sub-tasks. */
  name: string;
  /** 1 for a sub-task of a task of the definition. */
  depth: number;
  /** The parent's attempt that has added it, and the how manieth patch of the parent that was, from 1. */
  attempt: number;
  revision: number;
  /** SHA-256 of what the parent asked for: the same again is the same sub-task. */
  contentKey: string;
}>;
