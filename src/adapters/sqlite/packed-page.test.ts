import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import type { HashedRecord } from './event-hash.ts';
import { packPage, recordsIn, unpackPage } from './packed-page.ts';

function recordOf(seq: number, data: string): HashedRecord {
  return { seq, epoch: 3, atMs: 40 + seq, wallMs: 1_700_000_000_000, version: 1, data };
}

const PAGE = {
  headSeq: 9,
  records: [
    recordOf(4, '{"type":"run.paused","runId":"a","reason":"two,\\"parts\\" and \\u00fc"}'),
    recordOf(5, '{"type":"run.resumed","runId":"a"}'),
  ],
};

describe('a packed page', () => {
  test('gives back the records that were put into it, and so does the page itself', () => {
    const expected = [
      { seq: 4, epoch: 3, atMs: 44, event: { type: 'run.paused', runId: 'a', reason: 'two,"parts" and ü' } },
      { seq: 5, epoch: 3, atMs: 45, event: { type: 'run.resumed', runId: 'a' } },
    ];
    const packed = structuredClone(packPage(PAGE));
    assert.equal(packed.headSeq, 9);
    assert.deepEqual(unpackPage(packed), expected);
    assert.deepEqual(recordsIn(PAGE), expected);
  });

  test('may be empty', () => {
    assert.deepEqual(unpackPage(packPage({ headSeq: 0, records: [] })), []);
  });

  test('is refused when a record holds more or less than one event', () => {
    const two = { headSeq: 1, records: [recordOf(1, '{"type":"run.resumed"},{"type":"run.resumed"}')] };
    assert.throws(() => unpackPage(packPage(two)), /1 records do not hold one event each/);
    assert.throws(() => recordsIn(two), /1 records do not hold one event each/);
  });
});
