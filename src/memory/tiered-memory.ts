import type { Json } from '../core/json.ts';
import { type Author, matcherOf, SYSTEM } from '../core/memory/entry.ts';
import { isOfRun, isSearchable } from '../core/memory/namespaces.ts';
import { parseQuery } from '../core/memory/query.ts';
import type { Clock } from '../ports/clock.ts';
import type { EntryInfo, FoundEntry, KeyValueTier, StoredValue, TierUsage } from '../ports/key-value-tier.ts';
import type { LocalTier } from '../ports/local-tier.ts';
import type { SharedChange, SharedTier } from '../ports/shared-tier.ts';
import { Unavailable, userError } from '../util/user-error.ts';
import { SharedCopies, type SharedCopiesOptions } from './shared-copies.ts';

/** From fast and small to slow and lasting. Only the last one decides; the others hold copies of what it holds. */
export type MemoryTiers = Readonly<{
  /** Tier 1, of this process only. */
  local: LocalTier;
  /** Tier 2, of several nodes; absent where there is one. */
  shared?: SharedTier;
  /** Tier 3. */
  persistent: KeyValueTier;
}>;

export type MemoryOptions = SharedCopiesOptions &
  Readonly<{
    /** How long a passing entry lives that names no time, ms. @default 300_000 */
    passingMs?: number;
    /** Why an entry of agents and people is not kept, in one sentence; undefined: it is. */
    whyNot?: (text: string) => string | undefined;
    /** How long a lasting entry of a run lives that names no time, ms. @default 2_592_000_000 */
    runKeepMs?: number;
  }>;

export type MemorySetOptions = Readonly<{
  /** ms to live, in every tier. Absent: 5 minutes for a passing entry, 30 days for one of a run, else for ever. */
  ttlMs?: number;
  /** Outlives the process and a power cut. @default false */
  persistent?: boolean;
  /** Store only when the current version is this; 0 means "not there yet". */
  ifVersion?: number;
  /** @default Waggle itself */
  author?: Author;
  /** Called right before the write is given to tier 3. What it throws is thrown, and nothing is written. */
  guard?: () => void;
}>;

export type MemoryGetOptions = Readonly<{
  /** Looks into tier 3 too. @default true */
  includePersistent?: boolean;
  /** Looks into tier 3 only: nothing is newer. @default false */
  fresh?: boolean;
}>;

/** Reads that came to a tier, and those it could answer. */
export type HitRate = Readonly<{ reads: number; hits: number }>;
export type HitRates = Readonly<{ local: HitRate; shared: HitRate; persistent: HitRate }>;

/** A copy on its way into tier 1, and whether its key was changed meanwhile. */
type OnItsWay = { readonly key: string; isStale: boolean };

/**
 * Memory of a swarm in tiers: `get` asks the fastest first and copies what it finds upwards, each copy with the time
 * that is left to it. Every change is made in tier 3, which decides about versions, and then taken out of the tiers
 * above on every node. So compare-and-set is exact whatever the tiers above do; a reader never sees an older value than
 * its own node has written; and other nodes see one no longer than tier 2 takes to tell them, or, while it is away,
 * than a copy lives.
 */
