import { nameOf } from '../../../core/ids.ts';
import type { AttemptResult, Failed } from '../../../core/tasks/attempt.ts';
import type { AgentDriver, Assignment, Probe, RunContext } from '../../../ports/agent-driver.ts';
import type { ArtifactStore } from '../../../ports/artifact-store.ts';
import type { Clock } from '../../../ports/clock.ts';
import { assert } from '../../../util/assert.ts';
import { AttemptCall } from './attempt-call.ts';
import { checkedReport } from './checked-report.ts';
import { claimOf } from './function-claim.ts';
import { loadNeeds } from './large-values.ts';
import type { FunctionRegistry, RegisteredFunction, WorkerFunction } from './registered-function.ts';
import { OpenCall, SlowCalls } from './slow-calls.ts';
import { stopFailure, threw } from './stop-failure.ts';
import type { CallRequest } from './worker-messages.ts';
import { type WorkerEnd, WorkerPool } from './worker-pool.ts';

export type FunctionDriverPorts = Readonly<{
  /** By the name that tasks use. */
  functions: FunctionRegistry;
  clock: Clock;
  /** For outputs too large for the journal and for output files. Without it such outputs are refused. */
  artifacts?: Pick<ArtifactStore, 'create' | 'put' | 'read'>;
  /** Worker threads at the same time; 1 to 256. @default 2 */
  maxWorkers?: number;
}>;

/** More calls than this wait for nothing: the coordinator gives out no more than its agents have slots. */
const MAX_WAITING = 10_000;

/**
 * Runs functions of this process. A synchronous one is answered without a promise, and nothing is made that the
 * function does not ask for: the coordinator gives out a hundred thousand of these a second.
 */
export class FunctionDriver implements AgentDriver {
  readonly kind = 'function';
  readonly #functions: ReadonlyMap<string, RegisteredFunction>;
  readonly #artifacts: FunctionDriverPorts['artifacts'];
  readonly #slow: SlowCalls;
  readonly #pool: WorkerPool;

  constructor({ functions, clock, artifacts, maxWorkers = 2 }: FunctionDriverPorts) {
    this.#functions = new Map(Object.entries(functions));
    this.#artifacts = artifacts;
    this.#slow = new SlowCalls(clock);
    this.#pool = new WorkerPool({ clock, maxWorkers, maxWaiting: MAX_WAITING });
  }

  async probe(): Promise<Probe> {
    return { ok: true, detail: `${this.#functions.size} functions` };
  }

  run(assignment: Assignment, context: RunContext): Promise<AttemptResult> | AttemptResult {
    const { work } = assignment;
    assert(work.kind === 'function', 'the function driver got another kind of work');
    const found = this.#functions.get(work.function);
    if (found === undefined) return unknownFunction(work.function);
    return 'worker' in found
      ? this.#runInWorker(found, assignment, context)
      : this.#runHere(found, assignment, context);
  }

  /** Starts a worker thread for what is to come, unless there is one. */
  warm(): void {
    this.#pool.warm();
  }

  /** Ends idle worker threads and timers; they are started again when needed. */
  close(): Promise<void> {
    this.#slow.close();
    return this.#pool.close();
  }

  #runHere(
    { run }: Exclude<RegisteredFunction, WorkerFunction>,
    assignment: Assignment,
    context: RunContext,
  ): Promise<AttemptResult> | AttemptResult {
    const call = new AttemptCall(assignment, context, this.#artifacts);
    try {
      const value = run(call);
      return isThenable(value) ? this.#follow(value, call, assignment) : claimOf(value, assignment, this.#artifacts);
    } catch (error) {
      return call.isStopped ? stopFailure(call.signal.reason, assignment.spec) : threw(error);
    }
  }

  #follow(value: PromiseLike<unknown>, call: AttemptCall, assignment: Assignment): Promise<AttemptResult> {
    const open = new OpenCall(call, assignment.spec);
    this.#slow.add(open);
    const end = (result: AttemptResult): void => {
      this.#slow.delete(open);
      open.end(result);
    };
    const fail = (error: unknown): void =>
      end(call.isStopped ? stopFailure(call.signal.reason, assignment.spec) : threw(error));
    const succeed = (settled: unknown): void => {
      try {
        const claim = claimOf(settled, assignment, this.#artifacts);
        if (claim instanceof Promise) claim.then(end, fail);
        else end(claim);
      } catch (error) {
        fail(error);
      }
    };
    value.then(succeed, fail);
    return open.result;
  }

  async #runInWorker(work: WorkerFunction, assignment: Assignment, context: RunContext): Promise<AttemptResult> {
    const request = await this.#requestOf(work, assignment);
    const { signal, report } = context;
    const end = await this.#pool.run({ work, request, signal, report: checkedReport(report), abilities: context });
    switch (end.kind) {
      case 'returned':
        return withCpu(await claimOf(end.value, assignment, this.#artifacts), end.cpuMs);
      case 'threw': {
        const { message, stack } = end;
        const failure = { reason: 'threw', message, ...(stack !== undefined && { stack }) } as const;
        return { ok: false, failure, usage: { cpuMs: end.cpuMs } };
      }
      case 'stopped':
        return stopFailure(signal.reason, assignment.spec);
      case 'out-of-memory':
      case 'out-of-time':
      case 'full':
      case 'died':
        return workerFailure(end, work);
    }
  }

  async #requestOf({ worker }: WorkerFunction, assignment: Assignment): Promise<CallRequest> {
    const { work, inputs, taskId: id, runId: run, attempt } = assignment;
    const needs = await loadNeeds(assignment.needs, this.#artifacts);
    const input = work.kind === 'function' ? work.input : undefined;
    const data = { input, inputs, needs, task: { id, name: nameOf(id), run, attempt } };
    return { module: worker.module, exportName: worker.export, data };
  }
}

type Broken = Exclude<WorkerEnd, { kind: 'returned' | 'threw' | 'stopped' }>;

function workerFailure(end: Broken, { memoryMiB, timeLimitMs = 0 }: WorkerFunction): Failed {
  switch (end.kind) {
    case 'out-of-memory': {
      const limit = memoryMiB === undefined ? 'there is' : `the ${memoryMiB} MiB that it may use`;
      const message = `It needed more memory than ${limit}.`;
      return { ok: false, failure: { reason: 'limit-exceeded', limit: 'memory', message } };
    }
    case 'out-of-time':
      return { ok: false, failure: { reason: 'timed-out', afterMs: timeLimitMs, tail: '' } };
    case 'full':
      return { ok: false, failure: { reason: 'internal-error', message: 'Too many functions wait for a thread.' } };
    case 'died':
      return { ok: false, failure: { reason: 'threw', message: end.message } };
  }
}

function withCpu(result: AttemptResult, cpuMs: number): AttemptResult {
  return { ...result, usage: { cpuMs } };
}

function unknownFunction(name: string): Failed {
  const message = `No function is registered as ${JSON.stringify(name)} in this process.`;
  return { ok: false, failure: { reason: 'start-failed', message } };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
