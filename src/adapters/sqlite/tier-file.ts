import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { BadCell, checksum, integer, integerOrNull, text, type Cells } from './cells.ts';
import { damaged } from './store-error.ts';

/** One write. `expiresAtMs` and `nowMs` are wall time: entries outlive the process. */
export type TierWrite = Readonly<{
  key: string;
  json: string;
  expiresAtMs: number | null;
  nowMs: number;
  ifVersion: number | null;
}>;

export type TierEntry = Readonly<{ json: string; version: number; expiresAtMs: number | null }>;

const LIVE = '(expires_at_ms is null or expires_at_ms > ?)';
const GET = `select * from memory where key = ? and ${LIVE}`;
const PUT = 'insert or replace into memory values (?, ?, ?, ?, ?)';
const NEXT_VERSION = 'update memory_clock set version = version + 1 returning version';
const DELETE = `delete from memory where key = ?`;
const INVALIDATE = 'delete from memory where key glob ?';
const EXPIRE = 'delete from memory where expires_at_ms <= ?';
const KEYS = `select key from memory where key glob ? and ${LIVE} order by key limit ?`;

/** The table of memory in an open store file, synchronously. Versions rise over all keys, so none is ever seen twice. */
export class TierFile {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #nextVersion: StatementSync;
  readonly #keys: StatementSync;

  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
    this.#get = db.prepare(GET);
    this.#put = db.prepare(PUT);
    this.#nextVersion = db.prepare(NEXT_VERSION);
    this.#keys = db.prepare(KEYS);
  }

  get(key: string, nowMs: number): TierEntry | undefined {
    const row = this.#get.get(key, nowMs);
    return row === undefined ? undefined : this.#read(row);
  }

  set({ key, json, expiresAtMs, nowMs, ifVersion }: TierWrite): number | undefined {
    return this.#inTransaction(() => {
      if (ifVersion !== null && ifVersion !== (this.get(key, nowMs)?.version ?? 0)) return undefined;
      this.#db.prepare(EXPIRE).run(nowMs);
      const version = Number(this.#nextVersion.get()?.['version']);
      const cells = [key, json, version, expiresAtMs];
      this.#put.run(...cells, checksum(cells));
      return version;
    });
  }

  delete(key: string, nowMs: number): boolean {
    return this.#inTransaction(() => {
      const isThere = this.#get.get(key, nowMs) !== undefined;
      this.#db.prepare(DELETE).run(key);
      return isThere;
    });
  }

  /** Expired ones go too, uncounted. */
  invalidate(pattern: string, nowMs: number): number {
    return this.#inTransaction(() => {
      this.#db.prepare(EXPIRE).run(nowMs);
      return Number(this.#db.prepare(INVALIDATE).run(globOf(pattern)).changes);
    });
  }

  keys(pattern: string, limit: number, nowMs: number): readonly string[] {
    return this.#keys.all(globOf(pattern), nowMs, limit).map((row) => text(row, 'key'));
  }

  #read(row: Cells): TierEntry {
    try {
      const json = text(row, 'value');
      const version = integer(row, 'version');
      const expiresAtMs = integerOrNull(row, 'expires_at_ms');
      if (checksum([text(row, 'key'), json, version, expiresAtMs]) !== row['crc'])
        throw new BadCell('a row does not fit its checksum');
      return { json, version, expiresAtMs };
    } catch (error) {
      if (error instanceof BadCell) throw damaged(this.#path, `in memory key "${String(row['key'])}"`, error);
      throw error;
    }
  }

  #inTransaction<T>(act: () => T): T {
    this.#db.exec('begin immediate');
    try {
      const result = act();
      this.#db.exec('commit');
      return result;
    } finally {
      if (this.#db.isTransaction) this.#db.exec('rollback');
    }
  }
}

/** Only `*` is special for us; SQLite's other wildcards are taken literally. */
function globOf(pattern: string): string {
  return pattern.replaceAll(/[?[]/g, '[$&]');
}
