import type { Json } from '../../core/json.ts';
import type { TaskId } from '../../core/ids.ts';
import { type Author, checkPattern, decodeValue, DEFAULT_ROOM, newEntry } from '../../core/memory/entry.ts';
import { isSearchable } from '../../core/memory/namespaces.ts';
import type { QueryTerm, TextQuery } from '../../core/memory/query.ts';
import { textOf } from '../../core/memory/text.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  EntryInfo,
  FoundEntry,
  KeyValueTier,
  SearchOptions,
  SetOptions,
  StoredValue,
  TierUsage,
} from '../../ports/key-value-tier.ts';
import { StoreThread } from './store-thread.ts';
import type { TierEntry, TierFacts, TierFound, TierInfo, TierLimits, TierTotals } from './tier-file.ts';

export type SqliteTierOptions = Partial<TierLimits>;

/**
 * Tier 3: memory that outlives the process, in the store's own file. Times to live are wall time. Passing entries are
 * committed without waiting for the disk; all else is as for lasting ones.
 */
export class SqliteTier implements KeyValueTier {
  readonly #thread: StoreThread;
  readonly #clock: Clock;
  readonly #limits: TierLimits;
  #isClosed = false;

  /** Takes over `thread`: `close` releases it. */
  constructor(thread: StoreThread, clock: Clock, options: SqliteTierOptions = {}) {
    this.#thread = thread;
    this.#clock = clock;
    this.#limits = { ...DEFAULT_ROOM, ...options };
  }

  /** A connection of its own, beside whoever leads. Rejects like `SqliteJournal.open`. */
  static async open(path: string, clock: Clock, options: SqliteTierOptions = {}): Promise<SqliteTier> {
    return new SqliteTier(await StoreThread.open(path), clock, options);
  }

  async get(key: string): Promise<StoredValue | undefined> {
    const entry = await this.#ask<TierEntry | undefined>({ op: 'get', key, nowMs: this.#nowMs() });
    return entry === undefined ? undefined : { value: decodeValue(entry.json), ...storedOf(entry) };
  }

  async set(key: string, value: Json, options: SetOptions = {}): Promise<number | undefined> {
    const { author, expiresAtMs, ...entry } = newEntry(key, value, options, this.#nowMs());
    const write = {
      key,
      ...entry,
      words: entry.isLasting && isSearchable(key) ? textOf(value) : null,
      ifVersion: options.ifVersion ?? null,
      expiresAtMs: expiresAtMs ?? null,
      author: author.id,
      task: author.task ?? null,
      attempt: author.attempt ?? null,
      limits: this.#limits,
    };
    return this.#ask<number | undefined>({ op: 'set', write });
  }

  async delete(key: string): Promise<boolean> {
    return this.#ask<boolean>({ op: 'delete', key, nowMs: this.#nowMs() });
  }

  async invalidate(pattern: string): Promise<number> {
    checkPattern(pattern);
    return this.#ask<number>({ op: 'invalidate', pattern, nowMs: this.#nowMs() });
  }

  async trim(pattern: string, keep: number): Promise<number> {
    checkPattern(pattern);
    return this.#ask<number>({ op: 'trim', pattern, keep });
  }

  async sweep(): Promise<number> {
    return this.#ask<number>({ op: 'sweep', nowMs: this.#nowMs() });
  }

  async keys(pattern: string, limit: number): Promise<readonly string[]> {
    checkPattern(pattern);
    return this.#ask<readonly string[]>({ op: 'keys', pattern, limit, nowMs: this.#nowMs() });
  }

  async entries(pattern: string, limit: number): Promise<readonly EntryInfo[]> {
    checkPattern(pattern);
    const rows = await this.#ask<readonly TierInfo[]>({ op: 'entries', pattern, limit, nowMs: this.#nowMs() });
    return rows.map(infoOf);
  }

  async search(query: TextQuery, { patterns = ['*'], limit }: SearchOptions): Promise<readonly FoundEntry[]> {
    for (const pattern of patterns) checkPattern(pattern);
    const request = { op: 'search', match: matchOf(query), patterns, limit, nowMs: this.#nowMs() } as const;
    const rows = await this.#ask<readonly TierFound[]>(request);
    return rows.map((row) => ({ ...infoOf(row), snippet: row.snippet }));
  }

  async usage(): Promise<TierUsage> {
    return { ...(await this.#ask<TierTotals>({ op: 'totals' })), ...this.#limits };
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

function storedOf(facts: TierFacts): Omit<StoredValue, 'value'> {
  const { version, isLasting, writtenAtMs, expiresAtMs } = facts;
  const common = { version, isLasting, writtenAtMs, author: authorOf(facts) };
  return expiresAtMs === null ? common : { ...common, expiresAtMs };
}

function authorOf({ author: id, task, attempt }: TierFacts): Author {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was the id of a task when it was written
  return task === null || attempt === null ? { id } : { id, task: task as TaskId, attempt };
}

function infoOf(row: TierInfo): EntryInfo {
  return { key: row.key, bytes: row.bytes, ...storedOf(row) };
}

/** As FTS5 wants it. What was written stands in quotation marks, where no sign has a meaning: FTS5 finds the words itself. */
function matchOf(query: TextQuery): string {
  const wanted = query.filter(({ isExcluded }) => !isExcluded).map(phraseOf);
  const excluded = query.filter(({ isExcluded }) => isExcluded).map(phraseOf);
  const all = `(${wanted.join(' AND ')})`;
  return excluded.length === 0 ? all : `${all} NOT (${excluded.join(' OR ')})`;
}

function phraseOf({ text, isPrefix }: QueryTerm): string {
  return `"${text.replaceAll('"', ' ')}"${isPrefix ? ' *' : ''}`;
}
