import { agentId, runId, taskId } from '../../src/core/ids.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { AgentReport } from '../../src/core/tasks/attempt.ts';
import type { TaskSpec, Work } from '../../src/core/tasks/task-spec.ts';
import { ScriptedMemory } from '../../src/testing/scripted-memory.ts';
import { ScriptedMessages } from '../../src/testing/scripted-messages.ts';
import { ScriptedProposals } from '../../src/testing/scripted-proposals.ts';
import { ScriptedTasks } from '../../src/testing/scripted-tasks.ts';
import type { Assignment, RunContext, StopReason } from '../../src/ports/agent-driver.ts';

const RUN = runId('run-1');

export type AssignmentExtras = Readonly<{
  project?: string;
  spec?: Partial<TaskSpec>;
  inputs?: JsonObject;
  needs?: Readonly<Record<string, JsonObject>>;
  attempt?: number;
}>;

/** An assignment of a task called `task` with this work. */
export function assignmentOf(work: Work, extras: AssignmentExtras = {}): Assignment {
  const { project = '/', spec, inputs = {}, needs = {}, attempt = 1 } = extras;
  return {
    taskId: taskId(RUN, 'task'),
    runId: RUN,
    agentId: agentId('local-1'),
    attempt,
    spec: { name: 'task', type: 'task', work, needs: Object.keys(needs), requires: [work.kind], ...spec },
    work,
    project,
    needs,
    inputs,
  };
}

/** A context that remembers reports and can be stopped. */
export class TestContext implements RunContext {
  readonly #controller = new AbortController();
  readonly #hasReported = Promise.withResolvers<void>();
  readonly reports: AgentReport[] = [];
  readonly memory: ScriptedMemory = new ScriptedMemory();
  readonly messages: ScriptedMessages = new ScriptedMessages();
  readonly proposals: ScriptedProposals = new ScriptedProposals();
  readonly tasks: ScriptedTasks = new ScriptedTasks();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly report = (report: AgentReport): void => {
    this.reports.push(report);
    this.#hasReported.resolve();
  };

  firstReport(): Promise<void> {
    return this.#hasReported.promise;
  }

  stop(reason: StopReason): void {
    this.#controller.abort(reason);
  }
}
