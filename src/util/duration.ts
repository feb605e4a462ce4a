/** A duration as people write it: a number and a unit, `500ms`, `10s`, `1.5m`, `2h`, `1d`. */
export const DURATION_PATTERN: RegExp = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/;

const MS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** Whole ms, or undefined when `text` is no duration. A fraction of a millisecond is rounded. */
export function parseDuration(text: string): number | undefined {
  const [, figure = '', unit = ''] = DURATION_PATTERN.exec(text) ?? [];
  const factor = MS_PER_UNIT.get(unit);
  return factor === undefined ? undefined : Math.round(Number(figure) * factor);
}

/** The shortest exact way to write `ms` for `parseDuration`: `90_000` is `90s`, `3_600_000` is `1h`. */
export function formatDuration(ms: number): string {
  for (const [unit, factor] of [...MS_PER_UNIT].toReversed()) {
    if (ms >= factor && ms % factor === 0) return `${ms / factor}${unit}`;
  }
  return `${ms}ms`;
}
