import type { RunId, TaskId } from '../../../core/ids.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { AgentReport } from '../../../core/tasks/attempt.ts';
import type { RunMemory } from '../../../ports/run-memory.ts';
import type { RunMessages } from '../../../ports/run-messages.ts';
import type { RunProposals } from '../../../ports/run-proposals.ts';
import type { RunTasks } from '../../../ports/run-tasks.ts';

/** The task that a function works on. */
export type CalledTask = Readonly<{ id: TaskId; name: string; run: RunId; attempt: number }>;

/** What a function is called with. Everything is looked up when it is first asked for. */
export interface FunctionCall {
  /** `input` of the task, with all `${{ }}` resolved. */
  readonly input: Json | undefined;
  /** Inputs of the run. */
  readonly inputs: JsonObject;
  /** Outputs of the tasks it needs, by task name. */
  readonly needs: Readonly<Record<string, JsonObject>>;
  readonly task: CalledTask;
  /** Aborts when the attempt must end. In a worker thread it never does: the thread is ended instead. */
  readonly signal: AbortSignal;
  /** Tells how far it is; returns at once. At most one report a second is kept, with at most 16 KiB of data. */
  readonly report: (report: AgentReport) => void;
  /** Proposals and votes of its run. A function votes as its own task or agent, as nobody else. */
  readonly proposals: RunProposals;
  /** Mail of its run. A function sends as its own task, as nobody else. */
  readonly messages: RunMessages;
  /** What the swarm remembers: of all runs, of this one, of its role and its agent. A function writes as its agent. */
  readonly memory: RunMemory;
  /** Sub-tasks of its task, where the task may delegate. */
  readonly tasks: RunTasks;
  /**
   * An output of a need that was too large for the journal stands in `needs` as `{ "$artifact": … }`: this gives its
   * value. Anything else comes back as it is. Rejects when the artifact is gone or damaged.
   */
  readonly load: (value: Json) => Promise<Json>;
}

/**
 * The work itself. An object it returns is the outputs by name, anything else the one output `result`; all of it
 * plain JSON. Throwing is a failure.
 */
export type TaskFunction = (call: FunctionCall) => unknown;

/** Runs in this process: for work that waits more than it computes, because nothing else runs while it computes. */
export type InProcessFunction = Readonly<{ run: TaskFunction }>;

/** Runs in a worker thread, which is ended on a limit or a stop, whatever the function does. */
export type WorkerFunction = Readonly<{
  worker: Readonly<{
    /** URL of an ES module without top-level `await`: `new URL('./analyse.ts', import.meta.url).href`. */
    module: string;
    /** Name of a `TaskFunction` that it exports. */
    export: string;
  }>;
  /** MiB of heap; memory outside the heap (buffers) does not count. 16 to 65,536. @default that of the Node process */
  memoryMiB?: number;
  /** ms. @default only the task's own timeout */
  timeLimitMs?: number;
}>;

export type RegisteredFunction = InProcessFunction | WorkerFunction;

/** What a host offers, by the name that tasks use. */
export type FunctionRegistry = Readonly<Record<string, RegisteredFunction>>;
