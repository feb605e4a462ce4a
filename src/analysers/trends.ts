import type { Trend } from '../core/findings/check-report.ts';
import { SEVERITIES } from '../core/findings/finding.ts';
import { asRecord } from './json-value.ts';

/** Checks that are remembered. */
const MAX_CHECKS = 30;
/** From here on a function counts as complex. */
export const COMPLEX = 20;

/** What one check measured, by the keys of `MEASURES`; what it did not measure is not there. */
export type CheckFigures = Readonly<{ run: string; atMs: number; values: Readonly<Record<string, number>> }>;

type Measure = Omit<Trend, 'points'> & Readonly<{ key: string }>;

/** Figures over time, in the order of the report. Keys stay as they are: they stand in memory. */
const MEASURES: readonly Measure[] = [
  { key: 'confirmed', label: 'confirmed findings', better: 'lower' },
  ...SEVERITIES.map((one): Measure => ({ key: `confirmed-${one}`, label: `confirmed, ${one}`, better: 'lower' })),
  { key: 'cycles', label: 'import cycles', better: 'lower' },
  { key: 'duplicated-lines', label: 'duplicated lines', better: 'lower' },
  { key: 'complex-functions', label: `functions of complexity ${COMPLEX} and more`, better: 'lower' },
  { key: 'untested-hotspots', label: 'hot spots that no test imports', better: 'lower' },
  { key: 'hottest', label: 'score of the hottest file', better: 'lower' },
  { key: 'todos', label: 'old TODO comments', better: 'lower' },
  { key: 'test-files', label: 'test files', better: 'higher' },
  { key: 'files', label: 'files', better: 'neither' },
  { key: 'lines', label: 'lines', better: 'neither' },
];

/** The checks before with this one at the end, the oldest first. A run that is repeated counts once. */
export function withFigures(before: readonly CheckFigures[], now: CheckFigures): readonly CheckFigures[] {
  return [...before.filter(({ run }) => run !== now.run), now].slice(-MAX_CHECKS);
}

/** For the report: what was measured at least once. */
export function trendsOf(figures: readonly CheckFigures[]): readonly Trend[] {
  return MEASURES.map(({ key, ...measure }) => ({
    ...measure,
    points: figures.map(({ atMs, values }) => ({ atMs, value: values[key] ?? null })),
  })).filter(({ points }) => points.some(({ value }) => value !== null));
}

/** Back from a report, whose points do not say their run. */
export function figuresFrom(trends: readonly Pick<Trend, 'label' | 'points'>[]): readonly CheckFigures[] {
  const byTime = new Map<number, Record<string, number>>();
  for (const { label, points } of trends) {
    const key = MEASURES.find((measure) => measure.label === label)?.key;
    for (const { atMs, value } of key === undefined ? [] : points.slice(-MAX_CHECKS)) {
      const values = byTime.get(atMs) ?? {};
      byTime.set(atMs, values);
      if (key !== undefined && value !== null) values[key] = value;
    }
  }
  const inOrder = [...byTime].toSorted(([a], [b]) => a - b).slice(-MAX_CHECKS);
  return inOrder.map(([atMs, values]) => ({ run: `at ${atMs}`, atMs, values }));
}

/** From memory, which an older or newer release may have written. */
export function decodeFigures(value: unknown): readonly CheckFigures[] {
  if (!Array.isArray(value)) return [];
  return value.slice(-MAX_CHECKS).flatMap((one) => {
    const { run, atMs, values } = asRecord(one);
    if (typeof run !== 'string' || typeof atMs !== 'number') return [];
    const known = MEASURES.map(({ key }): [string, unknown] => [key, asRecord(values)[key]]);
    const numbers = known.filter((entry): entry is [string, number] => Number.isFinite(entry[1]));
    return [{ run, atMs, values: Object.fromEntries(numbers) }];
  });
}
