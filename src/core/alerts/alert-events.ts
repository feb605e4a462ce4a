import type { AgentId } from '../ids.ts';
import type { Samples } from '../metrics/core-metrics.ts';
import type { ConfigEvent } from '../settings/setting-events.ts';
import type { TuningEvent } from '../tuning/tuning-events.ts';
import type { AlertAction, Severity } from './alert-rule.ts';

/** A rule, or a rule and an agent: `agent_unavailable/r1/local-1`. */
export type AlertKey = string & { readonly idOf: 'alert' };

/** What became of rules. `episode` counts all alerts of the swarm, so the same alert later is another one. */
export type AlertEvent =
  /** Its condition holds; it fires at `dueMs` when it still does. */
  | Readonly<{
      type: 'alert.pending';
      key: AlertKey;
      rule: string;
      agentId?: AgentId;
      episode: number;
      dueMs: number;
      figure: number | null;
    }>
  /** Its condition held, but not long enough. */
  | Readonly<{ type: 'alert.cleared'; key: AlertKey; episode: number }>
  /** Once per episode. `figure`: the left side of the first comparison, null where that is not known. */
  | Readonly<{
      type: 'alert.fired';
      key: AlertKey;
      rule: string;
      agentId?: AgentId;
      episode: number;
      severity: Severity;
      condition: string;
      description: string;
      figure: number | null;
      actions: readonly AlertAction[];
    }>
  /** One of its actions was done, or could not be. What it changed stands in events of its own beside this one. */
  | Readonly<{
      type: 'alert.acted';
      key: AlertKey;
      episode: number;
      action: AlertAction;
      outcome: 'done' | 'refused';
      detail: string;
    }>
  /** Its condition does not hold any more, or there is no such rule any more. */
  | Readonly<{ type: 'alert.resolved'; key: AlertKey; episode: number; cause: 'over' | 'rule-gone' }>;

/** Figures that were measured; stored only where they change what an alert or the tuner makes of them. */
export type MetricsEvent = Readonly<{ type: 'metrics.sampled'; samples: Samples }>;

export type AlertInput =
  /** The next action of a firing alert. `index`: which one, from 0. */
  | Readonly<{ type: 'alert.act'; key: AlertKey; episode: number; index: number }>
  /** Figures that nobody but the shell can measure. Most change nothing and leave no trace. */
  | Readonly<{ type: 'metrics.sample'; samples: Samples }>;

const TYPES: Readonly<Record<(AlertEvent | ConfigEvent | MetricsEvent | TuningEvent)['type'], true>> = {
  'alert.acted': true,
  'alert.cleared': true,
  'alert.fired': true,
  'alert.pending': true,
  'alert.resolved': true,
  'config.changed': true,
  'metrics.sampled': true,
  'tuning.decided': true,
  'tuning.ended': true,
};

/** Events that are about the swarm as a whole: they are in no table of runs, tasks or agents. */
export function isAlertEvent(
  event: Readonly<{ type: string }>,
): event is AlertEvent | ConfigEvent | MetricsEvent | TuningEvent {
  return Object.hasOwn(TYPES, event.type);
}
