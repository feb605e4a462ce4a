import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { IndexedHeap, NOT_IN_HEAP } from './indexed-heap.ts';

type Item = { value: number; readonly name: number; heapIndex: number };

const isBefore = (one: Item, other: Item): boolean =>
  one.value !== other.value ? one.value < other.value : one.name < other.name;
const itemOf = (value: number, name: number): Item => ({ value, name, heapIndex: NOT_IN_HEAP });

function heapOf(values: readonly number[]): readonly [IndexedHeap<Item>, readonly Item[]] {
  const heap = new IndexedHeap<Item>(isBefore);
  const items = values.map(itemOf);
  for (const item of items) heap.push(item);
  return [heap, items];
}

function popAll(heap: IndexedHeap<Item>): readonly number[] {
  const values: number[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) values.push(item.value);
  return values;
}

function assertUpTo(values: readonly number[], most: number): void {
  const [heap, items] = heapOf(values);
  let looked = 0;
  const found = heap.while(({ value }) => {
    looked++;
    return value <= most;
  });
  assert.deepEqual(new Set(found), new Set(items.filter(({ value }) => value <= most)));
  assert.ok(looked <= 2 * found.length + 1);
  assert.equal(heap.size, values.length);
}

describe('a heap', () => {
  test('gives its items back in order', () => {
    assert.deepEqual(popAll(heapOf([5, 1, 4, 1, 3])[0]), [1, 1, 3, 4, 5]);
  });

  test('that is empty has nothing to give', () => {
    const [heap] = heapOf([]);
    assert.deepEqual([heap.size, heap.first, heap.second, heap.pop()], [0, undefined, undefined, undefined]);
  });

  test('gives all that are up to a bound, and looks at few others', () => {
    fc.assert(fc.property(fc.array(fc.nat(50), { maxLength: 60 }), fc.nat(50), assertUpTo));
  });

  test('knows who would be first without the first', () => {
    assert.equal(heapOf([3])[0].second, undefined);
    assert.equal(heapOf([3, 1])[0].second?.value, 3);
    assert.equal(heapOf([1, 9, 2])[0].second?.value, 2);
    assert.equal(heapOf([1, 2, 9])[0].second?.value, 2);
  });

  test('lets go of an item anywhere in it; the item knows', () => {
    const [heap, items] = heapOf([4, 2, 6, 1]);
    const [four = assert.fail()] = items;
    heap.remove(four);
    assert.equal(four.heapIndex, NOT_IN_HEAP);
    heap.remove(four);
    heap.moved(four);
    assert.deepEqual(popAll(heap), [1, 2, 6]);
  });

  test('leaves an item of another heap alone', () => {
    const [heap, [mine = assert.fail()]] = heapOf([1]);
    const [, [theirs = assert.fail()]] = heapOf([2]);
    heap.remove(theirs);
    heap.moved(theirs);
    assert.deepEqual([heap.first, theirs.heapIndex], [mine, 0]);
  });

  test('is empty after it was cleared, and its items are free for another', () => {
    const [heap, items] = heapOf([3, 2, 1]);
    heap.clear();
    assert.equal(heap.size, 0);
    assert.deepEqual(
      items.map(({ heapIndex }) => heapIndex),
      [NOT_IN_HEAP, NOT_IN_HEAP, NOT_IN_HEAP],
    );
  });

  test('is always in order and knows every place, whatever is done to it', () => {
    // Not looked at after each step: what has come since the last look is in no order yet.
    const isLookedAt = fc.boolean();
    const value = fc.integer({ min: -20, max: 20 });
    const step = fc.record({ what: fc.nat({ max: 3 }), at: fc.nat(), value, isLookedAt });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const heap = new IndexedHeap<Item>(isBefore);
        const inside: Item[] = [];
        for (const [name, one] of steps.entries()) {
          const item = inside[one.at % Math.max(1, inside.length)];
          doStep(heap, inside, { what: one.what, item, fresh: itemOf(one.value, name) });
          if (one.isLookedAt) assertSound(heap, inside);
        }
        assertSound(heap, inside);
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});

type Step = Readonly<{ what: number; item: Item | undefined; fresh: Item }>;

function doStep(heap: IndexedHeap<Item>, inside: Item[], { what, item, fresh }: Step): void {
  if (what === 0 || item === undefined) {
    heap.push(fresh);
    inside.push(fresh);
  } else if (what === 1) {
    heap.remove(item);
    inside.splice(inside.indexOf(item), 1);
  } else if (what === 2) {
    item.value = fresh.value;
    heap.moved(item);
  } else {
    const popped = heap.pop();
    if (popped !== undefined) inside.splice(inside.indexOf(popped), 1);
  }
}

function assertSound(heap: IndexedHeap<Item>, inside: readonly Item[]): void {
  const sorted = inside.toSorted((one, other) => (isBefore(one, other) ? -1 : 1));
  assert.deepEqual([heap.size, heap.first, heap.second], [sorted.length, sorted[0], sorted[1]]);
  for (const [place, item] of heap.items.entries()) assert.equal(item.heapIndex, place);
}
