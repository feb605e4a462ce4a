import { IndexedHeap } from '../../util/indexed-heap.ts';
import { isGroupBefore, type ReadyGroup } from './ready-lane.ts';

const NO_GROUPS: readonly ReadyGroup[] = [];

/**
 * What waits for something that others have, by the key of what it waits for. A line moves on one by one: however many
 * wait for one thing, getting it back costs two looks.
 */
export class WaitingLines {
  readonly #lines = new Map<string, IndexedHeap<ReadyGroup>>();
  /** Lines that may move on. */
  readonly #free = new Set<string>();

  join(group: ReadyGroup, key: string): void {
    const line = this.#lines.get(key) ?? new IndexedHeap<ReadyGroup>(isGroupBefore);
    this.#lines.set(key, line);
    group.waitsIn = { lines: this, key };
    line.push(group);
    this.#free.delete(key);
  }

  leave(group: ReadyGroup): void {
    const key = group.waitsIn?.key ?? '';
    const line = this.#lines.get(key);
    line?.remove(group);
    group.waitsIn = undefined;
    if (line?.size !== 0) return;
    this.#lines.delete(key);
    this.#free.delete(key);
  }

  /** Its tasks are in another order now. */
  moved(group: ReadyGroup): void {
    this.#lines.get(group.waitsIn?.key ?? '')?.moved(group);
  }

  /** Nobody of before has it any more. */
  setFree(key: string): void {
    if (this.#lines.has(key)) this.#free.add(key);
  }

  setAllFree(): void {
    for (const key of this.#lines.keys()) this.#free.add(key);
  }

  all(key: string): readonly ReadyGroup[] {
    return [...(this.#lines.get(key)?.items ?? NO_GROUPS)];
  }

  /** The first of each line that may move on. Lines stay free until one of them joins again. */
  firsts(): readonly ReadyGroup[] {
    if (this.#free.size === 0) return NO_GROUPS;
    return [...this.#free].flatMap((key) => this.#lines.get(key)?.first ?? NO_GROUPS);
  }
}
