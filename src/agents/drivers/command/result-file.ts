import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { z } from 'zod';
import type { JsonObject } from '../../../core/json.ts';
import { jsonDepth } from '../../../util/json-depth.ts';

const MAX_RESULT_BYTES = 2 ** 20;
const MAX_DEPTH = 64;

const resultSchema = z.record(z.string(), z.json());

/** What a command left as its result. `absent`: no file, or an empty one. */
export type ResultFile =
  | Readonly<{ kind: 'given'; result: JsonObject }>
  | Readonly<{ kind: 'absent' }>
  | Readonly<{ kind: 'wrong'; problem: string }>;

/** Reads the file that a command was asked to write. It is a stranger's: size and depth are looked at first. */
export async function readResultFile(path: string): Promise<ResultFile> {
  const text = await readSmallFile(path);
  if (typeof text !== 'string') return text;
  if (text.trim() === '') return { kind: 'absent' };
  if (jsonDepth(text, MAX_DEPTH) > MAX_DEPTH) return wrong(`it nests deeper than ${MAX_DEPTH} levels`);
  try {
    return checkResult(JSON.parse(text));
  } catch (error) {
    return wrong(`it is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function checkResult(value: unknown): ResultFile {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong('it is not a JSON object');
  if (hasHostileKey(value)) return wrong('a key is called "__proto__"');
  const checked = resultSchema.safeParse(value);
  if (!checked.success) return wrong('it is not plain JSON');
  return JSON.stringify(checked.data).isWellFormed()
    ? { kind: 'given', result: checked.data }
    : wrong('it holds broken text');
}

function hasHostileKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasHostileKey);
}

/** Neither follows links nor waits for pipes: the command may have left either. */
async function readSmallFile(path: string): Promise<string | ResultFile> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(codeOf);
  if (typeof file === 'string') return file === 'ENOENT' ? { kind: 'absent' } : wrong(`it cannot be read (${file})`);
  try {
    const { size, ...stat } = await file.stat().then((found) => ({ size: found.size, isFile: found.isFile() }));
    if (!stat.isFile) return wrong('it is not a file');
    if (size > MAX_RESULT_BYTES) return wrong(`it has ${size} bytes; at most 1 MiB is read`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
    return decode(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function decode(bytes: Uint8Array): string | ResultFile {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return wrong('it is not UTF-8 text');
  }
}

function wrong(problem: string): ResultFile {
  return { kind: 'wrong', problem };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
