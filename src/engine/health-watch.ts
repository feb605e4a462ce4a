import type { AgentSpec } from '../core/agents/agent-spec.ts';
import { healthOf } from '../core/health/decide-health.ts';
import { isSupervised } from '../core/health/breakers.ts';
import type { AgentId } from '../core/ids.ts';
import type { SwarmInput } from '../core/inputs.ts';
import type { Swarm } from '../core/swarm-state.ts';
import type { AgentSupervisor } from '../ports/agent-supervisor.ts';
import type { LedTime } from './led-time.ts';
import type { Waits } from './waits.ts';

/** How often agents are asked, and when silence is taken for an answer. */
export type HealthWatchOptions = Readonly<{
  /** ms between two questions. @default 5_000 */
  intervalMs: number;
  /** Questions in a row without an answer before an agent counts as lost. @default 3 */
  maxMissed: number;
}>;

/** A restart that has not ended by then has failed, ms. */
const RESTART_TIMEOUT_MS = 60_000;

type Surroundings = Readonly<{
  swarm: Swarm;
  waits: Waits;
  time: LedTime;
  feed: (input: SwarmInput) => void;
}>;

/** Agents that one answer holds for. */
type Group = { readonly agent: AgentSpec; readonly agentIds: AgentId[] };

/** One question under way. `isMissed`: it has been counted as one without an answer. */
type Question = { readonly key: string; readonly controller: AbortController; isMissed: boolean };

/**
 * Asks supervised agents how they are, each question with an end of its own: an agent that hangs while it is asked is
 * one that is lost. Misses are counted here; the core is told only what may change its mind.
 */
export class HealthWatch {
  readonly #supervisor: AgentSupervisor | undefined;
  readonly #options: HealthWatchOptions;
  readonly #surroundings: Surroundings;
  readonly #missed = new Map<string, number>();
  readonly #questions = new Set<Question>();
  readonly #open = new Set<AbortController>();
  #isStopped = false;

  constructor(supervisor: AgentSupervisor | undefined, options: HealthWatchOptions, surroundings: Surroundings) {
    this.#supervisor = supervisor;
    this.#options = options;
    this.#surroundings = surroundings;
  }

  start(): void {
    if (this.#supervisor === undefined || this.#isStopped) return;
    const { waits, time } = this.#surroundings;
    waits.add(time.nowMs() + this.#options.intervalMs, () => this.#round(), 'health');
  }

  /** Starts an agent anew when the time has come, and says how that went. */
  restart(agentId: AgentId, dueMs: number): void {
    this.#surroundings.waits.add(dueMs, () => void this.#restart(agentId), `restart:${agentId}`);
  }

  stop(): void {
    this.#isStopped = true;
    for (const controller of this.#open) controller.abort('lead-lost');
  }

  #round(): void {
    if (this.#isStopped) return;
    const groups = this.#groups();
    for (const [key, group] of groups) void this.#ask(key, group);
    for (const key of this.#missed.keys()) if (!groups.has(key)) this.#missed.delete(key);
    this.start();
  }

  #groups(): ReadonlyMap<string, Group> {
    const { swarm } = this.#surroundings;
    const groups = new Map<string, Group>();
    for (const { spec } of swarm.registry.agents.values()) {
      if (!isSupervised(spec) || healthOf(swarm, spec.id).phase !== 'running') continue;
      const key = this.#supervisor?.keyOf(spec) ?? '';
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { agent: spec, agentIds: [spec.id] });
      else group.agentIds.push(spec.id);
    }
    return groups;
  }

  /** An answer may come after the next question: then it was missed, and is slow. */
  async #ask(key: string, { agent, agentIds }: Group): Promise<void> {
    const { waits, time, feed } = this.#surroundings;
    const { intervalMs, maxMissed } = this.#options;
    const question: Question = { key, controller: new AbortController(), isMissed: false };
    this.#questions.add(question);
    const askedMs = time.nowMs();
    const late = waits.add(askedMs + intervalMs, () => this.#miss(question, agentIds));
    const sign = await this.#within(intervalMs * maxMissed, question.controller, (signal) =>
      this.#supervisor?.probe(agent, signal),
    );
    waits.remove(late);
    // Where it has been given up meanwhile, this is the word of what was there before.
    if (!this.#questions.delete(question) || this.#isStopped) return;
    if (sign === undefined) return this.#miss(question, agentIds);
    this.#missed.delete(key);
    if (!sign.ok) return feed({ type: 'agents.ail', agentIds, detail: sign.detail });
    const { memoryRatio } = sign;
    const memory = memoryRatio === undefined ? {} : { memoryRatio };
    feed({ type: 'agents.beat', agentIds, responseMs: time.nowMs() - askedMs, ...memory });
  }

  #miss(question: Question, agentIds: readonly AgentId[]): void {
    if (question.isMissed) return;
    question.isMissed = true;
    const { key } = question;
    const missed = (this.#missed.get(key) ?? 0) + 1;
    this.#missed.set(key, missed);
    if (missed < this.#options.maxMissed) return;
    this.#missed.delete(key);
    for (const open of this.#questions) {
      if (open.key !== key) continue;
      this.#questions.delete(open);
      open.controller.abort('agent-lost');
    }
    this.#surroundings.feed({ type: 'agents.lose', agentIds });
  }

  async #restart(agentId: AgentId): Promise<void> {
    const agent = this.#surroundings.swarm.registry.agents.get(agentId)?.spec;
    if (agent === undefined || this.#isStopped) return;
    const ok = await this.#within(RESTART_TIMEOUT_MS, new AbortController(), (signal) =>
      this.#supervisor?.restart(agent, signal),
    );
    if (!this.#isStopped) this.#surroundings.feed({ type: 'agent.end-restart', agentId, ok: ok === true });
  }

  /** What `ask` answers, or undefined when it has none in time. One that throws has none. */
  async #within<Value>(
    ms: number,
    controller: AbortController,
    ask: (signal: AbortSignal) => Promise<Value> | undefined,
  ): Promise<Value | undefined> {
    const { waits, time } = this.#surroundings;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#open.add(controller);
    const end = waits.add(time.nowMs() + ms, () => resolve(undefined));
    controller.signal.addEventListener('abort', () => resolve(undefined), { once: true });
    try {
      return await Promise.race([ask(controller.signal), promise]);
    } catch {
      return undefined;
    } finally {
      waits.remove(end);
      this.#open.delete(controller);
      controller.abort('over');
    }
  }
}
