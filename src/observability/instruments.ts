/** A figure per value of one label. Counters only rise; gauges are set. The empty value stands for "no label". */
export class LabelledNumber {
  readonly #values = new Map<string, number>();

  add(value: string, amount = 1): void {
    this.#values.set(value, (this.#values.get(value) ?? 0) + amount);
  }

  set(value: string, amount: number): void {
    this.#values.set(value, amount);
  }

  get(value: string): number {
    return this.#values.get(value) ?? 0;
  }

  /** In the order in which the values first came. */
  entries(): readonly (readonly [string, number])[] {
    return [...this.#values];
  }
}

/** How often a figure fell below each bound. `counts` has one more than `bounds`, for what lies above the last. */
export type Distribution = Readonly<{ counts: readonly number[]; sum: number; count: number }>;

type Tally = { counts: Float64Array; sum: number; count: number };

/** A distribution per value of one label. `bounds` rise; a figure counts in the first bucket whose bound is not below it. */
export class LabelledHistogram {
  readonly bounds: readonly number[];
  readonly #tallies = new Map<string, Tally>();

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
  }

  observe(value: string, amount: number): void {
    let tally = this.#tallies.get(value);
    if (tally === undefined) {
      tally = { counts: new Float64Array(this.bounds.length + 1), sum: 0, count: 0 };
      this.#tallies.set(value, tally);
    }
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && amount > (bounds[bucket] ?? Infinity)) bucket += 1;
    tally.counts[bucket] = (tally.counts[bucket] ?? 0) + 1;
    tally.sum += amount;
    tally.count += 1;
  }

  entries(): readonly (readonly [string, Distribution])[] {
    return [...this.#tallies].map(([value, { counts, sum, count }]) => [value, { counts: [...counts], sum, count }]);
  }
}

/** Keeps the values of a label few: from `most` different ones on, new ones become `other`. */
export class ClosedSet {
  readonly #known = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  of(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= this.#most) return 'other';
    this.#known.add(value);
    return value;
  }
}
