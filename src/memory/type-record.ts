import type { Json } from '../core/json.ts';

/** What is kept of one task type. `recentMs`: of the newest successes, oldest first. */
export type TypeRecord = Readonly<{
  succeeded: number;
  failed: number;
  averageMs: number;
  recentMs: readonly number[];
}>;

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
  return { succeeded: succeeded + 1, failed, averageMs: Math.round(average), recentMs: recent };
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
    records.set(type, { succeeded, failed, averageMs, recentMs: recent.filter(isCount).slice(-WINDOW) });
  }
  return records;
}

function isObject(value: Json): value is Readonly<{ [key: string]: Json }> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
