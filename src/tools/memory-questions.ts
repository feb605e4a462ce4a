import { z } from 'zod';
import type { Json } from '../core/json.ts';
import type { NewDecision, NewHandOff, RunMemory, RunSearchOptions, RunSetOptions } from '../ports/run-memory.ts';
import { ANY_JSON } from './any-json.ts';

/** `RunMemory` for callers who may give anything: each question takes one object. */
export type MemoryQuestions = {
  readonly [Question in keyof RunMemory]: (given: unknown) => ReturnType<RunMemory[Question]>;
};

/** Mistakes that one message lists. */
const MAX_MISTAKES = 5;

const text = z.string();
const key = z.strictObject({ key: text });
const pattern = z.strictObject({ pattern: text });
const nothing = z.strictObject({});
const set: z.ZodType<Readonly<{ key: string; value: Json }> & RunSetOptions> = z.strictObject({
  key: text,
  value: ANY_JSON,
  ttlMs: z.exactOptional(z.number()),
  persistent: z.exactOptional(z.boolean()),
  ifVersion: z.exactOptional(z.int().min(0)),
});
const search: z.ZodType<Readonly<{ query: string }> & RunSearchOptions> = z.strictObject({
  query: text,
  pattern: z.exactOptional(text),
  limit: z.exactOptional(z.int().min(1).max(100)),
});
const handOff: z.ZodType<NewHandOff> = z.strictObject({ text, data: z.exactOptional(ANY_JSON) });
const decide: z.ZodType<NewDecision> = z.strictObject({
  title: text.min(1).max(512),
  outcome: text.max(512),
  why: z.exactOptional(text),
  data: z.exactOptional(ANY_JSON),
});
const checkpoint = z.strictObject({ data: ANY_JSON });

/** Strict: what has another form is the asker's mistake, and goes no further. `memory` is looked up when asked. */
export function memoryQuestions(memory: () => RunMemory): MemoryQuestions {
  return {
    get: async (given) => memory().get(parsed('get', key, given).key),
    set: async (given) => {
      const { key: name, value, ...options } = parsed('set', set, given);
      return memory().set(name, value, options);
    },
    delete: async (given) => memory().delete(parsed('delete', key, given).key),
    invalidate: async (given) => memory().invalidate(parsed('invalidate', pattern, given).pattern),
    list: async (given) => memory().list(parsed('list', pattern, given).pattern),
    search: async (given) => {
      const { query, ...options } = parsed('search', search, given);
      return memory().search(query, options);
    },
    handOff: async (given) => memory().handOff(parsed('handOff', handOff, given)),
    handOffs: async (given) => parsed('handOffs', nothing, given) && memory().handOffs(),
    decide: async (given) => memory().decide(parsed('decide', decide, given)),
    decisions: async (given) => parsed('decisions', nothing, given) && memory().decisions(),
    checkpoint: async (given) => memory().checkpoint(parsed('checkpoint', checkpoint, given).data),
    lastCheckpoint: async (given) => parsed('lastCheckpoint', nothing, given) && memory().lastCheckpoint(),
  };
}

function parsed<Value>(question: keyof RunMemory, schema: z.ZodType<Value>, given: unknown): Value {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const mistakes = result.error.issues.slice(0, MAX_MISTAKES).map(({ path, message }) => {
    return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;
  });
  throw new TypeError(`memory.${question} was given something else than it takes. ${mistakes.join('; ')}`);
}
