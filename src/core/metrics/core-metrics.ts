import type { AgentId } from '../ids.ts';
import type { CounterName, MetricName, SamplesName } from './metric-table.ts';
import { CountWindow, SampleWindow } from './windows.ts';

/** Figures that somebody measures and hands in. */
export type SampledName = 'cache_hit_ratio' | 'memory_ratio';
export type Samples = Readonly<Partial<Record<SampledName, number>>>;

/** A name and a length in ms. */
type WindowKey = `${CounterName | SamplesName}/${number}`;
export type StoredMetrics = Readonly<{
  windows: readonly (readonly [WindowKey, readonly (readonly [number, number])[]])[];
  sampled: Samples;
}>;

/**
 * What the core decides on and what is not in the state anyway: counts and samples over windows, folded from events in
 * led time. It keeps the windows that somebody asked for, and nothing of names that nobody asked for.
 */
export class CoreMetrics {
  readonly #counts = new Map<CounterName, CountWindow[]>();
  readonly #samples = new Map<SamplesName, SampleWindow[]>();
  readonly #byKey = new Map<WindowKey, CountWindow | SampleWindow>();
  #sampled: Samples = {};
  /** Names whose figures are not what they were when somebody last looked. */
  readonly changed: Set<MetricName> = new Set();
  /** Agents of whom one of the figures is not what it was, once somebody looks at agents one by one. */
  readonly changedAgents: Set<AgentId> = new Set();
  tracksAgents = false;

  /** From now on `name` is counted over the last `spanMs`. */
  countOver(name: CounterName, spanMs: number): CountWindow {
    const key: WindowKey = `${name}/${spanMs}`;
    const known = this.#byKey.get(key);
    if (known instanceof CountWindow) return known;
    const window = new CountWindow(spanMs);
    this.#byKey.set(key, window);
    this.#counts.set(name, [...(this.#counts.get(name) ?? []), window]);
    return window;
  }

  /** From now on samples of `name` are kept for `spanMs`. */
  sampleOver(name: SamplesName, spanMs: number): SampleWindow {
    const key: WindowKey = `${name}/${spanMs}`;
    const known = this.#byKey.get(key);
    if (known instanceof SampleWindow) return known;
    const window = new SampleWindow(spanMs);
    this.#byKey.set(key, window);
    this.#samples.set(name, [...(this.#samples.get(name) ?? []), window]);
    return window;
  }

  count(name: CounterName, atMs: number, times = 1): void {
    const windows = this.#counts.get(name);
    if (windows === undefined) return;
    for (const window of windows) window.add(atMs, times);
    this.changed.add(name);
  }

  sample(name: SamplesName, atMs: number, figure: number): void {
    const windows = this.#samples.get(name);
    if (windows === undefined) return;
    for (const window of windows) window.add(atMs, figure);
    this.changed.add(name);
  }

  touch(agentId: AgentId): void {
    if (this.tracksAgents) this.changedAgents.add(agentId);
  }

  wants(name: SamplesName): boolean {
    return this.#samples.has(name);
  }

  /** The last figures handed in that mattered. */
  get sampled(): Samples {
    return this.#sampled;
  }

  setSampled(samples: Samples): void {
    this.#sampled = { ...this.#sampled, ...samples };
    if (samples.cache_hit_ratio !== undefined) this.changed.add('cache_hit_ratio');
    if (samples.memory_ratio !== undefined) this.changed.add('memory_ratio');
  }

  dump(nowMs: number): StoredMetrics {
    const windows = [...this.#byKey].map(([key, window]) => [key, window.dump(nowMs)] as const);
    return { windows: windows.filter(([, slots]) => slots.length > 0), sampled: this.#sampled };
  }

  /** A window that nobody asks for any more is left out; one that is new begins empty. */
  load({ windows, sampled }: StoredMetrics): void {
    this.#sampled = sampled;
    for (const [key, slots] of windows) this.#byKey.get(key)?.load(slots);
  }
}
