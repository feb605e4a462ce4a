/** What a breaker guards: one agent, or all that use one provider. */
export type BreakerKey = `agent:${string}` | `provider:${string}`;

/** When a breaker opens and closes. Source: docs/semantics.md, Health. */
export type BreakerRules = Readonly<{
  /** Failures in a row that open it. @default 5 */
  threshold: number;
  /** How long it stays open, ms. @default 60_000 */
  openMs: number;
  /** Successes in a row that close it again. @default 3 */
  successes: number;
}>;

/**
 * What stands between a swarm and an agent, or a provider, that fails.
 *
 *     closed ──threshold failures in a row──▶ open ──openMs──▶ half-open ──successes in a row──▶ closed
 *                                              ▲                  │
 *                                              └───any failure────┘
 *
 * `countsFromMs`: only attempts that were started then or later count. What was under way when it opened says nothing
 * about how things are now.
 */
export type Breaker =
  | Readonly<{ status: 'closed'; countsFromMs: number; failures: number }>
  | Readonly<{ status: 'open'; untilMs: number }>
  | Readonly<{ status: 'half-open'; countsFromMs: number; successes: number; hasFailed: boolean }>;

export const NEW_BREAKER: Breaker = { status: 'closed', countsFromMs: 0, failures: 0 };

/** The end of an attempt that was started at `startedMs`. A success forgets all failures before it. */
export function noteEnd(breaker: Breaker, hasSucceeded: boolean, startedMs: number): Breaker {
  if (breaker.status === 'open' || startedMs < breaker.countsFromMs) return breaker;
  if (breaker.status === 'closed') {
    if (hasSucceeded) return breaker.failures === 0 ? breaker : { ...breaker, failures: 0 };
    return { ...breaker, failures: breaker.failures + 1 };
  }
  if (!hasSucceeded) return { ...breaker, hasFailed: true };
  return breaker.hasFailed ? breaker : { ...breaker, successes: breaker.successes + 1 };
}

/** What its figures call for now; the change itself is an event. Opening and closing need no time, half-opening does. */
export function nextStep(breaker: Breaker, rules: BreakerRules): 'open' | 'close' | undefined {
  if (breaker.status === 'closed') return breaker.failures >= rules.threshold ? 'open' : undefined;
  if (breaker.status === 'open') return undefined;
  if (breaker.hasFailed) return 'open';
  return breaker.successes >= rules.successes ? 'close' : undefined;
}

export function opened(untilMs: number): Breaker {
  return { status: 'open', untilMs };
}

export function halfOpened(atMs: number): Breaker {
  return { status: 'half-open', countsFromMs: atMs, successes: 0, hasFailed: false };
}

/** Closed again: attempts from before the trip still do not count. */
export function closed(breaker: Breaker): Breaker {
  const countsFromMs = breaker.status === 'half-open' ? breaker.countsFromMs : 0;
  return { status: 'closed', countsFromMs, failures: 0 };
}
