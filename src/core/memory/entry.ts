import { userError } from '../../util/user-error.ts';
import type { TaskId } from '../ids.ts';
import type { Json } from '../json.ts';

/** Who wrote an entry: `user:ann`, `agent:k7f3/local-1`, `system`. An agent's entry names its attempt. */
export type Author = Readonly<{ id: string; task?: TaskId; attempt?: number }>;

/** The author of what Waggle itself keeps. */
export const SYSTEM: Author = { id: 'system' };

const MAX_KEY_CHARS = 512;
export const MAX_PATTERN_CHARS = 512;
const MAX_VALUE_BYTES = 1_048_576;
const MAX_DEPTH = 64;

/** Throws a `UserError` when `key` is no key: `namespace:rest`, at most 512 characters. */
export function checkKey(key: string): void {
  if (key.length <= MAX_KEY_CHARS && /^[^:*]+:[^*]+$/.test(key) && isPlain(key)) return;
  const fix = `Write "namespace:name", without "*", at most ${MAX_KEY_CHARS} characters.`;
  throw userError({ code: 'MEMORY_KEY', message: `"${key.slice(0, 80)}" is no key of memory.`, fix });
}

/** Throws a `UserError` when `pattern` is longer than any key, or holds what no key can hold. */
export function checkPattern(pattern: string): void {
  if (isPattern(pattern)) return;
  const fix = `Write a key in which "*" stands for any characters, at most ${MAX_PATTERN_CHARS} characters.`;
  throw userError({ code: 'MEMORY_PATTERN', message: `"${pattern.slice(0, 80)}" matches no key.`, fix });
}

export function isPattern(text: string): boolean {
  return text.length > 0 && text.length <= MAX_PATTERN_CHARS && isPlain(text);
}

/** `value` as text. Throws a `UserError` when it takes more than 1 MiB. */
export function encodeValue(key: string, value: Json): string {
  if (isDeeperThan(value, MAX_DEPTH)) {
    const message = `The value of "${key}" nests deeper than ${MAX_DEPTH} levels.`;
    throw userError({ code: 'MEMORY_VALUE', message, fix: 'Write it flatter, or as text.' });
  }
  const json = JSON.stringify(value);
  if (json.length * 3 <= MAX_VALUE_BYTES || utf8Bytes(json) <= MAX_VALUE_BYTES) return json;
  const message = `The value of "${key}" takes ${utf8Bytes(json)} bytes as JSON; the most is ${MAX_VALUE_BYTES}.`;
  throw userError({ code: 'MEMORY_VALUE', message, fix: 'Keep it as an artifact and store its hash.' });
}

/** Room of a tier that is told nothing else. `maxBytes`: of keys and values. */
export const DEFAULT_ROOM = { maxEntries: 100_000, maxBytes: 268_435_456 } as const;

/** An entry as it is stored, but for its version. Times are wall time, ms. */
export type NewEntry = Readonly<{
  json: string;
  isLasting: boolean;
  author: Author;
  writtenAtMs: number;
  expiresAtMs: number | undefined;
}>;

type Wish = Readonly<{ ttlMs?: number; isLasting?: boolean; author?: Author }>;

/** What a write stores at `nowMs`. Throws a `UserError` for a bad key, value or time. */
export function newEntry(
  key: string,
  value: Json,
  { ttlMs, isLasting = true, author = SYSTEM }: Wish,
  nowMs: number,
): NewEntry {
  checkKey(key);
  checkTtl(ttlMs);
  const expiresAtMs = ttlMs === undefined ? undefined : nowMs + ttlMs;
  return { json: encodeValue(key, value), isLasting, author, writtenAtMs: nowMs, expiresAtMs };
}

export function decodeValue(json: string): Json {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only text that `encodeValue` gave is stored
  return JSON.parse(json) as Json;
}

/** Throws a `UserError` unless `ttlMs` is a whole number of ms above 0 that a date can hold. */
export function checkTtl(ttlMs: number | undefined): void {
  if (ttlMs === undefined || (Number.isSafeInteger(ttlMs) && ttlMs > 0 && ttlMs <= MAX_TTL_MS)) return;
  const message = `${ttlMs} is no time to live.`;
  throw userError({ code: 'MEMORY_TTL', message, fix: 'Give whole milliseconds, from 1 to 100 years.' });
}

const MAX_TTL_MS = 3_155_760_000_000;

/** Whether a key matches `pattern`, in which `*` stands for any run of characters and nothing else is special. */
export function matcherOf(pattern: string): (key: string) => boolean {
  if (!pattern.includes('*')) return (key) => key === pattern;
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop() ?? '';
  return (key) => {
    if (key.length < first.length + last.length || !key.startsWith(first) || !key.endsWith(last)) return false;
    const end = key.length - last.length;
    let at = first.length;
    // The leftmost place of each part leaves the most room for those after it.
    for (const part of rest) {
      const found = key.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/** Lone surrogates cannot be stored as UTF-8, and NUL ends a text for SQLite. */
function isPlain(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else bytes += code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Without recursion: a value from outside must not exhaust the stack. */
function isDeeperThan(value: Json, most: number): boolean {
  let level: readonly Json[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap(childrenOf);
  }
  return false;
}

function childrenOf(value: Json): readonly Json[] {
  return typeof value !== 'object' || value === null ? [] : Object.values<Json>(value);
}
