import { assert, unreachable } from '../../util/assert.ts';
import type { AgentId } from '../ids.ts';
import type { CoreMetrics } from '../metrics/core-metrics.ts';
import { windowsOf } from '../metrics/metric-windows.ts';
import { readsOf } from './condition.ts';
import type { MetricName } from '../metrics/metric-table.ts';
import { type AlertAction, type AlertRule, UNAVAILABLE } from './alert-rule.ts';
import type { AlertEvent, AlertKey } from './alert-events.ts';

/**
 * One alert that is not inactive.
 *
 *     inactive ──holds──▶ pending ──still holds at dueMs──▶ firing ──holds no more──▶ resolved
 *        ▲                   │
 *        └──holds no more────┘          a rule without a waiting time goes from inactive to firing
 */
export type Alert =
  | Readonly<{ status: 'pending'; rule: string; agentId?: AgentId; episode: number; dueMs: number }>
  | Readonly<{
      status: 'firing';
      rule: string;
      agentId?: AgentId;
      episode: number;
      actions: readonly AlertAction[];
      /** How many of its actions were done or refused. */
      acted: number;
    }>;

/** A rule with what its condition reads. `dueMs`: when time alone may change what it says. */
export type WatchedRule = {
  readonly rule: AlertRule;
  readonly reads: readonly Readonly<{ name: MetricName; spanMs: number }>[];
  dueMs: number;
};

/** All rules of a swarm, and what they have to say now. */
export type Alerts = {
  readonly watched: readonly WatchedRule[];
  readonly active: Map<AlertKey, Alert>;
  /** How many there have been. */
  episodes: number;
  /** Nothing was looked at since the state was made: everything has to be. */
  isFresh: boolean;
  /** An alert did not begin because there were too many: everything is looked at once there is room. */
  hasTurnedAway: boolean;
};

/** Makes the rules ready to be watched: their windows begin to count. */
export function watchRules(metrics: CoreMetrics, rules: readonly AlertRule[]): Alerts {
  const watched = rules.map((rule): WatchedRule => ({ rule, reads: readsOf(rule.parsed), dueMs: Infinity }));
  for (const { reads } of watched) for (const { name, spanMs } of reads) windowsOf(metrics, name, spanMs);
  return { watched, active: new Map(), episodes: 0, isFresh: true, hasTurnedAway: false };
}

export function applyAlert(alerts: Alerts, event: AlertEvent): void {
  const { key } = event;
  switch (event.type) {
    case 'alert.pending': {
      const { rule, episode, dueMs } = event;
      alerts.active.set(key, { status: 'pending', rule, ...agentOf(event), episode, dueMs });
      alerts.episodes = episode;
      return;
    }
    case 'alert.fired': {
      const { rule, episode, actions } = event;
      alerts.active.set(key, { status: 'firing', rule, ...agentOf(event), episode, actions, acted: 0 });
      alerts.episodes = Math.max(alerts.episodes, episode);
      return;
    }
    case 'alert.acted': {
      const alert = alerts.active.get(key);
      assert(alert?.status === 'firing', `${event.type} of alert ${key}, which does not fire`);
      alerts.active.set(key, { ...alert, acted: alert.acted + 1 });
      return;
    }
    case 'alert.cleared':
    case 'alert.resolved':
      alerts.active.delete(key);
      return;
    default:
      unreachable(event);
  }
}

export function alertKey(rule: string, agentId: AgentId | undefined): AlertKey {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a brand exists in types only
  return (agentId === undefined ? rule : `${rule}/${agentId}`) as AlertKey;
}

/** Whether the built-in alert of a lost agent fires for this one. */
export function isUnavailable({ active }: Alerts, agentId: AgentId): boolean {
  return active.get(alertKey(UNAVAILABLE, agentId))?.status === 'firing';
}

function agentOf({ agentId }: Readonly<{ agentId?: AgentId }>): Readonly<{ agentId?: AgentId }> {
  return agentId === undefined ? {} : { agentId };
}
