import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger, LogLevel } from '../../ports/logger.ts';

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export type FileLoggerOptions = Readonly<{
  /** Absolute path of the file; its folder is made. The one before it is kept as `<path>.1`. */
  path: string;
  /** bytes of one file; at most twice that is on the disk. @default 5_242_880 */
  maxBytes?: number;
  /** Quieter entries are dropped. @default 'info' */
  level?: LogLevel;
  /** Given each entry as text, before it is written. @default as it is */
  redact?: (text: string) => string;
  /** Wall time, ms since 1970. */
  now: () => number;
}>;

/** One JSON object per line: `{"at":"…","level":"…","message":"…", …}`. Written at once, so that a crash loses nothing. */
export class FileLogger implements Logger {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #redact: (text: string) => string;
  #rank: number;
  readonly #now: () => number;
  #file: number | undefined;
  #bytes = 0;
  #lost = 0;

  constructor({ path, maxBytes = 5 * 2 ** 20, level = 'info', redact = asIs, now }: FileLoggerOptions) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#rank = RANK[level];
    this.#redact = redact;
    this.#now = now;
  }

  /** Entries that could not be written: the disk is full, the folder is gone. */
  get lostEntries(): number {
    return this.#lost;
  }

  log(level: LogLevel, message: string, data?: Readonly<Record<string, unknown>>): void {
    if (!this.wants(level)) return;
    try {
      this.#write(`${this.#redact(this.#line(level, message, data))}\n`);
    } catch {
      // A log must never stop the work it tells about; the count says that something is missing.
      this.#lost++;
      this.close();
    }
  }

  wants(level: LogLevel): boolean {
    return RANK[level] >= this.#rank;
  }

  /** From now on quieter entries are dropped. */
  setLevel(level: LogLevel): void {
    this.#rank = RANK[level];
  }

  close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) closeSync(file);
  }

  #line(level: LogLevel, message: string, data: Readonly<Record<string, unknown>> = {}): string {
    const head = { at: new Date(this.#now()).toISOString(), level, message };
    try {
      return JSON.stringify({ ...data, ...head }, plain);
    } catch {
      return JSON.stringify({ ...head, note: 'data was left out: it cannot be written as JSON' });
    }
  }

  #write(line: string): void {
    const size = Buffer.byteLength(line);
    this.#file ??= this.#open();
    if (this.#bytes > 0 && this.#bytes + size > this.#maxBytes) this.#file = this.#rotate();
    writeSync(this.#file, line);
    this.#bytes += size;
  }

  #rotate(): number {
    this.close();
    renameSync(this.#path, `${this.#path}.1`);
    return this.#open();
  }

  #open(): number {
    mkdirSync(dirname(this.#path), { recursive: true });
    const file = openSync(this.#path, 'a', 0o600);
    this.#bytes = fstatSync(file).size;
    return file;
  }
}

/** Errors and big integers have no JSON of their own. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return typeof value === 'bigint' ? String(value) : value;
}

function asIs(text: string): string {
  return text;
}
