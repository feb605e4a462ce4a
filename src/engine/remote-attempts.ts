import type { TaskId } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { AttemptResult } from '../core/tasks/attempt.ts';
import type { Assignment } from '../ports/agent-driver.ts';
import type { HostDriver } from '../ports/worker-link.ts';
import type { Answer } from './answer.ts';
import { type AttemptHost, internalError, RunningAttempt } from './running-attempt.ts';

type RemoteSurroundings = AttemptHost &
  Readonly<{
    /** Resolves when what the answer rests on is stored. Nothing is turned away. */
    ask: (input: SwarmInput) => Promise<Answer>;
  }>;

/**
 * The attempts that hosts have under way for this lead. They outlive it: nothing is ended because the lead ends, and
 * the next leader adopts them.
 */
export class RemoteAttempts {
  readonly #driver: HostDriver | undefined;
  readonly #host: AttemptHost;
  readonly #running = new Map<TaskId, RunningAttempt>();
  /** Of agents that were given up: another attempt of the task may run already. */
  readonly #leaving = new Set<RunningAttempt>();

  constructor(driver: HostDriver | undefined, { ask, ...host }: RemoteSurroundings) {
    this.#driver = driver;
    const feed = (input: SwarmInput): void => void this.#store(input, ask(input));
    this.#host = { ...host, feed, onEnd: (ended) => this.#forget(ended) };
  }

  get(taskId: TaskId): RunningAttempt | undefined {
    return this.#running.get(taskId);
  }

  start(assignment: Assignment, timeoutMs: number): void {
    const running = new RunningAttempt(assignment, timeoutMs, this.#host);
    this.#running.set(assignment.taskId, running);
    void this.#follow(running, (driver) => driver.run(assignment, running));
  }

  /** Its deadline is what it was. */
  adopt(assignment: Assignment, timeoutMs: number, startedMs: number): void {
    const running = new RunningAttempt(assignment, timeoutMs, this.#host, startedMs);
    this.#running.set(assignment.taskId, running);
    void this.#follow(running, (driver) => driver.adopt(assignment, running));
  }

  /** False when this attempt is not among them. */
  stop(taskId: TaskId, attempt: number, why: 'cancelled' | 'paused' | 'agent-lost'): boolean {
    const running = this.#running.get(taskId);
    if (running?.assignment.attempt !== attempt) return false;
    if (why === 'agent-lost') {
      this.#running.delete(taskId);
      this.#leaving.add(running);
    }
    running.stop(why);
    return true;
  }

  /** The lead is over: hosts go on without it. */
  detach(): void {
    for (const running of [...this.#running.values(), ...this.#leaving]) running.detach();
    this.#running.clear();
    this.#leaving.clear();
  }

  async #follow(
    running: RunningAttempt,
    begin: (driver: HostDriver) => Promise<AttemptResult> | AttemptResult,
  ): Promise<void> {
    const driver = this.#driver;
    if (driver === undefined) return running.end({ ok: false, failure: { reason: 'agent-lost', begun: false } });
    running.conclude(await resultOf(driver, begin));
  }

  /** The host may forget a result when its end is stored, or refused because there was another one before. */
  async #store(input: SwarmInput, answered: Promise<Answer>): Promise<void> {
    const answer = await answered;
    if (input.type !== 'attempt.end' || (!answer.ok && answer.refusal.reason === 'not-leading')) return;
    this.#driver?.settle(input);
  }

  #forget(ended: RunningAttempt): void {
    this.#leaving.delete(ended);
    if (this.#running.get(ended.assignment.taskId) === ended) this.#running.delete(ended.assignment.taskId);
  }
}

async function resultOf(
  driver: HostDriver,
  begin: (driver: HostDriver) => Promise<AttemptResult> | AttemptResult,
): Promise<AttemptResult> {
  try {
    return await begin(driver);
  } catch (error) {
    return internalError(error);
  }
}
