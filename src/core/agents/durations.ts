/** Weight of the newest duration. Source: docs/semantics.md, Scheduling 1. */
const ALPHA = 0.2;
/** Types that are remembered; the one that was first learned goes first. */
const MAX_TYPES = 20_000;
/** Classes of agents that are remembered, in all and for each type; likewise. */
const MAX_CLASSES = 256;

type Mean = { count: number; value: number };
type StoredMean = readonly [key: string, count: number, value: number];

/** What is known about one type of task: its mean over all agents, and per class of agents. */
type TypeTimes = { readonly all: Mean; readonly byClass: Map<string, Mean> };

/** Everything learned, for a snapshot. */
export type StoredDurations = Readonly<{
  types: readonly (readonly [type: string, count: number, value: number, byClass: readonly StoredMean[]])[];
  factors: readonly StoredMean[];
}>;

/**
 * What this swarm has learned about how long things take: per type of task, per class of agents, and per both.
 * Nothing known: the task's own estimate.
 */
export class Durations {
  readonly #types = new Map<string, TypeTimes>();
  /** Per class: how much longer than expected it takes. */
  readonly #factors = new Map<string, Mean>();

  /** Expected ms of a task of `type` on an agent of the class. */
  expectedMs(type: string, classKey: string, estimateMs: number): number {
    const times = this.#types.get(type);
    const pair = times?.byClass.get(classKey);
    if (pair !== undefined) return pair.value;
    const factor = this.#factors.size === 0 ? undefined : this.#factors.get(classKey);
    const base = times === undefined ? estimateMs : times.all.value;
    return factor === undefined ? base : base * factor.value;
  }

  note(type: string, classKey: string, estimateMs: number, actualMs: number): void {
    const known = this.#types.get(type);
    const baseMs = known === undefined ? estimateMs : known.all.value;
    if (baseMs > 0) learnIn(this.#factors, classKey, actualMs / baseMs);
    const times = known ?? this.#addType(type);
    learn(times.all, actualMs);
    learnIn(times.byClass, classKey, actualMs);
  }

  dump(): StoredDurations {
    const types = [...this.#types].map(
      ([type, { all, byClass }]) => [type, all.count, all.value, store(byClass)] as const,
    );
    return { types, factors: store(this.#factors) };
  }

  /** Takes over what `dump` gave. */
  load({ types, factors }: StoredDurations): void {
    for (const [type, count, value, byClass] of types) {
      this.#types.set(type, { all: { count, value }, byClass: unstore(byClass) });
    }
    for (const [key, mean] of unstore(factors)) this.#factors.set(key, mean);
  }

  #addType(type: string): TypeTimes {
    const [oldest] = this.#types.size < MAX_TYPES ? [] : this.#types.keys();
    if (oldest !== undefined) this.#types.delete(oldest);
    const times: TypeTimes = { all: { count: 0, value: 0 }, byClass: new Map() };
    this.#types.set(type, times);
    return times;
  }
}

function learnIn(means: Map<string, Mean>, key: string, value: number): void {
  const known = means.get(key);
  if (known !== undefined) return learn(known, value);
  const [oldest] = means.size < MAX_CLASSES ? [] : means.keys();
  if (oldest !== undefined) means.delete(oldest);
  means.set(key, { count: 1, value });
}

/** A plain mean first: with few values the newest must not outweigh the rest. */
function learn(mean: Mean, value: number): void {
  mean.count++;
  mean.value += Math.max(ALPHA, 1 / mean.count) * (value - mean.value);
}

function store(means: ReadonlyMap<string, Mean>): readonly StoredMean[] {
  return [...means].map(([key, { count, value }]) => [key, count, value] as const);
}

function unstore(stored: readonly StoredMean[]): Map<string, Mean> {
  return new Map(stored.map(([key, count, value]) => [key, { count, value }]));
}
