import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { integer, text } from './cells.ts';

/** Rows of the index that one search looks at, some of which may have expired or belong to other namespaces. */
const MAX_LOOKED_AT = 1_000;

const ADD = 'insert into memory_text (rowid, name, body) values (?, ?, ?)';
const REMOVE = 'delete from memory_text where rowid = ?';
/** A word in the key weighs five times one in the value. */
const searchIn = (
  patterns: number,
): string => `select rowid, name, snippet(memory_text, 1, '«', '»', '…', 16) as snippet
  from memory_text where memory_text match ? and (${Array.from({ length: patterns }, () => 'name glob ?').join(' or ')})
  order by bm25(memory_text, 5.0, 1.0), rowid desc limit ${MAX_LOOKED_AT}`;

export type FoundText = Readonly<{ key: string; version: number; snippet: string }>;

/** The full-text index of memory: one row per lasting entry, called by the entry's version. */
export class TierText {
  readonly #add: StatementSync;
  readonly #remove: StatementSync;
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#add = db.prepare(ADD);
    this.#remove = db.prepare(REMOVE);
    this.#db = db;
  }

  add(version: number, key: string, words: string): void {
    this.#add.run(version, key, words);
  }

  remove(version: number): void {
    this.#remove.run(version);
  }

  /** The best first. */
  search(match: string, globs: readonly string[]): readonly FoundText[] {
    const rows = this.#db.prepare(searchIn(globs.length)).all(match, ...globs);
    return rows.map((row) => ({
      key: text(row, 'name'),
      version: integer(row, 'rowid'),
      snippet: text(row, 'snippet'),
    }));
  }
}
