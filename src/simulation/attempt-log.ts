import type { AgentSpec } from '../core/agents/agent-spec.ts';
import type { VirtualStart } from './virtual-swarm.ts';

/** One attempt. `task` and `agent`: places. */
export type SimulatedAttempt = Readonly<{ task: number; agent: number; startMs: number; endMs: number }>;

/** The same rows in each column. */
export type AttemptColumns = Readonly<Record<'task' | 'agent' | 'startMs' | 'endMs' | 'waitMs', readonly number[]>>;

/** All attempts of a run, in the order of their starts; in columns, because there may be millions. */
export class AttemptLog {
  readonly #places: ReadonlyMap<string, number>;
  readonly #task: number[] = [];
  readonly #agent: number[] = [];
  readonly #startMs: number[] = [];
  readonly #endMs: number[] = [];
  readonly #waitMs: number[] = [];
  /** By task, its newest attempt. */
  readonly #newest: Int32Array;

  constructor(tasks: number, agents: readonly AgentSpec[]) {
    this.#places = new Map(agents.map(({ id }, place) => [id, place]));
    this.#newest = new Int32Array(tasks).fill(-1);
  }

  /** As it was in another thread. */
  static of(columns: AttemptColumns): AttemptLog {
    const log = new AttemptLog(0, []);
    for (const row of columns.task.keys()) {
      log.#task.push(columns.task[row] ?? 0);
      log.#agent.push(columns.agent[row] ?? 0);
      log.#startMs.push(columns.startMs[row] ?? 0);
      log.#endMs.push(columns.endMs[row] ?? 0);
      log.#waitMs.push(columns.waitMs[row] ?? 0);
    }
    return log;
  }

  get size(): number {
    return this.#task.length;
  }

  start({ index, agentId, readyMs, startMs, endMs }: VirtualStart): void {
    this.#newest[index] = this.#task.length;
    this.#task.push(index);
    this.#agent.push(this.#places.get(agentId) ?? 0);
    this.#startMs.push(startMs);
    this.#endMs.push(endMs);
    this.#waitMs.push(startMs - readyMs);
  }

  /** The newest attempt of the task ended at that time, whatever was foretold. */
  cut(task: number, atMs: number): void {
    const newest = this.#newest[task] ?? -1;
    if (newest >= 0) this.#endMs[newest] = atMs;
  }

  /** Time that agents were busy, ms. */
  busyMs(): number {
    let sum = 0;
    for (const { startMs, endMs } of this.attempts()) sum += endMs - startMs;
    return sum;
  }

  waits(): Readonly<{ p50: number; p95: number; most: number }> {
    const sorted = Float64Array.from(this.#waitMs).sort();
    const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return { p50: rank(0.5), p95: rank(0.95), most: rank(1) };
  }

  /** For another thread. */
  columns(): AttemptColumns {
    return {
      task: this.#task,
      agent: this.#agent,
      startMs: this.#startMs,
      endMs: this.#endMs,
      waitMs: this.#waitMs,
    };
  }

  *attempts(): Generator<SimulatedAttempt, void, undefined> {
    for (const [row, task] of this.#task.entries()) {
      yield { task, agent: this.#agent[row] ?? 0, startMs: this.#startMs[row] ?? 0, endMs: this.#endMs[row] ?? 0 };
    }
  }
}
