/** What a heap holds: it writes down where the item stands, so that an item can be moved or taken out. */
export type HeapItem = { heapIndex: number };

/** `heapIndex` of an item that is in no heap. */
export const NOT_IN_HEAP = -1;

/**
 * Binary heap whose items know their place: push, pop, remove and move cost O(log n). The first item is the one
 * that `isBefore` puts before all others. An item may be in one heap at a time. What is pushed is put in order when
 * somebody asks for the first item: in a replay nobody does.
 */
export class IndexedHeap<Item extends HeapItem> {
  readonly #items: Item[] = [];
  readonly #isBefore: (one: Item, other: Item) => boolean;
  /** So many items are in order; those behind them have come since. */
  #inOrder = 0;

  constructor(isBefore: (one: Item, other: Item) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): Item | undefined {
    if (this.#inOrder < this.#items.length) this.#putInOrder();
    return this.#items[0];
  }

  /** The items as a heap: each one before those at twice its place and one or two on. */
  get items(): readonly Item[] {
    if (this.#inOrder < this.#items.length) this.#putInOrder();
    return this.#items;
  }

  /** The item that would be first if the first one were not there. */
  get second(): Item | undefined {
    const [, left, right] = this.items;
    if (left === undefined || right === undefined) return left;
    return this.#isBefore(right, left) ? right : left;
  }

  /** The items that are `wanted`, in no particular order. What comes before a wanted one must be wanted too: only those are looked at. */
  while(wanted: (item: Item) => boolean): readonly Item[] {
    const { items } = this;
    const found: Item[] = [];
    const places = [0];
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      const item = items[place];
      if (item === undefined || !wanted(item)) continue;
      found.push(item);
      places.push(2 * place + 1, 2 * place + 2);
    }
    return found;
  }

  push(item: Item): void {
    item.heapIndex = this.#items.push(item) - 1;
  }

  pop(): Item | undefined {
    const { first } = this;
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Does nothing when the item is not in this heap. */
  remove(item: Item): void {
    const index = item.heapIndex;
    if (this.#items[index] !== item) return;
    item.heapIndex = NOT_IN_HEAP;
    let hole = index;
    if (index < this.#inOrder) {
      // The last one in order takes its place, and leaves its own to one that is not.
      hole = --this.#inOrder;
      const last = this.#items[hole];
      if (last !== undefined && last !== item) this.#settle(last, index);
    }
    const newest = this.#items.pop();
    if (newest === undefined || hole === this.#items.length) return;
    this.#items[hole] = newest;
    newest.heapIndex = hole;
  }

  /** Call after the order of `item` has changed. Does nothing when it is not in this heap. */
  moved(item: Item): void {
    const index = item.heapIndex;
    if (index < this.#inOrder && this.#items[index] === item) this.#settle(item, index);
  }

  clear(): void {
    for (const item of this.#items.splice(0)) item.heapIndex = NOT_IN_HEAP;
    this.#inOrder = 0;
  }

  /** Many at once cost less from the bottom up. */
  #putInOrder(): void {
    const items = this.#items;
    const areMany = items.length > 2 * this.#inOrder;
    if (areMany) {
      this.#inOrder = items.length;
      for (let index = (items.length >> 1) - 1; index >= 0; index--) this.#sinkAt(index);
      return;
    }
    while (this.#inOrder < items.length) {
      const next = items[this.#inOrder++];
      if (next !== undefined) this.#rise(next, this.#inOrder - 1);
    }
  }

  #sinkAt(index: number): void {
    const item = this.#items[index];
    if (item !== undefined) this.#sink(item, index);
  }

  #settle(item: Item, index: number): void {
    const parent = this.#items[(index - 1) >> 1];
    if (index > 0 && parent !== undefined && this.#isBefore(item, parent)) this.#rise(item, index);
    else this.#sink(item, index);
  }

  #rise(item: Item, from: number): void {
    const items = this.#items;
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = items[parentIndex];
      if (parent === undefined || !this.#isBefore(item, parent)) break;
      items[index] = parent;
      parent.heapIndex = index;
      index = parentIndex;
    }
    items[index] = item;
    item.heapIndex = index;
  }

  #sink(item: Item, from: number): void {
    const items = this.#items;
    const size = this.#inOrder;
    let index = from;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = childIndex < size ? items[childIndex] : undefined;
      if (child === undefined) break;
      const right = childIndex + 1 < size ? items[childIndex + 1] : undefined;
      if (right !== undefined && this.#isBefore(right, child)) {
        child = right;
        childIndex++;
      }
      if (!this.#isBefore(child, item)) break;
      items[index] = child;
      child.heapIndex = index;
      index = childIndex;
    }
    items[index] = item;
    item.heapIndex = index;
  }
}
