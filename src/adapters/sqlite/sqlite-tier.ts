import type { Json } from '../../core/json.ts';
import { checkKey, decodeValue, encodeValue } from '../../core/memory/entry.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeyValueTier, SetOptions, StoredValue } from '../../ports/key-value-tier.ts';
import { StoreThread } from './store-thread.ts';
import type { TierEntry } from './tier-file.ts';

/**
 * Tier 3: memory that outlives the process, in the store's own file. Times to live are wall time. Without `ttlMs` an
 * entry stays until it is removed.
 */
export class SqliteTier implements KeyValueTier {
  readonly #thread: StoreThread;
  readonly #clock: Clock;
  #isClosed = false;

  /** Takes over `thread`: `close` releases it. */
  constructor(thread: StoreThread, clock: Clock) {
    this.#thread = thread;
    this.#clock = clock;
  }

  /** A connection of its own, beside whoever leads. Rejects like `SqliteJournal.open`. */
  static async open(path: string, clock: Clock): Promise<SqliteTier> {
    return new SqliteTier(await StoreThread.open(path), clock);
  }

  async get(key: string): Promise<StoredValue | undefined> {
    const entry = await this.#ask<TierEntry | undefined>({ op: 'get', key, nowMs: this.#nowMs() });
    if (entry === undefined) return undefined;
    const { json, version, expiresAtMs } = entry;
    return { value: decodeValue(json), version, ...(expiresAtMs === null ? {} : { expiresAtMs }) };
  }

  async set(key: string, value: Json, { ttlMs, ifVersion }: SetOptions = {}): Promise<number | undefined> {
    checkKey(key);
    const nowMs = this.#nowMs();
    const expiresAtMs = ttlMs === undefined ? null : nowMs + ttlMs;
    const entry = { key, json: encodeValue(key, value), expiresAtMs, nowMs, ifVersion: ifVersion ?? null };
    return this.#ask<number | undefined>({ op: 'set', write: entry });
  }

  async delete(key: string): Promise<boolean> {
    return this.#ask<boolean>({ op: 'delete', key, nowMs: this.#nowMs() });
  }

  async invalidate(pattern: string): Promise<number> {
    return this.#ask<number>({ op: 'invalidate', pattern, nowMs: this.#nowMs() });
  }

  async keys(pattern: string, limit: number): Promise<readonly string[]> {
    return this.#ask<readonly string[]>({ op: 'keys', pattern, limit, nowMs: this.#nowMs() });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#thread.release();
  }

  #nowMs(): number {
    return Math.floor(this.#clock.wallTimeMs());
  }

  async #ask<Answer>(request: Parameters<StoreThread['ask']>[0]): Promise<Answer> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the thread is our own code; each request has one type of answer
    return (await this.#thread.ask(request)) as Answer;
  }
}
