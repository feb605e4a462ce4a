import type { AgentId } from '../ids.ts';
import { type AttemptKey, type CoordinatorBody, type Hold, type HostStop, keyOf, type Offer } from './frames.ts';
import { MAX_SETTLED } from './host-limits.ts';

export type Stop = Readonly<{ why: HostStop; graceMs: number }>;

/** `queued`: never said to the host. `given`: said, perhaps not heard. `held`: the host has or had it. */
export type GivenAttempt = {
  readonly key: AttemptKey;
  phase: 'queued' | 'given' | 'held' | 'ended';
  /** Undefined when an earlier leader gave it. */
  readonly offer: Offer | undefined;
  stop: Stop | undefined;
};

/** What follows when the host has said what it holds. */
type Reconciled = Readonly<{
  say: readonly CoordinatorBody[];
  /** The host does not have them any more. */
  gone: readonly AttemptKey[];
}>;

/** The attempts that one host should have, and the results of it that are stored. */
export class GivenAttempts {
  readonly #attempts = new Map<string, GivenAttempt>();
  /** Oldest first. */
  readonly #settled = new Set<string>();

  get count(): number {
    return this.#attempts.size;
  }

  get(key: AttemptKey): GivenAttempt | undefined {
    return this.#attempts.get(keyOf(key));
  }

  add(attempt: GivenAttempt): void {
    this.#attempts.set(keyOf(attempt.key), attempt);
  }

  delete(key: AttemptKey): void {
    this.#attempts.delete(keyOf(key));
  }

  /** Its result is stored. */
  settle(key: AttemptKey): void {
    this.#attempts.delete(keyOf(key));
    this.#settled.add(keyOf(key));
    const [oldest] = this.#settled.size > MAX_SETTLED ? this.#settled : [];
    if (oldest !== undefined) this.#settled.delete(oldest);
  }

  isSettled(key: AttemptKey): boolean {
    return this.#settled.has(keyOf(key));
  }

  /** Those of the agent that are not known to have begun. */
  notBegun(agentId: AgentId): readonly GivenAttempt[] {
    return [...this.#attempts.values()].filter(
      ({ phase, offer }) => offer?.agentId === agentId && (phase === 'queued' || phase === 'given'),
    );
  }

  /** Those without an end; they are no longer this host's. */
  takeOpen(): readonly AttemptKey[] {
    const open = [...this.#attempts.values()].filter(({ phase }) => phase !== 'ended').map(({ key }) => key);
    for (const key of open) this.delete(key);
    return open;
  }

  /** What the host has and what it should have, when a session begins. */
  reconcile(holds: readonly Hold[], isSameProcess: boolean): Reconciled {
    const say: CoordinatorBody[] = [];
    const held = new Set<string>();
    for (const { taskId, attempt, state } of holds) {
      const key = { taskId, attempt };
      const known = this.get(key);
      held.add(keyOf(key));
      // Another process cannot have what runs in the one before: only its results are left.
      if (known !== undefined && (isSameProcess || state === 'ended' || known.offer === undefined)) {
        if (known.phase !== 'ended') known.phase = 'held';
        if (known.stop !== undefined) say.push({ type: 'cancel', ...key, ...known.stop });
      } else if (state === 'ended' && this.isSettled(key)) say.push({ type: 'taken', ...key });
      else say.push({ type: 'stale', ...key });
    }
    return { say, gone: this.#giveOrMiss(held, say) };
  }

  /** What the host does not have: it never got it, or has lost it. */
  #giveOrMiss(held: ReadonlySet<string>, say: CoordinatorBody[]): readonly AttemptKey[] {
    const gone: AttemptKey[] = [];
    for (const attempt of this.#attempts.values()) {
      const { key, phase, offer } = attempt;
      if (held.has(keyOf(key)) || phase === 'ended') continue;
      if (phase === 'queued' && offer !== undefined) {
        attempt.phase = 'given';
        say.push({ type: 'offer', offer });
      } else {
        this.delete(key);
        gone.push(key);
      }
    }
    return gone;
  }
}
