/** Lets `perSecond` through on average and `atOnce` in a row. Time comes from outside. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #atOnce: number;
  #tokens: number;
  #atMs: number;

  constructor(perSecond: number, atOnce: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#atOnce = atOnce;
    this.#tokens = atOnce;
    this.#atMs = nowMs;
  }

  /** Takes one, if there is one. Time that goes back gives nothing. */
  take(nowMs: number): boolean {
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = Math.max(this.#atMs, nowMs);
    this.#tokens = Math.min(this.#atOnce, this.#tokens + (passedMs * this.#perSecond) / 1_000);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
