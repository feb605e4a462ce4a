import type { Json } from '../core/json.ts';
import type { TextQuery } from '../core/memory/query.ts';
import { Notes } from '../memory/notes.ts';
import { TieredMemory } from '../memory/tiered-memory.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  EntryInfo,
  FoundEntry,
  KeyValueTier,
  SearchOptions,
  SetOptions,
  StoredValue,
  TierUsage,
} from '../ports/key-value-tier.ts';
import type { LocalTier } from '../ports/local-tier.ts';
import type { SharedAnswer, SharedChange, SharedTier } from '../ports/shared-tier.ts';
import { Unavailable } from '../util/user-error.ts';
import type { Failpoints } from './failpoints.ts';
import type { Life, SimNode } from './node.ts';
import type { MemoryProfile } from './plan.ts';
import type { Store } from './store.ts';
import type { Watcher } from './watcher.ts';

/** Tier 2 as a whole: what all nodes connect to. */
export type SharedPlace = Readonly<{
  connect: () => SharedTier;
  cut: () => void;
  mend: () => void;
  flush: () => void;
}>;

/** What memory is made of. The tiers are those that ship. */
export type MemoryMakers = Readonly<{
  local: (clock: Clock, limits: Readonly<{ maxEntries: number; ttlMs: number }>) => LocalTier;
  shared: (clock: Clock) => SharedPlace;
  persistent: (clock: Clock, limits: Readonly<{ maxEntries: number }>) => KeyValueTier;
}>;

/** Of 1,000 calls on their way when their process dies, so many never arrive. */
const LOST_AT_DEATH_PERMILLE = 500;
const AWAY_US = 500_000;

/** What outlives all processes of a world: tier 3 with the clock of whoever calls, and tier 2. */
export class MemoryDisk {
  readonly persistent: KeyValueTier;
  readonly shared: SharedPlace | undefined;
  #clock: Clock;

  constructor(makers: MemoryMakers, profile: MemoryProfile, clock: Clock) {
    this.#clock = clock;
    const ofCaller: Clock = {
      monotonicMs: () => this.#clock.monotonicMs(),
      wallTimeMs: () => this.#clock.wallTimeMs(),
      wakeAfter: (delayMs, wake) => this.#clock.wakeAfter(delayMs, wake),
    };
    this.persistent = makers.persistent(ofCaller, { maxEntries: profile.maxEntries });
    this.shared = profile.hasShared ? makers.shared(clock) : undefined;
  }

  /** What tier 3 does, it does at once: the clock is that of this caller until then. */
  as(clock: Clock): KeyValueTier {
    this.#clock = clock;
    return this.persistent;
  }
}

/** Calls of one process to its store arrive in the order in which they were made. */
export class StoreLine {
  #lastUs = 0;

  /** When a call arrives that would take until `atUs` alone. */
  arrival(atUs: number): number {
    this.#lastUs = Math.max(this.#lastUs, atUs);
    return this.#lastUs;
  }

  /** The same for a call that may be overtaken. */
  behind(atUs: number): number {
    return Math.max(this.#lastUs, atUs);
  }
}

export type MemoryDoorParts = Readonly<{
  node: SimNode;
  life: Life;
  disk: MemoryDisk;
  makers: MemoryMakers;
  profile: MemoryProfile;
  store: Store;
  line: StoreLine;
  failpoints: Failpoints;
  watcher: Watcher;
  /** The epoch that this process has claimed. */
  epoch: () => number | undefined;
}>;

/** Memory as one life of a process has it. */
export function memoryOf(parts: MemoryDoorParts): Readonly<{ tiers: TieredMemory; notes: Notes }> {
  const { node, life, disk, makers, profile } = parts;
  const clock = node.clockOf(life);
  const local = makers.local(clock, { maxEntries: profile.cacheSize, ttlMs: profile.cacheTtlMs });
  const persistent = new TierDoor(parts);
  const shared = disk.shared === undefined ? {} : { shared: new SharedDoor(parts, disk.shared.connect()) };
  const tiers = new TieredMemory({ local, persistent, ...shared }, clock, { passingMs: profile.passingMs });
  return { tiers, notes: new Notes(tiers, { maxNotes: 50 }) };
}

/** Tier 3 from one process: every call takes time, and its answer may get lost. */
class TierDoor implements KeyValueTier {
  readonly #parts: MemoryDoorParts;
  #calls = 0;

  constructor(parts: MemoryDoorParts) {
    this.#parts = parts;
  }

  get(key: string): Promise<StoredValue | undefined> {
    return this.#call('read', (tier) => tier.get(key));
  }

