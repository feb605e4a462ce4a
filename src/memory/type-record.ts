import type { Json } from '../core/json.ts';

/** What is kept of one task type. `recentMs`: of the newest successes, oldest first. */
export type TypeRecord = Readonly<{
  succeeded: number;
  failed: number;
  averageMs: number;
  recentMs: readonly number[];
  /** What each of the newest attempts has written that was not declared, oldest first. Absent: nobody has looked. */
  wrote?: readonly (readonly string[])[];
  /** What the newest successes have used, oldest first: milli-cores on average, bytes at most. */
  cpu?: readonly number[];
  memory?: readonly number[];
}>;

/** What tasks of a type should declare: written by most attempts of which somebody knows. */
export type WriteSuggestion = Readonly<{ type: string; paths: readonly string[]; seen: number }>;

export type TypeStats = Readonly<{
  succeeded: number;
  failed: number;
  /** (succeeded + 1) / (ended + 2): a type that was tried once is neither sure to work nor sure to fail. */
  successRatio: number;
  /** Undefined while nothing has succeeded. */
  expectedMs: number | undefined;
  p50Ms: number | undefined;
  p95Ms: number | undefined;
}>;

/** Weight of the newest duration in the moving average. */
const ALPHA = 0.2;
const WINDOW = 50;

export function emptyTypeRecord(): TypeRecord {
  return { succeeded: 0, failed: 0, averageMs: 0, recentMs: [] };
}

export function learn(record: TypeRecord, outcome: 'succeeded' | 'failed', durationMs: number): TypeRecord {
  const { succeeded, failed, averageMs, recentMs } = record;
  if (outcome === 'failed') return { ...record, failed: failed + 1 };
  const average = succeeded === 0 ? durationMs : averageMs + ALPHA * (durationMs - averageMs);
  const recent = [...recentMs.slice(1 - WINDOW), durationMs];
  return { ...record, succeeded: succeeded + 1, averageMs: Math.round(average), recentMs: recent };
}

/** Attempts that are remembered for what they have written. */
const WROTE_WINDOW = 10;
/** Fewer say nothing. */
const LEAST_WROTE = 2;

export function learnWrites(record: TypeRecord, wrote: readonly string[]): TypeRecord {
  return { ...record, wrote: [...(record.wrote ?? []).slice(1 - WROTE_WINDOW), wrote] };
}

/** Undefined when nothing is to be said. A path counts when two of three attempts have written it. */
export function suggestionOf(type: string, { wrote = [] }: TypeRecord): WriteSuggestion | undefined {
  if (wrote.length < LEAST_WROTE) return undefined;
  const times = new Map<string, number>();
  for (const path of wrote.flat()) times.set(path, (times.get(path) ?? 0) + 1);
  const paths = [...times].filter(([, count]) => 3 * count >= 2 * wrote.length).map(([path]) => path);
  return paths.length === 0 ? undefined : { type, paths: paths.sort(), seen: wrote.length };
}

/** Fewer attempts say nothing of what a type uses. */
const LEAST_USED = 3;
/** What is reserved above the figure that only the highest twentieth exceeds, percent. */
const MARGIN_PERCENT = 20;

export function learnUsage(record: TypeRecord, used: Readonly<{ cpu?: number; memory?: number }>): TypeRecord {
  const { cpu = [], memory = [] } = record;
  return {
    ...record,
    ...(used.cpu === undefined ? {} : { cpu: [...cpu.slice(1 - WINDOW), Math.round(used.cpu)] }),
    ...(used.memory === undefined ? {} : { memory: [...memory.slice(1 - WINDOW), Math.round(used.memory)] }),
  };
}

/** What a task of the type is expected to use, with a margin; absent where too little is known. */
export function usageOf({ cpu = [], memory = [] }: TypeRecord): Readonly<{ cpu?: number; memory?: number }> {
  const [cores, bytes] = [expected(cpu), expected(memory)];
  return { ...(cores === undefined ? {} : { cpu: cores }), ...(bytes === undefined ? {} : { memory: bytes }) };
}

function expected(figures: readonly number[]): number | undefined {
  if (figures.length < LEAST_USED) return undefined;
  const sorted = figures.toSorted((one, other) => one - other);
  return Math.ceil(((sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0) * (100 + MARGIN_PERCENT)) / 100);
}

export function statsOf({ succeeded, failed, averageMs, recentMs }: TypeRecord): TypeStats {
  const sorted = [...recentMs].sort((one, other) => one - other);
  return {
    succeeded,
    failed,
    successRatio: (succeeded + 1) / (succeeded + failed + 2),
    expectedMs: succeeded === 0 ? undefined : averageMs,
    p50Ms: sorted[Math.ceil(sorted.length * 0.5) - 1],
    p95Ms: sorted[Math.ceil(sorted.length * 0.95) - 1],
  };
}

/** Records of any other form are left out: a view may forget, but it must not fail. */
export function parseTypeRecords(stored: Json): Map<string, TypeRecord> {
  const records = new Map<string, TypeRecord>();
  if (!isObject(stored)) return records;
  for (const [type, value] of Object.entries(stored)) {
    if (!isObject(value)) continue;
    const { succeeded, failed, averageMs, recentMs } = value;
    if (!isCount(succeeded) || !isCount(failed) || !isCount(averageMs) || !Array.isArray(recentMs)) continue;
    const recent: readonly Json[] = recentMs;
    const wrote = pathsIn(value['wrote']);
    const known = { succeeded, failed, averageMs, recentMs: recent.filter(isCount).slice(-WINDOW) };
    const used = { ...countsIn('cpu', value['cpu']), ...countsIn('memory', value['memory']) };
    records.set(type, { ...known, ...used, ...(wrote.length === 0 ? {} : { wrote }) });
  }
  return records;
}

function isObject(value: Json): value is Readonly<{ [key: string]: Json }> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function countsIn(name: 'cpu' | 'memory', value: Json | undefined): Readonly<{ cpu?: number[]; memory?: number[] }> {
  const figures: readonly Json[] = Array.isArray(value) ? value : [];
  const counts = figures.filter(isCount).slice(-WINDOW);
  return counts.length === 0 ? {} : { [name]: counts };
}

function pathsIn(value: Json | undefined): readonly (readonly string[])[] {
  const lists: readonly Json[] = Array.isArray(value) ? value : [];
  return lists.slice(-WROTE_WINDOW).flatMap((list) => {
    const paths: readonly Json[] = Array.isArray(list) ? list : [];
    return Array.isArray(list) ? [paths.filter((path) => typeof path === 'string')] : [];
  });
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
