import type { DatabaseSync } from 'node:sqlite';
import type { AppendResult, Snapshot } from '../../ports/journal.ts';
import { Unavailable } from '../../util/user-error.ts';
import { JournalFile, type StoredBatch } from './journal-file.ts';
import { pastStoppedHolders } from './lock-holders.ts';
import { IN_MEMORY, openStore } from './open-store.ts';
import { packPage } from './packed-page.ts';
import { Reserve } from './reserve.ts';
import { SeenHead } from './seen-head.ts';
import { isFull, isLocked, storeError } from './store-error.ts';
import { TierFile, type TierWrite } from './tier-file.ts';

/** What the other threads may ask of the thread that has the store open. */
export type StoreRequest =
  | Readonly<{ op: 'open' }>
  | Readonly<{ op: 'claim'; swarm: string }>
  | Readonly<{ op: 'append'; batch: StoredBatch; mayUseReserve: boolean }>
  | Readonly<{ op: 'page'; swarm: string; fromSeq: number }>
  | Readonly<{ op: 'save-snapshot'; swarm: string; snapshot: Snapshot }>
  | Readonly<{ op: 'latest-snapshot'; swarm: string }>
  | Readonly<{ op: 'get'; key: string; nowMs: number }>
  | Readonly<{ op: 'set'; write: TierWrite }>
  | Readonly<{ op: 'delete'; key: string; nowMs: number }>
  | Readonly<{ op: 'invalidate'; pattern: string; nowMs: number }>
  | Readonly<{ op: 'trim'; pattern: string; keep: number }>
  | Readonly<{ op: 'sweep'; nowMs: number }>
  | Readonly<{ op: 'keys'; pattern: string; limit: number; nowMs: number }>
  | Readonly<{ op: 'entries'; pattern: string; limit: number; nowMs: number }>
  | Readonly<{ op: 'search'; match: string; patterns: readonly string[]; limit: number; nowMs: number }>
  | Readonly<{ op: 'totals' }>
  | Readonly<{ op: 'close' }>;

type MemoryOp = 'get' | 'set' | 'delete' | 'invalidate' | 'trim' | 'sweep' | 'keys' | 'entries' | 'search' | 'totals';
type MemoryRequest = Extract<StoreRequest, { op: MemoryOp }>;

type Opened = Readonly<{ db: DatabaseSync; journal: JournalFile; tier: TierFile }>;

/**
 * Commits until the write-ahead log is moved into the main file, after an answer has gone out and not before it. About
 * 3,000 pages when batches are large; 64 to 512 commits cost the same (bench/journal.ts).
 */
const COMMITS_PER_CHECKPOINT = 128;

/** Answers requests one by one over one connection. After trouble with the disk it stops until the next claim. */
export class StoreServer {
  readonly #path: string;
  readonly #reserve: Reserve | undefined;
  readonly #seen: SeenHead | undefined;
  #opened: Opened | undefined;
  /** Why nothing is written any more. */
  #trouble: Error | undefined;
  #claimed: string | undefined;
  #commits = 0;

  constructor(path: string) {
    this.#path = path;
    if (path === IN_MEMORY) return;
    this.#reserve = new Reserve(path);
    this.#seen = new SeenHead(path);
  }

