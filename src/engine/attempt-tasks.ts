import type { TaskId } from '../core/ids.ts';
import type { Run } from '../core/runs/run.ts';
import type { AttemptResult, TaskFailure } from '../core/tasks/attempt.ts';
import type { Family } from '../core/tasks/family.ts';
import type { SubtaskSpec } from '../core/tasks/subtask-spec.ts';
import { isEnded, type Task } from '../core/tasks/task.ts';
import type { Work } from '../core/tasks/task-spec.ts';
import type { Assignment } from '../ports/agent-driver.ts';
import type {
  AwaitOptions,
  DelegationAnswer,
  RunOverview,
  RunTasks,
  Subtask,
  SubtaskOutcome,
} from '../ports/run-tasks.ts';
import { assert } from '../util/assert.ts';
import type { VoteDesk } from './attempt-proposals.ts';
import { overviewOf } from './run-overview.ts';
import { decidedRefusal, handled } from './trouble.ts';

/** What sub-tasks of an attempt need of the lead it belongs to. */
export type TaskDesk = Pick<VoteDesk, 'swarm' | 'dispatch'> & Readonly<{ nowMs: () => number }>;

type Wait = Readonly<{ left: Set<TaskId>; done: () => void; fail: (error: Error) => void }>;

/** Names that one failure lists. */
const MAX_NAMED = 50;

/** The sub-tasks of one running attempt. What it may do is decided by the core, from the attempt itself. */
export class AttemptTasks implements RunTasks {
  readonly #assignment: Pick<Assignment, 'taskId' | 'runId' | 'attempt'>;
  readonly #desk: TaskDesk;
  readonly #waits = new Set<Wait>();
  /** What is asked for by each question that has no answer yet; by names. */
  readonly #asking = new Set<readonly string[]>();
  /** Names whose outcome the attempt was given, or that it has cancelled itself. */
  readonly #seen = new Set<string>();
  #whyOver: string | undefined;
  #isFinishing = false;

  constructor(assignment: Pick<Assignment, 'taskId' | 'runId' | 'attempt'>, desk: TaskDesk) {
    this.#assignment = assignment;
    this.#desk = desk;
  }