export class TieredMemory {
  readonly #local: LocalTier;
  readonly #shared: SharedCopies | undefined;
  readonly #persistent: KeyValueTier;
  readonly #clock: Clock;
  readonly #whyNot: (text: string) => string | undefined;
  readonly #passingMs: number;
  readonly #runKeepMs: number;
  readonly #rates = {
    local: { reads: 0, hits: 0 },
    shared: { reads: 0, hits: 0 },
    persistent: { reads: 0, hits: 0 },
  };
  readonly #onTheirWay = new Set<OnItsWay>();
  readonly #underway = new Set<Promise<unknown>>();
  readonly #stopListening: () => void;

  /** Takes over the tiers: `close` closes them. */
  constructor({ local, shared, persistent }: MemoryTiers, clock: Clock, options: MemoryOptions = {}) {
    this.#local = local;
    this.#shared = shared === undefined ? undefined : new SharedCopies(shared, clock, options);
    this.#persistent = persistent;
    this.#clock = clock;
    this.#whyNot = options.whyNot ?? (() => undefined);
    this.#passingMs = options.passingMs ?? 300_000;
    this.#runKeepMs = options.runKeepMs ?? 2_592_000_000;
    this.#stopListening = shared?.onChange((change) => this.#hear(change)) ?? (() => {});
  }

  get(key: string, options: MemoryGetOptions = {}): Promise<StoredValue | undefined> {
    if (options.fresh !== true) {
      const { local } = this.#rates;
      local.reads++;
      const near = this.#local.get(key);
      if (near !== undefined) {
        local.hits++;
        return Promise.resolve(near);
      }
    }
    return this.#getFar(key, options);
  }

  /**
   * The new version; undefined when `ifVersion` did not fit. Durable when it resolves, if it is lasting. Rejects with
   * `UserError` for a bad key, value or time, and when memory is full; with `Unavailable` when nothing can be written.
   */
  async set(key: string, value: Json, options: MemorySetOptions = {}): Promise<number | undefined> {
    const { persistent: isLasting = false, ifVersion, author = SYSTEM, guard } = options;
    const why = isSearchable(key) ? this.#whyNot(JSON.stringify([key, value])) : undefined;
    if (why !== undefined)
      throw userError({ code: 'MEMORY_SECRET', message: why, fix: 'Write where it stands instead.' });
    const ttlMs = options.ttlMs ?? this.#ownTime(key, isLasting);
    return this.#change(key, async (copy) => {
      guard?.();
      const writtenAtMs = Math.floor(this.#clock.wallTimeMs());
      const version = await this.#persistent.set(key, value, { isLasting, author, ...given({ ttlMs, ifVersion }) });
      await this.#takeOut(key, copy);
      if (version === undefined) return undefined;
      const expiresAtMs = ttlMs === undefined ? undefined : writtenAtMs + ttlMs;
      this.#keep(copy, { value, version, isLasting, author, writtenAtMs, ...given({ expiresAtMs }) });
      return version;
    });
  }

  /** Whether something was there. */
  async delete(key: string, guard?: () => void): Promise<boolean> {
    return this.#change(key, async (copy) => {
      guard?.();
      const wasThere = await this.#persistent.delete(key);
      await this.#takeOut(key, copy);
      return wasThere;
    });
  }

  /**
   * Removes the keys that match in every tier and on every node, and nothing else; `*` stands for any run of
   * characters. Gives how many. Rejects with `Unavailable` when other nodes could not be told; then it is done here and
   * in tier 3, and asking again is safe.
   */
  async invalidate(pattern: string): Promise<number> {
    return this.#change(pattern, async (copy) => {
      const removed = await this.#persistent.invalidate(pattern);
      if (await this.#takeOut(pattern, copy)) return removed;
      const message = `"${pattern}" is removed here, but other nodes could not be told.`;
      throw new Unavailable({ port: 'memory', message, fix: 'Do it again when the shared tier answers.' });
    });
  }

  /** Removes what matches but the `keep` newest. Gives how many. */
  async trim(pattern: string, keep: number): Promise<number> {
    return this.#change(pattern, async (copy) => {
      const removed = await this.#persistent.trim(pattern, keep);
      if (removed > 0) await this.#takeOut(pattern, copy);
      return removed;
    });
  }

  /**
   * For whoever takes the lead, before anything is read: the last one may have died after a change and before it took
   * the copies out. What it had in tier 2 is not read again.
   */
  distrustCopies(): void {
    this.#forget('*');
    // What does not get through is owed, and until then nothing is read there.
    void this.#shared?.remove('*').then(() => this.#forget('*'));
  }

  /** Makes room: removes what has expired, and what tier 2 could not be told before. Gives how many have expired. */
  async sweep(): Promise<number> {
    await this.#shared?.mend();
    return this.#persistent.sweep();
  }

  /** Keys that match, in order, at most `limit`. */
  async keys(pattern: string, limit: number): Promise<readonly string[]> {
    return this.#persistent.keys(pattern, limit);
  }

  /** Keys that match, in order, at most `limit`, with what is known of them. */
  async entries(pattern: string, limit: number): Promise<readonly EntryInfo[]> {
    return this.#persistent.entries(pattern, limit);
  }

  /** Lasting entries that fit the words, the best first. `query`: as `parseQuery` takes it. `limit`: 1 to 100. */
  async search(query: string, patterns: readonly string[], limit: number): Promise<readonly FoundEntry[]> {
    return this.#persistent.search(parseQuery(query), { patterns, limit: Math.min(100, Math.max(1, limit)) });
  }

  async usage(): Promise<TierUsage> {
    return this.#persistent.usage();
  }

  /** Since this object was made. */
  hitRates(): HitRates {
    const { local, shared, persistent } = this.#rates;
    return { local: { ...local }, shared: { ...shared }, persistent: { ...persistent } };
  }

  /** Waits for the writes that are under way. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#underway);
    this.#stopListening();
    this.#local.clear();
    await this.#shared?.close();
    await this.#persistent.close();
  }

  async #getFar(
    key: string,
    { includePersistent = true, fresh = false }: MemoryGetOptions,
  ): Promise<StoredValue | undefined> {
    const copy = this.#begin(key);
    try {
      const answer = fresh ? undefined : await this.#askShared(key);
      if (answer?.kind === 'found') {
        this.#keep(copy, answer.entry);
        return answer.entry;
      }
      if (!includePersistent && !fresh) return undefined;
      const far = await this.#persistent.get(key);
      count(this.#rates.persistent, far !== undefined);
      if (far === undefined) return undefined;
      this.#keep(copy, far);
      if (answer !== undefined && !copy.isStale) await this.#shared?.fill(key, far, answer.lease);
      return far;
    } finally {
      this.#onTheirWay.delete(copy);
    }
  }

  async #askShared(key: string): ReturnType<SharedCopies['get']> {
    const answer = await this.#shared?.get(key);
    if (answer !== undefined) count(this.#rates.shared, answer.kind === 'found');
    // Tier 2 has a clock of its own; what is over is so by ours.
    const isOver = answer?.kind === 'found' && (answer.entry.expiresAtMs ?? Infinity) <= this.#clock.wallTimeMs();
    return isOver ? undefined : answer;
  }

  /** `act` may have changed something even when it rejects. */
  async #change<T>(pattern: string, act: (copy: OnItsWay) => Promise<T>): Promise<T> {
    const copy = this.#begin(pattern);
    const change = act(copy).catch(async (error: unknown) => {
      if (error instanceof Unavailable) await this.#takeOut(pattern, copy);
      throw error;
    });
    this.#underway.add(change);
    try {
      return await change;
    } finally {
      this.#onTheirWay.delete(copy);
      this.#underway.delete(change);
    }
  }

  /** Out of the tiers above tier 3, where the change is made already. False: other nodes could not be told. */
  async #takeOut(pattern: string, own: OnItsWay): Promise<boolean> {
    this.#forget(pattern, own);
    if (this.#shared === undefined) return true;
    const isTold = await this.#shared.remove(pattern);
    // Who read tier 2 before the removal got there has an old copy in hand.
    this.#forget(pattern, own);
    return isTold;
  }

  #forget(pattern: string, own?: OnItsWay): void {
    this.#local.forget(pattern);
    if (this.#onTheirWay.size === 0) return;
    const matches = matcherOf(pattern);
    for (const copy of this.#onTheirWay) if (copy !== own && matches(copy.key)) copy.isStale = true;
  }

  #hear(change: SharedChange): void {
    if (change.kind === 'removed') return this.#forget(change.pattern);
    this.#local.clear();
    for (const copy of this.#onTheirWay) copy.isStale = true;
  }

  #begin(key: string): OnItsWay {
    const copy = { key, isStale: false };
    this.#onTheirWay.add(copy);
    return copy;
  }

  #keep(copy: OnItsWay, entry: StoredValue): void {
    if (!copy.isStale) this.#local.put(copy.key, entry);
  }

  #ownTime(key: string, isLasting: boolean): number | undefined {
    if (!isLasting) return this.#passingMs;
    return isOfRun(key) ? this.#runKeepMs : undefined;
  }
}

function count(rate: { reads: number; hits: number }, isHit: boolean): void {
  rate.reads++;
  if (isHit) rate.hits++;
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Without the members that are undefined. */
function given<T extends Readonly<Record<string, number | undefined>>>(members: T): Given<T> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the filter is what the type says
  return Object.fromEntries(entries) as Given<T>;
}
