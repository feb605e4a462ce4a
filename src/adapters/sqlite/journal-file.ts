import { hash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Projector } from '../../core/read-tables/projector.ts';
import type { AppendResult, Snapshot } from '../../ports/journal.ts';
import { assert } from '../../util/assert.ts';
import { BadCell } from './cells.ts';
import { EventReader, type EventPage } from './event-reader.ts';
import { hashOf } from './event-hash.ts';
import { rebuildTables } from './rebuild-tables.ts';
import { isRepairWanted, repairIsDone } from './repair-marker.ts';
import { RowWriter } from './row-writer.ts';
import { EVENT_VERSION, eventId } from './schema.ts';
import { isFull, tablesDamaged } from './store-error.ts';
import { SwarmRows, type SwarmRow } from './swarm-rows.ts';
import { upcast } from './upcast.ts';

/** A batch as it crosses to the thread that writes: events as JSON, one per line. */
export type StoredBatch = Readonly<{
  swarm: string;
  epoch: number;
  firstSeq: number;
  wallTimeMs: number;
  atMs: readonly number[];
  lines: string;
}>;

/** The newest record. Seq 0: there is none. */
export type Head = Readonly<{ seq: number; hash: string }>;

const INSERT = 'insert into events (id, epoch, at_ms, wall_ms, version, data, hash) values (?, ?, ?, ?, ?, ?, ?)';
const ADD_SNAPSHOT = 'insert or replace into snapshots values (?, ?, ?, ?, ?)';
const DROP_SNAPSHOTS = `delete from snapshots where swarm = ?1
  and seq not in (select seq from snapshots where swarm = ?1 order by seq desc limit 2)`;
const GET_SNAPSHOTS = 'select seq, event_hash, state, checksum from snapshots where swarm = ? order by seq desc';

type Tables = Readonly<{ writer: RowWriter; projector: Projector }>;

