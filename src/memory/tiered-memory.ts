import type { Json } from '../core/json.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeyValueTier, StoredValue } from '../ports/key-value-tier.ts';

/** From fast and small to slow and lasting. */
export type MemoryTiers = Readonly<{
  /** Tier 1, of this process only. */
  local: KeyValueTier;
  /** Tier 3; absent: nothing outlives the process. */
  persistent?: KeyValueTier;
}>;

export type MemoryOptions = Readonly<{
  /** The longest that tier 1 keeps a copy of what stands in tier 3, ms. @default 300_000 */
  copyMs?: number;
}>;

export type MemorySetOptions = Readonly<{
  /** ms to live, in every tier. Absent: the tier's own default. */
  ttlMs?: number;
  /** Outlives the process. @default false */
  persistent?: boolean;
  /** Store only when the current version is this; 0 means "not there yet". */
  ifVersion?: number;
}>;

export type MemoryGetOptions = Readonly<{
  /** Looks into tier 3 too. @default true */
  includePersistent?: boolean;
}>;

/** Reads that came to a tier, and those it could answer. */
export type HitRate = Readonly<{ reads: number; hits: number }>;
export type HitRates = Readonly<{ local: HitRate; persistent: HitRate }>;

/** What tier 1 holds: the value and the version that callers see, which is that of tier 3 where the entry is there too. */
type Envelope = Readonly<{ value: Json; version: number; isPersistent: boolean }>;

const MAX_KEYS = 100_000;

/**
 * Memory of a swarm in tiers: `get` asks the fastest first and copies what it finds upwards, each copy with the time
 * that is left to it. Writes are made one after the other, so that no reader of this process sees an older value than
 * one it has seen written; other processes see a change of tier 3 when their own copy ends.
 */
export class TieredMemory {
  readonly #local: KeyValueTier;
  readonly #persistent: KeyValueTier | undefined;
  readonly #clock: Clock;
  readonly #copyMs: number;
  readonly #rates = { local: { reads: 0, hits: 0 }, persistent: { reads: 0, hits: 0 } };
  #lastWrite: Promise<unknown> = Promise.resolve();
  /** Rises at the start and the end of every write. */
  #writes = 0;
  #newestVersion = 0;

  /** Takes over the tiers: `close` closes them. */
  constructor({ local, persistent }: MemoryTiers, clock: Clock, { copyMs = 300_000 }: MemoryOptions = {}) {
    this.#local = local;
    this.#persistent = persistent;
    this.#clock = clock;
    this.#copyMs = copyMs;
  }

