import type { TaskId } from './ids.ts';
import type { Task, TaskIdentity } from './tasks/task.ts';

/** Where the state of one task stands: the state is replaced, the cell stays. Its run has it by position, too. */
export type TaskCell = { readonly identity: TaskIdentity; task: Task };

/**
 * The tasks of all open runs by id. Each event names its task by text, and looking that up in a large table costs more
 * than what follows: so who has found the cell goes on with it, and asking for the same id again costs nothing.
 */
export class TaskTable {
  readonly #cells = new Map<TaskId, TaskCell>();
  #askedId: TaskId | undefined;
  #asked: TaskCell | undefined;

  get size(): number {
    return this.#cells.size;
  }

  get(id: TaskId): Task | undefined {
    return this.cellOf(id)?.task;
  }

  cellOf(id: TaskId): TaskCell | undefined {
    if (this.#askedId === id) return this.#asked;
    this.#asked = this.#cells.get(id);
    this.#askedId = id;
    return this.#asked;
  }

  add(task: Task): TaskCell {
    const cell = { identity: task.identity, task };
    this.#cells.set(task.identity.id, cell);
    this.#askedId = undefined;
    return cell;
  }

  /** Those of one run, when it has ended. */
  delete(cells: readonly TaskCell[]): void {
    this.#askedId = undefined;
    this.#asked = undefined;
    if (cells.length === this.#cells.size) return this.#cells.clear();
    for (const { identity } of cells) this.#cells.delete(identity.id);
  }

  /**
   * In the order in which they came.
   * @yields each once
   */
  *values(): Generator<Task, void, undefined> {
    for (const { task } of this.#cells.values()) yield task;
  }
}
