import type { SwarmEvent } from '../core/events.ts';
import type { JournalRecord } from '../ports/journal.ts';

/** As much of the runs as a person who looks at them needs to help them on. */
export class RunView {
  readonly #open = new Set<string>();
  readonly #created = new Set<string>();
  readonly #paused = new Set<string>();
  /** Tasks whose outcome only a person knows. */
  readonly #unclear = new Map<string, number>();

  /** Accounts that take no requests for now. */
  readonly pausedAccounts: Set<string> = new Set();

  /** Removals from memory that are not done everywhere. */
  readonly removals: Set<string> = new Set();

  readonly note = (records: readonly JournalRecord[]): void => {
    for (const { event } of records) this.#noteOne(event);
  };

  get open(): readonly string[] {
    return [...this.#open];
  }

  get paused(): readonly string[] {
    return [...this.#paused];
  }

  /** With the attempt that nobody knows the outcome of. */
  get unclear(): readonly (readonly [taskId: string, attempt: number])[] {
    return [...this.#unclear];
  }

  hasSeen(runId: string): boolean {
    return this.#created.has(runId);
  }

  #noteOne(event: SwarmEvent): void {
    if ('taskId' in event) {
      if (event.type === 'task.outcome-unknown') this.#unclear.set(event.taskId, event.attempt);
      else this.#unclear.delete(event.taskId);
    } else if (event.type === 'run.created') {
      this.#created.add(event.runId);
      this.#open.add(event.runId);
    } else if (event.type === 'run.finished') {
      this.#open.delete(event.runId);
      this.#paused.delete(event.runId);
    } else if (event.type === 'memory.invalidated') this.removals.add(event.id);
    else if (event.type === 'memory.cleared') this.removals.delete(event.id);
    else if (event.type === 'account.paused') this.pausedAccounts.add(event.account);
    else if (event.type === 'account.resumed') this.pausedAccounts.delete(event.account);
    else if (event.type === 'run.paused') this.#paused.add(event.runId);
    else if (event.type === 'run.resumed') this.#paused.delete(event.runId);
  }
}
