import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AgentReport } from '../../../core/tasks/attempt.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { WorkerFunction } from './registered-function.ts';
import type { RunAbilities } from '../../../ports/agent-driver.ts';
import { WorkerDesk } from './worker-desk.ts';
import type { CallRequest, FromWorker, ToWorker } from './worker-messages.ts';
import { WorkerPlace } from './worker-place.ts';

const ENTRY = new URL(`./function-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Heap of each thread for what is young. By default it grows to 64 MiB and is not given back: checking a repository
 * with 256,000 lines took 476 MB instead of 310 MB, in the same time.
 */
const YOUNG_MIB = 8;

/** How a call in a worker thread ended. */
export type WorkerEnd =
  | Extract<FromWorker, { kind: 'returned' | 'threw' }>
  | Readonly<{ kind: 'stopped' }>
  | Readonly<{ kind: 'out-of-memory' }>
  | Readonly<{ kind: 'out-of-time' }>
  | Readonly<{ kind: 'full' }>
  | Readonly<{ kind: 'died'; message: string }>;

export type WorkerCall = Readonly<{
  work: WorkerFunction;
  request: CallRequest;
  signal: AbortSignal;
  report: (report: AgentReport) => void;
  abilities: RunAbilities;
}>;

export type WorkerPoolOptions = Readonly<{
  clock: Clock;
  /** Threads at the same time; 1 to 256. */
  maxWorkers: number;
  /** Calls that may wait for a thread; more are refused as `full`. */
  maxWaiting: number;
}>;

/** `calls`: given to it so far. `isOver`: it has broken or ended, and takes no more. */
type Thread = { readonly worker: Worker; readonly memoryMiB: number | undefined; calls: number; isOver: boolean };

/** What an earlier call had left in the thread ended it before this one began. */
type NotBegun = Readonly<{ kind: 'not-begun' }>;

/**
 * Worker threads, started when they are first needed and used again for functions with the same memory limit. One
 * call at a time each. A thread that was stopped or broken is ended, and the next call gets a new one.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #idle: Thread[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #isClosed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** After `signal` aborts the thread is ended at once, whatever it is doing. */
  async run(call: WorkerCall): Promise<WorkerEnd> {
    if (call.signal.aborted) return { kind: 'stopped' };
    this.#isClosed = false;
    if (this.#busy >= this.#options.maxWorkers && this.#waiting.length >= this.#options.maxWaiting) {
      return { kind: 'full' };
    }
    if (!(await this.#takePlace(call.signal))) return { kind: 'stopped' };
    const place = new WorkerPlace({ leave: () => this.#passOn(), take: () => this.#takePlace(call.signal) });
    try {
      // Each turn uses up a thread that others have worked in.
      for (;;) {
        const end = await this.#runIn(this.#takeThread(call.work.memoryMiB), call, place);
        if (end.kind !== 'not-begun') return end;
        if (call.signal.aborted) return { kind: 'stopped' };
      }
    } finally {
      place.end();
    }
  }

  /** Starts a thread, unless there is one: the first call then does not wait for it. */
  warm(): void {
    this.#isClosed = false;
    if (this.#busy + this.#idle.length > 0) return;
    const thread = this.#startThread(undefined);
    thread.worker.unref();
    this.#idle.push(thread);
  }

  /** Ends the idle threads; busy ones end with their calls, unless others have come meanwhile. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#idle.splice(0).map(({ worker }) => worker.terminate()));
  }

  /** Resolves with true when it has one, with false when `signal` aborted first. */
  async #takePlace(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.#busy >= this.#options.maxWorkers) return this.#waitForTurn(signal);
    this.#busy++;
    return true;
  }

  /** Resolves with true when a place was handed over, with false when `signal` aborted first. */
  #waitForTurn(signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const onTurn = (): void => {
      signal.removeEventListener('abort', onAbort);
      resolve(true);
    };
    const onAbort = (): void => {
      this.#waiting.splice(this.#waiting.indexOf(onTurn), 1);
      resolve(false);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#waiting.push(onTurn);
    return promise;
  }

  #passOn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy--;
    else next();
  }

  #takeThread(memoryMiB: number | undefined): Thread {
    const at = this.#idle.findIndex((thread) => thread.memoryMiB === memoryMiB);
    const [thread] = at < 0 ? [] : this.#idle.splice(at, 1);
    if (thread !== undefined) return thread;
    // Never more threads than places: one with another limit makes room.
    if (this.#busy + this.#idle.length > this.#options.maxWorkers) void this.#idle.shift()?.worker.terminate();
    return this.#startThread(memoryMiB);
  }

  #startThread(memoryMiB: number | undefined): Thread {
    const heap = memoryMiB === undefined ? {} : { maxOldGenerationSizeMb: memoryMiB };
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MIB, ...heap };
    const worker = new Worker(ENTRY, { resourceLimits, stdout: true });
    // stdout belongs to the coordinator; what a function prints is for people.
    worker.stdout.pipe(process.stderr, { end: false });
    const made: Thread = { worker, memoryMiB, calls: 0, isOver: false };
    // What breaks while no call is in it, such as what a function left behind, ends the thread and nothing else.
    const forget = (): void => this.#forget(made);
    worker.on('error', forget).once('exit', forget);
    return made;
  }

  async #runIn(thread: Thread, call: WorkerCall, place: WorkerPlace): Promise<WorkerEnd | NotBegun> {
    const { worker } = thread;
    const { promise, resolve } = Promise.withResolvers<WorkerEnd | NotBegun>();
    const number = ++thread.calls;
    let hasBegun = number === 1;
    const tell = (message: ToWorker): void => worker.postMessage(message);
    const desk = new WorkerDesk(call.abilities, tell, place);
    const onMessage = (message: FromWorker): void => {
      if (message.kind === 'returned' || message.kind === 'threw') return resolve(message);
      // What an earlier function of this thread left behind does not speak for this one.
      if (message.call !== number) return;
      if (message.kind === 'begun') hasBegun = true;
      else if (message.kind === 'report') call.report(message.report);
      else if (message.kind === 'ask') void desk.answer(message);
      else desk.giveUp(message.id);
    };
    const breaks = (end: WorkerEnd): void => resolve(hasBegun ? end : { kind: 'not-begun' });
    const onError = (error: Error): void => breaks(endOfBroken(error));
    const onExit = (code: number): void => breaks({ kind: 'died', message: `Its thread ended with code ${code}.` });
    const onAbort = (): void => resolve({ kind: 'stopped' });
    worker.on('message', onMessage).on('error', onError).on('exit', onExit).ref();
    call.signal.addEventListener('abort', onAbort, { once: true });
    const cancelLimit = this.#limitTime(call.work.timeLimitMs, () => resolve({ kind: 'out-of-time' }));
    tell({ kind: 'call', call: number, request: call.request });
    const end = await promise;
    cancelLimit();
    call.signal.removeEventListener('abort', onAbort);
    worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    await this.#giveBack(thread, end);
    return end;
  }

  #limitTime(timeLimitMs: number | undefined, onDue: () => void): () => void {
    return timeLimitMs === undefined ? () => {} : this.#options.clock.wakeAfter(timeLimitMs, onDue);
  }

  async #giveBack(thread: Thread, end: WorkerEnd | NotBegun): Promise<void> {
    const isWhole = (end.kind === 'returned' || end.kind === 'threw') && !thread.isOver;
    // One that has waited for others may come back when there are enough.
    if (!isWhole || this.#isClosed || this.#idle.length >= this.#options.maxWorkers) {
      await thread.worker.terminate();
      return;
    }
    thread.worker.unref();
    this.#idle.push(thread);
  }

  #forget(thread: Thread): void {
    thread.isOver = true;
    const at = this.#idle.indexOf(thread);
    if (at >= 0) this.#idle.splice(at, 1);
  }
}

function endOfBroken(error: Error): WorkerEnd {
  const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return isMemory ? { kind: 'out-of-memory' } : { kind: 'died', message: error.message };
}
