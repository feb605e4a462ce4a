import { LruTier } from '../../src/adapters/in-memory/lru-tier.ts';
import { MapTier } from '../../src/adapters/in-memory/map-tier.ts';
import { SharedHub } from '../../src/adapters/in-memory/shared-hub.ts';
import { TieredMemory } from '../../src/memory/tiered-memory.ts';
import type { KeyValueTier } from '../../src/ports/key-value-tier.ts';
import type { SharedTier } from '../../src/ports/shared-tier.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { Unavailable } from '../../src/util/user-error.ts';
import type { KeyOp } from './linearizable.ts';

export type Word = () => number;
export type DoneOp = KeyOp & Readonly<{ key: string; node: number }>;

const KEYS = ['ns:a', 'ns:b'] as const;
const CLIENTS = 4;
const OPS_PER_CLIENT = 3;

/** `faults`: tier 2 is cut off, mended and emptied meanwhile. */
export type WorldOptions = Readonly<{ nodes: 1 | 2; faults?: true }>;

/**
 * One history: four clients read, write, compare and remove two keys. Every call to a tier waits twice, on its way
 * there and back, and `word` says who goes on next. Two nodes have all three tiers, and answers overtake each other;
 * one has tiers 1 and 3, and tier 3 answers in order, as the thread with the store does.
 */
export async function historyOf(word: Word, options: WorldOptions): Promise<readonly DoneOp[]> {
  const turns = new Turns(word);
  const clock = new ManualClock();
  const hub = new SharedHub(clock);
  const tier3 = new MapTier(clock);
  const nodes = Array.from({ length: options.nodes }, () => {
    // One entry: what a node has written is soon gone from its tier 1.
    const local = new LruTier(clock, { maxEntries: 1 });
    const persistent = delayed<KeyValueTier>(tier3, turns, ['get', 'set', 'delete', 'invalidate'], options.nodes === 1);
    const shared = delayed<SharedTier>(hub.connect(), turns, ['get', 'fill', 'remove'], false);
    const tiers = options.nodes === 1 ? { local, persistent } : { local, shared, persistent };
    return new TieredMemory(tiers, clock, { restMs: 0 });
  });
  const done: DoneOp[] = [];
  let at = 0;
  const now = (): number => ++at;
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    const node = client % options.nodes;
    const memory = nodes[node];
    if (memory === undefined) return;
    let known = 0;
    for (let count = 0; count < OPS_PER_CLIENT; count++) {
      await turns.next();
      const key = KEYS[word() % KEYS.length] ?? KEYS[0];
      const ops = await oneOp(memory, { key, known, word, now });
      for (const op of ops) done.push({ ...op, node });
      known = ops.map(seen).at(-1) ?? known;
    }
  });
  const faults = options.faults === true ? [breakTier2(hub, turns, word)] : [];
  await turns.runUntil(Promise.all([...clients, ...faults]));
  return done;
}

type Asked = Readonly<{ key: string; known: number; word: Word; now: () => number }>;

async function oneOp(
  memory: TieredMemory,
  { key, known, word, now }: Asked,
): Promise<readonly (KeyOp & Readonly<{ key: string }>)[]> {
  const startAt = now();
  const persistent = word() % 2 === 0;
  switch (word() % 8) {
    case 0:
    case 1:
    case 2: {
      const saw = (await memory.get(key))?.version ?? 0;
      return [{ kind: 'read', key, startAt, endAt: now(), saw }];
    }
    case 3:
    case 4: {
      const made = (await memory.set(key, word(), { persistent })) ?? 0;
      return [{ kind: 'write', key, startAt, endAt: now(), made }];
    }
    case 5: {
      const removed = await memory.delete(key);
      return [{ kind: 'remove', key, startAt, endAt: now(), removed }];
    }
    case 6: {
      // It is done in tier 3 and on its own node also when others could not be told.
      await memory.invalidate('ns:*').catch(expectUnavailable);
      const endAt = now();
      return KEYS.map((one) => ({ kind: 'remove', key: one, startAt, endAt, removed: undefined }));
    }
    default: {
      const made = await memory.set(key, word(), { persistent, ifVersion: known });
      return [{ kind: 'compare', key, startAt, endAt: now(), expected: known, made }];
    }
  }
}

function seen(op: KeyOp): number {
  switch (op.kind) {
    case 'read':
      return op.saw;
    case 'write':
      return op.made;
    case 'compare':
      return op.made ?? 0;
    case 'remove':
      return 0;
  }
}

function expectUnavailable(error: unknown): void {
  if (!(error instanceof Unavailable)) throw error;
}

async function breakTier2(hub: SharedHub, turns: Turns, word: Word): Promise<void> {
  for (let count = 0; count < 12; count++) {
    await turns.next();
    const what = word() % 5;
    if (what === 0) hub.cut();
    else if (what === 1) hub.flush();
    else hub.mend();
  }
}

/** The tier with two waits around each of these calls; `isInOrder`: one call after the other. */
function delayed<Tier extends object>(tier: Tier, turns: Turns, names: readonly string[], isInOrder: boolean): Tier {
  let last: Promise<unknown> = Promise.resolve();
  return new Proxy(tier, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const call = (...args: readonly unknown[]): unknown => Reflect.apply(member, target, args);
      if (!names.includes(String(name))) return call;
      return async (...args: readonly unknown[]) => {
        const before = last;
        const wait = async (): Promise<unknown> => {
          if (isInOrder) await before;
          await turns.next();
          try {
            return await call(...args);
          } finally {
            await turns.next();
          }
        };
        const answer = wait();
        last = answer.catch(() => undefined);
        return answer;
      };
    },
  });
}

/** Everybody waits here, and one at a time goes on. */
class Turns {
  readonly #word: Word;
  readonly #waiting: (() => void)[] = [];

  constructor(word: Word) {
    this.#word = word;
  }

  next(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  async runUntil(end: Promise<unknown>): Promise<void> {
    let isOver = false;
    const over = (): void => void (isOver = true);
    end.then(over, over);
    for (;;) {
      // What was let go runs until it waits again.
      for (let tick = 0; tick < 16; tick++) await Promise.resolve();
      if (isOver) break;
      const [resolve] = this.#waiting.splice(this.#word() % Math.max(1, this.#waiting.length), 1);
      resolve?.();
    }
    await end;
  }
}
