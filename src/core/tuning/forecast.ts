import { decide, apply } from '../swarm.ts';
import type { SwarmEvent } from '../events.ts';
import type { TaskId } from '../ids.ts';
import { expectedMs } from '../scheduling/choose-agent.ts';
import { nextEvents } from '../scheduling/next-event.ts';
import { withSetting } from '../settings/live-options.ts';
import { restoreSwarm, snapshotOf } from '../snapshot.ts';
import { newSwarm, type Swarm } from '../swarm-state.ts';
import { holdsSlot, isActive } from '../tasks/task.ts';
import type { Adjustment } from './adjustment.ts';
import type { Forecast } from './tuning-events.ts';

/** More tasks than this are not run ahead: it would hold up what really happens. */
const MOST_TASKS = 2_000;
/** Starts that are run ahead. */
const MOST_STARTS = 2_000;
/** Differences below this are noise, percent. */
const NOISE_PERCENT = 2;
const DONE = { ok: true, outputs: {}, evidence: [{ check: 'returned', ok: true }] } as const;

/**
 * Runs the open work ahead in virtual time, with the scheduler as it is and with the adjustment: tasks take as long as
 * they are expected to, and all succeed. What counts is the time from being ready to the end: a task that waits for a
 * faster agent may be done sooner. `unknown` where the scheduler has nothing to say about the option.
 */
export function forecast(swarm: Swarm, { option, to }: Adjustment, nowMs: number): Forecast {
  if (!option.startsWith('coordination.') || swarm.tasks.size === 0 || swarm.tasks.size > MOST_TASKS) return 'unknown';
  const text = snapshotOf(swarm, nowMs);
  const asIs = new Ahead(swarm, text, nowMs).tookMs();
  const changed = new Ahead(swarm, text, nowMs, { option, to }).tookMs();
  if (asIs === undefined || changed === undefined) return 'unknown';
  if (changed * 100 < asIs * (100 - NOISE_PERCENT)) return 'better';
  return changed * 100 > asIs * (100 + NOISE_PERCENT) ? 'worse' : 'unknown';
}

type End = Readonly<{ atMs: number; taskId: TaskId; attempt: number }>;

/** A copy of the swarm that lives in virtual time. */
class Ahead {
  readonly #swarm: Swarm;
  #nowMs: number;
  #ends: End[] = [];
  #tookMs = 0;
  #starts = 0;

  constructor(swarm: Swarm, text: string, nowMs: number, change?: Readonly<Pick<Adjustment, 'option' | 'to'>>) {
    const rules = { ...swarm.configured, alerts: [], tuner: { ...swarm.configured.tuner, isOn: false } };
    this.#swarm = newSwarm(rules);
    this.#nowMs = nowMs;
    restoreSwarm(this.#swarm, text);
    if (change !== undefined) this.#swarm.rules = withSetting(this.#swarm.rules, change.option, change.to);
    this.#swarm.registry.setStrategy(this.#swarm.rules.strategy);
    for (const task of this.#swarm.tasks.values()) {
      // One that waits for its sub-tasks has no slot, and comes to its end after they have.
      if (!isActive(task) || task.status === 'awaiting-children') continue;
      const { id } = task.identity;
      const expectedEndMs = holdsSlot(task) ? this.#swarm.registry.slotOf(id).expectedEndMs : nowMs;
      this.#ends.push({ atMs: Math.max(nowMs, expectedEndMs), taskId: id, attempt: task.attempt });
    }
  }

  /** How long the tasks that were started took in all, from being ready to their end; undefined when none was. */
  tookMs(): number | undefined {
    this.#start();
    while (this.#ends.length > 0 && this.#starts < MOST_STARTS) this.#endNext();
    return this.#starts === 0 ? undefined : this.#tookMs;
  }

  #endNext(): void {
    const first = this.#ends.reduce((one, other) => (other.atMs < one.atMs ? other : one));
    this.#ends = this.#ends.filter((end) => end !== first);
    this.#nowMs = Math.max(this.#nowMs, first.atMs);
    const { taskId, attempt } = first;
    const task = this.#swarm.tasks.get(taskId);
    if (task === undefined || !isActive(task) || task.attempt !== attempt) return;
    const context = { nowMs: this.#nowMs, wallTimeMs: 0, random: 0 };
    const isVerifying = task.status === 'verifying';
    const input = isVerifying
      ? ({ type: 'attempt.judge', taskId, attempt, verdict: { ok: true, evidence: [], outputs: {} } } as const)
      : ({ type: 'attempt.end', taskId, attempt, result: DONE } as const);
    const ruling = decide(this.#swarm, input, context);
    if (ruling.ok) for (const event of ruling.events) this.#apply(event);
    this.#swarm.queue.reopen();
    this.#start();
  }

  #start(): void {
    const next = (): readonly SwarmEvent[] | undefined => nextEvents(this.#swarm, this.#nowMs);
    for (let events = next(); events !== undefined && this.#starts < MOST_STARTS; events = next()) {
      for (const event of events) this.#apply(event);
    }
  }

  #apply(event: SwarmEvent): void {
    if (event.type === 'attempt.assigned') this.#noteStart(event);
    if (event.type === 'attempt.claimed' || event.type === 'attempt.resumed') {
      this.#ends.push({ atMs: this.#nowMs, taskId: event.taskId, attempt: event.attempt });
    }
    apply(this.#swarm, event, this.#nowMs);
  }

  #noteStart({ taskId, attempt, agentId }: Extract<SwarmEvent, { type: 'attempt.assigned' }>): void {
    const task = this.#swarm.tasks.get(taskId);
    const agent = this.#swarm.registry.agents.get(agentId);
    if (task?.status !== 'ready' || agent === undefined) return;
    this.#starts++;
    const workMs = Math.max(1, Math.round(expectedMs(this.#swarm.durations, task.identity.spec, agent.class)));
    this.#tookMs += this.#nowMs - task.sinceMs + workMs;
    this.#ends.push({ atMs: this.#nowMs + workMs, taskId, attempt });
  }
}
