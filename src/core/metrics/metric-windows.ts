import type { CoreMetrics } from './core-metrics.ts';
import { isCounter, isSamples, type MetricName, SUMMARIES } from './metric-table.ts';
import type { SampleWindow } from './windows.ts';

/** What time alone does to a window. */
type WindowClock = Pick<SampleWindow, 'nextChangeMs'>;

/** The windows behind a metric, made where there are none yet. */
export function windowsOf(metrics: CoreMetrics, name: MetricName, spanMs: number): readonly WindowClock[] {
  if (name === 'task_failure_rate') {
    return SUMMARIES[name].of.map((counter) => metrics.countOver(counter, SUMMARIES[name].spanMs));
  }
  if (name === 'coordination_latency' || name === 'task_wait_p95') {
    return [metrics.sampleOver(SUMMARIES[name].of[0], SUMMARIES[name].spanMs)];
  }
  if (isSamples(name)) return [metrics.sampleOver(name, spanMs)];
  return isCounter(name) ? [metrics.countOver(name, spanMs)] : [];
}
