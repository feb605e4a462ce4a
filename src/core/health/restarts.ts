import type { Health, HealthRules } from './health.ts';

/** ms before the first restart of a window; it doubles with each one that follows. */
const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 30_000;

/** The next restart, or that there were too many. Restarts older than the window are forgotten. */
export type RestartPlan = Readonly<{ restart: number; atMs: number }> | Readonly<{ tooMany: number }>;

export function planRestart({ restartsMs }: Health, nowMs: number, rules: HealthRules): RestartPlan {
  const recent = restartsMs.filter((atMs) => atMs > nowMs - rules.restartWindowMs).length;
  if (recent >= rules.maxRestarts) return { tooMany: recent };
  // The first one waits too: whatever ended it may have left something that needs a moment to go.
  return { restart: recent + 1, atMs: nowMs + Math.min(FIRST_DELAY_MS * 2 ** recent, MAX_DELAY_MS) };
}