  set(key: string, value: Json, options: SetOptions = {}): Promise<number | undefined> {
    return this.#call('write', async (tier) => {
      const version = await tier.set(key, value, options);
      const { ttlMs, author } = options;
      const expiresAtMs = ttlMs === undefined ? undefined : this.#wallMs() + ttlMs;
      if (version !== undefined) this.#tell({ kind: 'set', key, value, version, expiresAtMs, author });
      return version;
    });
  }

  delete(key: string): Promise<boolean> {
    return this.#call('write', async (tier) => {
      const wasThere = await tier.delete(key);
      if (wasThere) this.#tell({ kind: 'removed', pattern: key, removed: 1 });
      return wasThere;
    });
  }

  invalidate(pattern: string): Promise<number> {
    return this.#call('write', async (tier) => {
      const removed = await tier.invalidate(pattern);
      this.#tell({ kind: 'removed', pattern, removed });
      return removed;
    });
  }

  trim(pattern: string, keep: number): Promise<number> {
    return this.#call('write', (tier) => tier.trim(pattern, keep));
  }

  sweep(): Promise<number> {
    return this.#call('write', (tier) => tier.sweep());
  }

  keys(pattern: string, limit: number): Promise<readonly string[]> {
    return this.#call('read', (tier) => tier.keys(pattern, limit));
  }

  entries(pattern: string, limit: number): Promise<readonly EntryInfo[]> {
    return this.#call('read', (tier) => tier.entries(pattern, limit));
  }

  search(query: TextQuery, options: SearchOptions): Promise<readonly FoundEntry[]> {
    return this.#call('read', (tier) => tier.search(query, options));
  }

  usage(): Promise<TierUsage> {
    return this.#call('read', (tier) => tier.usage());
  }

  async close(): Promise<void> {}

  #wallMs(): number {
    const { node, life } = this.#parts;
    return Math.floor(node.clockOf(life).wallTimeMs());
  }

  #tell(change: Parameters<Watcher['remembered']>[0]['change']): void {
    const { node, life, watcher, epoch } = this.#parts;
    node.world.note('memory', `${node.name} ${JSON.stringify(change)}`);
    watcher.remembered({ node: node.name, life: life.number, epoch: epoch() ?? 0, atUs: node.world.nowUs, change });
  }

  #call<Result>(use: 'read' | 'write', act: (tier: KeyValueTier) => Promise<Result>): Promise<Result> {
    const { node, life, failpoints, store, line, profile } = this.#parts;
    const { world } = node;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const key = `${node.name} ${life.number} memory ${++this.#calls}`;
    const reply = (give: () => void): void => {
      const latencyUs = world.draw.around('memory', `${key} back`, profile.latencyMs * 1_000);
      world.at(world.nowUs + 10 + latencyUs, () => node.inside(life, give));
    };
    const before = failpoints.hit(node, 'remember', 'before');
    if (before.throws) {
      reply(() => reject(away('the store is broken')));
      return promise;
    }
    const latencyUs = 10 + world.draw.around('memory', key, profile.latencyMs * 1_000);
    world.at(line.arrival(world.nowUs + latencyUs + store.slowByUs + before.delayUs), () => {
      if (!life.isAlive && world.draw.chance('lost at death', key, LOST_AT_DEATH_PERMILLE)) return;
      if (store.isAway) return void node.after(life, AWAY_US, () => reject(away('the store is away')));
      const why = use === 'write' ? this.#whyNoWrite() : undefined;
      if (why !== undefined) return reply(() => reject(away(why)));
      const done = act(this.#parts.disk.as(node.clockOf(life)));
      const { throws } = failpoints.hit(node, 'remember', 'after');
      done.then(
        (result) => reply(() => (throws ? reject(away('the reply of the store got lost')) : resolve(result))),
        (error: unknown) => reply(() => reject(error instanceof Error ? error : new Error(String(error)))),
      );
    });
    return promise;
  }

  /** In the same moment as the write. */
  #whyNoWrite(): string | undefined {
    const { store, epoch, watcher } = this.#parts;
    if (epoch() !== store.epoch) {
      watcher.called('remember epoch-stale');
      return 'another process leads';
    }
    return store.isFull ? 'the disk is full' : undefined;
  }
}

/** Tier 2 from one process. */
class SharedDoor implements SharedTier {
  readonly #parts: MemoryDoorParts;
  readonly #tier: SharedTier;
  #calls = 0;

  constructor(parts: MemoryDoorParts, tier: SharedTier) {
    this.#parts = parts;
    this.#tier = tier;
  }

  get(key: string): Promise<SharedAnswer> {
    return this.#call(() => this.#tier.get(key));
  }

  fill(key: string, entry: StoredValue, lease: string, ttlMs: number): Promise<void> {
    return this.#call(() => this.#tier.fill(key, entry, lease, ttlMs));
  }

  remove(pattern: string): Promise<void> {
    return this.#call(() => this.#tier.remove(pattern));
  }

  onChange(listener: (change: SharedChange) => void): () => void {
    const { node, life } = this.#parts;
    return this.#tier.onChange((change) => node.inside(life, () => listener(change)));
  }

  async close(): Promise<void> {}

  #call<Result>(act: () => Promise<Result>): Promise<Result> {
    const { node, life, profile } = this.#parts;
    const { world } = node;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const key = `${node.name} ${life.number} shared ${++this.#calls}`;
    const latencyUs = (way: string): number =>
      10 + world.draw.around('shared', `${key} ${way}`, profile.latencyMs * 1_000);
    const reply = (give: () => void): void =>
      void world.at(world.nowUs + latencyUs('back'), () => node.inside(life, give));
    world.at(world.nowUs + latencyUs('there'), () => {
      act().then(
        (result) => reply(() => resolve(result)),
        (error: unknown) => reply(() => reject(error instanceof Error ? error : new Error(String(error)))),
      );
    });
    return promise;
  }
}

function away(message: string): Unavailable {
  return new Unavailable({ port: 'memory', message });
}
