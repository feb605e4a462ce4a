import { IndexedHeap, NOT_IN_HEAP } from '../util/indexed-heap.ts';
import type { LedTime } from './led-time.ts';

/** Something that happens once at a led time, unless it is taken back. */
export type Wait = {
  readonly dueMs: number;
  readonly key: string | undefined;
  readonly wake: () => void;
  heapIndex: number;
};

/** All waits of one lead behind a single alarm of the clock. */
export class Waits {
  readonly #time: LedTime;
  readonly #heap = new IndexedHeap<Wait>((one, other) => one.dueMs < other.dueMs);
  readonly #byKey = new Map<string, Wait>();
  #alarm: { dueMs: number; cancel: () => void } | undefined;
  #isStopped = false;

  constructor(time: LedTime) {
    this.#time = time;
  }

  get size(): number {
    return this.#heap.size;
  }

  /** Calls `wake` when led time reaches `dueMs`, never before this call returns. A later one with the same key replaces it. */
  add(dueMs: number, wake: () => void, key?: string): Wait {
    const wait: Wait = { dueMs, key, wake, heapIndex: NOT_IN_HEAP };
    if (this.#isStopped) return wait;
    if (key !== undefined) {
      this.forget(key);
      this.#byKey.set(key, wait);
    }
    this.#heap.push(wait);
    if (this.#heap.first === wait) this.#setAlarm();
    return wait;
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  remove(wait: Wait): void {
    this.#heap.remove(wait);
    if (wait.key !== undefined && this.#byKey.get(wait.key) === wait) this.#byKey.delete(wait.key);
    // The alarm may now ring too early, which does no harm; taking it back each time would cost more.
    if (this.#heap.size === 0) this.#cancelAlarm();
  }

  forget(key: string): void {
    const wait = this.#byKey.get(key);
    if (wait !== undefined) this.remove(wait);
  }

  /** Nothing wakes any more. */
  stop(): void {
    this.#isStopped = true;
    this.#heap.clear();
    this.#byKey.clear();
    this.#cancelAlarm();
  }

  #setAlarm(): void {
    const first = this.#heap.first;
    if (first === undefined || (this.#alarm !== undefined && this.#alarm.dueMs <= first.dueMs)) return;
    this.#cancelAlarm();
    const cancel = this.#time.wakeAt(first.dueMs, () => this.#ring());
    this.#alarm = { dueMs: first.dueMs, cancel };
  }

  #cancelAlarm(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
  }

  #ring(): void {
    this.#alarm = undefined;
    const nowMs = this.#time.nowMs();
    for (let wait = this.#heap.first; wait !== undefined && wait.dueMs <= nowMs; wait = this.#heap.first) {
      this.remove(wait);
      wait.wake();
    }
    this.#setAlarm();
  }
}
