import type { SwarmId } from '../core/ids.ts';
import type { AppendResult, Journal, JournalBatch, JournalEntry } from '../ports/journal.ts';

/** How often a full store is asked for room, ms. */
export const ROOM_LOOK_MS = 1_000;

export type WriterSurroundings = Readonly<{
  /** Resolves after that time; for ever pending when the lead has ended is fine. */
  wait: (ms: number) => Promise<void>;
  /** Told when the store has become full, and when it has room again. */
  onFull: (isFull: boolean) => void;
}>;

/** Writes the batches of one lead, one at a time, and gets by while the store is full. */
export class BatchWriter {
  readonly #journal: Journal;
  readonly #lead: Readonly<{ swarmId: SwarmId; epoch: number }>;
  readonly #surroundings: WriterSurroundings;
  #isFull = false;

  constructor(journal: Journal, lead: Readonly<{ swarmId: SwarmId; epoch: number }>, surroundings: WriterSurroundings) {
    this.#journal = journal;
    this.#lead = lead;
    this.#surroundings = surroundings;
  }

  /** The store had no room for the last batch but what it keeps back. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /**
   * Why `entries` are not known to be stored; nothing when they are. What is decided is kept in the store's reserve
   * when there is no other room, and where that is used up too, the same batch is tried again until there is.
   */
  async write(firstSeq: number, wallTimeMs: number, entries: readonly JournalEntry[]): Promise<string | undefined> {
    // Without entries there is nothing to store, but a full store is asked whether there is room.
    if (entries.length === 0 && !this.#isFull) return undefined;
    const batch = { ...this.#lead, firstSeq, wallTimeMs, entries };
    try {
      for (;;) {
        const reason = await this.#tryBoth(batch);
        if (reason === undefined || (reason === 'store-full' && entries.length === 0)) return undefined;
        if (reason !== 'store-full') return reason;
        await this.#surroundings.wait(ROOM_LOOK_MS);
      }
    } catch (error) {
      return `store-trouble: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** Why the batch is not stored, neither in free room nor in the reserve. */
  async #tryBoth(batch: JournalBatch): Promise<Extract<AppendResult, { ok: false }>['reason'] | undefined> {
    const result = await this.#journal.append(batch);
    const isFull = !result.ok && result.reason === 'store-full';
    if (isFull !== this.#isFull) this.#surroundings.onFull(isFull);
    this.#isFull = isFull;
    if (result.ok) return undefined;
    if (!this.#isFull || batch.entries.length === 0) return result.reason;
    const kept = await this.#journal.append({ ...batch, mayUseReserve: true });
    return kept.ok ? undefined : kept.reason;
  }
}
