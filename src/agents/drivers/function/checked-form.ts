import type { z } from 'zod';

/** Mistakes that one message lists. */
const MAX_MISTAKES = 5;

/** Functions may be plain JavaScript: what has another form is the function's mistake, and goes no further. */
export function checkedForm<Value>(what: string, schema: z.ZodType<Value>, given: unknown): Value {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const mistakes = result.error.issues
    .slice(0, MAX_MISTAKES)
    .map(({ path, message }) => `${placeOf(path)}: ${message}`);
  throw new TypeError(`${what} was given something else than it takes. ${mistakes.join('; ')}`);
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'what was given' : path.map(String).join('.');
}

/** A function that does not wait for its own question must not take the process down with it. */
export function asked<Value>(ask: () => Promise<Value>): Promise<Value> {
  const answer = new Promise<Value>((resolve) => resolve(ask()));
  answer.catch(() => {});
  return answer;
}