  async get(key: string, { includePersistent = true }: MemoryGetOptions = {}): Promise<StoredValue | undefined> {
    const writes = this.#writes;
    const near = await this.#local.get(key);
    count(this.#rates.local, near);
    if (near !== undefined) return unwrap(near);
    if (!includePersistent || this.#persistent === undefined) return undefined;
    const far = await this.#persistent.get(key);
    count(this.#rates.persistent, far);
    // A write that came in between may have removed what we are about to copy.
    if (far !== undefined && this.#writes === writes) {
      const leftMs = far.expiresAtMs === undefined ? undefined : far.expiresAtMs - this.#clock.wallTimeMs();
      await this.#copy(key, far, leftMs);
    }
    return far;
  }

  /** The new version; undefined when `ifVersion` did not fit. */
  async set(key: string, value: Json, options: MemorySetOptions = {}): Promise<number | undefined> {
    const tier = options.persistent === true ? this.#persistent : undefined;
    const write = { value, options };
    return this.#inTurn(() => (tier === undefined ? this.#setNear(key, write) : this.#setFar(tier, key, write)));
  }

  async delete(key: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const wasNear = await this.#local.delete(key);
      const wasFar = await this.#persistent?.delete(key);
      return wasNear || wasFar === true;
    });
  }

  /** Removes the keys that match in every tier, and nothing else; `*` stands for any run of characters. Gives how many. */
  async invalidate(pattern: string): Promise<number> {
    return this.#inTurn(async () => {
      let onlyNear = 0;
      for (const key of await this.#local.keys(pattern, MAX_KEYS)) {
        const near = await this.#local.get(key);
        if (near !== undefined && !envelopeOf(near).isPersistent) onlyNear++;
      }
      await this.#local.invalidate(pattern);
      return onlyNear + ((await this.#persistent?.invalidate(pattern)) ?? 0);
    });
  }

  /** Keys that match in any tier, in order, at most `limit`. */
  async keys(pattern: string, limit: number): Promise<readonly string[]> {
    const near = await this.#local.keys(pattern, limit);
    const far = (await this.#persistent?.keys(pattern, limit)) ?? [];
    return [...new Set([...near, ...far])].sort().slice(0, limit);
  }

  /** Since this object was made. */
  hitRates(): HitRates {
    const { local, persistent } = this.#rates;
    return { local: { ...local }, persistent: { ...persistent } };
  }

  async close(): Promise<void> {
    await this.#lastWrite;
    await this.#local.close();
    await this.#persistent?.close();
  }

  async #setFar(tier: KeyValueTier, key: string, { value, options }: Write): Promise<number | undefined> {
    const { ttlMs, ifVersion } = options;
    const near = ifVersion === undefined ? undefined : await this.#local.get(key);
    const isOnlyNear = near !== undefined && !envelopeOf(near).isPersistent;
    // Tier 3 knows nothing of an entry that was only here.
    if (isOnlyNear && envelopeOf(near).version !== ifVersion) return undefined;
    const expected = isOnlyNear ? 0 : ifVersion;
    const version = await tier.set(key, value, given({ ttlMs, ifVersion: expected }));
    await this.#local.delete(key);
    if (version !== undefined) await this.#copy(key, { value, version }, ttlMs);
    return version;
  }

  async #setNear(key: string, { value, options }: Write): Promise<number | undefined> {
    const { ttlMs, ifVersion } = options;
    const far = await this.#persistent?.get(key);
    if (ifVersion !== undefined) {
      const near = await this.#local.get(key);
      const current = near === undefined ? far?.version : envelopeOf(near).version;
      if ((current ?? 0) !== ifVersion) return undefined;
    }
    // Versions of tier 3 are small counts: the two can never be mistaken for each other.
    const version = Math.max(this.#newestVersion + 1, Math.floor(this.#clock.wallTimeMs()) * 1_000);
    this.#newestVersion = version;
    await this.#local.set(key, wrap({ value, version, isPersistent: false }), given({ ttlMs }));
    // An older lasting copy would come back when this one ends.
    if (far !== undefined) await this.#persistent?.delete(key);
    return version;
  }

  /** A copy of what tier 3 holds. It never outlives the original, nor hides a change by others for longer than it may. */
  async #copy(key: string, { value, version }: StoredValue, leftMs: number | undefined): Promise<void> {
    const ttlMs = Math.min(this.#copyMs, leftMs ?? this.#copyMs);
    const copied = this.#local.set(key, wrap({ value, version, isPersistent: true }), { ttlMs, ifVersion: 0 });
    // One that just fits tier 3 may be too large with its version: it is read from there.
    await copied.catch(() => undefined);
  }

  /** One write at a time. A failed one does not stop the next. */
  async #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const turn = this.#lastWrite.then(async () => {
      this.#writes++;
      try {
        return await write();
      } finally {
        this.#writes++;
      }
    });
    this.#lastWrite = turn.catch(() => undefined);
    return turn;
  }
}

type Write = Readonly<{ value: Json; options: MemorySetOptions }>;

function wrap({ value, version, isPersistent }: Envelope): Json {
  return [value, version, isPersistent];
}

function envelopeOf({ value: wrapped }: StoredValue): Envelope {
  if (!Array.isArray(wrapped)) throw new Error('Internal error: tier 1 holds an entry that memory did not write');
  const parts: readonly Json[] = wrapped;
  const [value = null, version, isPersistent] = parts;
  return { value, version: Number(version), isPersistent: isPersistent === true };
}

function unwrap(near: StoredValue): StoredValue {
  const { value, version } = envelopeOf(near);
  return { value, version, ...given({ expiresAtMs: near.expiresAtMs }) };
}

function count(rate: { reads: number; hits: number }, found: StoredValue | undefined): void {
  rate.reads++;
  if (found !== undefined) rate.hits++;
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Without the members that are undefined. */
function given<T extends Readonly<Record<string, number | undefined>>>(members: T): Given<T> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the filter is what the type says
  return Object.fromEntries(entries) as Given<T>;
}
