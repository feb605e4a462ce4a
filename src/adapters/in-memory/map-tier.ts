import type { Json } from '../../core/json.ts';
import {
  checkPattern,
  decodeValue,
  DEFAULT_ROOM,
  matcherOf,
  type NewEntry,
  newEntry,
} from '../../core/memory/entry.ts';
import { isSearchable } from '../../core/memory/namespaces.ts';
import type { QueryTerm, TextQuery } from '../../core/memory/query.ts';
import { textOf, wordsOf } from '../../core/memory/text.ts';
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
import { userError } from '../../util/user-error.ts';

/** Absent: `DEFAULT_ROOM`. */
export type MapTierOptions = Readonly<{ maxEntries?: number; maxBytes?: number }>;

type Entry = NewEntry & Readonly<{ version: number; bytes: number }>;

/** Words on each side of the first one that was found. */
const SNIPPET_WORDS = 8;

/** Tier 3 of a swarm that keeps nothing: what would last, lasts as long as this object. */
export class MapTier implements KeyValueTier {
  readonly #clock: Clock;
  readonly #limits: Readonly<{ maxEntries: number; maxBytes: number }>;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #newestVersion = 0;

  constructor(clock: Clock, options: MapTierOptions = {}) {
    this.#clock = clock;
    this.#limits = { ...DEFAULT_ROOM, ...options };
  }

  async get(key: string): Promise<StoredValue | undefined> {
    const entry = this.#live(key);
    return entry === undefined ? undefined : { value: decodeValue(entry.json), ...factsOf(entry) };
  }

