import { parseCondition } from '../alerts/parse-condition.ts';
import { type Condition, readsOf } from '../alerts/condition.ts';
import type { CoreMetrics } from '../metrics/core-metrics.ts';
import { windowsOf } from '../metrics/metric-windows.ts';
import type { Bottleneck, TuningEvent } from './tuning-events.ts';

export type TunerRules = Readonly<{
  /** @default false */
  isOn: boolean;
  /** Whether each change is voted on first. @default false */
  asks: boolean;
  /** How long a change is tried, and the pause after it, ms. @default 300_000 */
  windowMs: number;
}>;

/** What a bottleneck shows in. Source: docs/semantics.md, Tuning. */
export const BOTTLENECKS: readonly Readonly<{ bottleneck: Bottleneck; condition: Condition }>[] = [
  { bottleneck: 'task-distribution', condition: parsed('task_wait_p95 > 5000') },
  { bottleneck: 'communication', condition: parsed('coordination_latency > 1000') },
  // The metric is unknown below 100 reads.
  { bottleneck: 'caching', condition: parsed('cache_hit_ratio < 0.8') },
  { bottleneck: 'memory', condition: parsed('memory_ratio > 0.85') },
];

/** A change that is being tried. */
export type Trial = Extract<TuningEvent, { type: 'tuning.decided' }>;

/** At most one change at a time. */
export type Tuning = {
  count: number;
  trial: Trial | undefined;
  /** A change that is voted on. */
  asked: Trial | undefined;
  /** Nothing is thought of before. */
  restUntilMs: number;
  /** Options whose change did not help, and until when they are left alone. */
  readonly spared: Map<string, number>;
};

/** How many windows an option is left alone whose change did not help. */
const SPARED_WINDOWS = 12;

export function newTuning({ isOn }: TunerRules, metrics: CoreMetrics): Tuning {
  for (const { condition } of isOn ? BOTTLENECKS : []) {
    for (const { name, spanMs } of readsOf(condition)) windowsOf(metrics, name, spanMs);
  }
  return { count: 0, trial: undefined, asked: undefined, restUntilMs: 0, spared: new Map() };
}

export function applyTuning(tuning: Tuning, event: TuningEvent, atMs: number, { windowMs }: TunerRules): void {
  tuning.restUntilMs = atMs + windowMs;
  if (event.type === 'tuning.decided') {
    tuning.count = event.no;
    tuning.trial = event.outcome === 'tried' ? event : undefined;
    tuning.asked = event.outcome === 'asked' ? event : undefined;
    if (event.outcome === 'dropped' || event.outcome === 'refused')
      tuning.spared.set(event.option, atMs + SPARED_WINDOWS * windowMs);
    return;
  }
  const { trial } = tuning;
  if (trial !== undefined && event.outcome === 'reverted') {
    tuning.spared.set(trial.option, atMs + SPARED_WINDOWS * windowMs);
  }
  tuning.trial = undefined;
}

export type StoredTuning = Readonly<{
  count: number;
  trial?: Trial;
  asked?: Trial;
  restUntilMs: number;
  spared: readonly (readonly [string, number])[];
}>;

export function storeTuning({ count, trial, asked, restUntilMs, spared }: Tuning): StoredTuning {
  const now = { ...(trial === undefined ? {} : { trial }), ...(asked === undefined ? {} : { asked }) };
  return { count, ...now, restUntilMs, spared: [...spared] };
}

export function restoreTuning(tuning: Tuning, { spared, ...rest }: StoredTuning): void {
  Object.assign(tuning, rest);
  for (const [option, untilMs] of spared) tuning.spared.set(option, untilMs);
}

function parsed(text: string): Condition {
  const result = parseCondition(text);
  if (!result.ok) throw new Error(`Internal error: ${text}: ${result.message}`);
  return result.condition;
}
