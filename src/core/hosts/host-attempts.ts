import type { AgentId } from '../ids.ts';
import type { AttemptResult } from '../tasks/attempt.ts';
import { type AttemptKey, type Hold, type HostAgent, keyOf, type Offer } from './frames.ts';

/** An attempt that a host has. `waiting`: it begins when the coordinator has answered a heartbeat. */
export type HeldAttempt =
  | Readonly<{ state: 'waiting'; key: AttemptKey; offer: Offer }>
  | Readonly<{ state: 'running'; key: AttemptKey; agentId: AgentId; isStale: boolean; isOrphaned: boolean }>
  | Readonly<{ state: 'ended'; key: AttemptKey; result: AttemptResult }>;

/** A result that was not known to be taken when the last process of this host ended. */
export type KeptResult = Readonly<{ key: AttemptKey; result: AttemptResult }>;

/** What a host has in hand, by token. */
export class HostAttempts {
  readonly #attempts = new Map<string, HeldAttempt>();
  readonly #slots: ReadonlyMap<AgentId, number>;

  constructor(agents: readonly HostAgent[], kept: readonly KeptResult[]) {
    this.#slots = new Map(agents.map(({ id, slots }) => [id, slots]));
    for (const { key, result } of kept) this.put({ state: 'ended', key, result });
  }

  get all(): readonly HeldAttempt[] {
    return [...this.#attempts.values()];
  }

  get size(): number {
    return this.#attempts.size;
  }

  /** Those that take a slot. */
  get busy(): number {
    return this.all.filter(({ state }) => state !== 'ended').length;
  }

  get(key: AttemptKey): HeldAttempt | undefined {
    return this.#attempts.get(keyOf(key));
  }

  put(attempt: HeldAttempt): void {
    this.#attempts.set(keyOf(attempt.key), attempt);
  }

  delete(key: AttemptKey): void {
    this.#attempts.delete(keyOf(key));
  }

  /** Whether the agent is one of this host and has a slot left. */
  hasRoom(agentId: AgentId): boolean {
    const used = this.all.filter((one) => one.state !== 'ended' && agentOf(one) === agentId).length;
    return used < (this.#slots.get(agentId) ?? 0);
  }

  /** What a greeting says. One that never began is none. */
  get holds(): readonly Hold[] {
    return this.all.map(({ key, state }) => ({ ...key, state: state === 'ended' ? 'ended' : 'running' }));
  }
}

function agentOf(attempt: Exclude<HeldAttempt, { state: 'ended' }>): AgentId {
  return attempt.state === 'waiting' ? attempt.offer.agentId : attempt.agentId;
}
