import type { LiveUsage } from '../../ports/process-runner.ts';
import type { BrokenLimit, TreeWatch } from './tree-watch.ts';

/** Sampling takes at most this part of the thread's time, however many trees there are. */
const SHARE = 0.05;
const LONGEST_REST_MS = 500;
const FIRST_LOOK_MS = 4;

type Watched = {
  readonly watch: TreeWatch;
  readonly onBroken: (limit: BrokenLimit) => void;
  readonly onUsage: ((usage: LiveUsage) => void) | undefined;
  readonly startedMs: number;
  dueMs: number;
};

/**
 * Looks at all running process trees from one timer: often while they are young, because most programs are short
 * and memory grows fast, and twice a second later. A program that ends before the first look has no memory figure.
 */
export class TreeSampler {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  #timerDueMs = Infinity;
  #restUntilMs = 0;

  /** `onBroken` is called at most once. The result ends the watch. */
  add(watch: TreeWatch, onBroken: (limit: BrokenLimit) => void, onUsage?: (usage: LiveUsage) => void): () => void {
    const startedMs = performance.now();
    const watched = { watch, onBroken, onUsage, startedMs, dueMs: startedMs + FIRST_LOOK_MS };
    this.#watched.add(watched);
    this.#arm(watched.dueMs);
    return () => void this.#watched.delete(watched);
  }

  #arm(dueMs: number): void {
    if (dueMs >= this.#timerDueMs) return;
    clearTimeout(this.#timer);
    this.#timerDueMs = dueMs;
    const delayMs = Math.max(dueMs, this.#restUntilMs) - performance.now();
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, delayMs)).unref();
  }

  #tick(): void {
    this.#timerDueMs = Infinity;
    const startMs = performance.now();
    for (const watched of this.#watched) if (watched.dueMs <= startMs + 1) this.#look(watched, startMs);
    const endMs = performance.now();
    this.#restUntilMs = endMs + Math.min(LONGEST_REST_MS, (endMs - startMs) * (1 / SHARE - 1));
    const next = Math.min(Infinity, ...[...this.#watched].map(({ dueMs }) => dueMs));
    if (next < Infinity) this.#arm(next);
  }

  #look(watched: Watched, nowMs: number): void {
    watched.dueMs = nowMs + delayAtAge(nowMs - watched.startedMs);
    const broken = watched.watch.sample();
    const { cpuMs, nowBytes } = watched.watch;
    // A system that shows no processes is one where nothing is known, not one where nothing is used.
    if (nowBytes > 0) watched.onUsage?.({ cpuMs, memoryBytes: nowBytes });
    if (broken === undefined) return;
    this.#watched.delete(watched);
    watched.onBroken(broken);
  }
}

function delayAtAge(ageMs: number): number {
  if (ageMs < 20) return 5;
  if (ageMs < 2_000) return 25;
  return ageMs < 10_000 ? 100 : 500;
}
