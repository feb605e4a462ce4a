import { userError } from '../../util/user-error.ts';
import type { Json } from '../json.ts';

const MAX_KEY_CHARS = 512;
const MAX_VALUE_CHARS = 1_048_576;

/** Throws a `UserError` when `key` is no key: `namespace:rest`, at most 512 characters. */
export function checkKey(key: string): void {
  if (key.length <= MAX_KEY_CHARS && /^[^:*]+:[^*]+$/.test(key)) return;
  const fix = `Write "namespace:name", without "*", at most ${MAX_KEY_CHARS} characters.`;
  throw userError({ code: 'MEMORY_KEY', message: `"${key.slice(0, 80)}" is no key of memory.`, fix });
}

/** `value` as text. Throws a `UserError` when it takes more than 1 MiB. */
export function encodeValue(key: string, value: Json): string {
  const json = JSON.stringify(value);
  if (json.length <= MAX_VALUE_CHARS) return json;
  const message = `The value of "${key}" takes ${json.length} characters as JSON; the most is ${MAX_VALUE_CHARS}.`;
  throw userError({ code: 'MEMORY_VALUE', message, fix: 'Keep it as an artifact and store its hash.' });
}

export function decodeValue(json: string): Json {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only text that `encodeValue` gave is stored
  return JSON.parse(json) as Json;
}

/** Whether a key matches `pattern`, in which `*` stands for any run of characters and nothing else is special. */
export function matcherOf(pattern: string): (key: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (key) => expression.test(key);
}
