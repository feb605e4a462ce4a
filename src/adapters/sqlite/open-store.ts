import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { migrate, schemaVersion } from './migrations.ts';
import { APPLICATION_ID, expectedFingerprint, SCHEMA, SCHEMA_VERSION, schemaFingerprint } from './schema.ts';
import { damaged, foreign, isReadOnlyDisk, missing, noStore, storeError, unsupported } from './store-error.ts';

/** How long to wait for another process's commit. */
const BUSY_TIMEOUT_MS = 5_000;
/** Of one page, the smallest that a database has. */
const MIN_BYTES = 512;
/** A store that ends with the connection. */
export const IN_MEMORY = ':memory:';

/** The file beside the store that remembers the newest record seen. */
export function headPath(storePath: string): string {
  return `${storePath}-head`;
}

/**
 * Opens the store for writing, creating it where there is none. Throws `UserError` or `Unavailable` when the file is
 * damaged, foreign, newer, unreadable or locked; then nothing was changed.
 */
export function openStore(path: string): DatabaseSync {
  return guarded(path, () => {
    if (path === IN_MEMORY) return openInMemory();
    if (!existsSync(path)) createStore(path);
    checkFile(path);
    const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    return closedOnError(db, () => {
      checkOwner(db, path);
      makeDurable(db, path);
      migrate(db, path);
      checkSchema(db, path);
    });
  });
}

/** Opens an existing store for reading, beside whatever process writes it. */
export function openStoreReadOnly(path: string): DatabaseSync {
  return guarded(path, () => {
    checkFile(path);
    const db = connectReadOnly(path);
    return closedOnError(db, () => {
      checkOwner(db, path);
      if (schemaVersion(db) < SCHEMA_VERSION) openStore(path).close();
      else migrate(db, path);
      checkSchema(db, path);
    });
  });
}

/** Beside a writer SQLite needs a file of its own to coordinate; on a read-only disk there is no writer to mind. */
function connectReadOnly(path: string): DatabaseSync {
  const url = pathToFileURL(path);
  if (isReadOnlyDisk(path) && (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0) {
    url.searchParams.set('immutable', '1');
  }
  return new DatabaseSync(url, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
}

function guarded<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw storeError(error, path);
  }
}

function closedOnError(db: DatabaseSync, check: () => void): DatabaseSync {
  try {
    check();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function openInMemory(): DatabaseSync {
  const db = new DatabaseSync(IN_MEMORY);
  db.exec(SCHEMA);
  db.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${SCHEMA_VERSION};`);
  return db;
}

/**
 * Makes the whole store under another name first and links it into place: a file with the store's own name is
 * complete from the first moment, so an empty one is always damage.
 */
function createStore(path: string): void {
  for (const leftover of [headPath(path), `${path}-wal`]) if (existsSync(leftover)) throw missing(path, leftover);
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.new-${randomUUID()}`;
  try {
    const db = new DatabaseSync(draft);
    db.exec(
      `begin; ${SCHEMA} pragma application_id = ${APPLICATION_ID}; pragma user_version = ${SCHEMA_VERSION}; commit;`,
    );
    db.exec('pragma journal_mode = wal');
    db.close();
    publish(draft, path);
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${draft}${suffix}`, { force: true });
  }
}

function publish(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    // Another process was faster: its store is as good as ours.
    if (!existsSync(path)) throw error;
  }
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

/** Looks at the file without opening it: closing it again would drop every lock that this process has on it. */
function checkFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw noStore(path);
  if (found.isFile() && found.size < MIN_BYTES) throw damaged(path, found.size === 0 ? 'it is empty' : 'it is cut off');
}

function checkOwner(db: DatabaseSync, path: string): void {
  db.exec('pragma cell_size_check = on');
  const id = Number(db.prepare('pragma application_id').get()?.['application_id']);
  if (id !== APPLICATION_ID) throw foreign(path);
  const pageBytes = Number(db.prepare('pragma page_size').get()?.['page_size']);
  if (statSync(path).size % pageBytes !== 0) throw damaged(path, 'it is cut off inside a page');
}

function checkSchema(db: DatabaseSync, path: string): void {
  if (schemaVersion(db) !== SCHEMA_VERSION) return;
  if (schemaFingerprint(db) !== expectedFingerprint()) throw damaged(path, 'its tables are not as they were made');
}

/** In write-ahead mode anything less than `synchronous = full` loses acknowledged commits in a power cut. */
function makeDurable(db: DatabaseSync, path: string): void {
  db.exec('pragma synchronous = full; pragma fullfsync = on; pragma checkpoint_fullfsync = on');
  const mode = db.prepare('pragma journal_mode').get()?.['journal_mode'];
  if (mode !== 'wal') throw unsupported(path, `its journal mode is "${String(mode)}", not "wal"`);
  const level = db.prepare('pragma synchronous').get()?.['synchronous'];
  if (level !== 2) throw unsupported(path, `its synchronous level is ${String(level)}, not 2`);
}
