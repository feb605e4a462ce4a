import { expect, test } from 'vitest';
import { InMemoryArchive, type KeptBatch } from '../adapters/in-memory/in-memory-archive.ts';
import { RecordedRun } from '../../test/support/recorded-run.ts';
import type { JournalRecord } from '../ports/journal.ts';
import { proveReplay, replayTo } from './replay.ts';

const RUN = new RecordedRun([{ name: 'a' }, { name: 'b' }, { name: 'c', needs: ['a'] }])
  .starts(10, 'a')
  .starts(10, 'b', { agent: 'local-2' })
  .succeeds(20, 'a')
  .starts(20, 'c')
  .succeeds(30, 'b')
  .succeeds(40, 'c');

/** An archive into which somebody writes while it is read: `more` records at each look at its end. */
class GrowingArchive extends InMemoryArchive {
  readonly #batches: KeptBatch[];
  readonly #more: number;
  readonly #records: readonly JournalRecord[];

  constructor(stored: number, more: number, records: readonly JournalRecord[] = RUN.records) {
    const batches: KeptBatch[] = [];
    super(batches);
    this.#records = records;
    this.#batches = batches;
    this.#more = more;
    this.#grow(stored);
  }

  override recordsAfter(afterSeq: number, limit: number): readonly JournalRecord[] {
    const page = super.recordsAfter(afterSeq, limit);
    if (page.length === 0) this.#grow(this.#more);
    return page;
  }

  #grow(count: number): void {
    const stored = this.#batches.length;
    for (const { seq: firstSeq, epoch, atMs, event } of this.#records.slice(stored, stored + count)) {
      this.#batches.push({ epoch, firstSeq, wallTimeMs: atMs, entries: [{ atMs, event }] });
    }
  }
}

test('a journal gives the same state and effects each time, and the lists show it', () => {
  for (let stored = 0; stored <= RUN.records.length; stored++) {
    const proof = proveReplay(new GrowingArchive(stored, 0));
    expect(proof).toMatchObject({ records: stored, isSameAgain: true, isSameFromSnapshot: true, differsFromLists: [] });
  }
});

test('lists that have gone on since the records were read are no difference: what has come is played too', () => {
  const proof = proveReplay(new GrowingArchive(4, 1));
  expect(proof).toMatchObject({ isSameAgain: true, isSameFromSnapshot: true, differsFromLists: [] });
  expect(proof.records).toBeGreaterThan(4);
});

test('attempts that began in another order than that of their tasks stop in the same one from a snapshot', () => {
  const run = new RecordedRun([{ name: 'a' }, { name: 'b' }]).starts(10, 'b').starts(10, 'a', { agent: 'local-2' });
  for (const atMs of [20, 30, 40, 50]) run.reports(atMs, 'a');
  run.put(60, { type: 'run.paused', runId: run.runId, reason: 'lunch' });
  const proof = proveReplay(new GrowingArchive(run.records.length, 0, run.records));
  expect(proof).toMatchObject({ isSameAgain: true, isSameFromSnapshot: true });
});

test('a task has had its status since the event that changed it, and is ready since its needs have ended', () => {
  const run = new RecordedRun([{ name: 'a' }, { name: 'b', needs: ['a'] }, { name: 'c' }, { name: 'd', needs: ['c'] }])
    .starts(10, 'a')
    .starts(10, 'c', { agent: 'local-2' })
    .succeeds(30, 'a')
    .reports(40, 'c');
  const sinceOf = (records: readonly JournalRecord[]): unknown => {
    const { tasks } = replayTo(new GrowingArchive(records.length, 0, records), run.runId, undefined);
    return Object.fromEntries(tasks.map(({ name, status, sinceMs }) => [name, [status, sinceMs]]));
  };
  const expected = { a: ['succeeded', 30], b: ['ready', 30], c: ['running', 10], d: ['blocked', undefined] };
  expect(sinceOf(run.records)).toEqual(expected);
  run.reports(50, 'c').succeeds(60, 'c');
  expect(sinceOf(run.records)).toEqual({ ...expected, c: ['succeeded', 60], d: ['ready', 60] });
});
