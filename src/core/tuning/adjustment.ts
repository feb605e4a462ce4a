import type { LiveOption, SettingValue } from '../settings/setting-events.ts';
import type { Bottleneck } from './tuning-events.ts';

/** A change of one option: another value that it may have. */
export type Adjustment = Readonly<{ option: string; from: SettingValue; to: SettingValue }>;

/** Times are not made shorter than this, ms. */
const LEAST_TIME_MS = 10_000;

/** One way to change an option; undefined when it has come to its end. */
type Step = Readonly<{ option: string; next: (now: SettingValue, bounds: LiveOption) => SettingValue | undefined }>;

/** What is tried for each bottleneck, in this order. */
const STEPS: Readonly<Record<Bottleneck, readonly Step[]>> = {
  'task-distribution': [
    { option: 'coordination.algorithm', next: (now) => (now === 'adaptive' ? undefined : 'adaptive') },
    { option: 'coordination.maxWaitMs', next: (now, bounds) => shorter(now, 50, bounds) },
    { option: 'coordination.maxScaledAgents', next: (now, bounds) => larger(now, 150, bounds) },
  ],
  communication: [{ option: 'communication.batchSize', next: (now, bounds) => larger(now, 200, bounds) }],
  caching: [{ option: 'performance.cacheSize', next: (now, bounds) => larger(now, 150, bounds) }],
  memory: [{ option: 'performance.cacheTTL', next: (now, bounds) => shorter(now, 80, bounds) }],
};

/** The adjustments for a bottleneck, the first choice first. `valueOf`: what an option is now. Changes nothing. */
export function adjustmentsFor(
  bottleneck: Bottleneck,
  options: readonly LiveOption[],
  valueOf: (name: string) => SettingValue | undefined,
): readonly Adjustment[] {
  return STEPS[bottleneck].flatMap(({ option, next }): readonly Adjustment[] => {
    const bounds = options.find(({ name }) => name === option);
    const from = valueOf(option);
    const to = bounds === undefined || from === undefined ? undefined : next(from, bounds);
    return from === undefined || to === undefined || to === from ? [] : [{ option, from, to }];
  });
}

/** A whole number that is larger and within the bounds; undefined when there is none. A maximum is never lowered. */
function larger(now: SettingValue, percent: number, bounds: LiveOption): number | undefined {
  if (typeof now !== 'number' || !('max' in bounds)) return undefined;
  const wanted = Math.min(bounds.max, Math.ceil((now * percent) / 100));
  return wanted > now ? wanted : undefined;
}

/** A whole number of ms that is shorter, but not below the floor; undefined when there is none. */
function shorter(now: SettingValue, percent: number, bounds: LiveOption): number | undefined {
  if (typeof now !== 'number' || !('min' in bounds)) return undefined;
  const wanted = Math.max(bounds.min, LEAST_TIME_MS, Math.floor((now * percent) / 100));
  return wanted < now ? wanted : undefined;
}
