import { randomUUID } from 'node:crypto';
import type { Json } from '../core/json.ts';
import type { NoteKind } from '../core/memory/namespaces.ts';
import type { EntryInfo, FoundEntry, StoredValue } from '../ports/key-value-tier.ts';
import type { RunSetOptions } from '../ports/run-memory.ts';
import {
  MEMORY_ASK,
  type MemoryAsk,
  type MemoryStats,
  type MemoryTold,
  type NoteEntry,
} from '../server/memory-asks.ts';
import { userError, UserErrors } from '../util/user-error.ts';
import type { Coordinator } from './coordinator.ts';

export type { EntryInfo, FoundEntry, MemoryStats, NoteEntry, NoteKind, StoredValue };

export type SwarmSetOptions = RunSetOptions &
  Readonly<{
    /** Who writes, for people: `ann` is `user:ann`. @default `program` */
    as?: string;
  }>;

const DEFAULT_LIMIT = 100;

/**
 * The memory of a project, from outside of all attempts. Keys are whole: `swarm:name`, `run/<run>:name`,
 * `role/<role>:name`, `agent/<agent>:name`; in a pattern `*` stands for any characters. Agents have `call.memory`.
 *
 * Every call rejects with `UserError` for a bad key, value or query and for a full memory, and with `Unavailable` when
 * nobody can answer.
 */
export class SwarmMemory {
  readonly #coordinator: Coordinator;

  constructor(coordinator: Coordinator) {
    this.#coordinator = coordinator;
  }

  async get(key: string): Promise<StoredValue | undefined> {
    return (await this.#ask({ op: 'get', key })) ?? undefined;
  }

  /** The new version; undefined when `ifVersion` did not fit. A lasting entry is durable when it resolves. */
  async set(key: string, value: Json, { as, ...options }: SwarmSetOptions = {}): Promise<number | undefined> {
    const { version } = await this.#ask({ op: 'set', key, value, by: authorOf(as), ...options });
    return version ?? undefined;
  }

  /** Whether something was there. */
  async delete(key: string): Promise<boolean> {
    return (await this.#ask({ op: 'delete', key })).removed > 0;
  }

  /** Removes the keys that match in every tier and on every node, and nothing else. Journaled. Gives how many. */
  async invalidate(pattern: string, as?: string): Promise<number> {
    return (await this.#ask({ op: 'invalidate', id: randomUUID(), pattern, by: authorOf(as) })).removed;
  }

  /** Entries that match, by key. */
  async list(pattern: string, limit: number = DEFAULT_LIMIT): Promise<readonly EntryInfo[]> {
    return this.#ask({ op: 'list', pattern, limit });
  }

  /** Lasting entries with these words, the best first: `red "round ball" bounc* -flat`. */
  async search(
    query: string,
    options: Readonly<{ pattern?: string; limit?: number }> = {},
  ): Promise<readonly FoundEntry[]> {
    return this.#ask({ op: 'search', query, limit: DEFAULT_LIMIT, ...options });
  }

  /** Of one run, or of all, the newest first. */
  async notes(kind: NoteKind, run?: string, limit: number = DEFAULT_LIMIT): Promise<readonly NoteEntry[]> {
    return this.#ask({ op: 'notes', kind, limit, ...(run === undefined ? {} : { run }) });
  }

  /** How full it is, and how many reads each tier could answer since the leader has begun. */
  async stats(): Promise<MemoryStats> {
    return this.#ask({ op: 'stats' });
  }

  /** Programs may be plain JavaScript, and may change later what they gave. */
  async #ask<Op extends MemoryAsk['op']>(ask: Extract<MemoryAsk, { op: Op }>): Promise<MemoryTold[Op]> {
    const parsed = MEMORY_ASK.safeParse(ask);
    // A copy: what the program does with its value later is no part of it.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the form of a question keeps its kind
    if (parsed.success) return this.#coordinator.memory(parsed.data as typeof ask);
    throw new UserErrors(
      parsed.error.issues.map(({ path, message }) =>
        userError({
          code: 'MEMORY_FORM',
          at: path.map(String).join('.'),
          message: `${message}.`,
          fix: 'Give what the type of this parameter says.',
        }),
      ),
    );
  }
}

function authorOf(as = 'program'): string {
  return as.startsWith('user:') ? as : `user:${as}`;
}
