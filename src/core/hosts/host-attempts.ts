import type { AgentId } from '../ids.ts';
import type { AttemptResult } from '../tasks/attempt.ts';
import {
  type AttemptKey,
  type Hold,
  type HostAgent,
  type HostBody,
  type HostUse,
  keyOf,
  type Offer,
} from './frames.ts';

/** An attempt that a host has. `waiting`: it begins when the coordinator has answered a heartbeat. */
export type HeldAttempt =
  | Readonly<{ state: 'waiting'; key: AttemptKey; offer: Offer }>
  | Readonly<{ state: 'running'; key: AttemptKey; agentId: AgentId; isStale: boolean; isOrphaned: boolean }>
  | Readonly<{ state: 'ended'; key: AttemptKey; result: AttemptResult }>;

/** A result that was not known to be taken when the last process of this host ended. */
export type KeptResult = Readonly<{ key: AttemptKey; result: AttemptResult }>;

type Ask = Extract<HostBody, { type: 'ask' }>;

/** What a host has in hand, by token. */
export class HostAttempts {
  readonly #attempts = new Map<string, HeldAttempt>();
  /** Questions of running attempts without an answer, by token and id. */
  readonly #questions = new Map<string, Ask>();
  /** What running attempts use, as it was last measured. */
  readonly #uses = new Map<string, HostUse>();
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
    if (attempt.state === 'ended') this.#forgetRunning(attempt.key);
  }

  delete(key: AttemptKey): void {
    this.#attempts.delete(keyOf(key));
    this.#forgetRunning(key);
  }

  /** Whether it runs, and somebody waits for what it says. */
  isLive(key: AttemptKey): boolean {
    const held = this.get(key);
    return held?.state === 'running' && !held.isStale;
  }

  /** Those without an answer. */
  get questions(): readonly Ask[] {
    return [...this.#questions.values()];
  }

  ask(question: Ask): void {
    this.#questions.set(questionKey(question), question);
  }

  waitsFor(question: AttemptKey & Readonly<{ id: number }>): boolean {
    return this.#questions.has(questionKey(question));
  }

  /** False when nobody waits for the answer. */
  answered(question: AttemptKey & Readonly<{ id: number }>): boolean {
    return this.#questions.delete(questionKey(question));
  }

  /** Of those that are live. */
  get uses(): readonly HostUse[] {
    return [...this.#uses.values()].filter((use) => this.isLive(use));
  }

  measured(use: HostUse): void {
    if (this.isLive(use)) this.#uses.set(keyOf(use), use);
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

  #forgetRunning(key: AttemptKey): void {
    this.#uses.delete(keyOf(key));
    for (const [name, question] of this.#questions) if (keyOf(question) === keyOf(key)) this.#questions.delete(name);
  }
}

function questionKey({ id, ...key }: AttemptKey & Readonly<{ id: number }>): string {
  return `${keyOf(key)}#${id}`;
}

function agentOf(attempt: Exclude<HeldAttempt, { state: 'ended' }>): AgentId {
  return attempt.state === 'waiting' ? attempt.offer.agentId : attempt.agentId;
}
