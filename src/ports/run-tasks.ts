import type { SkipCause } from '../core/events.ts';
import type { AgentId, TaskId } from '../core/ids.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Refusal } from '../core/ruling.ts';
import type { TaskFailure } from '../core/tasks/attempt.ts';
import type { SubtaskSpec } from '../core/tasks/subtask-spec.ts';
import type { CommandWork, DelegationRights } from '../core/tasks/task-spec.ts';

/**
 * A sub-task of the running one. Exactly one of `function`, `command` and `shell` says what it does. Its strings are
 * taken as they are: nothing in them is evaluated. Times in ms, money in micro-dollars.
 */
export type Subtask = Omit<SubtaskSpec, 'work' | 'delegate'> &
  Pick<CommandWork, 'shell' | 'cwd' | 'env' | 'envFrom'> &
  Readonly<{
    /** Name of a function that the host has registered. */
    function?: string;
    /** Given to the function. */
    input?: Json;
    /** Program and arguments, run without a shell. */
    command?: readonly string[];
    /** It may add sub-tasks itself, at most as its parent may. */
    delegate?: true | DelegationRights;
  }>;

/** `taskIds` in the order asked for; those of earlier attempts and calls too. */
export type DelegationAnswer =
  | Readonly<{ ok: true; taskIds: readonly TaskId[] }>
  | Readonly<{ ok: false; refusal: Refusal }>;

/** How a sub-task ended. */
export type SubtaskOutcome = Readonly<{ name: string; taskId: TaskId }> &
  (
    | Readonly<{ state: 'succeeded'; outputs: JsonObject }>
    | Readonly<{ state: 'failed'; failure: TaskFailure }>
    | Readonly<{ state: 'cancelled'; reason: string }>
    | Readonly<{ state: 'skipped'; cause: SkipCause }>
  );

export type AwaitOptions = Readonly<{
  /** Gives up waiting: it rejects, and the attempt gets its slot back unless somebody else of it waits. On a host and in a worker thread nobody heeds it. */
  signal?: AbortSignal;
}>;

/** An attempt that is under way. */
export type WorkingTask = Readonly<{
  name: string;
  /** The task that has added it. */
  parent?: string;
  /** The function that it calls. */
  function?: string;
  status: 'running' | 'verifying' | 'awaiting-children' | 'cancelling';
  attempt: number;
  agentId: AgentId;
  /** Since it was given to its agent, and what was expected of it, ms. */
  forMs: number;
  expectedMs: number;
}>;

/** A run as it stands. */
export type RunOverview = Readonly<{
  taskCount: number;
  /** Tasks that have not ended. */
  openCount: number;
  /** Tasks by how they stand. */
  counts: Readonly<Record<string, number> & { ready: number }>;
  /** At most 1,000, in the order in which they started. */
  working: readonly WorkingTask[];
  /** Tasks of the definition that have failed, at most 100. */
  failed: readonly string[];
}>;

/**
 * Sub-tasks of the task that an attempt works on. The task does not succeed before they have ended, and not when one
 * failed whose outcome the attempt has never looked at; when it fails or is cancelled, so are they. Every call rejects
 * when the coordinator stops or has no room, and when what is passed has the wrong form; asking again is safe.
 */
export interface RunTasks {
  /**
   * All or nothing; durable when it resolves. The same sub-task again, also by a later attempt, is answered like the
   * first time. Another one of a name takes its place as long as the first has not begun; after that it is refused.
   */
  delegate(subtasks: readonly Subtask[]): Promise<DelegationAnswer>;
  /** Cancels those that are open, with all below them; names as the attempt gave them. Durable when it resolves. */
  cancel(names: readonly string[]): Promise<DelegationAnswer>;
  /**
   * Resolves once all of them have ended and that is durable. Meanwhile the agent's slot is free for others. Rejects
   * for a name that there is not, and when the attempt is stopped; after the attempt has ended it may stay open for ever.
   */
  outcomes(names: readonly string[], options?: AwaitOptions): Promise<readonly SubtaskOutcome[]>;
  /** `delegate`, then `outcomes`. Rejects with all that is wrong when the sub-tasks are refused. */
  run(subtasks: readonly Subtask[]): Promise<readonly SubtaskOutcome[]>;
  /** The whole run as it stands and is stored. */
  overview(): Promise<RunOverview>;
}
