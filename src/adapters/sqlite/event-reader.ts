import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { BadCell, integer } from './cells.ts';
import { firstHash, hashOf, type HashedRecord } from './event-hash.ts';
import { eventId } from './schema.ts';
import { damaged } from './store-error.ts';
import type { SwarmRow } from './swarm-rows.ts';

export type EventPage = Readonly<{ records: readonly HashedRecord[]; headSeq: number }>;

type CheckedRecord = HashedRecord & Readonly<{ hash: string }>;
type Expected = Readonly<{ seq: number; previous: string }>;

const MAX_PAGE_RECORDS = 1_000;
const MAX_PAGE_CHARS = 1_000_000;
const COLUMNS = 'id, epoch, at_ms, wall_ms, version, hash, data';
const ONE = `select ${COLUMNS} from events where id = ?`;
const FROM = `select ${COLUMNS} from events where id between ? and ? order by id`;
const NEWEST = `select id from events where id between ? and ? and type in (select value from json_each(?))
  order by id desc limit ?`;
const LAST = 'select max(id) as id from events where id between ? and ?';
/** Events begin with their type; what is not mail is passed over without being parsed. */
const MAIL = `select e.id, e.epoch, e.at_ms, e.wall_ms, e.version, e.hash, e.data, p.hash as previous
  from events e join events p on p.id = e.id - 1
  where e.id between ? and ? and e.data glob '{"type":"message*' order by e.id`;
const HASH = 'select hash from events where id = ?';

/** Reads records of an open store and checks each against its hash. Damage is thrown with the record's seq. */
export class EventReader {
  readonly #path: string;
  readonly #from: StatementSync;
  readonly #last: StatementSync;
  readonly #hash: StatementSync;
  readonly #one: StatementSync;
  readonly #mail: StatementSync;
  readonly #newest: StatementSync;

  constructor(db: DatabaseSync, path: string) {
    this.#path = path;
    this.#last = db.prepare(LAST);
    this.#hash = db.prepare(HASH);
    this.#from = preparedForRows(db, FROM);
    this.#one = preparedForRows(db, ONE);
    this.#mail = preparedForRows(db, MAIL);
    this.#newest = db.prepare(NEWEST);
  }

  /** Neither a record too many nor one too few: the newest is the one that the swarm's row names. */
  checkHead({ no, name, headSeq, headHash }: SwarmRow): void {
    const last =
      Number(this.#last.get(eventId(no, 0), eventId(no + 1, 0) - 1)?.['id'] ?? eventId(no, 0)) - eventId(no, 0);
    if (last !== headSeq) throw this.#damagedAt(Math.min(last, headSeq) + 1);
    const found = headSeq === 0 ? firstHash(name) : this.one({ no, name }, headSeq).hash;
    if (found !== headHash) throw this.#damagedAt(headSeq);
  }

  hashAt({ no }: Pick<SwarmRow, 'no'>, seq: number): string | undefined {
    const found = this.#hash.get(eventId(no, seq))?.['hash'];
    return typeof found === 'string' ? found : undefined;
  }

  page(swarm: SwarmRow, fromSeq: number, limit: number = MAX_PAGE_RECORDS): EventPage {
    const records: HashedRecord[] = [];
    const { headSeq } = swarm;
    if (fromSeq > headSeq) return { records, headSeq };
    let previous = fromSeq <= 1 ? firstHash(swarm.name) : this.hashAt(swarm, fromSeq - 1);
    if (previous === undefined) throw this.#damagedAt(fromSeq - 1);
    let chars = 0;
    for (const row of this.#from.iterate(eventId(swarm.no, fromSeq), eventId(swarm.no, headSeq))) {
      const record = this.#checked(rowOf(row), swarm, { seq: fromSeq + records.length, previous });
      previous = record.hash;
      chars += record.data.length;
      records.push(record);
      if (records.length >= limit || chars >= MAX_PAGE_CHARS) break;
    }
    if (records.length === 0) throw this.#damagedAt(fromSeq);
    return { records, headSeq };
  }

  /** Of these types, newest first; each checked as `one` does. */
  newest(swarm: SwarmRow, types: readonly string[], limit: number): readonly HashedRecord[] {
    const [from, to] = [eventId(swarm.no, 1), eventId(swarm.no, swarm.headSeq)];
    const rows = this.#newest.all(from, to, JSON.stringify(types), limit);
    return rows.map((row) => this.one(swarm, integer(row, 'id') - eventId(swarm.no, 0)));
  }

  /** One record, checked against the hash of the one before it. */
  one({ no, name }: Pick<SwarmRow, 'no' | 'name'>, seq: number): CheckedRecord {
    const previous = seq === 1 ? firstHash(name) : this.hashAt({ no }, seq - 1);
    if (previous === undefined) throw this.#damagedAt(seq - 1);
    const row = this.#one.get(eventId(no, seq));
    if (row === undefined) throw this.#damagedAt(seq);
    return this.#checked(rowOf(row), { no }, { seq, previous });
  }

  /**
   * Events about messages, in order, each checked against the hash of the one before it.
   * @yields each once
   */
  *ofMail({ no }: Pick<SwarmRow, 'no'>, fromSeq: number, toSeq: number): Generator<HashedRecord, void, undefined> {
    for (const row of this.#mail.iterate(eventId(no, fromSeq), eventId(no, toSeq))) {
      const cells = rowOf(row);
      const seq = Number(cells[0]) - eventId(no, 0);
      yield this.#checked(cells, { no }, { seq, previous: textOf(cells[7]) });
    }
  }

  #checked(row: Row, { no }: Pick<SwarmRow, 'no'>, { seq, previous }: Expected): CheckedRecord {
    try {
      const record = readRecord(row, seq);
      const hash = hashOf(previous, record);
      if (row[0] === eventId(no, seq) && hash === row[5]) return { ...record, hash };
    } catch (error) {
      if (!(error instanceof BadCell)) throw error;
    }
    throw this.#damagedAt(seq);
  }

  #damagedAt(seq: number): Error {
    return damaged(this.#path, `record ${seq} of the journal is missing or does not fit its checksum`);
  }
}

/** The cells of `COLUMNS`, and what comes behind them. */
type Row = readonly SQLOutputValue[];

/** An object for each row costs a quarter of the time of reading it. */
function preparedForRows(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}

function rowOf(row: unknown): Row {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the types do not know what `setReturnArrays` does
  return row as Row;
}

function readRecord([, epoch, atMs, wallMs, version, , data]: Row, seq: number): HashedRecord {
  return {
    seq,
    epoch: integerOf(epoch),
    atMs: integerOf(atMs),
    wallMs: integerOf(wallMs),
    version: integerOf(version),
    data: textOf(data),
  };
}

function integerOf(cell: SQLOutputValue | undefined): number {
  if (typeof cell !== 'number') throw new BadCell('a record holds what does not belong there');
  return cell;
}

function textOf(cell: SQLOutputValue | undefined): string {
  if (typeof cell !== 'string') throw new BadCell('a record holds what does not belong there');
  return cell;
}
