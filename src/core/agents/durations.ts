/** Weight of the newest duration of a type. Source: docs/semantics.md, Scheduling 1. */
const ALPHA = 0.2;
/** Weight of the newest ratio of a class: what kind of agent suits a type changes more slowly than how long it takes. */
const RATIO_ALPHA = 0.05;
/** Types that are remembered; the one that was first learned goes first. */
const MAX_TYPES = 20_000;
/** Classes of agents that are remembered, in all and for each type; likewise. */
const MAX_CLASSES = 256;

type Mean = { count: number; value: number };
type StoredMean = readonly [key: string, count: number, value: number];

/**
 * What is known about one type of task: how long it takes, and how much longer than expected, by all agents and per
 * class of agents.
 */
type TypeTimes = { readonly ms: Mean; readonly all: Mean; readonly byClass: Map<string, Mean> };

/** What is known of one task before its agent is. */
export type Expectation = Readonly<{ times: TypeTimes | undefined; baseMs: number }>;

/** Everything learned, for a snapshot. */
export type StoredDurations = Readonly<{
  types: readonly (readonly [type: string, ms: StoredMean, all: StoredMean, byClass: readonly StoredMean[]])[];
  all: StoredMean;
  factors: readonly StoredMean[];
}>;

/**
 * What this swarm has learned about how long things take: ms per type of task, and ratios of actual to expected time
 * per type, per class of agents, and per both. A task's own estimate is the base of what is expected of it; without
 * one the mean of its type is.
 */
export class Durations {
  readonly #types = new Map<string, TypeTimes>();
  /** Ratios of all that ended, and per class. */
  readonly #all: Mean = { count: 0, value: 0 };
  readonly #factors = new Map<string, Mean>();

  /** Mean ms of a type, on whatever agents; undefined while none of it has ended. */
  meanMs(type: string): number | undefined {
    return this.#types.get(type)?.ms.value;
  }

  /** Expected ms of a task of `type` on an agent of the class. */
  expectedMs(type: string, classKey: string, estimateMs: number | undefined, unknownMs: number): number {
    return this.expectedOn(classKey, this.expectation(type, estimateMs, unknownMs));
  }

  /** What is expected of a task of `type`, whoever does it: for who asks about many classes. */
  expectation(type: string, estimateMs: number | undefined, unknownMs: number): Expectation {
    const times = this.#types.get(type);
    if (times === undefined) return { times, baseMs: estimateMs ?? unknownMs };
    return { times, baseMs: estimateMs === undefined ? times.ms.value : estimateMs * times.all.value };
  }

  /** Whether a task of this kind has ended on an agent of the class. */
  isKnownOn(classKey: string, { times }: Expectation): boolean {
    return times?.byClass.has(classKey) === true;
  }

  /** Expected ms on an agent of the class. */
  expectedOn(classKey: string, { times, baseMs }: Expectation): number {
    if (times !== undefined) return baseMs * this.#relative(times, classKey);
    return baseMs * (this.#factors.get(classKey)?.value ?? 1);
  }

  note(type: string, classKey: string, estimateMs: number | undefined, actualMs: number): void {
    const times = this.#types.get(type) ?? this.#addType(type);
    const baseMs = estimateMs ?? (times.ms.count === 0 ? actualMs : times.ms.value);
    learn(times.ms, actualMs, ALPHA);
    const ratio = baseMs > 0 ? actualMs / baseMs : 1;
    learn(times.all, ratio, RATIO_ALPHA);
    learnIn(times.byClass, classKey, ratio);
    learn(this.#all, ratio, RATIO_ALPHA);
    learnIn(this.#factors, classKey, ratio);
  }

  dump(): StoredDurations {
    const types = [...this.#types].map(
      ([type, { ms, all, byClass }]) => [type, storeOne('', ms), storeOne('', all), store(byClass)] as const,
    );
    return { types, all: storeOne('', this.#all), factors: store(this.#factors) };
  }

  /** Takes over what `dump` gave. */
  load({ types, all: [, allCount, allValue], factors }: StoredDurations): void {
    Object.assign(this.#all, { count: allCount, value: allValue });
    for (const [type, [, msCount, ms], [, count, value], byClass] of types) {
      this.#types.set(type, {
        ms: { count: msCount, value: ms },
        all: { count, value },
        byClass: unstore(byClass),
      });
    }
    for (const [key, mean] of unstore(factors)) this.#factors.set(key, mean);
  }

  /** How much longer a type takes on the class than on all together; by what the class does with other types, if need be. */
  #relative({ all, byClass }: TypeTimes, classKey: string): number {
    const pair = byClass.get(classKey);
    if (pair !== undefined) return all.value > 0 ? pair.value / all.value : 1;
    const factor = this.#factors.get(classKey);
    return factor === undefined || this.#all.value <= 0 ? 1 : factor.value / this.#all.value;
  }

  #addType(type: string): TypeTimes {
    const [oldest] = this.#types.size < MAX_TYPES ? [] : this.#types.keys();
    if (oldest !== undefined) this.#types.delete(oldest);
    const times: TypeTimes = { ms: { count: 0, value: 0 }, all: { count: 0, value: 0 }, byClass: new Map() };
    this.#types.set(type, times);
    return times;
  }
}

function learnIn(means: Map<string, Mean>, key: string, value: number): void {
  const known = means.get(key);
  if (known !== undefined) return learn(known, value, RATIO_ALPHA);
  const [oldest] = means.size < MAX_CLASSES ? [] : means.keys();
  if (oldest !== undefined) means.delete(oldest);
  means.set(key, { count: 1, value });
}

/** A plain mean first: with few values the newest must not outweigh the rest. */
function learn(mean: Mean, value: number, alpha: number): void {
  mean.count++;
  mean.value += Math.max(alpha, 1 / mean.count) * (value - mean.value);
}

function storeOne(key: string, { count, value }: Mean): StoredMean {
  return [key, count, value];
}

function store(means: ReadonlyMap<string, Mean>): readonly StoredMean[] {
  return [...means].map(([key, mean]) => storeOne(key, mean));
}

function unstore(stored: readonly StoredMean[]): Map<string, Mean> {
  return new Map(stored.map(([key, count, value]) => [key, { count, value }]));
}
