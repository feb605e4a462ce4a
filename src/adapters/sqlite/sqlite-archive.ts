import type { DatabaseSync } from 'node:sqlite';
import type { SwarmEvent } from '../../core/events.ts';
import type { ProposalId, RunId, SwarmId, TaskId } from '../../core/ids.ts';
import { isMessageEvent } from '../../core/messaging/is-message-event.ts';
import type { MessageFilter } from '../../core/read-tables/message-tables.ts';
import type { ProposalFilter } from '../../core/read-tables/proposal-tables.ts';
import { ReadTables, type RunFilter } from '../../core/read-tables/read-tables.ts';
import type { ArtifactRow } from '../../core/read-tables/rows.ts';
import type { JournalRecord } from '../../ports/journal.ts';
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
import { BadCell } from './cells.ts';
import { EventReader } from './event-reader.ts';
import { openStoreReadOnly } from './open-store.ts';
import { recordsIn } from './packed-page.ts';
import { RowReader } from './row-reader.ts';
import { storeError, tablesDamaged } from './store-error.ts';
import { SwarmRows, type SwarmRow } from './swarm-rows.ts';
import { upcast } from './upcast.ts';

/** Parsed events kept at hand, at most 64 KiB each: many tasks share one. */
/** Events that several rows name. */
const SHARED: ReadonlySet<SwarmEvent['type']> = new Set(['agents.registered', 'tasks.added', 'tasks.delegated']);
const MAX_CACHED_EVENTS = 16;

/** Reads a store over its own connection, from any process, while another one writes. Every answer is one snapshot. */
export class SqliteArchive implements RunArchive {
  readonly #path: string;
  readonly #swarmId: SwarmId;
  readonly #db: DatabaseSync;
  readonly #swarms: SwarmRows;
  readonly #events: EventReader;
  readonly #cache = new Map<number, SwarmEvent>();

  /** Throws `UserError` when there is no sound store at `path`, and `Unavailable` when it cannot be read now. */
  constructor(path: string, swarmId: SwarmId) {
    this.#path = path;
    this.#swarmId = swarmId;
    this.#db = openStoreReadOnly(path);
    this.#swarms = new SwarmRows(this.#db, path, 'read');
    this.#events = new EventReader(this.#db, path);
  }

  runs(filter?: RunFilter): readonly RunRecord[] {
    return this.#read([], (tables) => tables.runs(filter));
  }

  run(runId: RunId): RunRecord | undefined {
    return this.#read(undefined, (tables) => tables.run(runId));
  }

  tasks(runId: RunId): readonly TaskRecord[] {
    return this.#read([], (tables) => tables.tasks(runId));
  }

  task(taskId: TaskId): TaskRecord | undefined {
    return this.#read(undefined, (tables) => tables.task(taskId));
  }

  attempts(taskId: TaskId): readonly AttemptRecord[] {
    return this.#read([], (tables) => tables.attempts(taskId));
  }

  runAttempts(runId: RunId): readonly AttemptRecord[] {
    return this.#read([], (tables) => tables.runAttempts(runId));
  }

  agents(): readonly AgentRecord[] {
    return this.#read([], (tables) => tables.agents());
  }

  proposals(filter?: ProposalFilter): readonly ProposalRecord[] {
    return this.#read([], (tables) => tables.proposals(filter));
  }

  proposal(proposalId: ProposalId): ProposalRecord | undefined {
    return this.#read(undefined, (tables) => tables.proposal(proposalId));
  }

  messages(runId: RunId, filter?: MessageFilter): readonly MessageRecord[] {
    return this.#read<readonly MessageRecord[]>([], (tables) => tables.messages(runId, filter));
  }

  /** Every blob that an attempt of any run names. */
  artifacts(): readonly ArtifactRow[] {
    return this.#snapshot<readonly ArtifactRow[]>([], (swarm) => this.#rows(swarm).artifacts());
  }

  recordsAfter(afterSeq: number, limit: number): readonly JournalRecord[] {
    return this.#snapshot<readonly JournalRecord[]>([], (swarm) => {
      const records: JournalRecord[] = [];
      const from = Math.max(0, afterSeq) + 1;
      while (records.length < limit) {
        const page = this.#events.page(swarm, from + records.length, limit - records.length);
        if (page.records.length === 0) break;
        records.push(...recordsIn(page));
      }
      return records;
    });
  }

  newest(types: readonly SwarmEvent['type'][], limit: number): readonly DatedRecord[] {
    return this.#snapshot<readonly DatedRecord[]>([], (swarm) =>
      this.#events.newest(swarm, types, limit).map(({ seq, epoch, atMs, wallMs, data, version }) => {
        return { seq, epoch, atMs, wallTimeMs: wallMs, event: upcast(data, version) };
      }),
    );
  }

  headSeq(): number {
    return this.#snapshot(0, (swarm) => swarm.headSeq);
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #read<T>(none: T, look: (tables: ReadTables) => T): T {
    return this.#snapshot(none, (swarm) => look(new ReadTables(this.#rows(swarm))));
  }

  #rows(swarm: SwarmRow): RowReader {
    return new RowReader(this.#db, swarm, { one: (seq) => this.#event(swarm, seq), mail: this.#mailOf(swarm) });
  }

  #mailOf(swarm: SwarmRow): RowReader['mail'] {
    const events = this.#events;
    return function* (runId, fromSeq, toSeq) {
      for (const { data, version, wallMs } of events.ofMail(swarm, fromSeq, toSeq ?? swarm.headSeq)) {
        const event = upcast(data, version);
        if (isMessageEvent(event) && event.runId === runId) yield { wallTimeMs: wallMs, event };
      }
    };
  }

  #event(swarm: SwarmRow, seq: number): SwarmEvent {
    const known = this.#cache.get(seq);
    if (known !== undefined) return known;
    const { data, version } = this.#events.one(swarm, seq);
    const event = upcast(data, version);
    if (!SHARED.has(event.type)) return event;
    if (this.#cache.size >= MAX_CACHED_EVENTS) this.#cache.clear();
    this.#cache.set(seq, event);
    return event;
  }

  #snapshot<T>(none: T, look: (swarm: SwarmRow) => T): T {
    try {
      this.#db.exec('begin');
      const swarm = this.#swarms.get(this.#swarmId);
      return swarm === undefined ? none : look(swarm);
    } catch (error) {
      throw error instanceof BadCell ? tablesDamaged(this.#path, error) : storeError(error, this.#path);
    } finally {
      if (this.#db.isOpen && this.#db.isTransaction) this.#db.exec('rollback');
    }
  }
}
