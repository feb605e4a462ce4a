import type { DatabaseSync } from 'node:sqlite';
import { SYSTEM } from '../../core/memory/entry.ts';
import { BadCell, checksum } from './cells.ts';
import { ENTITY_COLUMN, MEMORY_TABLES, PROPOSAL_COUNT_COLUMN, PROPOSAL_TABLES, SCHEMA_VERSION } from './schema.ts';
import { damaged, newer } from './store-error.ts';

/** Lifts a store from the version before `to` to `to`, inside one transaction with all other steps. */
export type Migration = Readonly<{ from: number; to: number; run: (db: DatabaseSync) => void }>;

/** Oldest first, without gaps. */
export const MIGRATIONS: readonly Migration[] = [
  { from: 1_000, to: 2_000, run: addProposals },
  { from: 2_000, to: 3_000, run: addAuthors },
  { from: 3_000, to: 3_001, run: addHealth },
];

export function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare('pragma user_version').get()?.['user_version']);
}

/** Refuses a newer major, leaves a newer minor as it is, lifts an older store. All steps or none. */
export function migrate(
  db: DatabaseSync,
  path: string,
  steps: readonly Migration[] = MIGRATIONS,
  target: number = SCHEMA_VERSION,
): void {
  if (isCurrent(db, path, target)) return;
  db.exec('begin immediate');
  try {
    // Somebody else may have done it while we waited for the lock.
    for (const step of steps) if (step.from === schemaVersion(db)) run(db, step);
    if (!isCurrent(db, path, target)) throw new Error(`Internal error: no migration from ${schemaVersion(db)}`);
    db.exec('commit');
  } catch (error) {
    if (error instanceof BadCell) throw damaged(path, `in the row of a swarm: ${error.message}`, error);
    throw error;
  } finally {
    if (db.isTransaction) db.exec('rollback');
  }
}

function isCurrent(db: DatabaseSync, path: string, target: number): boolean {
  const found = schemaVersion(db);
  if (Math.floor(found / 1_000) > Math.floor(target / 1_000)) throw newer(path, found, target);
  return found >= target;
}

function run(db: DatabaseSync, step: Migration): void {
  step.run(db);
  db.exec(`pragma user_version = ${step.to}`);
}

/** The rows of events are not touched: what changes there is computed when somebody looks. */
function addProposals(db: DatabaseSync): void {
  db.exec(PROPOSAL_TABLES);
  db.exec('alter table events drop column entity');
  db.exec(`alter table events add column ${ENTITY_COLUMN}`);
  const swarms = db
    .prepare('select no, name, epoch, head_seq, head_hash, runs, agents, artifacts, crc from swarms')
    .all();
  db.exec(`alter table swarms add column ${PROPOSAL_COUNT_COLUMN}`);
  const seal = db.prepare('update swarms set crc = ? where no = ?');
  for (const { crc, ...swarm } of swarms) {
    const cells = Object.values(swarm).map((cell) => (typeof cell === 'number' ? cell : String(cell)));
    if (checksum(cells) !== crc) throw new BadCell('a row does not fit its checksum');
    seal.run(checksum([...cells, 0]), swarm['no'] ?? null);
  }
}

/** Where the record stands that says how an agent is doing. */
function addHealth(db: DatabaseSync): void {
  db.exec('alter table agents add column health_seq integer; alter table agents add column breaker_seq integer');
}

/** Entries say who wrote them and when, and can be found by their words. What stood there was Waggle's own. */
function addAuthors(db: DatabaseSync): void {
  const rows = db.prepare('select key, value, version, expires_at_ms, crc from memory').all();
  const version = Number(db.prepare('select version from memory_clock').get()?.['version']);
  db.exec('drop index memory_by_expiry; drop table memory; drop table memory_clock');
  db.exec(MEMORY_TABLES);
  const put = db.prepare('insert into memory values (?, ?, ?, ?, 1, ?, null, null, ?, ?)');
  let bytes = 0;
  for (const { crc, ...row } of rows) {
    const { key, value, version: own, expires_at_ms: expiresAtMs } = row;
    const cells = [String(key), String(value), Number(own), expiresAtMs === null ? null : Number(expiresAtMs)] as const;
    if (checksum(cells) !== crc) throw new BadCell('a row of memory does not fit its checksum');
    put.run(...cells, SYSTEM.id, 0, checksum([...cells, 1, SYSTEM.id, null, null, 0]));
    bytes += Buffer.byteLength(cells[0]) + Buffer.byteLength(cells[1]);
  }
  db.prepare('insert into memory_clock values (1, ?, ?, ?)').run(version, rows.length, bytes);
}
