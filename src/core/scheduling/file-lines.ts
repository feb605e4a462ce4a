import { IndexedHeap } from '../../util/indexed-heap.ts';
import { isGroupBefore, type ReadyGroup } from './ready-lane.ts';

const NO_GROUPS: readonly ReadyGroup[] = [];

/**
 * What waits until others that may write the same have ended, by the key of what it waits for. A line moves on one by
 * one: however many wait for one file, the end of who holds it costs two looks.
 */
export class FileLines {
  readonly #lines = new Map<string, IndexedHeap<ReadyGroup>>();
  /** Lines that may move on. */
  readonly #free = new Set<string>();

  join(group: ReadyGroup, key: string): void {
    const line = this.#lines.get(key) ?? new IndexedHeap<ReadyGroup>(isGroupBefore);
    this.#lines.set(key, line);
    group.waitsForKey = key;
    line.push(group);
    this.#free.delete(key);
  }

  leave(group: ReadyGroup): void {
    const key = group.waitsForKey;
    if (key === undefined) return;
    const line = this.#lines.get(key);
    line?.remove(group);
    group.waitsForKey = undefined;
    if (line?.size === 0) this.#lines.delete(key);
  }

  /** Nobody of before holds the key any more. */
  setFree(key: string): void {
    if (this.#lines.has(key)) this.#free.add(key);
  }

  all(key: string): readonly ReadyGroup[] {
    return [...(this.#lines.get(key)?.items ?? NO_GROUPS)];
  }

  /** The first of each line that may move on. Lines stay free until one of them joins again. */
  firsts(): readonly ReadyGroup[] {
    if (this.#free.size === 0) return NO_GROUPS;
    const firsts: ReadyGroup[] = [];
    for (const key of this.#free) {
      const first = this.#lines.get(key)?.first;
      if (first === undefined) this.#free.delete(key);
      else firsts.push(first);
    }
    return firsts;
  }
}
