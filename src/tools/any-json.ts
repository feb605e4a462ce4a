import { z } from 'zod';
import type { Json, JsonObject } from '../core/json.ts';
import { copyPlainJson } from '../util/plain-json.ts';

/**
 * A value that comes from outside and goes on as JSON: a copy, at most 64 levels deep. Refused with its place: what
 * JSON would lose or change, a key that is called `__proto__`, text that is no Unicode, and what contains itself.
 */
export const ANY_JSON: z.ZodType<Json> = z.unknown().transform((given, context): Json => {
  const copy = copyPlainJson(given);
  if (copy.ok) return copy.value;
  context.addIssue(copy.problem);
  return z.NEVER;
});

/** What came in a line of JSON and is handed on as it is: whoever it is for looks at it. */
export const CARRIED_JSON: z.ZodType<Json> = z.custom<Json>((given) => given !== undefined);

/** `ANY_JSON` that is an object. */
export const ANY_JSON_OBJECT: z.ZodType<JsonObject> = ANY_JSON.transform((value, context): JsonObject => {
  if (isObject(value)) return value;
  context.addIssue('must be an object');
  return z.NEVER;
});

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
