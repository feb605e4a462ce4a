/**
 * Led time at this moment, for clocks on screen. It is known exactly when a record arrives as it is made;
 * between two records it runs like the time of this machine.
 */
export class LedClock {
  #offsetMs: number | undefined;

  get isKnown(): boolean {
    return this.#offsetMs !== undefined;
  }

  /** At `agoMs` before now, led time was `atMs`. */
  anchor(atMs: number, agoMs = 0): void {
    this.#offsetMs = performance.now() - agoMs - atMs;
  }

  /** `lastMs` while nothing is known. */
  nowMs(lastMs: number): number {
    return this.#offsetMs === undefined ? lastMs : Math.max(lastMs, performance.now() - this.#offsetMs);
  }
}
