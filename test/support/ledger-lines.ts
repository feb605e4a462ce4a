import type { RunSpec } from '../../src/core/runs/run-spec.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';

export type Status =
  | 'waiting'
  | 'ready'
  | 'active'
  /** Waits for sub-tasks, without a slot. */
  | 'awaiting'
  | 'backing-off'
  | 'unknown'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'skipped';
export type TaskLine = {
  readonly id: string;
  readonly spec: TaskSpec;
  status: Status;
  attempt: number;
  /** Spent by its own attempts. */
  tokens: number;
  costMicros: number;
  /** Patches with something new. */
  revisions: number;
  charged: number;
  crashes: number;
  agentId: string;
  /** What it has reserved, where that has become less. */
  reserved?: TaskSpec['resources'] | undefined;
};
export type RunLine = {
  readonly id: string;
  readonly spec: RunSpec;
  readonly tasks: Map<string, TaskLine>;
  attempts: number;
  isPaused: boolean;
  isEnding: boolean;
  isFinished: boolean;
};

export const ENDED: ReadonlySet<Status> = new Set(['succeeded', 'failed', 'cancelled', 'skipped']);

export function isActive({ status }: TaskLine): boolean {
  return status === 'active';
}

/** It has an attempt under way. */
export function isLive({ status }: TaskLine): boolean {
  return status === 'active' || status === 'awaiting';
}

export function childrenOf(run: RunLine, parent: TaskLine): readonly TaskLine[] {
  return [...run.tasks.values()].filter(({ spec }) => spec.child?.parent === parent.spec.name);
}

export function levelOf(run: RunLine, name: string): number {
  const parent = run.tasks.get(name)?.spec.child?.parent;
  return parent === undefined ? 0 : 1 + levelOf(run, parent);
}
