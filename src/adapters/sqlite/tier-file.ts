import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { userError } from '../../util/user-error.ts';
import { BadCell, checksum, integer, integerOrNull, text, type Cells } from './cells.ts';
import { damaged } from './store-error.ts';
import { TierText } from './tier-text.ts';

/** What is known of an entry besides its value. Times are wall time: entries outlive the process. */
export type TierFacts = Readonly<{
  version: number;
  expiresAtMs: number | null;
  isLasting: boolean;
  author: string;
  task: string | null;
  attempt: number | null;
  writtenAtMs: number;
}>;

/** One write. `words`: what full-text search should find; null for what it should not see. */
export type TierWrite = Omit<TierFacts, 'version'> &
  Readonly<{ key: string; json: string; ifVersion: number | null; words: string | null; limits: TierLimits }>;

export type TierLimits = Readonly<{ maxEntries: number; maxBytes: number }>;
export type TierEntry = TierFacts & Readonly<{ json: string }>;
export type TierInfo = TierFacts & Readonly<{ key: string; bytes: number }>;
export type TierFound = TierInfo & Readonly<{ snippet: string }>;
export type TierTotals = Readonly<{ entries: number; bytes: number }>;

const LIVE = '(expires_at_ms is null or expires_at_ms > ?)';
const BYTES = 'octet_length(key) + octet_length(value)';
const FACTS = 'version, expires_at_ms, lasting, author, task, attempt, written_at_ms';
const GET = `select * from memory where key = ? and ${LIVE}`;
const PUT = 'insert into memory values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const NEXT_VERSION = 'update memory_clock set version = version + 1 returning version';
const COUNT = 'update memory_clock set entries = entries + ?, bytes = bytes + ?';
const TOTALS = 'select entries, bytes from memory_clock';
const TOO_OLD = `version < (select min(version) from
  (select version from memory where key glob ?1 order by version desc limit ?2))`;
const KEYS = `select key from memory where key glob ? and ${LIVE} order by key limit ?`;
const ENTRIES = `select key, ${FACTS}, ${BYTES} as bytes from memory where key glob ? and ${LIVE} order by key limit ?`;
const FOUND = `select key, ${FACTS}, ${BYTES} as bytes from memory where key = ? and version = ? and ${LIVE}`;

