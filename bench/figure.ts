import { cpus, release } from 'node:os';

/** One measured value. Options that differ from the product's defaults belong into `options`. */
export type Figure = Readonly<{
  bench: string;
  figure: string;
  value: number;
  unit: string;
  options?: Readonly<Record<string, string | number | boolean>>;
}>;

/** Significant digits: more would pretend, where time is measured. */
const DIGITS = 3;

/** One JSON line per figure, and nothing else on stdout. */
export function printFigure({ value, ...figure }: Figure, digits: number = DIGITS): void {
  console.log(JSON.stringify({ ...figure, value: Number(value.toPrecision(digits)) }));
}

/** A figure that could not be measured here is said to be missing, with its reason: never left out. */
export function printNotRun(bench: string, figure: string, reason: string): void {
  console.log(JSON.stringify({ bench, figure, notRun: reason }));
}

/** The machine, as the first line of every program. */
export function printMachine(bench: string): void {
  const [cpu] = cpus();
  const machine = `${cpus().length} x ${cpu?.model ?? 'unknown processor'}`;
  const { node } = process.versions;
  console.log(
    JSON.stringify({ bench, machine, kernel: release(), node, atUtc: new Date().toISOString().slice(0, 19) }),
  );
}

/** The middle value; of an even number the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The median of the second half of the laps: by then the code is compiled. Needs two laps. */
export function warm(laps: readonly number[]): number {
  return median(laps.slice(Math.ceil(laps.length / 2)));
}

/** Nearest rank: the smallest value that at least `share` of all values do not exceed. NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
