type Planned = { readonly atMs: number; readonly no: number; run: () => void };

/** Virtual time: what is planned happens in the order of its time, and at one instant in the order of planning. */
export class PlannedTime {
  readonly #planned: Planned[] = [];
  #count = 0;
  #nowMs = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Goes on to what comes next, and does it; false when nothing is left. */
  step(): boolean {
    const next = this.#pop();
    if (next === undefined) return false;
    this.#nowMs = next.atMs;
    next.run();
    return true;
  }

  /** What is past is done next. Returns how to call it off. */
  at(atMs: number, run: () => void): () => void {
    const planned: Planned = { atMs: Math.max(this.#nowMs, atMs), no: this.#count++, run };
    this.#planned.push(planned);
    return () => void (planned.run = () => undefined);
  }

  after(ms: number, run: () => void): () => void {
    return this.at(this.#nowMs + ms, run);
  }

  every(ms: number, run: () => void): void {
    this.after(ms, () => {
      run();
      this.every(ms, run);
    });
  }

  #pop(): Planned | undefined {
    let best = 0;
    for (let index = 1; index < this.#planned.length; index++) {
      const [one, other] = [this.#planned[index], this.#planned[best]];
      if (one === undefined || other === undefined) continue;
      if (one.atMs < other.atMs || (one.atMs === other.atMs && one.no < other.no)) best = index;
    }
    return this.#planned.splice(best, 1)[0];
  }
}
