import type { SwarmEvent } from '../core/events.ts';
import { type ProposalId, type RunId, runId as runIdOf, runOf, SWARM_ITSELF } from '../core/ids.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { RunArchive } from '../ports/run-archive.ts';

export type OnRecords = (records: readonly JournalRecord[]) => void;

type Follower = {
  readonly runId: RunId;
  readonly onRecords: OnRecords;
  /** All up to here was given or does not concern it. */
  seq: number;
  isReading: boolean;
  hasLeft: boolean;
};

const PAGE_RECORDS = 1_000;

/**
 * Gives committed records to those who follow a run: pushed while this process leads, read from the store while
 * another one does. Each follower sees every record of its run once and in order, the past first.
 */
export class RecordFeed implements EventSink {
  readonly #archive: () => RunArchive | undefined;
  readonly #onError: (error: unknown) => void;
  readonly #followers = new Set<Follower>();

  /** `onError`: told when the store cannot be read; who follows then gets nothing until the next look. */
  constructor(archive: () => RunArchive | undefined, onError: (error: unknown) => void) {
    this.#archive = archive;
    this.#onError = onError;
  }

  /** Pushed by the engine of this process. Who has missed something reads it in the store. */
  committed(records: readonly JournalRecord[]): void {
    const [first] = records;
    const last = records.at(-1);
    if (this.#followers.size === 0 || first === undefined || last === undefined) return;
    const byRun = Map.groupBy(records, ({ event }) => runOfEvent(event));
    for (const follower of this.#followers) {
      if (follower.isReading || follower.seq >= last.seq) continue;
      if (first.seq !== follower.seq + 1) void this.#read(follower);
      else give(follower, byRun.get(follower.runId) ?? [], last.seq);
    }
  }

  /** There may be something new in the store. Cheap when nobody follows or nothing is new. */
  wake(): void {
    for (const follower of this.#followers) void this.#read(follower);
  }

  /** `afterSeq`: where to begin; 0 is the beginning of the store. The result ends it. */
  follow(runId: RunId, onRecords: OnRecords, afterSeq = 0): () => void {
    const follower: Follower = { runId, onRecords, seq: afterSeq, isReading: false, hasLeft: false };
    this.#followers.add(follower);
    void this.#read(follower);
    return () => {
      follower.hasLeft = true;
      this.#followers.delete(follower);
    };
  }

  /** Newest committed record that is known here. */
  get headSeq(): number {
    return this.#archive()?.headSeq() ?? 0;
  }

  /** Reads until nothing is left. What is pushed meanwhile is in the store already, and found by the last look. */
  async #read(follower: Follower): Promise<void> {
    if (follower.isReading) return;
    follower.isReading = true;
    try {
      for (let page = this.#pageAfter(follower); page.length > 0; page = this.#pageAfter(follower)) {
        const mine = page.filter(({ event }) => runOfEvent(event) === follower.runId);
        give(follower, mine, page.at(-1)?.seq ?? follower.seq);
        if (page.length < PAGE_RECORDS) continue;
        await new Promise((resolve) => void setImmediate(resolve));
      }
    } catch (error) {
      this.#onError(error);
    }
    follower.isReading = false;
  }

  #pageAfter({ hasLeft, seq }: Follower): readonly JournalRecord[] {
    return hasLeft ? [] : (this.#archive()?.recordsAfter(seq, PAGE_RECORDS) ?? []);
  }
}

function give(follower: Follower, records: readonly JournalRecord[], seq: number): void {
  follower.seq = seq;
  if (records.length > 0 && !follower.hasLeft) follower.onRecords(records);
}

/** The run that an event is about; undefined for what concerns the whole swarm. */
export function runOfEvent(event: SwarmEvent): RunId | undefined {
  if ('runId' in event) return event.runId;
  if ('taskId' in event) return runOf(event.taskId);
  if ('proposalId' in event) return ownerOf(event.proposalId);
  if ('agentId' in event) return runOfAgent(event.agentId);
  if ('key' in event && event.key.startsWith('agent:')) return runOfAgent(event.key.slice('agent:'.length));
  return event.type === 'agents.registered' ? event.agents[0]?.runId : undefined;
}

function ownerOf(id: ProposalId): RunId | undefined {
  const owner = runOf(id);
  return owner === SWARM_ITSELF ? undefined : owner;
}

/** Agents of a run are called `<run>/<name>`. */
function runOfAgent(id: string | undefined): RunId | undefined {
  return id?.includes('/') === true ? runIdOf(id.slice(0, id.indexOf('/'))) : undefined;
}
