/** Weight of the newest duration. Source: docs/semantics.md, Scheduling 1. */
const ALPHA = 0.2;
/** Types that are remembered; the one that was first learned goes first. */
const MAX_TYPES = 20_000;

type Mean = { count: number; value: number };

/**
 * What this swarm has learned about how long things take: per type of task, per class of agents, and per both.
 * Nothing known: the task's own estimate.
 */
export class Durations {
  readonly #types = new Map<string, Mean>();
  readonly #factors = new Map<string, Mean>();
  readonly #pairs = new Map<string, Mean>();

  /** Expected ms of a task of `type` on an agent of the class. */
  expectedMs(type: string, classKey: string, estimateMs: number): number {
    const pair = this.#pairs.get(`${type}\n${classKey}`);
    if (pair !== undefined) return pair.value;
    const base = this.#types.get(type)?.value ?? estimateMs;
    return base * (this.#factors.get(classKey)?.value ?? 1);
  }

  /** All that is learned, for a snapshot. */
  dump(): readonly (readonly (readonly [string, number, number])[])[] {
    return [this.#types, this.#factors, this.#pairs].map((means) =>
      [...means].map(([key, { count, value }]) => [key, count, value] as const),
    );
  }

  /** Takes over what `dump` gave. */
  load(dumped: readonly (readonly (readonly [string, number, number])[])[]): void {
    for (const [index, means] of [this.#types, this.#factors, this.#pairs].entries()) {
      for (const [key, count, value] of dumped[index] ?? []) means.set(key, { count, value });
    }
  }

  note(type: string, classKey: string, estimateMs: number, actualMs: number): void {
    const base = this.#types.get(type)?.value ?? estimateMs;
    if (base > 0) learn(this.#factors, classKey, actualMs / base);
    learn(this.#types, type, actualMs);
    learn(this.#pairs, `${type}\n${classKey}`, actualMs);
  }
}

function learn(means: Map<string, Mean>, key: string, value: number): void {
  const mean = means.get(key);
  if (mean === undefined) {
    const [oldest] = means.size < MAX_TYPES ? [] : means.keys();
    if (oldest !== undefined) means.delete(oldest);
    means.set(key, { count: 1, value });
    return;
  }
  mean.count++;
  // A plain mean first: with few values the newest must not outweigh the rest.
  mean.value += Math.max(ALPHA, 1 / mean.count) * (value - mean.value);
}
