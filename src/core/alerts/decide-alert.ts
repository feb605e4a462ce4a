import { unreachable } from '../../util/assert.ts';
import type { SwarmEvent } from '../events.ts';
import { isSupervised } from '../health/breakers.ts';
import { decideHealth } from '../health/decide-health.ts';
import type { Context } from '../inputs.ts';
import { accept, refuse, type Ruling } from '../ruling.ts';
import { decideRun } from '../runs/decide-run.ts';
import { askForMore } from '../scaling/decide-scaling.ts';
import type { Swarm } from '../swarm-state.ts';
import { type AlertAction, PAUSED_BY_ALERT } from './alert-rule.ts';
import type { AlertInput } from './alert-events.ts';
import type { Alert } from './alerts.ts';
import { BOTTLENECKS } from '../tuning/tuner.ts';
import { evaluateCondition, type Moment } from './evaluate-condition.ts';

type Firing = Extract<Alert, { status: 'firing' }>;
type Act = Readonly<{ events: readonly SwarmEvent[]; detail: string }> | Readonly<{ refused: string }>;

/** The next action of a firing alert. What it changes is decided as if a person had asked for it. */
export function decideAlertAct(
  swarm: Swarm,
  { key, episode, index }: Extract<AlertInput, { type: 'alert.act' }>,
  context: Context,
): Ruling {
  const alert = swarm.alerts.active.get(key);
  if (alert?.status !== 'firing' || alert.episode !== episode) {
    return refuse({ reason: 'status-wrong', status: 'resolved' });
  }
  const action = alert.actions[index];
  // It was done already.
  if (action === undefined || index !== alert.acted) return accept();
  const done = act(swarm, alert, action, context);
  if ('refused' in done) {
    return accept({ type: 'alert.acted', key, episode, action, outcome: 'refused', detail: done.refused });
  }
  return accept(...done.events, { type: 'alert.acted', key, episode, action, outcome: 'done', detail: done.detail });
}

/** Most samples change nothing. One that does is an event, so that a replay comes to the same conclusions. */
export function decideSample(swarm: Swarm, { samples }: Extract<AlertInput, { type: 'metrics.sample' }>): Ruling {
  const { sampled } = swarm.metrics;
  const moment = { swarm, nowMs: 0, samples: { ...sampled, ...samples } };
  const isNews = swarm.alerts.watched.some(({ rule, reads }) => {
    if (!reads.some(({ name }) => name in samples)) return false;
    // Where it hangs on more than samples, any new figure may matter.
    if (reads.some(({ name }) => !(name in moment.samples))) return true;
    return evaluateCondition(rule.parsed, moment) !== evaluateCondition(rule.parsed, { swarm, nowMs: 0 });
  });
  return isNews || isNewsToTuner(swarm, moment) ? accept({ type: 'metrics.sampled', samples }) : accept();
}

/** Whether a bottleneck is seen that was not, or the other way round; during a trial, and a vote on one, every figure counts. */
function isNewsToTuner(swarm: Swarm, moment: Moment): boolean {
  if (!swarm.rules.tuner.isOn) return false;
  const { samples = {} } = moment;
  const { sampled } = swarm.metrics;
  const { trial, asked } = swarm.tuning;
  const { bottleneck } = trial ?? asked ?? {};
  if (bottleneck === 'caching' && samples.cache_hit_ratio !== sampled.cache_hit_ratio) return true;
  if (bottleneck === 'memory' && samples.memory_ratio !== sampled.memory_ratio) return true;
  return BOTTLENECKS.some(
    ({ condition }) =>
      evaluateCondition(condition, moment) !== evaluateCondition(condition, { ...moment, samples: sampled }),
  );
}

function act(swarm: Swarm, alert: Firing, action: AlertAction, context: Context): Act {
  switch (action) {
    case 'pause-runs':
      return pauseRuns(swarm, alert, context);
    case 'drain-agent':
    case 'open-breaker':
    case 'restart-agent':
      return actOnAgent(swarm, alert, action, context);
    case 'scale-up':
      return scaleUp(swarm, alert, context);
    default:
      return unreachable(action);
  }
}

function scaleUp(swarm: Swarm, { agentId, rule }: Firing, { nowMs }: Context): Act {
  const agent = agentId === undefined ? undefined : swarm.registry.agents.get(agentId);
  if (agentId !== undefined && agent === undefined) return { refused: 'the agent is gone' };
  const decided = askForMore(swarm, { by: `alert ${rule}`, nowMs, agent });
  if ('refused' in decided) return decided;
  return { events: [decided], detail: `${decided.runId}/${decided.role} ${decided.from} to ${decided.to}` };
}

function pauseRuns(swarm: Swarm, { rule }: Firing, context: Context): Act {
  const events: SwarmEvent[] = [];
  let paused = 0;
  for (const { id, pausedBecause, ending } of swarm.runs.values()) {
    if (pausedBecause !== undefined || ending !== undefined) continue;
    const ruling = decideRun(swarm, { type: 'run.pause', runId: id, reason: `${PAUSED_BY_ALERT}${rule}` }, context);
    if (!ruling.ok) continue;
    events.push(...ruling.events);
    paused++;
  }
  return paused === 0 ? { refused: 'no run goes on' } : { events, detail: `${paused} paused` };
}

function actOnAgent(
  swarm: Swarm,
  { agentId, rule }: Firing,
  action: 'drain-agent' | 'open-breaker' | 'restart-agent',
  context: Context,
): Act {
  const agent = agentId === undefined ? undefined : swarm.registry.agents.get(agentId);
  if (agent === undefined) return { refused: 'the agent is gone' };
  const { id } = agent.spec;
  if (action === 'drain-agent') {
    if (agent.blocked.has('draining')) return { refused: 'the agent is drained already' };
    return { events: [{ type: 'agent.draining', agentId: id, because: `alert ${rule}` }], detail: id };
  }
  if (!isSupervised(agent.spec)) return { refused: 'the agent is not supervised: its failures are those of its work' };
  if (action === 'open-breaker') {
    const key = `agent:${id}` as const;
    if (swarm.breakers.kept.get(key)?.breaker.status === 'open') return { refused: 'the breaker is open already' };
    const untilMs = context.nowMs + swarm.rules.breaker.openMs;
    return { events: [{ type: 'breaker.opened', key, untilMs, failures: 0 }], detail: id };
  }
  const ruling = decideHealth(swarm, { type: 'agents.lose', agentIds: [id] }, context);
  if (!ruling.ok || ruling.events.length === 0) return { refused: 'the agent is being started anew already' };
  return { events: ruling.events, detail: id };
}
