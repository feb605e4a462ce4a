export type Places = Readonly<{
  leave: () => void;
  /** Resolves with true when there is one again, with false when the call was stopped first. */
  take: () => Promise<boolean>;
}>;

/**
 * The place of one call among the threads that may be busy. While it waits for other functions it leaves its place to
 * them: else callers that wait could fill all places, and what they wait for would never run.
 */
export class WorkerPlace {
  readonly #places: Places;
  #waits = 0;
  #isHeld = true;
  #hasEnded = false;

  constructor(places: Places) {
    this.#places = places;
  }

  /** With several waits at once the call has its place again when the last of them is over. */
  async rest<Value>(wait: () => Promise<Value>): Promise<Value> {
    this.#waits++;
    this.#leave();
    try {
      return await wait();
    } finally {
      this.#waits--;
      if (this.#waits === 0) await this.#take();
    }
  }

  /** The call is over. */
  end(): void {
    this.#hasEnded = true;
    this.#leave();
  }

  #leave(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#places.leave();
  }

  async #take(): Promise<void> {
    if (this.#hasEnded || !(await this.#places.take())) return;
    this.#isHeld = true;
    // It may have ended, or have begun to wait again, while it waited for its place.
    if (this.#hasEnded || this.#waits > 0) this.#leave();
  }
}
