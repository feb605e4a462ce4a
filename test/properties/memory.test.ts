import { expect, test } from 'vitest';
import { isLinearizable, type KeyOp } from '../support/linearizable.ts';
import { type DoneOp, historyOf } from '../support/memory-world.ts';
import { seededRandom } from '../support/seeded-random.ts';

const HISTORIES = 10_000;

function wordsOf(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.floor(random() * 2 ** 32);
}

function perKey(history: readonly DoneOp[]): readonly (readonly DoneOp[])[] {
  return [...Map.groupBy(history, ({ key }) => key).values()];
}

/** Fails with the history in which something is wrong. */
function assertExplained(seed: number, ops: readonly KeyOp[]): void {
  if (!isLinearizable(ops)) expect({ seed, ops }).toBe('linearizable');
}

function changesIn(ops: readonly DoneOp[]): readonly DoneOp[] {
  return ops.filter(({ kind }) => kind !== 'read');
}

function readsIn(ops: readonly DoneOp[]): readonly DoneOp[] {
  return ops.filter(({ kind }) => kind === 'read');
}

/** While tier 2 fails a read may be older than what other nodes have written, never than what its own node has. */
function asPromised(read: DoneOp, changes: readonly DoneOp[]): KeyOp {
  const own = changes.filter(({ node, endAt }) => node === read.node && endAt < read.startAt);
  return { ...read, startAt: 0, follows: own };
}

test(`memory of one node is linearizable per key, in ${HISTORIES} histories`, async () => {
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const history = await historyOf(wordsOf(seed), { nodes: 1 });
    for (const ops of perKey(history)) assertExplained(seed, ops);
  }
}, 120_000);

/** A read may see a change that is still under way, and the next one not yet: else this is the same promise. */
test(`over two nodes and all tiers changes are linearizable per key, and each read among them, in ${HISTORIES} histories`, async () => {
  let [comparisons, refused, found] = [0, 0, 0];
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const history = await historyOf(wordsOf(seed), { nodes: 2 });
    for (const ops of perKey(history)) {
      const changes = changesIn(ops);
      assertExplained(seed, changes);
      for (const read of readsIn(ops)) assertExplained(seed, [...changes, read]);
    }
    for (const op of history) {
      if (op.kind === 'compare') comparisons++;
      if (op.kind === 'compare' && op.made === undefined) refused++;
      if (op.kind === 'read' && op.saw !== 0) found++;
    }
  }
  // The histories are worth looking at.
  expect([comparisons > 5_000, refused > 1_000, comparisons - refused > 1_000, found > 5_000]).not.toContain(false);
}, 120_000);

test(`while tier 2 fails compare-and-set stays exact, and no node reads what is older than its own writes`, async () => {
  for (let seed = 1; seed <= HISTORIES / 2; seed++) {
    const history = await historyOf(wordsOf(seed), { nodes: 2, faults: true });
    for (const ops of perKey(history)) {
      const changes = changesIn(ops);
      assertExplained(seed, changes);
      for (const read of readsIn(ops)) assertExplained(seed, [...changes, asPromised(read, changes)]);
    }
  }
}, 120_000);

test('the checker sees a lost update, a stale read and a removed value that comes back', () => {
  const write = (startAt: number, made: number): KeyOp => ({ kind: 'write', startAt, endAt: startAt + 1, made });
  const read = (startAt: number, saw: number): KeyOp => ({ kind: 'read', startAt, endAt: startAt + 1, saw });
  const compare = (startAt: number, expected: number, made: number): KeyOp => {
    return { kind: 'compare', startAt, endAt: startAt + 5, expected, made };
  };
  const removal: KeyOp = { kind: 'remove', startAt: 5, endAt: 6, removed: true };
  expect(isLinearizable([write(1, 1), compare(3, 1, 2), compare(4, 1, 3)])).toBe(false);
  expect(isLinearizable([write(1, 1), write(3, 2), read(5, 1)])).toBe(false);
  expect(isLinearizable([write(1, 1), removal, read(7, 1)])).toBe(false);
  expect(isLinearizable([write(1, 1), compare(3, 1, 2), read(4, 1), read(10, 2)])).toBe(true);
});
