import type { SwarmEvent } from '../core/events.ts';
import type { AppendResult, JournalBatch, JournalRecord, Snapshot } from '../ports/journal.ts';

/** A stored record. `text`: its event as it stands on the disk. */
export type StoredRecord = JournalRecord & Readonly<{ text: string }>;

/** A batch whose events are already as they will stand on the disk. */
export type WrittenBatch = JournalBatch & Readonly<{ texts: readonly string[] }>;

/** The disk under the journal: what is on it stays, whoever dies. It can be away, slow or full. */
export class Store {
  readonly #onStored: (records: readonly StoredRecord[]) => void;
  readonly records: StoredRecord[] = [];
  /** Every snapshot that was ever saved, in order. */
  readonly snapshots: Snapshot[] = [];
  epoch = 0;
  isAway = false;
  slowByUs = 0;
  /** Batches that the room kept back has place for, while the disk is full. */
  #reserve: number | undefined;

  constructor(onStored: (records: readonly StoredRecord[]) => void) {
    this.#onStored = onStored;
  }

  /** The disk has no room but for that many batches; undefined: it has. */
  setFull(reserve: number | undefined): void {
    this.#reserve = reserve;
  }

  get isFull(): boolean {
    return this.#reserve !== undefined;
  }

  claim(): number {
    return ++this.epoch;
  }

  append(batch: WrittenBatch): AppendResult {
    const { epoch, firstSeq, entries } = batch;
    if (this.#reserve !== undefined && !this.#fits(batch)) return { ok: false, reason: 'store-full' };
    if (entries.length === 0) return { ok: true };
    if (epoch !== this.epoch) return { ok: false, reason: 'epoch-stale' };
    if (firstSeq <= this.records.length) return { ok: false, reason: 'seq-taken' };
    if (firstSeq !== this.records.length + 1) throw new Error(`gap before seq ${firstSeq}`);
    const stored = entries.map(({ atMs, event }, index): StoredRecord => ({
      seq: firstSeq + index,
      epoch,
      atMs,
      event,
      text: batch.texts[index] ?? '',
    }));
    this.records.push(...stored);
    this.#onStored(stored);
    return { ok: true };
  }

  /** As a reader gets them: made anew from what stands on the disk. */
  recordsFrom(fromSeq: number): readonly JournalRecord[] {
    return this.records.slice(fromSeq - 1).map(({ seq, epoch, atMs, text }) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `append` keeps only texts of events
      const event = JSON.parse(text) as SwarmEvent;
      return { seq, epoch, atMs, event };
    });
  }

  saveSnapshot(snapshot: Snapshot): void {
    this.snapshots.push(snapshot);
  }

  latestSnapshot(): Snapshot | undefined {
    return this.snapshots.reduce<Snapshot | undefined>(
      (newest, one) => (newest === undefined || one.seq > newest.seq ? one : newest),
      undefined,
    );
  }

  #fits({ entries, mayUseReserve }: JournalBatch): boolean {
    if (mayUseReserve !== true || entries.length === 0 || this.#reserve === undefined || this.#reserve <= 0)
      return false;
    this.#reserve--;
    return true;
  }
}
