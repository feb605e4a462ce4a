import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { wantRepair } from './repair-marker.ts';
import { Unavailable, UserError, userError } from '../../util/user-error.ts';

const RESTORE =
  'Keep the file for a look, and put back a backup of the whole folder, or move the folder away to start anew.';

/** Damage is named and refused: nothing is ever skipped, and nothing starts empty over a damaged store. */
export function damaged(path: string, what: string, cause?: unknown): UserError {
  const fields = { code: 'STORE_DAMAGED', message: `The store is damaged: ${what}.`, at: path, fix: RESTORE };
  return new UserError(fields, { cause });
}

/** The journal is whole, and the read tables can be made from it. */
export function tablesDamaged(path: string, cause: Error): UserError {
  wantRepair(path);
  const message = `The lists of the store are damaged: ${cause.message}.`;
  const fix =
    'The journal is whole. End every waggle process here and start one that runs something: it makes them anew.';
  return new UserError({ code: 'STORE_DAMAGED', message, at: path, fix }, { cause });
}

export function wentBack(path: string, seq: number, swarm: string): UserError {
  return userError({
    code: 'STORE_WENT_BACK',
    message: `journal-went-back: record ${seq} of swarm "${swarm}" was here before, and is gone or another one now.`,
    at: path,
    fix: `Put back the newest copy of the whole folder. If you restored an older one on purpose, remove "${path}-head".`,
  });
}

export function missing(path: string, leftover: string): UserError {
  return userError({
    code: 'STORE_MISSING',
    message: `The store is gone, but "${leftover}" says that it was here.`,
    at: path,
    fix: 'Put back the whole folder, or remove what is left of it to start anew.',
  });
}

export function noStore(path: string): UserError {
  return userError({
    code: 'STORE_MISSING',
    message: 'There is no store here yet.',
    at: path,
    fix: 'Run something first: "waggle check" or "waggle run <workflow.yaml>".',
  });
}

export function foreign(path: string): UserError {
  return userError({
    code: 'STORE_FOREIGN',
    message: "The file is a database, but not one of Waggle's.",
    at: path,
    fix: 'Move it away, or use another folder.',
  });
}

export function newer(path: string, found: number, known: number): UserError {
  return userError({
    code: 'STORE_NEWER',
    message: `The store was written by a newer Waggle: format ${formatName(found)}, and this one knows ${formatName(known)}.`,
    at: path,
    fix: 'Update Waggle. Nothing was changed.',
  });
}

export function unsupported(path: string, what: string): UserError {
  return userError({
    code: 'STORE_UNSAFE',
    message: `The store cannot be kept safely here: ${what}.`,
    at: path,
    fix: 'Use a folder on a local disk.',
  });
}

function formatName(version: number): string {
  return `${Math.floor(version / 1_000)}.${version % 1_000}`;
}

/** Numbers of SQLite, without the extension in the higher bits. */
const SQLITE = {
  perm: 3,
  busy: 5,
  locked: 6,
  readonly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  open: 14,
  auth: 23,
  notDb: 26,
};

const NO_CODE = -1;
/** SQLITE_IOERR_SHMSIZE: the small file beside the store, through which its users agree, could not grow. */
const NO_ROOM_TO_SHARE = 10 | (19 << 8);

/** The primary result code, when SQLite threw `error`. */
export function sqliteCode(error: unknown): number | undefined {
  const code = extendedCode(error);
  return code === undefined ? undefined : code & 0xff;
}

function extendedCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** Nothing was stored, and it may work again once there is room. */
export function isFull(error: unknown): boolean {
  if (error instanceof Unavailable) return isFull(error.cause);
  return sqliteCode(error) === SQLITE.full || extendedCode(error) === NO_ROOM_TO_SHARE;
}

/** Another process is in the way. */
export function isLocked(error: unknown): boolean {
  if (error instanceof Unavailable) return isLocked(error.cause);
  const code = sqliteCode(error);
  return code === SQLITE.busy || code === SQLITE.locked;
}

/** What a person should be told instead of `error`; `error` itself when that is our own bug or told already. */
export function storeError(error: unknown, path: string): unknown {
  if (error instanceof UserError || error instanceof Unavailable || !(error instanceof Error)) return error;
  const options = { cause: error };
  if (isFull(error)) return full(path, error);
  const code = sqliteCode(error) ?? NO_CODE;
  switch (code) {
    case SQLITE.corrupt:
      return damaged(path, error.message, error);
    case SQLITE.notDb:
      return damaged(path, 'it is not a database', error);
    case SQLITE.busy:
    case SQLITE.locked: {
      const message = `The store "${path}" is locked by another process.`;
      const fix = 'End or continue the stopped process that uses it, then try again.';
      return new Unavailable({ port: 'journal', message, fix, retryAfterMs: 1_000 }, options);
    }
    case SQLITE.readonly:
      return readOnly(path, error);
    case SQLITE.io: {
      const message = `Reading or writing the store "${path}" failed: ${error.message}.`;
      return new Unavailable(
        { port: 'disk', message, fix: 'Look at the disk and its messages, then try again.' },
        options,
      );
    }
    case SQLITE.open:
    case SQLITE.perm:
    case SQLITE.auth:
      if (Buffer.byteLength(path) > LONG_PATH_BYTES) return tooLong(path, error);
      return isReadOnlyDisk(path) ? readOnly(path, error) : unreadable(path, error);
    default:
      return fromNode(error, path);
  }
}

/** SQLite takes 512 bytes, with the names of the files that it makes beside the store. */
const LONG_PATH_BYTES = 440;

function tooLong(path: string, cause: Error): UserError {
  const message = `The store cannot be opened: its path has ${Buffer.byteLength(path)} bytes, more than a database may have.`;
  return new UserError(
    { code: 'STORE_UNREADABLE', message, at: path, fix: 'Use a folder with a shorter path.' },
    { cause },
  );
}

function full(path: string, cause: Error): Unavailable {
  const message = `No room is left on the disk of "${path}".`;
  return new Unavailable({ port: 'disk', message, fix: 'Make room, then try again.' }, { cause });
}

function readOnly(path: string, cause: Error): Unavailable {
  const message = `The store "${path}" cannot be written: the file or its disk is read-only.`;
  return new Unavailable({ port: 'disk', message, fix: 'Make it writable, then try again.' }, { cause });
}

export function isReadOnlyDisk(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EROFS';
  }
}

function unreadable(path: string, cause: Error): UserError {
  const message = `The store cannot be opened: ${cause.message}.`;
  const fix = 'Make the file and its folder readable and writable for yourself.';
  return new UserError({ code: 'STORE_UNREADABLE', message, at: path, fix }, { cause });
}

/** What the file system says when a path is not ours to use. */
const UNREADABLE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ELOOP']);

function fromNode(error: Error, path: string): unknown {
  const code = 'code' in error ? error.code : undefined;
  // A number that no program of ours ever wrote.
  if (code === 'ERR_OUT_OF_RANGE') return damaged(path, 'a number is out of range', error);
  if (code === 'EROFS') return readOnly(path, error);
  if (typeof code === 'string' && UNREADABLE.has(code)) return unreadable(path, error);
  // Names that are gone although the schema was ours.
  const isSchema = sqliteCode(error) === 1 && /malformed|no such (?:table|column|index)|corrupt/i.test(error.message);
  return isSchema ? damaged(path, error.message, error) : error;
}
