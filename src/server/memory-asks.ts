import { z } from 'zod';
import type { Json } from '../core/json.ts';
import { NOTE_KINDS, type NoteKind } from '../core/memory/namespaces.ts';
import type { HitRates } from '../memory/tiered-memory.ts';
import type { EntryInfo, FoundEntry, StoredValue, TierUsage } from '../ports/key-value-tier.ts';
import { ANY_JSON, CARRIED_JSON } from '../tools/any-json.ts';

/** What people and programs outside of all attempts may ask of memory. `by`: `user:<name>`. */
export type MemoryAsk =
  | Readonly<{ op: 'get'; key: string }>
  | Readonly<{
      op: 'set';
      key: string;
      value: Json;
      by: string;
      ttlMs?: number;
      persistent?: boolean;
      ifVersion?: number;
    }>
  | Readonly<{ op: 'delete'; key: string }>
  | Readonly<{ op: 'list'; pattern: string; limit: number }>
  | Readonly<{ op: 'search'; query: string; pattern?: string; limit: number }>
  /** `id`: new. */
  | Readonly<{ op: 'invalidate'; id: string; pattern: string; by: string }>
  | Readonly<{ op: 'stats' }>
  /** Of one run, or of all; the newest first. */
  | Readonly<{ op: 'notes'; kind: NoteKind; run?: string; limit: number }>;

export type MemoryStats = Readonly<{ usage: TierUsage; hits: HitRates }>;
export type NoteEntry = EntryInfo & Readonly<{ value: Json }>;

/** What each of them is told. */
export type MemoryTold = Readonly<{
  get: StoredValue | null;
  /** Null: the version did not fit. */
  set: Readonly<{ version: number | null }>;
  delete: Readonly<{ removed: number }>;
  list: readonly EntryInfo[];
  search: readonly FoundEntry[];
  invalidate: Readonly<{ removed: number }>;
  stats: MemoryStats;
  notes: readonly NoteEntry[];
}>;

const text = z.string().max(1_024);
const by = z
  .string()
  .max(128)
  .regex(/^user:./);
const limit = z.int().min(1).max(10_000);

export const MEMORY_ASK: z.ZodType<MemoryAsk> = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('get'), key: text }),
  z.strictObject({
    op: z.literal('set'),
    key: text,
    value: ANY_JSON,
    by,
    ttlMs: z.exactOptional(z.number()),
    persistent: z.exactOptional(z.boolean()),
    ifVersion: z.exactOptional(z.int().min(0)),
  }),
  z.strictObject({ op: z.literal('delete'), key: text }),
  z.strictObject({ op: z.literal('list'), pattern: text, limit }),
  z.strictObject({ op: z.literal('search'), query: text, pattern: z.exactOptional(text), limit }),
  z.strictObject({ op: z.literal('invalidate'), id: text, pattern: text, by }),
  z.strictObject({ op: z.literal('stats') }),
  z.strictObject({ op: z.literal('notes'), kind: z.enum(NOTE_KINDS), run: z.exactOptional(text), limit }),
]);

/** An error as it crosses to another process. */
export type MemoryTrouble =
  | Readonly<{ kind: 'user'; code: string; message: string; fix: string }>
  | Readonly<{ kind: 'unavailable'; port: string; message: string; fix?: string }>;
const trouble: z.ZodType<MemoryTrouble> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('user'), code: text, message: z.string(), fix: z.string() }),
  z.strictObject({ kind: z.literal('unavailable'), port: text, message: z.string(), fix: z.exactOptional(z.string()) }),
]);
export type MemoryReply = Readonly<{ ok: true; told: Json }> | Readonly<{ ok: false; trouble: MemoryTrouble }>;

export const MEMORY_REPLY: z.ZodType<MemoryReply> = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), told: CARRIED_JSON }),
  z.strictObject({ ok: z.literal(false), trouble }),
]);