  /** Throws `UserError` or `Unavailable` for what a person can mend; all else is a bug. */
  handle(request: StoreRequest): unknown {
    try {
      return this.#handle(request);
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }

  /** Work that nobody waits for, after an answer has gone out. */
  tidy(): void {
    if (this.#opened === undefined || this.#claimed === undefined || this.#trouble !== undefined) return;
    this.#seen?.note(this.#opened.journal, this.#claimed, 'sometimes');
    if (this.#commits < COMMITS_PER_CHECKPOINT) return;
    this.#commits = 0;
    try {
      this.#opened.journal.checkpoint('passive');
    } catch {
      // The log stays longer; what is wrong shows at the next append.
    }
  }

  /** Once, some time after the lead was taken: a short run should not pay for it. */
  makeReserve(): void {
    if (this.#claimed !== undefined) this.#reserve?.make();
  }

  #handle(request: StoreRequest): unknown {
    if (request.op === 'close') return this.#close();
    if (request.op === 'claim') return this.#claim(request.swarm);
    const { journal, tier } = this.#open();
    switch (request.op) {
      case 'open':
        return undefined;
      case 'append':
        return this.#append(journal, request.batch, request.mayUseReserve);
      case 'page':
        return packPage(journal.page(request.swarm, request.fromSeq));
      case 'save-snapshot':
        return journal.saveSnapshot(request.swarm, request.snapshot);
      case 'latest-snapshot':
        return journal.latestSnapshot(request.swarm);
      case 'get':
      case 'set':
      case 'delete':
      case 'invalidate':
      case 'trim':
      case 'sweep':
      case 'keys':
      case 'entries':
      case 'search':
      case 'totals':
        return this.#remember(tier, request);
    }
  }

  #remember(tier: TierFile, request: MemoryRequest): unknown {
    switch (request.op) {
      case 'get':
        return tier.get(request.key, request.nowMs);
      case 'set':
        return this.#write(() => tier.set(request.write));
      case 'delete':
        return this.#write(() => tier.delete(request.key, request.nowMs));
      case 'invalidate':
        return this.#write(() => tier.invalidate(request.pattern, request.nowMs));
      case 'trim':
        return this.#write(() => tier.trim(request.pattern, request.keep));
      case 'sweep':
        return this.#write(() => tier.sweep(request.nowMs));
      case 'keys':
        return tier.keys(request.pattern, request.limit, request.nowMs);
      case 'entries':
        return tier.entries(request.pattern, request.limit, request.nowMs);
      case 'search':
        return tier.search(request.match, request.patterns, request.limit, request.nowMs);
      case 'totals':
        return tier.totals();
    }
  }

  #open(): Opened {
    if (this.#opened !== undefined) return this.#opened;
    // Whoever was stopped while it repaired the log would keep everybody out.
    const open = (): DatabaseSync => pastStoppedHolders(this.#path, isLocked, () => openStore(this.#path));
    const db = this.#withReserve(open);
    this.#opened = { db, journal: new JournalFile(db, this.#path), tier: new TierFile(db, this.#path) };
    return this.#opened;
  }

  /** Opens the store afresh after trouble: what the old connection believes about the disk may be wrong. */
  #claim(swarm: string): number {
    if (this.#trouble !== undefined && this.#path !== IN_MEMORY) this.#shut();
    this.#trouble = undefined;
    const { journal, db, tier } = this.#open();
    this.#seen?.check(journal, this.#path);
    const claim = (): number => pastStoppedHolders(this.#path, isLocked, () => journal.claim(swarm));
    const epoch = this.#withReserve(claim);
    // A leader moves the log itself, between two requests.
    db.exec('pragma wal_autocheckpoint = 0');
    this.#claimed = swarm;
    // A leader that was stopped and is not one any more must not write over what its follower remembers.
    tier.checkLead = () => {
      if (journal.epochOf(swarm) !== epoch) throw otherLeads();
    };
    this.#seen?.note(journal, swarm, 'now');
    return epoch;
  }

  /** A full disk must not keep anybody from opening the store and taking the lead: ending work needs both. */
  #withReserve<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (!isFull(error) || this.#reserve === undefined) throw error;
      this.#reserve.release();
      return act();
    }
  }

  #append(journal: JournalFile, batch: StoredBatch, mayUseReserve: boolean): AppendResult {
    if (this.#trouble !== undefined) throw this.#trouble;
    if (!mayUseReserve && this.#reserve?.recover() === false) return { ok: false, reason: 'store-full' };
    if (batch.atMs.length === 0) return { ok: true };
    try {
      const result = journal.append(batch);
      if (result.ok) this.#commits++;
      else if (result.reason === 'store-full') this.#reserve?.release();
      return result;
    } catch (error) {
      this.#trouble = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  #write<T>(act: () => T): T {
    if (this.#trouble !== undefined) throw this.#trouble;
    if (this.#reserve?.recover() === false) {
      throw new Unavailable({
        port: 'disk',
        message: `No room is left on the disk of "${this.#path}".`,
        fix: 'Make room, then try again.',
      });
    }
    this.#commits++;
    return act();
  }

  #close(): void {
    if (this.#opened === undefined) return;
    const { journal } = this.#opened;
    if (this.#claimed !== undefined && this.#trouble === undefined) {
      this.#seen?.note(journal, this.#claimed, 'now');
      try {
        journal.checkpoint('passive');
      } catch {
        // The next claim does it, or says what is wrong.
      }
    }
    this.#shut();
  }

  #shut(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.db.close();
  }
}

function otherLeads(): Error {
  const message = 'Nothing was written to memory: another process has taken the lead.';
  return new Unavailable({ port: 'leader', message, fix: 'Nothing: its tasks go on there.' });
}
