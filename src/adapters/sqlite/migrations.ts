import type { DatabaseSync } from 'node:sqlite';
import { SCHEMA_VERSION } from './schema.ts';
import { newer } from './store-error.ts';

/** Lifts a store from the version before `to` to `to`, inside one transaction with all other steps. */
export type Migration = Readonly<{ from: number; to: number; run: (db: DatabaseSync) => void }>;

/** Oldest first, without gaps. The first format needs none. */
export const MIGRATIONS: readonly Migration[] = [];

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
