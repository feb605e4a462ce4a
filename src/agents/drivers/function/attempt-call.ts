import { nameOf } from '../../../core/ids.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { AgentReport } from '../../../core/tasks/attempt.ts';
import type { Assignment, RunContext } from '../../../ports/agent-driver.ts';
import type { RunMemory } from '../../../ports/run-memory.ts';
import type { RunMessages } from '../../../ports/run-messages.ts';
import type { RunProposals } from '../../../ports/run-proposals.ts';
import type { RunTasks } from '../../../ports/run-tasks.ts';
import { checkedMemory } from './checked-memory.ts';
import { checkedMessages } from './checked-messages.ts';
import { checkedProposals } from './checked-proposals.ts';
import { checkedReport } from './checked-report.ts';
import { checkedTasks } from './checked-tasks.ts';
import { type LargeValueStore, loadValue } from './large-values.ts';
import type { CalledTask, FunctionCall } from './registered-function.ts';

/** One call in this process. Getters, so that a function pays only for what it looks at. */
export class AttemptCall implements FunctionCall {
  readonly #assignment: Assignment;
  readonly #context: RunContext;
  readonly #store: LargeValueStore | undefined;
  #hasAskedForSignal = false;

  constructor(assignment: Assignment, context: RunContext, store: LargeValueStore | undefined) {
    this.#assignment = assignment;
    this.#context = context;
    this.#store = store;
  }

  get input(): Json | undefined {
    const { work } = this.#assignment;
    return work.kind === 'function' ? work.input : undefined;
  }

  get inputs(): JsonObject {
    return this.#assignment.inputs;
  }

  get needs(): Readonly<Record<string, JsonObject>> {
    return this.#assignment.needs;
  }

  get task(): CalledTask {
    const { taskId: id, runId: run, attempt } = this.#assignment;
    return { id, name: nameOf(id), run, attempt };
  }

  get signal(): AbortSignal {
    this.#hasAskedForSignal = true;
    return this.#context.signal;
  }

  get report(): (report: AgentReport) => void {
    return checkedReport(this.#context.report);
  }

  get proposals(): RunProposals {
    // What rejects because the attempt is stopped is told as the stop that it is.
    this.#hasAskedForSignal = true;
    return checkedProposals(() => this.#context.proposals);
  }

  get messages(): RunMessages {
    this.#hasAskedForSignal = true;
    return checkedMessages(() => this.#context.messages);
  }

  get memory(): RunMemory {
    this.#hasAskedForSignal = true;
    return checkedMemory(() => this.#context.memory);
  }

  get tasks(): RunTasks {
    this.#hasAskedForSignal = true;
    return checkedTasks(() => this.#context.tasks);
  }

  get load(): (value: Json) => Promise<Json> {
    return (value) => loadValue(value, this.#store);
  }

  /** Whether the attempt was stopped. Asks for the signal only if the function or `watch` has: it costs a controller. */
  get isStopped(): boolean {
    return this.#hasAskedForSignal && this.#context.signal.aborted;
  }
}
