import type { TaskId } from '../core/ids.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { KeyValueTier } from '../ports/key-value-tier.ts';

/** What is known about one type of task. */
export type TaskHistory = Readonly<{
  /** Attempts that ended by themselves, and those of them that succeeded. */
  ended: number;
  succeeded: number;
  /** Mean duration of successes, ms; newer ones weigh more. 0 while there is none. */
  meanMs: number;
}>;

const KEY = 'history:tasks';
/** Types that are remembered; the one that was not seen for longest goes first. */
const MAX_TYPES = 5_000;
/** Weight of the newest duration. Source: docs/semantics.md, Scheduling 1. */
const ALPHA = 0.2;

/**
 * What the tasks of earlier runs took, in the persistent tier of memory: for estimates of later ones. Written when a
 * run ends, never while tasks wait for it; losing the newest figures does no harm.
 */
export class RunHistory implements EventSink {
  readonly #memory: KeyValueTier;
  readonly #typeOf: (task: TaskId) => string | undefined;
  readonly #started = new Map<TaskId, Readonly<{ type: string; atMs: number }>>();
  readonly #types: Map<string, TaskHistory>;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(
    memory: KeyValueTier,
    types: ReadonlyMap<string, TaskHistory>,
    typeOf: (task: TaskId) => string | undefined,
  ) {
    this.#memory = memory;
    this.#types = new Map(types);
    this.#typeOf = typeOf;
  }

  /** For the leader, which alone writes. `typeOf` knows the tasks that are open. */
  static async open(memory: KeyValueTier, typeOf: (task: TaskId) => string | undefined): Promise<RunHistory> {
    return new RunHistory(memory, await readHistory(memory), typeOf);
  }

  get known(): ReadonlyMap<string, TaskHistory> {
    return this.#types;
  }

  committed(records: readonly JournalRecord[]): void {
    for (const record of records) this.#note(record);
    if (records.some(({ event }) => event.type === 'run.finished')) this.#write();
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#writing;
  }

  #note({ event, atMs }: JournalRecord): void {
    if (event.type === 'attempt.assigned') {
      const type = this.#typeOf(event.taskId);
      if (type !== undefined) this.#started.set(event.taskId, { type, atMs });
    } else if (event.type === 'task.succeeded') this.#end(event.taskId, atMs, true);
    else if (event.type === 'task.failed') this.#end(event.taskId, atMs, false);
    else if (event.type === 'attempt.failed') {
      this.#end(event.taskId, atMs, event.charge === 'none' ? undefined : false);
    } else if (event.type === 'task.cancelled' || event.type === 'task.outcome-unknown') {
      this.#end(event.taskId, atMs, undefined);
    }
  }

  /** `succeeded` is undefined when the end says nothing about the task. */
  #end(taskId: TaskId, atMs: number, succeeded: boolean | undefined): void {
    const start = this.#started.get(taskId);
    this.#started.delete(taskId);
    if (start === undefined || succeeded === undefined) return;
    const known = this.#types.get(start.type) ?? { ended: 0, succeeded: 0, meanMs: 0 };
    // Taken out and put back: the newest stand last.
    this.#types.delete(start.type);
    this.#types.set(start.type, learn(known, atMs - start.atMs, succeeded));
    const [oldest] = this.#types.size > MAX_TYPES ? this.#types.keys() : [];
    if (oldest !== undefined) this.#types.delete(oldest);
  }

  #write(): void {
    const stored: JsonObject = Object.fromEntries(
      [...this.#types].map(([type, { ended, succeeded, meanMs }]) => [type, [ended, succeeded, meanMs]]),
    );
    this.#writing = this.#writing.then(() => this.#memory.set(KEY, stored)).catch(() => undefined);
  }
}

/** By type of task. Anything that is not as we write it is left out. */
export async function readHistory(memory: KeyValueTier): Promise<ReadonlyMap<string, TaskHistory>> {
  const stored = (await memory.get(KEY))?.value;
  const types = new Map<string, TaskHistory>();
  for (const [type, figures] of isObject(stored) ? Object.entries(stored) : []) {
    const [ended, succeeded, meanMs] = Array.isArray(figures) ? figures.map(Number) : [];
    if (Number.isFinite(ended) && Number.isFinite(succeeded) && Number.isFinite(meanMs)) {
      types.set(type, { ended: ended ?? 0, succeeded: succeeded ?? 0, meanMs: meanMs ?? 0 });
    }
  }
  return types;
}

/** Tasks that declare no estimate get what tasks of their type took. */
export function withEstimates(
  tasks: readonly TaskSpec[],
  history: ReadonlyMap<string, TaskHistory>,
): readonly TaskSpec[] {
  return tasks.map((task) => {
    const known = task.estimateMs === undefined ? history.get(task.type) : undefined;
    return known === undefined || known.succeeded === 0 ? task : { ...task, estimateMs: Math.round(known.meanMs) };
  });
}

/** A plain mean first: with few values the newest must not outweigh the rest. */
function learn(known: TaskHistory, durationMs: number, hasSucceeded: boolean): TaskHistory {
  const ended = known.ended + 1;
  if (!hasSucceeded) return { ...known, ended };
  const succeeded = known.succeeded + 1;
  const meanMs = known.meanMs + Math.max(ALPHA, 1 / succeeded) * (durationMs - known.meanMs);
  return { ended, succeeded, meanMs };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