/** The table of memory in an open store file, synchronously. Versions rise over all keys, so none is ever seen twice. */
export class TierFile {
  /** Called in every writing transaction: throws when this process may not write any more. */
  checkLead: () => void = () => {};
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #words: TierText;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
    this.#words = new TierText(db);
  }

  get(key: string, nowMs: number): TierEntry | undefined {
    const row = this.#run(GET).get(key, nowMs);
    return row === undefined ? undefined : this.#read(row);
  }

  set(write: TierWrite): number | undefined {
    const { key, json, ifVersion, writtenAtMs: nowMs, words } = write;
    return this.#inTransaction(write.isLasting, () => {
      if (ifVersion !== null && ifVersion !== (this.get(key, nowMs)?.version ?? 0)) return undefined;
      this.#remove('expires_at_ms <= ?', nowMs);
      this.#remove('key = ?', key);
      const version = this.#nextVersion();
      const { expiresAtMs, isLasting, author, task, attempt } = write;
      const cells = [key, json, version, expiresAtMs, isLasting ? 1 : 0, author, task, attempt, nowMs];
      this.#run(PUT).run(...cells, checksum(cells));
      this.#run(COUNT).run(1, Buffer.byteLength(key) + Buffer.byteLength(json));
      this.#checkRoom(write.limits);
      if (words !== null) this.#words.add(version, key, words);
      return version;
    });
  }

  delete(key: string, nowMs: number): boolean {
    return this.#inTransaction(true, () => {
      const isThere = this.#run(GET).get(key, nowMs) !== undefined;
      this.#remove('key = ?', key);
      return isThere;
    });
  }

  /** Expired ones go too, uncounted. */
  invalidate(pattern: string, nowMs: number): number {
    return this.#inTransaction(true, () => {
      this.#remove('expires_at_ms <= ?', nowMs);
      return this.#remove('key glob ?', globOf(pattern));
    });
  }

  trim(pattern: string, keep: number): number {
    return this.#inTransaction(true, () => {
      const glob = globOf(pattern);
      if (keep === 0) return this.#remove('key glob ?', glob);
      return this.#remove(`key glob ?1 and ${TOO_OLD}`, glob, keep);
    });
  }

  sweep(nowMs: number): number {
    return this.#inTransaction(false, () => this.#remove('expires_at_ms <= ?', nowMs));
  }

  keys(pattern: string, limit: number, nowMs: number): readonly string[] {
    return this.#run(KEYS)
      .all(globOf(pattern), nowMs, limit)
      .map((row) => text(row, 'key'));
  }

  entries(pattern: string, limit: number, nowMs: number): readonly TierInfo[] {
    return this.#run(ENTRIES)
      .all(globOf(pattern), nowMs, limit)
      .map((row) => infoOf(row));
  }

  search(match: string, patterns: readonly string[], limit: number, nowMs: number): readonly TierFound[] {
    const found: TierFound[] = [];
    for (const { key, version, snippet } of this.#words.search(match, patterns.map(globOf))) {
      const row = this.#run(FOUND).get(key, version, nowMs);
      if (row !== undefined) found.push({ ...infoOf(row), snippet });
      if (found.length >= limit) break;
    }
    return found;
  }

  totals(): TierTotals {
    const row = this.#run(TOTALS).get();
    return { entries: Number(row?.['entries']), bytes: Number(row?.['bytes']) };
  }

  #read(row: Cells): TierEntry {
    try {
      const json = text(row, 'value');
      const facts = factsOf(row);
      const { version, expiresAtMs, isLasting, author, task, attempt, writtenAtMs } = facts;
      const lasting = isLasting ? 1 : 0;
      const cells = [text(row, 'key'), json, version, expiresAtMs, lasting, author, task, attempt, writtenAtMs];
      if (checksum(cells) !== row['crc']) throw new BadCell('a row does not fit its checksum');
      return { json, ...facts };
    } catch (error) {
      if (error instanceof BadCell) throw damaged(this.#path, `in memory key "${String(row['key'])}"`, error);
      throw error;
    }
  }

  /** The rows with their words and their share of the totals. Gives how many. */
  #remove(where: string, ...values: readonly (string | number)[]): number {
    const rows = this.#run(`delete from memory where ${where} returning version, ${BYTES} as bytes`).all(...values);
    if (rows.length === 0) return 0;
    let bytes = 0;
    for (const row of rows) {
      bytes += integer(row, 'bytes');
      this.#words.remove(integer(row, 'version'));
    }
    this.#run(COUNT).run(-rows.length, -bytes);
    return rows.length;
  }

  #nextVersion(): number {
    return Number(this.#run(NEXT_VERSION).get()?.['version']);
  }

  #checkRoom({ maxEntries, maxBytes }: TierLimits): void {
    const { entries, bytes } = this.totals();
    if (entries > maxEntries) throw full(`${maxEntries} entries`, 'maxEntries');
    if (bytes > maxBytes) throw full(`${maxBytes} bytes`, 'maxBytes');
  }

  #run(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#db.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  /** What may be lost in a power cut is not waited for: its commit is whole or absent, but not synced. */
  #inTransaction<T>(isLasting: boolean, act: () => T): T {
    if (!isLasting) this.#db.exec('pragma synchronous = normal');
    try {
      this.#db.exec('begin immediate');
      this.checkLead();
      const result = act();
      this.#db.exec('commit');
      return result;
    } finally {
      if (this.#db.isTransaction) this.#db.exec('rollback');
      if (!isLasting) this.#db.exec('pragma synchronous = full');
    }
  }
}

function factsOf(row: Cells): TierFacts {
  return {
    version: integer(row, 'version'),
    expiresAtMs: integerOrNull(row, 'expires_at_ms'),
    isLasting: integer(row, 'lasting') === 1,
    author: text(row, 'author'),
    task: row['task'] === null ? null : text(row, 'task'),
    attempt: integerOrNull(row, 'attempt'),
    writtenAtMs: integer(row, 'written_at_ms'),
  };
}

function infoOf(row: Cells): TierInfo {
  return { key: text(row, 'key'), bytes: integer(row, 'bytes'), ...factsOf(row) };
}

/** Only `*` is special for us; SQLite's other wildcards are taken literally. */
function globOf(pattern: string): string {
  return pattern.replaceAll(/[?[]/g, '[$&]');
}

function full(most: string, option: string): Error {
  const message = `Memory is full: it holds at most ${most}.`;
  const fix = `Remove what nobody needs (waggle memory list, waggle memory invalidate), or raise memory.${option}.`;
  return userError({ code: 'MEMORY_FULL', message, fix });
}
