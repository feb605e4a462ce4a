import type { SwarmEvent } from '../../core/events.ts';
import type { ProposalId, RunId, TaskId } from '../../core/ids.ts';
import { isMessageEvent } from '../../core/messaging/is-message-event.ts';
import { Projector } from '../../core/read-tables/projector.ts';
import type { MailEntry, MessageFilter } from '../../core/read-tables/message-tables.ts';
import type { ProposalFilter } from '../../core/read-tables/proposal-tables.ts';
import { ReadTables, type RunFilter } from '../../core/read-tables/read-tables.ts';
import type { JournalBatch, JournalRecord } from '../../ports/journal.ts';
import type {
  AgentRecord,
  AttemptRecord,
  MessageRecord,
  DatedRecord,
  ProposalRecord,
  RunArchive,
  RunRecord,
  TaskRecord,
} from '../../ports/run-archive.ts';
import { assert } from '../../util/assert.ts';
import { RowMaps } from './row-maps.ts';

/** A batch as it was appended; nothing is copied. */
export type KeptBatch = Omit<JournalBatch, 'swarmId'>;

/** The read side of an in-memory journal. Its tables follow the journal whenever somebody asks for them. */
export class InMemoryArchive implements RunArchive {
  readonly #batches: readonly KeptBatch[];
  readonly #rows: RowMaps;
  readonly #projector: Projector;
  readonly #tables: ReadTables;
  #projected = 0;

  constructor(batches: readonly KeptBatch[]) {
    this.#batches = batches;
    this.#rows = new RowMaps(
      (seq) => this.#event(seq),
      (runId, fromSeq, toSeq) => this.#mail(runId, fromSeq, toSeq),
    );
    this.#projector = new Projector(this.#rows);
    this.#tables = new ReadTables(this.#rows);
  }

  runs(filter?: RunFilter): readonly RunRecord[] {
    return this.#current().runs(filter);
  }

  run(runId: RunId): RunRecord | undefined {
    return this.#current().run(runId);
  }

  tasks(runId: RunId): readonly TaskRecord[] {
    return this.#current().tasks(runId);
  }

  task(taskId: TaskId): TaskRecord | undefined {
    return this.#current().task(taskId);
  }

  attempts(taskId: TaskId): readonly AttemptRecord[] {
    return this.#current().attempts(taskId);
  }

  runAttempts(runId: RunId): readonly AttemptRecord[] {
    return this.#current().runAttempts(runId);
  }

  agents(): readonly AgentRecord[] {
    return this.#current().agents();
  }

  proposals(filter?: ProposalFilter): readonly ProposalRecord[] {
    return this.#current().proposals(filter);
  }

  proposal(proposalId: ProposalId): ProposalRecord | undefined {
    return this.#current().proposal(proposalId);
  }

  messages(runId: RunId, filter?: MessageFilter): readonly MessageRecord[] {
    return this.#current().messages(runId, filter);
  }

  recordsAfter(afterSeq: number, limit: number): readonly JournalRecord[] {
    const records: JournalRecord[] = [];
    const fromSeq = Math.max(0, afterSeq) + 1;
    for (let index = this.#batchOf(fromSeq); index < this.#batches.length; index++) {
      const batch = this.#batches[index];
      for (const [offset, entry] of batch?.entries.entries() ?? []) {
        const seq = (batch?.firstSeq ?? 0) + offset;
        if (seq < fromSeq) continue;
        if (records.length >= limit) return records;
        records.push({ seq, epoch: batch?.epoch ?? 0, ...entry });
      }
    }
    return records;
  }

  newest(types: readonly SwarmEvent['type'][], limit: number): readonly DatedRecord[] {
    const records: DatedRecord[] = [];
    for (const { entries, firstSeq, epoch, wallTimeMs } of this.#batches.toReversed()) {
      for (const [offset, entry] of [...entries.entries()].reverse()) {
        if (records.length >= limit) return records;
        if (types.includes(entry.event.type)) records.push({ seq: firstSeq + offset, epoch, wallTimeMs, ...entry });
      }
    }
    return records;
  }

  headSeq(): number {
    const last = this.#batches.at(-1);
    return last === undefined ? 0 : last.firstSeq + last.entries.length - 1;
  }

  close(): void {}

  #current(): ReadTables {
    for (; this.#projected < this.#batches.length; this.#projected++) {
      const batch = this.#batches[this.#projected];
      if (batch === undefined) break;
      const records = batch.entries.map(({ event }, index) => ({ seq: batch.firstSeq + index, event }));
      this.#rows.write(this.#projector.project(records, batch.wallTimeMs));
    }
    return this.#tables;
  }

  #event(seq: number): SwarmEvent {
    const batch = this.#batches[this.#batchOf(seq)];
    const event = batch?.entries[seq - batch.firstSeq]?.event;
    assert(event !== undefined, `no record ${seq}`);
    return event;
  }

  *#mail(runId: RunId, fromSeq: number, toSeq: number | null): Generator<MailEntry, void, undefined> {
    for (let index = this.#batchOf(fromSeq); index < this.#batches.length; index++) {
      const batch = this.#batches[index];
      if (batch === undefined || (toSeq !== null && batch.firstSeq > toSeq)) return;
      for (const { event } of batch.entries) {
        if (isMessageEvent(event) && event.runId === runId) yield { wallTimeMs: batch.wallTimeMs, event };
      }
    }
  }

  /** Index of the batch that holds `seq`; one past the end when there is none. */
  #batchOf(seq: number): number {
    let [low, high] = [0, this.#batches.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const batch = this.#batches[middle];
      if (batch !== undefined && batch.firstSeq + batch.entries.length <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
