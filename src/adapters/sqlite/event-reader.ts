import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { BadCell, type Cells, integer, text } from './cells.ts';
import { firstHash, hashOf, type HashedRecord } from './event-hash.ts';
import { damaged } from './store-error.ts';
import type { SwarmRow } from './swarm-rows.ts';

export type EventPage = Readonly<{ records: readonly HashedRecord[]; headSeq: number }>;

const MAX_PAGE_RECORDS = 1_000;
const MAX_PAGE_CHARS = 1_000_000;
const COLUMNS = 'seq, epoch, at_ms, wall_ms, version, data, hash';
const FROM = `select ${COLUMNS} from events where swarm = ? and seq >= ? order by seq`;
const LAST = 'select max(seq) as seq from events where swarm = ?';
const HASH = 'select hash from events where swarm = ? and seq = ?';
const ONE = `select ${COLUMNS} from events where swarm = ? and seq between ? - 1 and ? order by seq`;

/** Reads records of an open store and checks each against its hash. Damage is thrown with the record's seq. */
export class EventReader {
  readonly #path: string;
  readonly #from: StatementSync;
  readonly #last: StatementSync;
  readonly #hash: StatementSync;
  readonly #one: StatementSync;

  constructor(db: DatabaseSync, path: string) {
    this.#path = path;
    this.#from = db.prepare(FROM);
    this.#last = db.prepare(LAST);
    this.#hash = db.prepare(HASH);
    this.#one = db.prepare(ONE);
  }

  /** Neither a record too many nor one too few: the newest is the one that the swarm's row names. */
  checkHead({ no, name, headSeq, headHash }: SwarmRow): void {
    const last = this.#last.get(no)?.['seq'] ?? 0;
    if (last !== headSeq) throw this.#damagedAt(Math.min(Number(last), headSeq) + 1);
    const found = headSeq === 0 ? firstHash(name) : this.one({ no, name }, headSeq).hash;
    if (found !== headHash) throw this.#damagedAt(headSeq);
  }

  hashAt({ no }: Pick<SwarmRow, 'no'>, seq: number): string | undefined {
    const found = this.#hash.get(no, seq)?.['hash'];
    return typeof found === 'string' ? found : undefined;
  }

  page(swarm: SwarmRow, fromSeq: number, limit: number = MAX_PAGE_RECORDS): EventPage {
    const records: HashedRecord[] = [];
    const { headSeq } = swarm;
    if (fromSeq > headSeq) return { records, headSeq };
    let previous = fromSeq <= 1 ? firstHash(swarm.name) : this.hashAt(swarm, fromSeq - 1);
    if (previous === undefined) throw this.#damagedAt(fromSeq - 1);
    let chars = 0;
    for (const row of this.#from.iterate(swarm.no, fromSeq)) {
      const record = this.#checked(row, fromSeq + records.length, previous);
      previous = record.hash;
      chars += record.data.length;
      records.push(record);
      if (records.length >= limit || chars >= MAX_PAGE_CHARS || record.seq === headSeq) break;
    }
    if (records.length === 0) throw this.#damagedAt(fromSeq);
    return { records, headSeq };
  }

  /** One record, checked against the hash of the one before it. */
  one({ no, name }: Pick<SwarmRow, 'no' | 'name'>, seq: number): HashedRecord & Readonly<{ hash: string }> {
    const rows = this.#one.all(no, seq, seq);
    const [before, row] = seq === 1 ? [undefined, rows[0]] : rows;
    if (row === undefined) throw this.#damagedAt(seq);
    const previous = before === undefined ? firstHash(name) : before['hash'];
    return this.#checked(row, seq, String(previous));
  }

  #checked(row: Cells, seq: number, previous: string): HashedRecord & Readonly<{ hash: string }> {
    try {
      const record = readRecord(row);
      const hash = hashOf(previous, record);
      if (record.seq === seq && hash === row['hash']) return { ...record, hash };
    } catch (error) {
      if (!(error instanceof BadCell)) throw error;
    }
    throw this.#damagedAt(seq);
  }

  #damagedAt(seq: number): Error {
    return damaged(this.#path, `record ${seq} of the journal is missing or does not fit its checksum`);
  }
}

function readRecord(row: Cells): HashedRecord {
  return {
    seq: integer(row, 'seq'),
    epoch: integer(row, 'epoch'),
    atMs: integer(row, 'at_ms'),
    wallMs: integer(row, 'wall_ms'),
    version: integer(row, 'version'),
    data: text(row, 'data'),
  };
}
