import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../ports/clock.ts';
import type { LeaderElection, LeaderLease } from '../../ports/leader-lease.ts';
import { sqliteCode, storeError } from './store-error.ts';

export type LeaseTimes = Readonly<{
  /** How long a challenger must see no renewal before it takes over, ms. @default 15_000 */
  leaseMs?: number;
  /** ms between renewals. @default a third of the lease */
  renewMs?: number;
}>;

type Times = Required<LeaseTimes>;
/** When a challenger first saw the holder's newest renewal, by its own clock. */
type Sighting = Readonly<{ path: string; renewal: number; sinceMs: number }>;

const BUSY = 5;

/**
 * The lock is an open exclusive transaction on a file of its own: the system frees it the moment its holder dies. A
 * holder that is stopped keeps it, so the holder also renews, by touching the file; whoever sees no renewal for a whole
 * lease takes the lead with the next file (`lead.sqlite`, `lead.2.sqlite`, ...). The one with the highest number counts,
 * and the woken holder sees that. No clocks are compared: a renewal is only ever seen to be another one than before.
 */
export class SqliteLeaderElection implements LeaderElection {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #times: Times;
  #sighting: Sighting | undefined;

  /** `path`: of the first lock file. Nothing else may open or close it in this process: that would drop the lock. */
  constructor(path: string, clock: Clock, { leaseMs = 15_000, renewMs = Math.ceil(leaseMs / 3) }: LeaseTimes = {}) {
    this.#path = path;
    this.#clock = clock;
    this.#times = { leaseMs, renewMs };
  }

  async tryAcquire(): Promise<LeaderLease | undefined> {
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      const generation = newestGeneration(this.#path);
      return this.#tryLock(generation) ?? (this.#isStale(generation) ? this.#tryLock(generation + 1) : undefined);
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }

  #tryLock(generation: number): LeaderLease | undefined {
    const path = lockPath(this.#path, generation);
    const lock = lockFile(path);
    if (lock === undefined) return undefined;
    try {
      // Somebody may have taken over while we opened an older file.
      if (newestGeneration(this.#path) === generation) return this.#leaseOf(lock, generation);
    } catch (error) {
      // Held by nobody, it would keep everybody from leading while this process lives.
      lock.close();
      throw error;
    }
    lock.close();
    return undefined;
  }

  #leaseOf(lock: DatabaseSync, generation: number): LeaderLease {
    const path = lockPath(this.#path, generation);
    for (let old = 1; old < generation; old++) rmSync(lockPath(this.#path, old), { force: true });
    this.#sighting = undefined;
    return new SqliteLeaderLease({ lock, path, generation, first: this.#path, clock: this.#clock, times: this.#times });
  }

  /** Whether we have watched the holder for a whole lease without one renewal. */
  #isStale(generation: number): boolean {
    const path = lockPath(this.#path, generation);
    const renewal = renewalOf(path);
    const nowMs = this.#clock.monotonicMs();
    if (renewal === undefined) return false;
    if (this.#sighting?.path !== path || this.#sighting.renewal !== renewal) {
      this.#sighting = { path, renewal, sinceMs: nowMs };
    }
    return nowMs - this.#sighting.sinceMs >= this.#times.leaseMs;
  }
}

type LeaseParts = Readonly<{
  lock: DatabaseSync;
  path: string;
  generation: number;
  /** Path of the first lock file, from which all names follow. */
  first: string;
  clock: Clock;
  times: Times;
}>;

class SqliteLeaderLease implements LeaderLease {
  readonly #parts: LeaseParts;
  readonly #lost = Promise.withResolvers<string>();
  #renewedMs: number;
  #cancelWake: () => void = () => {};

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    this.#renewedMs = parts.clock.monotonicMs();
    this.#renew();
  }

  get lost(): Promise<string> {
    return this.#lost.promise;
  }

  isHeld(): boolean {
    return this.#parts.lock.isOpen && this.#look() === 'held';
  }

  async release(): Promise<void> {
    this.#cancelWake();
    if (this.#parts.lock.isOpen) this.#parts.lock.close();
  }

  #renew(): void {
    const { clock, path, times } = this.#parts;
    const state = this.#look();
    if (state === 'lost') return;
    if (state === 'held') {
      this.#renewedMs = clock.monotonicMs();
      touch(path);
    }
    this.#cancelWake = clock.wakeAfter(state === 'held' ? times.renewMs : Math.ceil(times.renewMs / 5), () =>
      this.#renew(),
    );
  }

  /** `unknown`: the folder cannot be read at this moment, so nobody can say that nobody else leads. */
  #look(): 'held' | 'unknown' | 'lost' {
    let trouble: unknown;
    let reason: string | undefined;
    try {
      reason = this.#whyTaken();
    } catch (error) {
      trouble = error;
    }
    reason ??= this.#whyTooLate();
    if (reason === undefined) return trouble === undefined ? 'held' : 'unknown';
    void this.release();
    const why = trouble instanceof Error ? ` (${trouble.message})` : '';
    this.#lost.resolve(`${reason}${why}`);
    return 'lost';
  }

  #whyTaken(): string | undefined {
    const { first, generation, path } = this.#parts;
    const newest = newestGeneration(first);
    if (newest > generation) return 'another process took the lead while this one was stopped';
    return existsSync(path) ? undefined : `the lock file "${path}" was removed`;
  }

  /** Stops well before a challenger may have taken over: two thirds of the lease after the last renewal. */
  #whyTooLate(): string | undefined {
    const { clock, times } = this.#parts;
    const sinceMs = clock.monotonicMs() - this.#renewedMs;
    const mostMs = (times.leaseMs * 2) / 3;
    if (sinceMs <= mostMs) return undefined;
    return `this process did not renew for ${Math.round(sinceMs / 1_000)} s, longer than a lead may go without`;
  }
}

/** The lock, held until the result is closed; undefined when another process has it. */
function lockFile(path: string): DatabaseSync | undefined {
  try {
    const db = new DatabaseSync(path, { timeout: 0 });
    try {
      // Nothing is ever written: a journal on the disk would only lie about.
      db.exec('pragma journal_mode = memory; begin exclusive');
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    if (sqliteCode(error) === BUSY) return undefined;
    throw error;
  }
}

function lockPath(first: string, generation: number): string {
  if (generation === 1) return first;
  const { dir, name, ext } = parse(first);
  return join(dir, `${name}.${generation}${ext}`);
}

/** 1 when there is no lock file yet. */
function newestGeneration(first: string): number {
  if (!existsSync(dirname(first))) return 1;
  const { name, ext } = parse(first);
  const middles = readdirSync(dirname(first))
    .filter((file) => file.startsWith(`${name}.`) && file.endsWith(ext))
    .map((file) => file.slice(name.length + 1, file.length - ext.length));
  return Math.max(1, ...middles.filter((middle) => /^\d{1,9}$/.test(middle)).map(Number));
}

/** Undefined when the file is not there. Looks without opening it. */
function renewalOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

/** Gives the file another time than it had. Needs no room on the disk. */
function touch(path: string): void {
  const before = renewalOf(path) ?? 0;
  const nowMs = Date.now();
  const next = Math.floor(nowMs) === Math.floor(before) ? nowMs + 1 : nowMs;
  try {
    utimesSync(path, next / 1_000, next / 1_000);
  } catch {
    // Read-only or gone: the next look says so.
  }
}
