import type { SwarmEvent } from '../core/events.ts';
import { nameOf, runOf, type RunId, type TaskId } from '../core/ids.ts';
import type { Json } from '../core/json.ts';
import type { Usage } from '../core/tasks/attempt.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { TieredMemory } from './tiered-memory.ts';
import {
  emptyTypeRecord,
  learn,
  learnUsage,
  learnWrites,
  parseTypeRecords,
  statsOf,
  suggestionOf,
  type TypeRecord,
  type TypeStats,
  usageOf,
  type WriteSuggestion,
} from './type-record.ts';

const KEY = 'history:task-types';
/** An entry of memory takes 1 MiB; what else it holds needs less than the rest. */
const MOST_STORED_BYTES = 1_000_000;
/** Types kept; beyond it the one goes that ended longest ago. */
const MAX_TYPES = 500;
/** Shorter attempts say nothing of how much of a processor they use, ms. */
const LEAST_MS = 500;
/** Tasks of open runs whose type is kept in mind. Beyond it new ones are not learned from. */
const MAX_TASKS = 200_000;

/** Type of the task of that name; undefined when there is none. */
type TypeOf = (name: string) => string | undefined;

export type TaskHistoryOptions = Readonly<{
  /** Told when what was learned could not be stored; it is tried again at the end of the next run. */
  onTrouble?: (error: unknown) => void;
}>;

/**
 * What tasks of one type took, and how often they succeeded: learned from committed events, kept in lasting memory,
 * stored at the end of every run. A view: it never dispatches.
 */
export class TaskHistory implements EventSink {
  readonly #memory: TieredMemory;
  readonly #options: TaskHistoryOptions;
  /** In the order of their newest end, the oldest first. */
  readonly #types: Map<string, TypeRecord>;
  readonly #names = new Map<RunId, Map<string, string>>();
  /** Of runs that were open before this process took the lead. */
  readonly #before = new Map<RunId, TypeOf>();
  readonly #startedAtMs = new Map<TaskId, number>();
  #known = 0;
  #hasNews = false;
  #lastFlush: Promise<void> = Promise.resolve();

  private constructor(memory: TieredMemory, types: Map<string, TypeRecord>, options: TaskHistoryOptions) {
    this.#memory = memory;
    this.#types = types;
    this.#options = options;
  }

  /** With what earlier runs taught. What is stored in another form counts as nothing. */
  static async load(memory: TieredMemory, options: TaskHistoryOptions = {}): Promise<TaskHistory> {
    const stored = await memory.get(KEY);
    return new TaskHistory(memory, parseTypeRecords(stored?.value ?? {}), options);
  }

  /** Expected ms of one task of this type; undefined when none has succeeded yet. */
  estimateMs(type: string): number | undefined {
    return this.stats(type)?.expectedMs;
  }

  /** What a task of this type is expected to use: milli-cores and bytes, as far as it was measured. */
  usage(type: string): Readonly<{ cpu?: number; memory?: number }> {
    const record = this.#types.get(type);
    return record === undefined ? {} : usageOf(record);
  }

