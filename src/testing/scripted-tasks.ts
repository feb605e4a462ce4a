import { runId, taskId } from '../core/ids.ts';
import type { Refusal } from '../core/ruling.ts';
import type { DelegationAnswer, RunOverview, RunTasks, Subtask, SubtaskOutcome } from '../ports/run-tasks.ts';

const RUN = runId('scripted');

type Ended = Readonly<{ [Outcome in SubtaskOutcome as Outcome['state']]: Omit<Outcome, 'name' | 'taskId'> }>;

/** Sub-tasks that the test plays: it sees what is delegated and cancelled, and ends a sub-task as it likes. */
export class ScriptedTasks implements RunTasks {
  readonly delegated: Subtask[] = [];
  readonly cancelled: string[] = [];
  /** Given to every patch from now on. */
  refusal: Refusal | undefined;
  /** What the next overview shows. */
  view: RunOverview = { taskCount: 1, openCount: 1, counts: { ready: 0 }, working: [], failed: [] };
  readonly #ended = new Map<string, SubtaskOutcome>();
  #more = Promise.withResolvers<void>();

  async delegate(subtasks: readonly Subtask[]): Promise<DelegationAnswer> {
    if (this.refusal !== undefined) return { ok: false, refusal: this.refusal };
    this.delegated.push(...subtasks);
    return { ok: true, taskIds: subtasks.map(({ name }) => taskId(RUN, name)) };
  }

  async cancel(names: readonly string[]): Promise<DelegationAnswer> {
    if (this.refusal !== undefined) return { ok: false, refusal: this.refusal };
    this.cancelled.push(...names);
    return { ok: true, taskIds: names.map((name) => taskId(RUN, name)) };
  }

  async outcomes(names: readonly string[]): Promise<readonly SubtaskOutcome[]> {
    while (names.some((name) => !this.#ended.has(name))) await this.#more.promise;
    return names.flatMap((name) => this.#ended.get(name) ?? []);
  }

  async run(subtasks: readonly Subtask[]): Promise<readonly SubtaskOutcome[]> {
    const answer = await this.delegate(subtasks);
    if (!answer.ok) throw new Error(answer.refusal.reason);
    return this.outcomes(subtasks.map(({ name }) => name));
  }

  async overview(): Promise<RunOverview> {
    return this.view;
  }

  /** Whoever waits for it goes on. */
  end(name: string, outcome: Ended[keyof Ended]): void {
    this.#ended.set(name, { name, taskId: taskId(RUN, name), ...outcome });
    this.#more.resolve();
    this.#more = Promise.withResolvers();
  }
}