  async set(key: string, value: Json, options: SetOptions = {}): Promise<number | undefined> {
    const entry = newEntry(key, value, options, Math.floor(this.#clock.wallTimeMs()));
    const { ifVersion } = options;
    const before = this.#live(key);
    if (ifVersion !== undefined && ifVersion !== (before?.version ?? 0)) return undefined;
    const bytes = Buffer.byteLength(key) + Buffer.byteLength(entry.json);
    this.#checkRoom(before, bytes);
    const version = ++this.#newestVersion;
    this.#remove(key);
    this.#entries.set(key, { ...entry, version, bytes });
    this.#bytes += bytes;
    return version;
  }

  async delete(key: string): Promise<boolean> {
    const isThere = this.#live(key) !== undefined;
    this.#remove(key);
    return isThere;
  }

  async invalidate(pattern: string): Promise<number> {
    checkPattern(pattern);
    // For good: a clock that is put back must not bring it to life again.
    await this.sweep();
    return this.#removeAll(this.#matching(pattern));
  }

  async trim(pattern: string, keep: number): Promise<number> {
    checkPattern(pattern);
    const newestFirst = this.#matching(pattern).sort((one, other) => this.#versionOf(other) - this.#versionOf(one));
    return this.#removeAll(newestFirst.slice(keep));
  }

  async sweep(): Promise<number> {
    return this.#removeAll([...this.#entries.keys()].filter((key) => this.#isOver(key)));
  }

  async keys(pattern: string, limit: number): Promise<readonly string[]> {
    checkPattern(pattern);
    return this.#matching(pattern).sort().slice(0, limit);
  }

  async entries(pattern: string, limit: number): Promise<readonly EntryInfo[]> {
    const keys = await this.keys(pattern, limit);
    return keys.flatMap((key) => this.#infoOf(key) ?? []);
  }

  async search(query: TextQuery, { patterns = ['*'], limit }: SearchOptions): Promise<readonly FoundEntry[]> {
    for (const pattern of patterns) checkPattern(pattern);
    const keys = new Set(patterns.flatMap((pattern) => this.#matching(pattern)));
    const found = [...keys].flatMap((key) => this.#find(key, query) ?? []);
    found.sort((one, other) => other.score - one.score || other.version - one.version);
    return found.slice(0, limit).map(({ score: _score, ...entry }) => entry);
  }

  async usage(): Promise<TierUsage> {
    return { entries: this.#entries.size, bytes: this.#bytes, ...this.#limits };
  }

  async close(): Promise<void> {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #find(key: string, query: TextQuery): (FoundEntry & { score: number }) | undefined {
    const info = this.#infoOf(key);
    const entry = this.#entries.get(key);
    if (info === undefined || entry === undefined || !info.isLasting || !isSearchable(key)) return undefined;
    const body = textOf(decodeValue(entry.json));
    const [nameWords, bodyWords] = [wordsOf(key), wordsOf(body)];
    let score = 0;
    for (const term of query) {
      const hits = 5 * countOf(nameWords, term) + countOf(bodyWords, term);
      if (term.isExcluded ? hits > 0 : hits === 0) return undefined;
      score += hits;
    }
    return { ...info, snippet: snippetOf(body, query), score };
  }

  #infoOf(key: string): EntryInfo | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined ? undefined : { key, bytes: entry.bytes, ...factsOf(entry) };
  }

  #versionOf(key: string): number {
    return this.#entries.get(key)?.version ?? 0;
  }

  #checkRoom(before: Entry | undefined, bytes: number): void {
    const { maxEntries, maxBytes } = this.#limits;
    const fits = (): boolean =>
      this.#entries.size + (before === undefined ? 1 : 0) <= maxEntries &&
      this.#bytes + bytes - (before?.bytes ?? 0) <= maxBytes;
    if (fits()) return;
    this.#removeAll([...this.#entries.keys()].filter((key) => this.#isOver(key)));
    if (fits()) return;
    const message = `Memory is full: it holds at most ${maxEntries} entries and ${maxBytes} bytes.`;
    throw userError({ code: 'MEMORY_FULL', message, fix: 'Remove what nobody needs, or raise memory.maxBytes.' });
  }

  #live(key: string): Entry | undefined {
    if (this.#isOver(key)) this.#remove(key);
    return this.#entries.get(key);
  }

  #isOver(key: string): boolean {
    const expiresAtMs = this.#entries.get(key)?.expiresAtMs;
    return expiresAtMs !== undefined && expiresAtMs <= this.#clock.wallTimeMs();
  }

  #matching(pattern: string): string[] {
    const matches = matcherOf(pattern);
    return [...this.#entries.keys()].filter((key) => matches(key) && !this.#isOver(key));
  }

  #removeAll(keys: readonly string[]): number {
    for (const key of keys) this.#remove(key);
    return keys.length;
  }

  #remove(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}

function factsOf({ version, isLasting, author, writtenAtMs, expiresAtMs }: Entry): Omit<StoredValue, 'value'> {
  const common = { version, isLasting, author, writtenAtMs };
  return expiresAtMs === undefined ? common : { ...common, expiresAtMs };
}

function countOf(words: readonly string[], term: QueryTerm): number {
  return words.filter((_, at) => isAt(words, at, term)).length;
}

function isAt(words: readonly string[], at: number, { words: wanted, isPrefix }: QueryTerm): boolean {
  return wanted.every((word, index) => {
    const there = words[at + index];
    const isLast = index === wanted.length - 1;
    return there !== undefined && (isPrefix && isLast ? there.startsWith(word) : there === word);
  });
}

function snippetOf(body: string, query: TextQuery): string {
  const pieces = body.split(/\s+/);
  const isHit = (piece: string): boolean => {
    const words = wordsOf(piece);
    return query.some(({ words: [first = ''], isPrefix, isExcluded }) => {
      const fits = (word: string): boolean => (isPrefix ? word.startsWith(first) : word === first);
      return !isExcluded && words.some(fits);
    });
  };
  const first = Math.max(0, pieces.findIndex(isHit) - SNIPPET_WORDS);
  const shown = pieces.slice(first, first + 2 * SNIPPET_WORDS).map((piece) => (isHit(piece) ? `«${piece}»` : piece));
  return `${first > 0 ? '…' : ''}${shown.join(' ')}${first + 2 * SNIPPET_WORDS < pieces.length ? '…' : ''}`;
}
