import type { SwarmEvent } from '../events.ts';
import type { AgentId } from '../ids.ts';
import { METRICS } from '../metrics/metric-table.ts';
import { nextChangeMs } from '../metrics/read-metric.ts';
import type { Swarm } from '../swarm-state.ts';
import { ALERT_LIMITS, type AlertRule } from './alert-rule.ts';
import type { AlertEvent, AlertKey } from './alert-events.ts';
import { type Alert, alertKey, type WatchedRule } from './alerts.ts';
import { evaluateCondition, type Moment, shownFigure } from './evaluate-condition.ts';

/** What rules have to say about what has happened and about the time that has passed; undefined when it is nothing. */
export function nextAlertEvents(swarm: Swarm, nowMs: number): readonly SwarmEvent[] | undefined {
  const { alerts, metrics } = swarm;
  if (alerts.hasTurnedAway && alerts.active.size < ALERT_LIMITS.active) alerts.isFresh = true;
  const round = new Round(swarm, nowMs);
  if (alerts.isFresh) round.endGone();
  if (alerts.isFresh) alerts.hasTurnedAway = false;
  for (const watched of alerts.watched) if (round.mustLook(watched)) round.look(watched);
  alerts.isFresh = false;
  metrics.changed.clear();
  metrics.changedAgents.clear();
  metrics.tracksAgents = alerts.watched.some(({ rule }) => rule.isPerAgent);
  return round.events.length === 0 ? undefined : round.events;
}

/** When `nextAlertEvents` has to be asked again although nothing happens; undefined when time changes nothing. */
export function nextAlertMs({ alerts }: Swarm): number | undefined {
  const dueMs = alerts.watched.reduce((least, watched) => Math.min(least, watched.dueMs), Infinity);
  return dueMs === Infinity ? undefined : dueMs;
}

/** One look at all rules that may have changed their mind. */
class Round {
  readonly events: AlertEvent[] = [];
  readonly #swarm: Swarm;
  readonly #nowMs: number;
  #episodes: number;
  #active: number;

  constructor(swarm: Swarm, nowMs: number) {
    this.#swarm = swarm;
    this.#nowMs = nowMs;
    this.#episodes = swarm.alerts.episodes;
    this.#active = swarm.alerts.active.size;
  }

  /** What a rule said that is not there any more, or that is asked of agents now and was not before, or the other way round. */
  endGone(): void {
    const { active, watched } = this.#swarm.alerts;
    const known = new Map(watched.map(({ rule }) => [rule.name, rule.isPerAgent]));
    for (const [key, alert] of active) {
      if (known.get(alert.rule) !== (alert.agentId !== undefined)) this.#end(key, alert, 'rule-gone');
    }
  }

  mustLook({ rule, reads, dueMs }: WatchedRule): boolean {
    const { alerts, metrics } = this.#swarm;
    if (alerts.isFresh || dueMs <= this.#nowMs) return true;
    if (rule.isPerAgent && metrics.changedAgents.size > 0) return true;
    return reads.some(({ name }) => this.#hasMoved(name));
  }

  look(watched: WatchedRule): void {
    const { rule, reads } = watched;
    const pendingMs = rule.isPerAgent ? this.#lookAtAgents(watched) : this.#lookAt(rule, undefined);
    watched.dueMs = Math.min(pendingMs, ...reads.map((read) => nextChangeMs(this.#swarm, read, this.#nowMs)));
  }

  /** Figures of now may have moved with any event; others say so. */
  #hasMoved(name: keyof typeof METRICS): boolean {
    const { kind, by } = METRICS[name];
    if (kind === 'gauge' && by === undefined && name !== 'cache_hit_ratio' && name !== 'memory_ratio') return true;
    const { changed } = this.#swarm.metrics;
    if (name === 'coordination_latency') return changed.has('message_latency_ms');
    if (name === 'task_failure_rate') return changed.has('tasks_ended');
    return changed.has(name === 'task_wait_p95' ? 'task_wait_ms' : name);
  }

  #lookAtAgents({ rule, reads, dueMs }: WatchedRule): number {
    const { alerts, metrics, registry } = this.#swarm;
    const isDue = dueMs <= this.#nowMs;
    // What time alone has moved concerns every agent as well.
    const areAllMeant =
      alerts.isFresh || reads.some(({ name }) => METRICS[name].by === undefined && (isDue || this.#hasMoved(name)));
    const own = [...alerts.active.values()].filter((alert) => alert.rule === rule.name);
    const ids = new Set<AgentId>(areAllMeant ? registry.agents.keys() : metrics.changedAgents);
    for (const { agentId } of own) if (agentId !== undefined && (areAllMeant || isDue)) ids.add(agentId);
    let nextMs = Infinity;
    for (const id of ids) nextMs = Math.min(nextMs, this.#lookAt(rule, id));
    for (const alert of own) {
      if (alert.status === 'pending' && alert.agentId !== undefined && !ids.has(alert.agentId)) {
        nextMs = Math.min(nextMs, alert.dueMs);
      }
    }
    return nextMs;
  }

  /** Gives the time at which the alert fires if nothing changes. */
  #lookAt(rule: AlertRule, agentId: AgentId | undefined): number {
    const { active } = this.#swarm.alerts;
    const key = alertKey(rule.name, agentId);
    const moment = { swarm: this.#swarm, nowMs: this.#nowMs, ...(agentId === undefined ? {} : { agentId }) };
    const holds = evaluateCondition(rule.parsed, moment) === true;
    const alert = active.get(key);
    if (alert === undefined) return holds ? this.#begin(rule, key, moment) : Infinity;
    if (!holds) this.#end(key, alert, 'over');
    else if (alert.status === 'pending' && this.#nowMs >= alert.dueMs) this.#fire(rule, key, moment, alert.episode);
    return holds && alert.status === 'pending' && this.#nowMs < alert.dueMs ? alert.dueMs : Infinity;
  }

  #begin(rule: AlertRule, key: AlertKey, moment: Moment): number {
    if (this.#active >= ALERT_LIMITS.active) {
      this.#swarm.alerts.hasTurnedAway = true;
      return Infinity;
    }
    this.#active++;
    const episode = ++this.#episodes;
    if (rule.forMs === 0) {
      this.#fire(rule, key, moment, episode);
      return Infinity;
    }
    const dueMs = this.#nowMs + rule.forMs;
    const agent = moment.agentId === undefined ? {} : { agentId: moment.agentId };
    this.events.push({
      type: 'alert.pending',
      key,
      rule: rule.name,
      ...agent,
      episode,
      dueMs,
      figure: figureOf(rule, moment),
    });
    return dueMs;
  }

  #fire(rule: AlertRule, key: AlertKey, moment: Moment, episode: number): void {
    const { name, severity, condition, description, actions } = rule;
    const agent = moment.agentId === undefined ? {} : { agentId: moment.agentId };
    const figure = figureOf(rule, moment);
    const told = { severity, condition, description, figure, actions };
    this.events.push({ type: 'alert.fired', key, rule: name, ...agent, episode, ...told });
  }

  #end(key: AlertKey, { status, episode }: Alert, cause: 'over' | 'rule-gone'): void {
    this.#active--;
    if (status === 'pending') this.events.push({ type: 'alert.cleared', key, episode });
    else this.events.push({ type: 'alert.resolved', key, episode, cause });
  }
}

function figureOf(rule: AlertRule, moment: Moment): number | null {
  const figure = shownFigure(rule.parsed, moment);
  return figure === undefined || !Number.isFinite(figure) ? null : figure;
}
