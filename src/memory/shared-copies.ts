import type { Clock } from '../ports/clock.ts';
import type { StoredValue } from '../ports/key-value-tier.ts';
import type { SharedAnswer, SharedTier } from '../ports/shared-tier.ts';

export type SharedCopiesOptions = Readonly<{
  /** ms that tier 2 keeps a copy. @default 3_600_000 */
  ttlMs?: number;
  /** How long one call may take before it counts as failed, ms. @default 250 */
  timeoutMs?: number;
  /** How long tier 2 is left alone after a failure, ms. @default 1_000 */
  restMs?: number;
}>;

/** Removals that wait for tier 2; more of them become one of everything. */
const MAX_OWED = 1_000;

/**
 * Tier 2 as one node uses it: it may be away or slow without anybody noticing but by the time that reads take. A
 * removal that did not get through is owed, and until it is made good this node reads nothing there: so it never sees
 * an older value than one it has written.
 */
export class SharedCopies {
  readonly #tier: SharedTier;
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #timeoutMs: number;
  readonly #restMs: number;
  /** Patterns, with how often each was asked for: what is asked for while it is being made good is done again. */
  readonly #owed = new Map<string, number>();
  #restUntilMs = -Infinity;
  #mending: Promise<boolean> | undefined;

  constructor(tier: SharedTier, clock: Clock, options: SharedCopiesOptions = {}) {
    this.#tier = tier;
    this.#clock = clock;
    this.#ttlMs = options.ttlMs ?? 3_600_000;
    this.#timeoutMs = options.timeoutMs ?? 250;
    this.#restMs = options.restMs ?? 1_000;
  }

  /** Removals that have not got through. */
  get owedCount(): number {
    return this.#owed.size;
  }

  /** Undefined: tier 2 cannot be asked now. */
  async get(key: string): Promise<SharedAnswer | undefined> {
    if (!(await this.mend())) return undefined;
    return this.#tried(() => this.#tier.get(key));
  }

  /** Without it the next reader has a longer way, nothing else. */
  async fill(key: string, entry: StoredValue, lease: string): Promise<void> {
    await this.#tried(() => this.#tier.fill(key, entry, lease, this.#ttlMs));
  }

  /** After the change itself. False: it did not get through, and is owed. */
  async remove(pattern: string): Promise<boolean> {
    this.#owe(pattern);
    return this.mend();
  }

  /** Makes good what is owed. False: not all of it. */
  async mend(): Promise<boolean> {
    while (this.#owed.size > 0) {
      this.#mending ??= this.#mendOnce().finally(() => (this.#mending = undefined));
      if (!(await this.#mending)) return false;
    }
    return true;
  }

  async close(): Promise<void> {
    await this.mend();
    await this.#tier.close().catch(() => {});
  }

  #owe(pattern: string): void {
    this.#owed.set(pattern, (this.#owed.get(pattern) ?? 0) + 1);
    if (this.#owed.size <= MAX_OWED) return;
    this.#owed.clear();
    this.#owed.set('*', 1);
  }

  async #mendOnce(): Promise<boolean> {
    const done = await Promise.all([...this.#owed].map(([pattern, times]) => this.#removeNow(pattern, times)));
    return done.every(Boolean);
  }

  async #removeNow(pattern: string, times: number): Promise<boolean> {
    const isDone = await this.#tried(async () => {
      await this.#tier.remove(pattern);
      return true;
    });
    if (isDone === true && this.#owed.get(pattern) === times) this.#owed.delete(pattern);
    return isDone === true;
  }

  async #tried<T>(act: () => Promise<T>): Promise<T | undefined> {
    if (this.#clock.monotonicMs() < this.#restUntilMs) return undefined;
    const late = Promise.withResolvers<undefined>();
    const cancel = this.#clock.wakeAfter(this.#timeoutMs, () => this.#rest(late.resolve));
    const call = act().catch(() => this.#rest(() => undefined));
    try {
      return await Promise.race([call, late.promise]);
    } finally {
      cancel();
    }
  }

  #rest(tell: (nothing: undefined) => void): undefined {
    this.#restUntilMs = this.#clock.monotonicMs() + this.#restMs;
    tell(undefined);
  }
}
