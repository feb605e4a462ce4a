import type { Trend } from '../core/findings/check-report.ts';
import { count } from './format.ts';

/** The last figure of a trend against the one before it. */
export type TrendStep = Readonly<{
  now: number;
  arrow: '↑' | '↓' | '→';
  /** `down from 14, better`; `first figure`. */
  text: string;
  mood: 'better' | 'worse' | 'neither';
}>;

/** Undefined where this check did not measure it. */
export function trendStep({ points, better }: Trend): TrendStep | undefined {
  const now = points.at(-1)?.value ?? undefined;
  if (now === undefined) return undefined;
  const past = points
    .slice(0, -1)
    .map(({ value }) => value)
    .filter((value) => value !== null);
  const before = past.at(-1);
  if (before === undefined) return { now, arrow: '→', text: 'first figure', mood: 'neither' };
  if (before === now) return { now, arrow: '→', text: 'as before', mood: 'neither' };
  const isUp = now > before;
  const moved = { now, arrow: isUp ? '↑' : '↓', text: `${isUp ? 'up' : 'down'} from ${count(before)}` } as const;
  if (better === 'neither') return { ...moved, mood: 'neither' };
  const mood = isUp === (better === 'higher') ? 'better' : 'worse';
  return { ...moved, text: `${moved.text}, ${mood}`, mood };
}
