import type { TaskFailure } from '../tasks/attempt.ts';

/** Why an account of a provider gets no requests for now, and until when, led time. */
export type PausedAccount = Readonly<{ kind: QuotaKind; untilMs: number }>;
/** What the provider says is used up; `overloaded`: nothing of ours, it just cannot serve now. */
type QuotaKind = Extract<TaskFailure, { reason: 'quota-exceeded' }>['kind'];
export type Accounts = Map<string, PausedAccount>;
type QuotaFailure = Extract<TaskFailure, { reason: 'quota-exceeded' }>;

/** Pause when the provider does not say for how long, ms. Source: docs/semantics.md, Budgets. */
export const DEFAULT_PAUSE_MS = 60_000;
/** A provider that asks for more is asked again after this, ms; and none is asked again at once. */
export const MOST_PAUSE_MS = 3_600_000;
const LEAST_PAUSE_MS = 1_000;

/** How long a provider that has refused a request is left alone, ms. */
export function pauseMs({ retryAfterMs }: QuotaFailure): number {
  const asked = retryAfterMs === undefined || !Number.isFinite(retryAfterMs) ? DEFAULT_PAUSE_MS : retryAfterMs;
  return Math.ceil(Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, asked)));
}
