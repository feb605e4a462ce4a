import type { SwarmEvent } from '../../src/core/events.ts';
import type { Entry } from './core-world.ts';

/** What a rule should have done, in the words of its events. */
export type Turned = Readonly<{ atMs: number; key: string; what: 'fired' | 'resolved' }>;

/** One series of a rule: whether its condition holds at a time, given all that had happened by then. */
type Series = Readonly<{ key: string; forMs: number; holds: (seen: readonly Entry[], nowMs: number) => boolean }>;

const seconds = (ms: number): number => Math.floor(ms / 1_000);

/** Failed by ended, over the 300 seconds up to now. */
function failureRate(seen: readonly Entry[], nowMs: number): number | undefined {
  const lately = seen.filter(({ atMs }) => seconds(atMs) > seconds(nowMs) - 300);
  const failed = lately.filter(({ event }) => event.type === 'task.failed').length;
  const ended = failed + lately.filter(({ event }) => event.type === 'task.succeeded').length;
  return ended < 10 ? undefined : failed / ended;
}

/** The figure that 95 of 100 messages of the last minute did not exceed. */
function latency(seen: readonly Entry[], nowMs: number): number | undefined {
  const waits = seen
    .filter(({ atMs }) => seconds(atMs) > seconds(nowMs) - 60)
    .flatMap(({ event }) => (event.type === 'messages.acknowledged' ? event.waitedMs : []))
    .sort((one, other) => one - other);
  return waits[Math.ceil(waits.length * 0.95) - 1];
}

function isLost(seen: readonly Entry[], agentId: string): boolean {
  const about = seen.findLast(({ event }) => aboutHealth(event, agentId));
  return about?.event.type === 'agent.health-changed' && about.event.status === 'lost';
}

function aboutHealth(event: SwarmEvent, agentId: string): boolean {
  return (event.type === 'agent.health-changed' || event.type === 'agent.restarted') && event.agentId === agentId;
}

/** The three default rules, and the rates of a rule that waits. */
export function seriesOf(agentIds: readonly string[], forMs: number): readonly Series[] {
  const rate = (seen: readonly Entry[], nowMs: number, most: number): boolean => (failureRate(seen, nowMs) ?? 0) > most;
  return [
    { key: 'high_task_failure_rate', forMs: 0, holds: (seen, nowMs) => rate(seen, nowMs, 0.1) },
    { key: 'lasting_failures', forMs, holds: (seen, nowMs) => rate(seen, nowMs, 0.3) },
    { key: 'high_coordination_latency', forMs: 0, holds: (seen, nowMs) => (latency(seen, nowMs) ?? 0) > 5_000 },
    ...agentIds.map((id): Series => ({ key: `agent_unavailable/${id}`, forMs: 0, holds: (seen) => isLost(seen, id) })),
  ];
}

/**
 * Every episode there should have been up to `untilMs`, from the journal alone: looks at the end of each instant at
 * which something happened and at each full second, because nothing changes between these.
 */
export function recount(entries: readonly Entry[], series: readonly Series[], untilMs: number): readonly Turned[] {
  const instants = new Set(entries.map(({ atMs }) => atMs));
  for (let atMs = 0; atMs <= untilMs; atMs += 1_000) instants.add(atMs);
  const times = [...instants].filter((atMs) => atMs <= untilMs).sort((one, other) => one - other);
  const facts = entries.filter(({ event }) => !event.type.startsWith('alert.'));
  return series.flatMap((one) => turnsOf(one, facts, [...times, untilMs]));
}

function turnsOf(series: Series, entries: readonly Entry[], times: readonly number[]): readonly Turned[] {
  const line = new Line(series);
  const facts = entries.filter(({ event }) => MATTERS.has(event.type));
  const spanMs = series.key.startsWith('agent') ? Infinity : 301_000;
  let [from, to] = [0, 0];
  for (const nowMs of times) {
    while ((facts[to]?.atMs ?? Infinity) <= nowMs) to++;
    while ((facts[from]?.atMs ?? Infinity) <= nowMs - spanMs) from++;
    line.see(series.holds(facts.slice(from, to), nowMs), nowMs);
  }
  return line.turns;
}

const MATTERS: ReadonlySet<string> = new Set([
  'agent.health-changed',
  'agent.restarted',
  'messages.acknowledged',
  'task.failed',
  'task.succeeded',
]);

/** One series over time. */
class Line {
  readonly turns: Turned[] = [];
  readonly #series: Series;
  #sinceMs: number | undefined;
  #isFiring = false;

  constructor(series: Series) {
    this.#series = series;
  }

  see(isTrue: boolean, nowMs: number): void {
    const { forMs } = this.#series;
    // It held from then until just before now.
    if (this.#sinceMs !== undefined && this.#sinceMs + forMs < nowMs) this.#fire(this.#sinceMs + forMs);
    this.#sinceMs = isTrue ? (this.#sinceMs ?? nowMs) : undefined;
    if (!isTrue) this.#resolve(nowMs);
    else if (nowMs - (this.#sinceMs ?? nowMs) >= forMs) this.#fire(nowMs);
  }

  #fire(atMs: number): void {
    if (!this.#isFiring) this.turns.push({ atMs, key: this.#series.key, what: 'fired' });
    this.#isFiring = true;
  }

  #resolve(atMs: number): void {
    if (this.#isFiring) this.turns.push({ atMs, key: this.#series.key, what: 'resolved' });
    this.#isFiring = false;
  }
}

/** What the rules did. */
export function turnsIn(entries: readonly Entry[]): readonly Turned[] {
  return entries.flatMap(({ atMs, event }): readonly Turned[] => {
    if (event.type === 'alert.fired') return [{ atMs, key: event.key, what: 'fired' }];
    return event.type === 'alert.resolved' ? [{ atMs, key: event.key, what: 'resolved' }] : [];
  });
}
