import { IndexedHeap, NOT_IN_HEAP } from '../util/indexed-heap.ts';
import { Draw } from './draw.ts';
import { Trace } from './trace.ts';

type Due = { readonly atUs: number; readonly order: number; readonly run: () => void; heapIndex: number };

/**
 * Steps that are asked for together. Between two of them all promises settle, as before any other immediate; a turn of
 * the event loop for each would take longer than the step itself.
 */
const STEPS_AT_ONCE = 64;

/** A promise that was broken, by the name of the promise. */
export type Violation = Readonly<{ invariant: string; message: string; atUs: number }>;

/**
 * Virtual time. What is due runs one after the other, ties in the order in which they were asked for, and after each
 * one all promises settle before time goes on. So the code alone fixes the order in which things happen.
 */
export class World {
  readonly draw: Draw;
  readonly #trace: Trace;
  readonly #heap = new IndexedHeap<Due>(
    (one, other) => one.atUs < other.atUs || (one.atUs === other.atUs && one.order < other.order),
  );
  #nowUs = 0;
  #order = 0;
  #steps = 0;
  #violation: Violation | undefined;

  constructor(seed: number, keepsTrace: boolean) {
    this.draw = new Draw(seed);
    this.#trace = new Trace(keepsTrace);
  }

  get nowUs(): number {
    return this.#nowUs;
  }

  get steps(): number {
    return this.#steps;
  }

  get trace(): Trace {
    return this.#trace;
  }

  /** The first promise that was broken; the world stands still after it. */
  get violation(): Violation | undefined {
    return this.#violation;
  }

  fail(invariant: string, message: string): void {
    this.#violation ??= { invariant, message, atUs: this.#nowUs };
  }

  note(node: string, what: string): void {
    this.#trace.note(this.#nowUs, node, what);
  }

  /** Runs it at that time, or now if that is past, never before this call returns. The result takes it back. */
  at(atUs: number, run: () => void): () => void {
    const due: Due = {
      atUs: Math.max(this.#nowUs, Math.ceil(atUs)),
      order: this.#order++,
      run,
      heapIndex: NOT_IN_HEAP,
    };
    this.#heap.push(due);
    return () => this.#heap.remove(due);
  }

  /** Lets time pass until `isDone`, a broken promise, `untilUs`, or the end of all that is due. */
  run(untilUs: number, isDone: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let isOver = false;
    const step = (): void => {
      if (isOver) return;
      isOver = !this.#step(untilUs, isDone);
      if (isOver) resolve();
    };
    const more = (): void => {
      if (isOver) return;
      for (let count = 0; count < STEPS_AT_ONCE; count++) setImmediate(step);
      setImmediate(more);
    };
    more();
    return promise;
  }

  /** What is due next; false when time goes on no more. */
  #step(untilUs: number, isDone: () => boolean): boolean {
    if (this.#violation !== undefined || isDone()) return false;
    const due = this.#heap.first;
    if (due === undefined || due.atUs > untilUs) return false;
    this.#heap.remove(due);
    this.#nowUs = due.atUs;
    this.#steps++;
    try {
      due.run();
    } catch (error) {
      this.fail('no-internal-error', error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    return true;
  }
}
