import { DEFAULT_ESTIMATE_MS } from './task-graph.ts';
import type { PriorityClass, ResourceAmounts, TaskSpec } from './task-spec.ts';

/** What a task asks of the swarm, before anybody is chosen for it. */
export type TaskRequirements = Readonly<{
  /** Capabilities an agent must have, and those that make it fit better. */
  requires: readonly string[];
  prefers: readonly string[];
  /** Names of the tasks it waits for. */
  dependencies: readonly string[];
  priority: PriorityClass;
  resources: ResourceAmounts;
  estimatedMs: number;
  /** Where the estimate comes from. */
  estimatedFrom: 'declared' | 'history' | 'default';
  complexity: Complexity;
}>;

/** `simple`: one short step · `moderate`: takes minutes or has checks of its own · `complex`: long, or much hangs on it. */
export type Complexity = 'simple' | 'moderate' | 'complex';

const MODERATE_FROM_MS = 60_000;
const COMPLEX_FROM_MS = 900_000;
const COMPLEX_FROM_NEEDS = 8;

/**
 * Requirement analysis: from the declaration, else from the history of the task's type, else the default of 60 s.
 * `historyMs` gives the expected duration of a type, undefined when it has never ended. Source: docs/semantics.md,
 * Scheduling 1.
 */
export function analyseRequirements(spec: TaskSpec, historyMs: (type: string) => number | undefined): TaskRequirements {
  const learnedMs = spec.estimateMs === undefined ? historyMs(spec.type) : undefined;
  const estimatedMs = spec.estimateMs ?? learnedMs ?? DEFAULT_ESTIMATE_MS;
  return {
    requires: spec.requires,
    prefers: spec.prefers ?? [],
    dependencies: spec.needs,
    priority: spec.priority ?? 'normal',
    resources: spec.resources ?? {},
    estimatedMs,
    estimatedFrom: originOf(spec, learnedMs),
    complexity: complexityOf(spec, learnedMs ?? spec.estimateMs),
  };
}

function originOf(spec: TaskSpec, learnedMs: number | undefined): TaskRequirements['estimatedFrom'] {
  if (spec.estimateMs !== undefined) return 'declared';
  return learnedMs === undefined ? 'default' : 'history';
}

/** An unknown duration says nothing, so it makes nothing complex. */
function complexityOf({ needs, verify, outputs }: TaskSpec, knownMs: number | undefined): Complexity {
  const ms = knownMs ?? 0;
  if (ms >= COMPLEX_FROM_MS || needs.length >= COMPLEX_FROM_NEEDS) return 'complex';
  const hasChecks = (verify?.length ?? 0) > 0 || Object.keys(outputs ?? {}).length > 0;
  return ms >= MODERATE_FROM_MS || hasChecks ? 'moderate' : 'simple';
}
