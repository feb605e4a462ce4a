import type { AgentReport } from '../core/tasks/attempt.ts';
import type { RunContext, StopReason } from '../ports/agent-driver.ts';
import { ScriptedMemory } from './scripted-memory.ts';
import { ScriptedMessages } from './scripted-messages.ts';
import { ScriptedProposals } from './scripted-proposals.ts';
import { ScriptedTasks } from './scripted-tasks.ts';

/** What a driver has around an attempt, in the hands of a test: it remembers reports, and can be stopped. */
export class ScriptedContext implements RunContext {
  readonly reports: AgentReport[] = [];
  readonly memory: ScriptedMemory = new ScriptedMemory();
  readonly messages: ScriptedMessages = new ScriptedMessages();
  readonly proposals: ScriptedProposals = new ScriptedProposals();
  readonly tasks: ScriptedTasks = new ScriptedTasks();
  readonly #controller = new AbortController();
  readonly #first = Promise.withResolvers<AgentReport>();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly report = (report: AgentReport): void => {
    this.reports.push(report);
    this.#first.resolve(report);
  };

  firstReport(): Promise<AgentReport> {
    return this.#first.promise;
  }

  stop(reason: StopReason): void {
    this.#controller.abort(reason);
  }
}
