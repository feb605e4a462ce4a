import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Unavailable } from '../../util/user-error.ts';
import { type StoreReply, unpackError } from './store-call.ts';
import type { StoreRequest } from './store-server.ts';

type Waiting = Readonly<{ resolve: (value: unknown) => void; reject: (error: Error) => void }>;

/**
 * A thread with one store open, shared by the journal and the memory of a process. Requests are answered in order.
 * Whoever gets it from `open` or `share` gives it back with `release`; the last one closes the store.
 */
export class StoreThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited = Promise.withResolvers<void>();
  #nextId = 1;
  #users = 1;
  #end: Error | undefined;

  private constructor(path: string) {
    const entry = new URL(`./store-worker${extname(import.meta.url)}`, import.meta.url);
    // What it makes lives for one batch: a larger young generation would only be garbage kept for later. Measured by
    // bench/memory.ts: 135 MB less after 100,000 tasks, at the same speed in bench/durable.ts.
    const resourceLimits = { maxYoungGenerationSizeMb: 4 };
    this.#worker = new Worker(entry, { workerData: path, name: 'waggle-store', resourceLimits });
    this.#worker.on('message', (reply: StoreReply) => this.#take(reply));
    this.#worker.on('error', (error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#onExit());
  }

  /** Without waiting for it to be open: what is wrong with the store is the answer to the first request. */
  static start(path: string): StoreThread {
    return new StoreThread(path);
  }

  /** Rejects with `UserError` or `Unavailable` when the store cannot be used; nothing is left running then. */
  static async open(path: string): Promise<StoreThread> {
    const thread = new StoreThread(path);
    try {
      await thread.ask({ op: 'open' });
      return thread;
    } catch (error) {
      await thread.release();
      throw error;
    }
  }

  share(): this {
    this.#users++;
    return this;
  }

  async release(): Promise<void> {
    this.#users--;
    if (this.#users > 0) return;
    await this.ask({ op: 'close' }).catch((error: unknown) => {
      // Nothing is lost by it: what was acknowledged is stored, and the next process opens the file as it is.
      void error;
    });
    await this.#exited.promise;
  }

  ask(request: StoreRequest): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const answer = Promise.withResolvers<unknown>();
    const id = this.#nextId++;
    this.#waiting.set(id, answer);
    this.#worker.postMessage({ id, request });
    return answer.promise;
  }

  #take({ id, value, error }: StoreReply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(unpackError(error));
  }

  #onExit(): void {
    this.#fail(new Unavailable({ port: 'journal', message: 'The store is closed.' }));
    this.#exited.resolve();
  }

  #fail(error: Error): void {
    this.#end ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
