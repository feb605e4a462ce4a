import { type AttemptKey, keyOf } from '../../src/core/hosts/frames.ts';
import type { TaskId } from '../../src/core/ids.ts';

/** What the checkers look at; written down where it happens, apart from the machines. */
export class HostLedger {
  readonly begun: Map<string, number> = new Map();
  readonly accepted: Map<TaskId, number> = new Map();
  readonly problems: string[] = [];
  staleEnds = 0;
  refusedResults = 0;
  adopted = 0;
  orphaned = 0;

  begin(key: AttemptKey, epoch: number, seen: number): void {
    this.begun.set(keyOf(key), (this.begun.get(keyOf(key)) ?? 0) + 1);
    if ((this.begun.get(keyOf(key)) ?? 0) > 1) this.problems.push(`${keyOf(key)} began twice`);
    if (epoch < seen) this.problems.push(`${keyOf(key)} began for epoch ${epoch}, after ${seen} was seen`);
  }

  accept(id: TaskId): void {
    this.accepted.set(id, (this.accepted.get(id) ?? 0) + 1);
    if ((this.accepted.get(id) ?? 0) > 1) this.problems.push(`a result of ${id} was accepted twice`);
  }
}
