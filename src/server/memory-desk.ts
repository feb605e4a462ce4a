import type { Json } from '../core/json.ts';
import { checkKey } from '../core/memory/entry.ts';
import { checkPersonKey } from '../core/memory/namespaces.ts';
import type { TieredMemory } from '../memory/tiered-memory.ts';
import type { RemovalAnswer } from '../ports/run-memory.ts';
import { Unavailable, UserError, userError } from '../util/user-error.ts';
import type { MemoryAsk, MemoryReply, MemoryTold, NoteEntry } from './memory-asks.ts';

/** What the desk needs of the lead. */
export type MemoryDeskPorts = Readonly<{
  tiers: TieredMemory;
  /** Through the journal. */
  invalidate: (id: string, pattern: string, by: string) => Promise<RemovalAnswer>;
}>;

type Asked<Op extends MemoryAsk['op']> = Extract<MemoryAsk, { op: Op }>;

/** Memory for people, in the process that leads. Rejects with `UserError` and `Unavailable`. */
export class MemoryDesk {
  readonly #ports: MemoryDeskPorts;

  constructor(ports: MemoryDeskPorts) {
    this.#ports = ports;
  }

  async ask<Op extends MemoryAsk['op']>(ask: Asked<Op>): Promise<MemoryTold[Op]> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each question has one type of answer
    return (await this.#answer(ask)) as MemoryTold[Op];
  }

  /** The same for another process: an error is an answer. */
  async reply(ask: MemoryAsk): Promise<MemoryReply> {
    try {
      return { ok: true, told: plain(await this.#answer(ask)) };
    } catch (error) {
      if (error instanceof UserError) {
        const { code, message, fix } = error;
        return { ok: false, trouble: { kind: 'user', code, message, fix } };
      }
      const { port, fix } = error instanceof Unavailable ? error : { port: 'memory', fix: undefined };
      const message = error instanceof Error ? error.message : String(error);
      const hint = fix === undefined ? {} : { fix };
      return { ok: false, trouble: { kind: 'unavailable', port, message, ...hint } };
    }
  }

  async #answer(ask: MemoryAsk): Promise<MemoryTold[MemoryAsk['op']]> {
    const { tiers } = this.#ports;
    switch (ask.op) {
      case 'get':
        checkKey(ask.key);
        return (await tiers.get(ask.key)) ?? null;
      case 'set':
        return this.#set(ask);
      case 'delete':
        checkPersonKey(ask.key);
        return { removed: (await tiers.delete(ask.key)) ? 1 : 0 };
      case 'list':
        return tiers.entries(ask.pattern, ask.limit);
      case 'search':
        return tiers.search(ask.query, [ask.pattern ?? '*'], ask.limit);
      case 'invalidate':
        return this.#invalidate(ask);
      case 'stats':
        return { usage: await tiers.usage(), hits: tiers.hitRates() };
      case 'notes':
        return this.#notes(ask);
    }
  }

  async #set({ op: _op, key, value, by, ...options }: Asked<'set'>): Promise<MemoryTold['set']> {
    checkPersonKey(key);
    const version = await this.#ports.tiers.set(key, value, { ...options, author: { id: by } });
    return { version: version ?? null };
  }

  async #invalidate({ id, pattern, by }: Asked<'invalidate'>): Promise<MemoryTold['invalidate']> {
    if (!pattern.includes(':')) {
      const message = `"${pattern}" names no namespace.`;
      throw userError({ code: 'MEMORY_PATTERN', message, fix: 'Write it with a colon: swarm:plan/*, run/k7f3*:*.' });
    }
    const answer = await this.#ports.invalidate(id, pattern, by);
    if (answer.ok) return { removed: answer.removed };
    const message = `Nothing was removed: ${answer.refusal.reason}.`;
    throw userError({ code: 'MEMORY_REFUSED', message, fix: 'Try again in a moment.' });
  }

  async #notes({ kind, run, limit }: Asked<'notes'>): Promise<readonly NoteEntry[]> {
    const { tiers } = this.#ports;
    const infos = [...(await tiers.entries(`${kind}/${run ?? '*'}:*`, MAX_NOTES))];
    const newest = infos.sort((one, other) => other.version - one.version).slice(0, limit);
    const notes = await Promise.all(
      newest.map(async (info) => {
        const entry = await tiers.get(info.key);
        return entry === undefined ? [] : [{ ...info, value: entry.value }];
      }),
    );
    return notes.flat();
  }
}

/** More than memory.maxNotes may be: the newest are found among all. */
const MAX_NOTES = 1_001_000;

/** Without members that are undefined. */
function plain(told: unknown): Json {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON gives is JSON
  return JSON.parse(JSON.stringify(told)) as Json;
}