/** The journal in an open store file, synchronously. Runs in the thread that may wait for the disk. */
export class JournalFile {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #swarms: SwarmRows;
  readonly #events: EventReader;
  readonly #insert: StatementSync;
  readonly #tables = new Map<string, Tables>();

  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
    this.#swarms = new SwarmRows(db, path, 'write');
    this.#events = new EventReader(db, path);
    this.#insert = db.prepare(INSERT);
  }

  /**
   * The epoch rises by one. Pages of a failed sync may be clean in the page cache and absent on the disk: the
   * checkpoint writes all of them again before anybody leads on them.
   */
  claim(name: string): number {
    this.checkpoint('truncate');
    this.#tables.clear();
    const epoch = this.#inTransaction(() => {
      const swarm = this.#swarms.get(name) ?? this.#swarms.fresh(name);
      this.#events.checkHead(swarm);
      const sound = isRepairWanted(this.#path) ? rebuildTables(this.#db, this.#events, swarm) : swarm;
      this.#swarms.put({ ...sound, epoch: swarm.epoch + 1 });
      return swarm.epoch + 1;
    });
    repairIsDone(this.#path);
    return epoch;
  }

  /** 0: nobody has ever led it. */
  epochOf(name: string): number {
    return this.#swarms.get(name)?.epoch ?? 0;
  }

  append(batch: StoredBatch): AppendResult {
    try {
      return this.#inTransaction(() => this.#appendNow(batch));
    } catch (error) {
      this.#tables.clear();
      if (isFull(error)) return { ok: false, reason: 'store-full' };
      throw error;
    }
  }

  /** Records from `fromSeq` on, at most one page of them, their chain checked. */
  page(name: string, fromSeq: number): EventPage {
    const swarm = this.#swarms.get(name);
    return swarm === undefined ? { records: [], headSeq: 0 } : this.#events.page(swarm, fromSeq);
  }

  head(name: string): Head {
    const swarm = this.#swarms.get(name);
    return { seq: swarm?.headSeq ?? 0, hash: swarm?.headHash ?? '' };
  }

  /** Undefined when there is no such record. */
  hashAt(name: string, seq: number): string | undefined {
    const swarm = this.#swarms.get(name);
    return swarm === undefined ? undefined : this.#events.hashAt(swarm, seq);
  }

  saveSnapshot(name: string, { seq, state }: Snapshot): void {
    this.#inTransaction(() => {
      const swarm = this.#swarms.get(name);
      const eventHash = swarm === undefined ? undefined : this.#events.hashAt(swarm, seq);
      assert(swarm !== undefined && eventHash !== undefined, `a snapshot of record ${seq}, which is not stored`);
      const checksum = snapshotChecksum(seq, eventHash, state);
      this.#db.prepare(ADD_SNAPSHOT).run(swarm.no, seq, eventHash, state, checksum);
      this.#db.prepare(DROP_SNAPSHOTS).run(swarm.no);
    });
  }

  /** A damaged snapshot, or one that does not fit the journal, is passed over: the journal has everything. */
  latestSnapshot(name: string): Snapshot | undefined {
    const swarm = this.#swarms.get(name);
    if (swarm === undefined) return undefined;
    for (const row of this.#db.prepare(GET_SNAPSHOTS).iterate(swarm.no)) {
      const { seq, state, checksum, event_hash: eventHash } = row;
      if (typeof seq !== 'number' || typeof state !== 'string' || typeof eventHash !== 'string') continue;
      const isSound = checksum === snapshotChecksum(seq, eventHash, state);
      if (isSound && this.#events.hashAt(swarm, seq) === eventHash) return { seq, state };
    }
    return undefined;
  }

  /** `truncate` moves everything into the main file, waits for readers and throws when one does not end. */
  checkpoint(mode: 'passive' | 'truncate'): void {
    const row = this.#db.prepare(`pragma wal_checkpoint(${mode})`).get();
    if (mode === 'truncate' && row?.['busy'] !== 0) {
      throw Object.assign(new Error('a reader holds the store'), { errcode: 5 });
    }
  }

  #appendNow({ swarm: name, epoch, firstSeq, wallTimeMs, atMs, lines }: StoredBatch): AppendResult {
    const swarm = this.#swarms.get(name);
    if (swarm?.epoch !== epoch) return { ok: false, reason: 'epoch-stale' };
    if (firstSeq <= swarm.headSeq) return { ok: false, reason: 'seq-taken' };
    assert(firstSeq === swarm.headSeq + 1, `gap before seq ${firstSeq}`);
    let headHash = swarm.headHash;
    let seq = swarm.headSeq;
    const records = [];
    for (const data of lines.split('\n')) {
      const at = atMs[seq + 1 - firstSeq] ?? 0;
      seq++;
      headHash = hashOf(headHash, { seq, epoch, atMs: at, wallMs: wallTimeMs, version: EVENT_VERSION, data });
      this.#insert.run(eventId(swarm.no, seq), epoch, at, wallTimeMs, EVENT_VERSION, data, headHash);
      records.push({ seq, event: upcast(data, EVENT_VERSION) });
    }
    assert(records.length === atMs.length, `${records.length} events with ${atMs.length} times`);
    const { projector, writer } = this.#tablesOf(swarm);
    const added = writer.write(projector.project(records, wallTimeMs), firstSeq);
    this.#swarms.put({
      ...swarm,
      headSeq: seq,
      headHash,
      runs: swarm.runs + added.runs,
      agents: swarm.agents + added.agents,
      artifacts: swarm.artifacts + added.artifacts,
      proposals: swarm.proposals + added.proposals,
    });
    return { ok: true };
  }

  #tablesOf({ name, no }: SwarmRow): Tables {
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    const writer = new RowWriter(this.#db, no);
    const tables = { writer, projector: new Projector(writer) };
    this.#tables.set(name, tables);
    return tables;
  }

  #inTransaction<T>(act: () => T): T {
    this.#db.exec('begin immediate');
    try {
      const result = act();
      this.#db.exec('commit');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('rollback');
      throw error instanceof BadCell ? tablesDamaged(this.#path, error) : error;
    }
  }
}

function snapshotChecksum(seq: number, eventHash: string, state: string): string {
  return hash('sha256', `${seq}|${eventHash}|${state}`, 'hex');
}
