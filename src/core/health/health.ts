/** healthy 3, degraded 2, unhealthy 1, lost 0: as the metric `agent_health_status` counts them. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy' | 'lost';

/** What speaks against an agent. */
export type HealthCause =
  /** It takes longer to answer than it may. */
  | 'slow'
  /** Too many of its last attempts failed. */
  | 'errors'
  /** Its memory is nearly full. */
  | 'memory'
  /** Asked whether it can work, it says no. */
  | 'ailing'
  /** It gives no sign of life. */
  | 'silent';

/** Source: docs/semantics.md, Health. */
export type HealthRules = Readonly<{
  /** ms. @default 5_000 */
  responseMs: number;
  /** Share of failed attempts in the window. @default 0.1 */
  errorRate: number;
  /** @default 0.9 */
  memoryRatio: number;
  /** The most restarts within `restartWindowMs`; one more, and it is stopped. @default 5 */
  maxRestarts: number;
  /** @default 60_000 */
  restartWindowMs: number;
}>;

/** Attempts that the error rate looks back on. */
export const ERROR_WINDOW = 20;
/** Fewer attempts than this say nothing. */
export const LEAST_ATTEMPTS = 10;

/** How one agent is doing, as far as it was concluded. */
export type Health = Readonly<{
  status: HealthStatus;
  causes: readonly HealthCause[];
  /** The last attempts, newest last: true for a success. At most `ERROR_WINDOW`. */
  outcomes: readonly boolean[];
  /** Led times of its last restarts, at most `maxRestarts` + 1. */
  restartsMs: readonly number[];
  phase: 'running' | 'restart-planned' | 'stopped';
  /** When the planned restart is due. */
  restartAtMs: number;
}>;

export const HEALTHY: Health = {
  status: 'healthy',
  causes: [],
  outcomes: [],
  restartsMs: [],
  phase: 'running',
  restartAtMs: 0,
};

export function withOutcome(health: Health, hasSucceeded: boolean): Health {
  const kept = health.outcomes.length < ERROR_WINDOW ? health.outcomes : health.outcomes.slice(1);
  return { ...health, outcomes: [...kept, hasSucceeded] };
}

/** What speaks against an agent that has answered. */
export function causesOf(
  { outcomes }: Health,
  beat: Readonly<{ responseMs: number; memoryRatio?: number }>,
  rules: HealthRules,
): readonly HealthCause[] {
  const causes: HealthCause[] = [];
  if (beat.responseMs > rules.responseMs) causes.push('slow');
  const failures = outcomes.filter((hasSucceeded) => !hasSucceeded).length;
  if (outcomes.length >= LEAST_ATTEMPTS && failures > rules.errorRate * outcomes.length) causes.push('errors');
  if ((beat.memoryRatio ?? 0) > rules.memoryRatio) causes.push('memory');
  return causes;
}

/** One thing against an agent makes it worse than others; two, and it gets no work until one of them is gone. */
export function statusOf(causes: readonly HealthCause[]): HealthStatus {
  if (causes.includes('silent')) return 'lost';
  if (causes.includes('ailing')) return 'unhealthy';
  if (causes.length === 0) return 'healthy';
  return causes.length === 1 ? 'degraded' : 'unhealthy';
}
