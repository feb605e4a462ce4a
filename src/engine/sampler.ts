import type { SwarmInput } from '../core/inputs.ts';
import type { Samples } from '../core/metrics/core-metrics.ts';
import type { Swarm } from '../core/swarm-state.ts';
import type { LedTime } from './led-time.ts';
import type { Waits } from './waits.ts';

/** How often figures are measured that a rule looks at, while there is work, ms. */
const EVERY_MS = 5_000;

export type SamplerSurroundings = Readonly<{
  swarm: Swarm;
  waits: Waits;
  time: LedTime;
  feed: (input: SwarmInput) => void;
}>;

/** Measures what only this process can, while attempts run and a rule looks at it; without work nothing is measured. */
export class Sampler {
  readonly #measure: (() => Samples) | undefined;
  readonly #surroundings: SamplerSurroundings;
  readonly #isWanted: boolean;

  constructor(measure: (() => Samples) | undefined, surroundings: SamplerSurroundings) {
    this.#measure = measure;
    this.#surroundings = surroundings;
    const { alerts, rules } = surroundings.swarm;
    const reads = alerts.watched.flatMap((watched) => watched.reads.map(({ name }) => name));
    this.#isWanted = rules.tuner.isOn || reads.includes('memory_ratio') || reads.includes('cache_hit_ratio');
  }

  /** After a turn: the next measurement, when there is work. */
  set(): void {
    const { swarm, waits, time } = this.#surroundings;
    if (!this.#isWanted || this.#measure === undefined || waits.has('sample')) return;
    if ([...swarm.runs.values()].every(({ active }) => active.size === 0)) return;
    waits.add(time.nowMs() + EVERY_MS, () => this.#take(), 'sample');
  }

  #take(): void {
    const samples = this.#measure?.() ?? {};
    if (Object.keys(samples).length > 0) this.#surroundings.feed({ type: 'metrics.sample', samples });
    this.set();
  }
}
