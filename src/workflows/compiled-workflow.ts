import type { DriverKind } from '../core/agents/agent-spec.ts';
import type { Json } from '../core/json.ts';
import type { BudgetSpec, RunSpec } from '../core/runs/run-spec.ts';
import type { RetryPolicy, TaskSpec } from '../core/tasks/task-spec.ts';
import type { AgentGroupDefinition } from './definition.ts';
import type { Diagnostic } from './diagnostics.ts';

/** What a definition does not know about itself. */
export type CompileOptions = Readonly<{
  /** For people: `release.yaml`, `code`. */
  source: string;
  /** Values of inputs, given in code. */
  inputs?: Readonly<Record<string, Json>>;
  /** Values of inputs as text (`--input k=v`), turned into the declared type. They win over `inputs`. */
  inputTexts?: Readonly<Record<string, string>>;
  /** Built-in agents `local-1` to `local-<n>`; 0 to 1,000. */
  localAgents: number;
  /** What a group with `scale` gets that does not say it itself; absent: such groups stay at their most. */
  scale?: Readonly<{ min: number; max: number }>;
  /** Somebody can be asked whether a group may grow. @default false */
  hasApprovers?: boolean;
  /** Names of the functions that this host has registered. */
  functions?: readonly string[];
  /** Groups of `waggle.yaml`; the workflow's own of the same name win. */
  agents?: Readonly<Record<string, AgentGroupDefinition>>;
  /** Wins over the workflow's own budget, key by key. */
  budget?: BudgetSpec;
  /** For tasks and workflows that do not say it themselves. */
  defaults?: Readonly<{ timeoutMs?: number; retry?: Partial<RetryPolicy>; budget?: BudgetSpec }>;
  /** Added to `envFrom` of every command. */
  envFrom?: readonly string[];
  /** Commands that go before every task's `verify` commands, in the same clean copy. */
  verifySetup?: readonly (readonly string[])[];
  /** Agents may join later: a capability that nobody has is a warning. @default false */
  mayJoin?: boolean;
  /** @default 100_000 */
  maxTasks?: number;
  weight?: number;
  labels?: Readonly<Record<string, string>>;
  retryOf?: string;
}>;

/** `count` equal agents, called `<role>-1` to `<role>-<count>`. */
export type AgentGroup = Readonly<{
  role: string;
  driver: DriverKind;
  /** 0 to 1,000. How many there are at first, if the number follows the work. */
  count: number;
  /** Set when the number follows the work. */
  scale?: Readonly<{ min: number; max: number; voteAbove?: number }>;
  /** The driver's own capability (`command`, `function:<name>`) and `agent:<role>` included. */
  capabilities: readonly string[];
  /** Attempts of one agent side by side; 1 to 1,000. */
  slots: number;
  provider?: string;
  account?: string;
  supervised?: boolean;
}>;

/** What is submitted. Tasks stand in the order of the definition, cells of a matrix side by side. */
export type CompiledWorkflow = Readonly<{
  run: Omit<RunSpec, 'project'>;
  tasks: readonly TaskSpec[];
  /** Serve this run only. */
  agents: readonly AgentGroup[];
}>;

/** Either everything, or all that is wrong at once (errors and warnings, in the order of the definition). */
export type CompileResult =
  | Readonly<{ ok: true; compiled: CompiledWorkflow; warnings: readonly Diagnostic[] }>
  | Readonly<{ ok: false; diagnostics: readonly Diagnostic[] }>;
