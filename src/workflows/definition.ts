import type { Json, JsonObject } from '../core/json.ts';
import type { EffectClass, PriorityClass } from '../core/tasks/task-spec.ts';

/** A number with a unit: `500ms`, `10s`, `30m`, `2h`, `1d`. */
export type DurationText = string;
/** A number with a unit: `64KiB`, `512MiB`, `2GB`. */
export type BytesText = string;
/** `2 USD`, `0.50 USD`. */
export type MoneyText = string;
/** One value of a matrix, or of an input that is a list. */
export type Scalar = string | number | boolean;

/** What somebody who starts the workflow may or must give. */
export type InputDefinition = Readonly<{
  /** `list` is a list of texts, numbers or true/false; on the command line `a,b,c` or a JSON list. */
  type: 'string' | 'number' | 'boolean' | 'list';
  description?: string;
  /** @default false; an input that is neither required nor has a default is `''`, `false` or an empty list */
  required?: boolean;
  default?: Scalar | readonly Scalar[];
  /** The only values allowed. */
  enum?: readonly Scalar[];
}>;

export type RetryDefinition = Readonly<{
  /** Attempts in all, the first one included; 1 to 20. @default 3 */
  maxAttempts?: number;
  /** Before the second attempt; doubles from attempt to attempt. @default 1s */
  firstDelay?: DurationText;
  /** @default 5m */
  maxDelay?: DurationText;
  /** Failure reasons that are final at once: `exit-non-zero`, `timed-out`. */
  nonRetryable?: readonly string[];
}>;

/** What tasks get that do not say it themselves. `env` and `envFrom` are added to the task's own. */
export type DefaultsDefinition = Readonly<{
  timeout?: DurationText;
  retry?: RetryDefinition;
  env?: Readonly<Record<string, string>>;
  envFrom?: readonly string[];
  cwd?: string;
  priority?: PriorityClass;
}>;

/** Limits of one run. Absent means unlimited. */
export type BudgetDefinition = Readonly<{
  wall?: DurationText;
  cost?: MoneyText;
  tokens?: number;
  /** Attempts in all. */
  attempts?: number;
  /** Attempts at the same time. */
  agents?: number;
}>;

/** `count` equal agents called `<group>-1` to `<group>-<count>`. */
export type AgentGroupDefinition = Readonly<{
  description?: string;
  driver: string;
  /** @default 1, or as few as `scale` allows */
  count?: number;
  /** The number of agents follows the work. Defaults: `coordination.minAgents` and `coordination.maxAgents`. */
  scale?: Readonly<{ min?: number; max?: number; voteAbove?: number }>;
  /** What tasks may ask for with `requires`; `agent:<group>` and the driver's own come by themselves. */
  capabilities?: readonly string[];
  /** Attempts that each agent runs side by side. @default 1 */
  slots?: number;
  /** Whose service they lean on: agents of one provider share a circuit breaker. */
  provider?: string;
  /** The account at the provider that they work on: where its quota is used up, all of them wait. */
  account?: string;
  /** Whether failed attempts are held against them: error rate and circuit breaker. @default false */
  supervised?: boolean;
  /** Prompt card of a model agent. */
  card?: string;
  /** Budget of a model agent. */
  budget?: BudgetDefinition;
}>;

/** Axes by name, plus cells to leave out or to add. */
export type MatrixDefinition = Readonly<{
  include?: readonly Readonly<Record<string, Scalar>>[];
  exclude?: readonly Readonly<Record<string, Scalar>>[];
  [axis: string]: readonly Scalar[] | readonly Readonly<Record<string, Scalar>>[] | undefined;
}>;

/** cpu in cores, network per second. */
export type ResourcesDefinition = Readonly<{
  cpu?: number;
  memory?: BytesText;
  storage?: BytesText;
  network?: BytesText;
}>;

export type OutputDefinition =
  /** A file that the task leaves, relative to the project. */
  | Readonly<{ file: string }>
  /** A key of the JSON object that a function returns or a command prints. */
  | Readonly<{ value: true }>;

/** What one task may spend. */
export type TaskBudgetDefinition = Readonly<{ cost?: MoneyText; tokens?: number }>;

/** What a task may delegate, within the limits of the configuration. */
export type DelegationDefinition = Readonly<{
  /** Levels of sub-tasks below it. @default `coordination.maxDelegationDepth` */
  depth?: number;
  /** Sub-tasks at once. @default `coordination.maxFanOut` */
  fanOut?: number;
  /** How often it may add some, over all its attempts. @default `coordination.maxRevisions` */
  revisions?: number;
  /** The part of its budget that each of its own attempts may spend. @default nothing */
  keep?: TaskBudgetDefinition;
  /** Functions that sub-tasks may call. @default all */
  functions?: readonly string[];
  /** Whether sub-tasks may run commands. @default true */
  commands?: boolean;
}>;

/** One node of the graph. Exactly one of `command`, `shell`, `function`, `prompt` and `workflow` says what it does. */
export type TaskDefinition = Readonly<{
  description?: string;
  /** Program and arguments, run without a shell. */
  command?: readonly string[];
  /** A script for `/bin/sh -c`. */
  shell?: string;
  /** Name of a function that the host has registered. */
  function?: string;
  /** Given to the function. */
  input?: Json;
  /** The group of agents that does it. */
  agent?: string;
  /** What a model agent is asked to do. */
  prompt?: string;
  /** Another workflow file to run as this task. */
  workflow?: string;
  /** Tasks that must end first; a task with a matrix stands for all its cells. */
  needs?: readonly string[];
  if?: string;
  matrix?: MatrixDefinition;
  /** An input that is a list: the task runs once for each item, `${{ matrix.item }}`. */
  foreach?: string;
  /** @default success */
  when?: 'success' | 'failed' | 'always';
  requires?: readonly string[];
  prefers?: readonly string[];
  priority?: PriorityClass;
  env?: Readonly<Record<string, string>>;
  envFrom?: readonly string[];
  cwd?: string;
  resources?: ResourcesDefinition;
  writes?: readonly string[];
  /** Topics of messages that it gets from the start of the run: `found.*`, `found.**`, `**`. */
  subscribes?: readonly string[];
  timeout?: DurationText;
  /** How long it takes as a rule, until history knows better. */
  estimate?: DurationText;
  retry?: RetryDefinition;
  /** @default A */
  effect?: EffectClass;
  outputs?: Readonly<Record<string, OutputDefinition>>;
  /** The most that it may spend. With `delegate` it is for its sub-tasks. */
  budget?: TaskBudgetDefinition;
  /** Its attempts may add sub-tasks. @default no */
  delegate?: true | DelegationDefinition;
  /** JSON Schema that the result must fit. */
  outputSchema?: JsonObject;
  /** Commands that the coordinator runs in a clean copy of the project; needs `writes`. */
  verify?: readonly (readonly string[])[];
}>;

/**
 * A workflow, the same whether it was written in YAML or built in code. It is plain JSON: durations, sizes and
 * money are texts with a unit.
 */
export type WorkflowDefinition = Readonly<{
  name: string;
  description?: string;
  inputs?: Readonly<Record<string, InputDefinition>>;
  defaults?: DefaultsDefinition;
  budget?: BudgetDefinition;
  agents?: Readonly<Record<string, AgentGroupDefinition>>;
  tasks: Readonly<Record<string, TaskDefinition>>;
}>;
