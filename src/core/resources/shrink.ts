import type { ResourceAmounts } from '../tasks/task-spec.ts';

/** What can be measured of a process tree: processor in milli-cores, memory in bytes. Absent is unknown. */
export type MeasuredAmounts = Readonly<Pick<ResourceAmounts, 'cpu' | 'memory'>>;

/** How long usage is watched before it says something, ms. Source: docs/semantics.md, Resources. */
export const USAGE_WINDOW_MS = 30_000;
/** Less than this share of a reservation, in percent, is too little. */
const UNUSED_PERCENT = 50;
/** What is kept above the highest figure seen, percent. */
const MARGIN_PERCENT = 20;

const KINDS = ['cpu', 'memory'] as const;

/**
 * What to reserve from now on, when one kind was used by less than half in both windows; undefined when none was. Kinds
 * that nobody measures stay as they are. In whole numbers, and never more than before.
 */
export function shrunk(
  reserved: ResourceAmounts,
  windows: readonly [MeasuredAmounts, MeasuredAmounts],
): Readonly<{ reserved: ResourceAmounts; used: ResourceAmounts }> | undefined {
  const less: { cpu?: number; memory?: number } = {};
  const used: { cpu?: number; memory?: number } = {};
  for (const kind of KINDS) {
    const amount = reserved[kind];
    const [first, second] = [windows[0][kind], windows[1][kind]];
    if (amount === undefined || first === undefined || second === undefined) continue;
    const most = Math.max(first, second);
    if (100 * most >= UNUSED_PERCENT * amount) continue;
    used[kind] = most;
    less[kind] = Math.max(1, Math.ceil((most * (100 + MARGIN_PERCENT)) / 100));
  }
  const isLess = KINDS.some((kind) => less[kind] !== undefined && less[kind] < (reserved[kind] ?? 0));
  return isLess ? { reserved: { ...reserved, ...less }, used } : undefined;
}

/** The figure that only the highest twentieth of the samples is above; undefined without samples. */
export function p95(samples: readonly number[]): number | undefined {
  return samples.toSorted((one, other) => one - other)[Math.ceil((95 * samples.length) / 100) - 1];
}