  delegate(subtasks: readonly Subtask[]): Promise<DelegationAnswer> {
    return handled(this.#patch(subtasks.map(specOf), []));
  }

  async cancel(names: readonly string[]): Promise<DelegationAnswer> {
    const answer = await this.#patch([], names);
    if (answer.ok) for (const name of names) this.#seen.add(name);
    return answer;
  }

  outcomes(names: readonly string[], { signal }: AwaitOptions = {}): Promise<readonly SubtaskOutcome[]> {
    return handled(this.#outcomes(names, signal));
  }

  run(subtasks: readonly Subtask[]): Promise<readonly SubtaskOutcome[]> {
    return handled(this.#run(subtasks));
  }

  overview(): Promise<RunOverview> {
    return handled(this.#overview());
  }

  /** A sub-task has ended, and that is stored. */
  childEnded(id: TaskId): void {
    for (const { left } of this.#waits) left.delete(id);
    this.#release();
  }

  /** The attempt has its slot again. */
  goOn(): void {
    this.#release();
  }

  /** The attempt must end: whoever waits is told so. */
  stop(reason: string): void {
    this.#whyOver ??= `The attempt was stopped: ${reason}.`;
    for (const { fail } of this.#waits) fail(new Error(this.#whyOver));
    this.#waits.clear();
  }

  /** The attempt has ended: nobody waits any more. */
  end(): void {
    this.#whyOver ??= 'The attempt has ended.';
    this.#waits.clear();
  }

  /**
   * The agent says it is done: all its sub-tasks must end first, and what it has never looked at must have succeeded.
   * Gives what the attempt ends with.
   */
  async finish(result: AttemptResult): Promise<AttemptResult> {
    const { taskId: id, attempt } = this.#assignment;
    this.#isFinishing = true;
    const answer = await this.#desk.dispatch({ type: 'attempt.await', taskId: id, attempt, children: 'all' });
    if (!answer.ok) decidedRefusal(answer.refusal);
    else await this.#ended(this.#family?.all ?? []);
    const tasks = this.#unseenFailures();
    if (tasks.length === 0) return result;
    const { artifacts, usage } = result;
    const failure: TaskFailure = { reason: 'children-failed', tasks: tasks.slice(0, MAX_NAMED) };
    return {
      ok: false,
      failure,
      ...(artifacts === undefined ? {} : { artifacts }),
      ...(usage === undefined ? {} : { usage }),
    };
  }

  async #overview(): Promise<RunOverview> {
    const { taskId: id, runId, attempt } = this.#assignment;
    // Changes nothing; when it is answered, all that was decided before is stored.
    const answer = await this.#desk.dispatch({ type: 'attempt.await', taskId: id, attempt, children: [] });
    if (!answer.ok) throw refused(decidedRefusal(answer.refusal));
    const { swarm, nowMs } = this.#desk;
    const run = swarm.runs.get(runId);
    assert(run !== undefined, `an attempt of ${id} outlives its run`);
    return overviewOf(swarm, run, nowMs());
  }

  async #run(subtasks: readonly Subtask[]): Promise<readonly SubtaskOutcome[]> {
    const answer = await this.delegate(subtasks);
    if (!answer.ok) throw refused(answer.refusal);
    return this.#outcomes(subtasks.map(({ name }) => name));
  }

  async #patch(add: readonly SubtaskSpec[], cancel: readonly string[]): Promise<DelegationAnswer> {
    const { taskId: id, attempt } = this.#assignment;
    const answer = await this.#desk.dispatch({ type: 'attempt.delegate', taskId: id, attempt, add, cancel });
    if (!answer.ok) return { ok: false, refusal: decidedRefusal(answer.refusal) };
    const names = [...add.map(({ name }) => name), ...cancel];
    return { ok: true, taskIds: names.flatMap((name) => this.#family?.children.get(name)?.id ?? []) };
  }

  async #outcomes(names: readonly string[], signal?: AbortSignal): Promise<readonly SubtaskOutcome[]> {
    const { taskId: id, attempt } = this.#assignment;
    // Known before it is asked: who gives up another question meanwhile must not forget this one.
    this.#asking.add(names);
    try {
      const answer = await this.#desk.dispatch({ type: 'attempt.await', taskId: id, attempt, children: names });
      if (!answer.ok) throw refused(decidedRefusal(answer.refusal));
      const ids = names.flatMap((name) => this.#family?.children.get(name)?.id ?? []);
      await this.#ended(ids, signal);
    } finally {
      this.#asking.delete(names);
      if (signal?.aborted === true) this.#awaitOnly();
    }
    const ids = names.flatMap((name) => this.#family?.children.get(name)?.id ?? []);
    for (const name of names) this.#seen.add(name);
    return names.map((name, index) => this.#outcomeOf(name, ids[index]));
  }

  /** Resolves when all of them have ended and the attempt has its slot again. */
  #ended(ids: readonly TaskId[], signal?: AbortSignal): Promise<void> | undefined {
    const { swarm } = this.#desk;
    const left = new Set(ids.filter((id) => this.#find(id, swarm.tasks.get(id)) === undefined));
    if (left.size === 0 && !this.#mustWait()) return undefined;
    if (this.#whyOver !== undefined) throw new Error(this.#whyOver);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const wait: Wait = { left, done: resolve, fail: reject };
    this.#waits.add(wait);
    return signal === undefined ? promise : this.#unlessGone(wait, promise, signal);
  }

  /** Whoever asked may go away before the answer comes: then the slot is not away for its sake any more. */
  async #unlessGone(wait: Wait, promise: Promise<void>, signal: AbortSignal): Promise<void> {
    const giveUp = (): void => {
      if (!this.#waits.delete(wait)) return;
      wait.fail(new Error('Nobody waits for it any more.'));
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** The slot is away for the sake of those alone who still ask. */
  #awaitOnly(): void {
    // The last wait of all is for everything that is open.
    if (this.#whyOver !== undefined || this.#isFinishing) return;
    const { taskId: id, attempt } = this.#assignment;
    const children = [...new Set([...this.#asking].flat())];
    void handled(this.#desk.dispatch({ type: 'attempt.await-only', taskId: id, attempt, children }));
  }

  #find(id: TaskId, task: Task | undefined): Task | undefined {
    assert(task !== undefined, `the sub-task ${id} is not in memory`);
    return isEnded(task) ? task : undefined;
  }

  /** Only while nothing else is waited for: then the attempt has its slot only after `goOn`. */
  #mustWait(): boolean {
    if ([...this.#waits].some(({ left }) => left.size > 0)) return false;
    return this.#desk.swarm.tasks.get(this.#assignment.taskId)?.status === 'awaiting-children';
  }

  #release(): void {
    if (this.#mustWait()) return;
    for (const wait of this.#waits) {
      if (wait.left.size > 0) continue;
      this.#waits.delete(wait);
      wait.done();
    }
  }

  #unseenFailures(): readonly string[] {
    const { swarm } = this.#desk;
    return [...(this.#family?.children ?? [])].flatMap(([name, { id, adoptedBy }]) => {
      const isOwn = adoptedBy === this.#assignment.attempt && !this.#seen.has(name);
      const task = isOwn ? swarm.tasks.get(id) : undefined;
      return task === undefined || task.status === 'succeeded' ? [] : [task.identity.spec.name];
    });
  }

  #outcomeOf(name: string, id: TaskId | undefined): SubtaskOutcome {
    const task = id === undefined ? undefined : this.#desk.swarm.tasks.get(id);
    assert(id !== undefined && task !== undefined && isEnded(task), `${name} has not ended`);
    switch (task.status) {
      case 'succeeded':
        return { name, taskId: id, state: task.status, outputs: task.outputs };
      case 'failed':
        return { name, taskId: id, state: task.status, failure: task.failure };
      case 'cancelled':
        return { name, taskId: id, state: task.status, reason: task.why };
      case 'skipped':
        return { name, taskId: id, state: task.status, cause: task.cause };
    }
  }

  get #family(): Family | undefined {
    const run: Run | undefined = this.#desk.swarm.runs.get(this.#assignment.runId);
    return run?.families.get(this.#assignment.taskId);
  }
}

/** The form in which the core takes it. Only what was said: an absent key and an undefined one are the same. */
function specOf({
  function: called,
  input,
  command,
  shell,
  cwd,
  env,
  envFrom,
  delegate,
  ...rest
}: Subtask): SubtaskSpec {
  const work: Work =
    called === undefined
      ? { kind: 'command', ...given({ argv: command, shell, cwd, env, envFrom }) }
      : { kind: 'function', function: called, ...given({ input }) };
  return { ...given(rest), ...given({ delegate: delegate === true ? {} : delegate }), name: rest.name, work };
}

type Given<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

function given<Values extends object>(values: Values): Given<Values> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just the keys without a value are left out
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>;
}

function refused(refusal: Extract<DelegationAnswer, { ok: false }>['refusal']): Error {
  if (refusal.reason === 'delegation-invalid')
    return new Error(`The sub-tasks are refused: ${refusal.problems.join('; ')}.`);
  return new Error(`The sub-tasks are refused: ${refusal.reason}.`);
}
