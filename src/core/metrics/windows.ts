/** Windows up to ten minutes move on second by second, longer ones minute by minute: what they keep is bounded. */
const FINE_SPAN_MS = 600_000;
/** Beyond it the oldest samples of a window go first. */
export const MOST_SAMPLES = 500;

export const WINDOW_LIMITS: Readonly<{ leastMs: number; mostMs: number }> = { leastMs: 1_000, mostMs: 86_400_000 };

/** Something that happened, or that was measured, at a step of time. */
type Slot = [step: number, figure: number];

/**
 * What happened lately. It covers whole steps: the one of now and those before it, as many as the window is long. A
 * time that is read out drops nothing that counts, so looking at a window changes nothing.
 */
class Window {
  readonly spanMs: number;
  protected readonly stepMs: number;
  protected slots: Slot[] = [];
  protected head = 0;

  constructor(spanMs: number) {
    this.stepMs = spanMs <= FINE_SPAN_MS ? 1_000 : 60_000;
    this.spanMs = Math.ceil(spanMs / this.stepMs) * this.stepMs;
  }

  /** When time alone changes what the window covers; undefined when it is empty. */
  nextChangeMs(nowMs: number): number | undefined {
    this.expire(nowMs);
    const first = this.slots[this.head];
    return first === undefined ? undefined : first[0] * this.stepMs + this.spanMs;
  }

  /** What it covers now, as plain data. */
  dump(nowMs: number): readonly (readonly [number, number])[] {
    this.expire(nowMs);
    return this.slots.slice(this.head);
  }

  protected stepOf(atMs: number): number {
    return Math.floor(atMs / this.stepMs);
  }

  protected expire(nowMs: number): void {
    const oldest = this.stepOf(nowMs) - this.spanMs / this.stepMs + 1;
    for (let first = this.slots[this.head]; first !== undefined && first[0] < oldest; first = this.slots[this.head]) {
      this.dropFirst(first);
    }
    if (this.head > 64 && this.head * 2 > this.slots.length) {
      this.slots = this.slots.slice(this.head);
      this.head = 0;
    }
  }

  protected dropFirst(_slot: Slot): void {
    this.head++;
  }
}

/** How often something happened lately. */
export class CountWindow extends Window {
  #total = 0;

  add(atMs: number, times: number): void {
    const step = this.stepOf(atMs);
    const last = this.slots.at(-1);
    this.#total += times;
    if (last !== undefined && this.slots.length > this.head && last[0] === step) last[1] += times;
    else {
      this.expire(atMs);
      this.slots.push([step, times]);
    }
  }

  total(nowMs: number): number {
    this.expire(nowMs);
    return this.#total;
  }

  load(slots: readonly (readonly [number, number])[]): void {
    this.slots = slots.map(([step, times]) => [step, times]);
    this.head = 0;
    this.#total = slots.reduce((sum, [, times]) => sum + times, 0);
  }

  protected override dropFirst(slot: Slot): void {
    super.dropFirst(slot);
    this.#total -= slot[1];
  }
}

/** What was measured lately, the newest `MOST_SAMPLES` of it. */
export class SampleWindow extends Window {
  add(atMs: number, figure: number): void {
    this.expire(atMs);
    this.slots.push([this.stepOf(atMs), figure]);
    if (this.slots.length - this.head > MOST_SAMPLES) this.head++;
  }

  /** In rising order. */
  sorted(nowMs: number): Float64Array {
    this.expire(nowMs);
    const figures = new Float64Array(this.slots.length - this.head);
    for (let index = 0; index < figures.length; index++) figures[index] = this.slots[this.head + index]?.[1] ?? 0;
    return figures.sort();
  }

  load(slots: readonly (readonly [number, number])[]): void {
    this.slots = slots.map(([step, figure]) => [step, figure]);
    this.head = 0;
  }
}

/** The least figure that is not below `percent` of all (nearest rank); undefined when there are none. */
export function percentile(sorted: Float64Array, percent: number): number | undefined {
  return sorted[Math.max(0, Math.ceil((percent * sorted.length) / 100) - 1)];
}
