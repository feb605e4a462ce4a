import type { Json } from '../app/views.ts';
import { userError } from '../util/user-error.ts';

const WHOLE = /^-?\d+$/;

/** Throws a `SyntaxError` for what is no JSON, and a `UserError` for a whole number that would be another one when it is read. */
export function parseJson(text: string): Json {
  const keep = (_key: string, value: unknown, context?: Readonly<{ source?: string }>): unknown => {
    const source = context?.source ?? '';
    if (typeof value !== 'number' || !WHOLE.test(source) || Number.isSafeInteger(value)) return value;
    const message = `${source.slice(0, 80)} is too large to be kept as a number.`;
    throw userError({ code: 'NUMBER_TOO_LARGE', message, fix: 'Write it as text, in quotation marks.' });
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- that is what JSON.parse gives
  return JSON.parse(text, keep) as Json;
}
