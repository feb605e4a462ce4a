import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Notice } from '../../core/health/notice.ts';

/** A notice that is still to be told, and to whom. */
export type OwedNotice = Readonly<{ notice: Notice; target: string; givenAtMs: number }>;

/** Keys that are remembered, so that a repeat is dropped. */
const MOST_KNOWN = 1_000;
/** Lines beyond what is worth keeping before the file is written anew. */
const MOST_LINES = 5_000;
const MOST_BYTES = 16 * 2 ** 20;

const noticeSchema = z.strictObject({
  key: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  title: z.string(),
  text: z.string(),
});
const lineSchema = z.union([
  z.strictObject({ given: noticeSchema, to: z.array(z.string()), atMs: z.number() }),
  z.strictObject({ done: z.string(), to: z.string() }),
  z.strictObject({ known: z.string() }),
]);
type Line = z.infer<typeof lineSchema>;

/**
 * Which notices were given and whom they have not reached, in a file of JSON lines, so that the next process goes on.
 * Lines are appended at once and not synced: after a power cut a notice may be told twice or be owed no more.
 */
export class KeptNotices {
  readonly #path: string | undefined;
  readonly #known = new Set<string>();
  /** By key and target. */
  readonly #owed = new Map<string, OwedNotice>();
  #lines = 0;

  /** @param path absolute; without one nothing outlives the process */
  constructor(path: string | undefined) {
    this.#path = path;
    if (path === undefined) return;
    for (const line of linesIn(path)) this.#take(line);
    this.#rewrite();
  }

  get owed(): readonly OwedNotice[] {
    return [...this.#owed.values()];
  }

  has(key: string): boolean {
    return this.#known.has(key);
  }

  /** False, and nothing noted, when it was given before. */
  give(notice: Notice, targets: readonly string[], atMs: number): boolean {
    if (this.#known.has(notice.key)) return false;
    this.#note({ given: notice, to: [...targets], atMs });
    return true;
  }

  /** It has reached the target, or is given up. */
  done(key: string, target: string): void {
    if (this.#owed.has(keyOf(key, target))) this.#note({ done: key, to: target });
  }

  #note(line: Line): void {
    this.#take(line);
    if (this.#path === undefined) return;
    if (this.#lines > MOST_LINES) return this.#rewrite();
    try {
      appendFileSync(this.#path, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    } catch {
      // The disk is full: it is told all the same, and perhaps once more after a restart.
    }
  }

  #take(line: Line): void {
    this.#lines++;
    if ('done' in line) return void this.#owed.delete(keyOf(line.done, line.to));
    if ('known' in line) return this.#know(line.known);
    this.#know(line.given.key);
    for (const target of line.to) {
      this.#owed.set(keyOf(line.given.key, target), { notice: line.given, target, givenAtMs: line.atMs });
    }
  }

  #know(key: string): void {
    this.#known.add(key);
    const [oldest] = this.#known.size > MOST_KNOWN ? this.#known : [];
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  /** A new file in place of the old one: a crash leaves one of the two. */
  #rewrite(): void {
    if (this.#path === undefined) return;
    const known = [...this.#known].map((key): Line => ({ known: key }));
    const owed = this.owed.map(({ notice, target, givenAtMs }): Line => ({
      given: notice,
      to: [target],
      atMs: givenAtMs,
    }));
    const lines = [...known, ...owed];
    try {
      writeFileSync(`${this.#path}.new`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
      this.#lines = lines.length;
    } catch {
      // No room, or no folder: it goes on as it is.
      this.#lines = 0;
    }
  }
}

function keyOf(key: string, target: string): string {
  return `${target} ${key}`;
}

/** A line that was cut by a crash is passed over. */
function linesIn(path: string): readonly Line[] {
  const text = textOf(path);
  return text.split('\n').flatMap((line) => {
    const parsed = lineSchema.safeParse(parseJson(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function textOf(path: string): string {
  try {
    const bytes = readFileSync(path);
    return bytes.subarray(Math.max(0, bytes.length - MOST_BYTES)).toString('utf8');
  } catch {
    return ''; // not there yet
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