  /** Files that types write and do not declare, as far as it was measured. In the order of their names. */
  suggestions(): readonly WriteSuggestion[] {
    const found = [...this.#types].flatMap(([type, record]) => suggestionOf(type, record) ?? []);
    return found.sort((one, other) => (one.type < other.type ? -1 : 1));
  }

  stats(type: string): TypeStats | undefined {
    const record = this.#types.get(type);
    return record === undefined ? undefined : statsOf(record);
  }

  /**
   * A run that was open when this process took the lead: its `tasks.added` are in the past. `typeOf` is asked when one of
   * those tasks begins or ends.
   */
  know(runId: RunId, typeOf: TypeOf): void {
    this.#before.set(runId, typeOf);
  }

  committed(records: readonly JournalRecord[]): void {
    for (const { atMs, event } of records) this.#take(event, atMs);
  }

  /** Stores what is new. Rejects when memory does. */
  async flush(): Promise<void> {
    if (!this.#hasNews) return;
    this.#hasNews = false;
    const types: Json = Object.fromEntries(newestOf([...this.#types]));
    try {
      await this.#memory.set(KEY, types, { persistent: true });
    } catch (error) {
      this.#hasNews = true;
      throw error;
    }
  }

  /** Waits for what is being stored, and stores the rest. Memory stays open. */
  async close(): Promise<void> {
    await this.#lastFlush;
    await this.flush();
  }

  /** Most events say nothing about how long a task takes. */
  #take(event: SwarmEvent, atMs: number): void {
    const { type } = event;
    if (type === 'tasks.added' || type === 'tasks.delegated') this.#know(event.runId, event.tasks);
    if (type === 'attempt.assigned' && this.#typeOf(event.taskId) !== undefined) {
      this.#startedAtMs.set(event.taskId, atMs);
    }
    if (type === 'task.succeeded') this.#learnSuccess(event, atMs);
    if (type === 'task.failed') this.#learn(event.taskId, atMs, 'failed');
    if (type === 'attempt.failed') this.#learn(event.taskId, atMs, event.charge === 'none' ? undefined : 'failed');
    if (type === 'task.cancelled' || type === 'task.outcome-unknown') this.#learn(event.taskId, atMs, undefined);
    if (type === 'run.finished') this.#finish(event.runId);
  }

  #know(runId: RunId, tasks: readonly TaskSpec[]): void {
    const names = this.#names.get(runId) ?? new Map<string, string>();
    this.#names.set(runId, names);
    for (const { name, type } of tasks) {
      if (this.#known >= MAX_TASKS) return;
      if (!names.has(name)) this.#known++;
      names.set(name, type);
    }
  }

  /** Only what an attempt led to teaches something: a task may also be failed by a person. */
  #learn(taskId: TaskId, atMs: number, outcome: 'succeeded' | 'failed' | undefined): void {
    const startedAtMs = this.#startedAtMs.get(taskId);
    const type = this.#typeOf(taskId);
    this.#startedAtMs.delete(taskId);
    if (startedAtMs === undefined || type === undefined || outcome === undefined) return;
    const record = this.#types.get(type) ?? emptyTypeRecord();
    this.#types.delete(type);
    this.#types.set(type, learn(record, outcome, atMs - startedAtMs));
    this.#hasNews = true;
    if (this.#types.size <= MAX_TYPES) return;
    const [oldest] = this.#types.keys();
    if (oldest !== undefined) this.#types.delete(oldest);
  }

  #learnSuccess({ taskId, usage = {} }: Extract<SwarmEvent, { type: 'task.succeeded' }>, atMs: number): void {
    const startedAtMs = this.#startedAtMs.get(taskId);
    this.#learn(taskId, atMs, 'succeeded');
    if (startedAtMs !== undefined) this.#learnUsage(taskId, atMs - startedAtMs, usage);
    if (usage.wrote !== undefined) this.#learnWrites(taskId, usage.wrote);
  }

  #learnUsage(taskId: TaskId, tookMs: number, { cpuMs, peakMemoryBytes }: Usage): void {
    const type = this.#typeOf(taskId);
    const record = type === undefined ? undefined : this.#types.get(type);
    if (type === undefined || record === undefined) return;
    // The kernel counts processor time in steps: over a short time it says little.
    const cpu = cpuMs === undefined || tookMs < LEAST_MS ? {} : { cpu: (1_000 * cpuMs) / tookMs };
    const memory = peakMemoryBytes === undefined ? {} : { memory: peakMemoryBytes };
    this.#types.set(type, learnUsage(record, { ...cpu, ...memory }));
  }

  #learnWrites(taskId: TaskId, wrote: readonly string[]): void {
    const type = this.#typeOf(taskId);
    const record = type === undefined ? undefined : this.#types.get(type);
    if (type !== undefined && record !== undefined) this.#types.set(type, learnWrites(record, wrote));
  }

  #finish(runId: RunId): void {
    this.#known -= this.#names.get(runId)?.size ?? 0;
    this.#names.delete(runId);
    this.#before.delete(runId);
    const { onTrouble = () => {} } = this.#options;
    this.#lastFlush = this.#lastFlush.then(() => this.flush()).catch(onTrouble);
  }

  #typeOf(taskId: TaskId): string | undefined {
    const [runId, name] = [runOf(taskId), nameOf(taskId)];
    return this.#names.get(runId)?.get(name) ?? this.#before.get(runId)?.(name);
  }
}

/** As many as fit into one entry, of those that ended last; in their order. */
function newestOf(types: readonly (readonly [string, TypeRecord])[]): readonly (readonly [string, TypeRecord])[] {
  let bytes = 0;
  const tooOld = types.findLastIndex((one) => {
    bytes += Buffer.byteLength(JSON.stringify(one));
    return bytes > MOST_STORED_BYTES;
  });
  return types.slice(tooOld + 1);
}
