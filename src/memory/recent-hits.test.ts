import assert from 'node:assert/strict';
import { test } from 'vitest';
import { RecentHits } from './recent-hits.ts';

test('hits of long ago say nothing of now', () => {
  const hits = new RecentHits();
  assert.equal(hits.ratio({ reads: 10_000, hits: 10_000 }, 0), 1);
  for (let second = 5; second <= 300; second += 5) {
    const reads = 10_000 + second;
    assert.equal(hits.ratio({ reads, hits: 10_000 }, second * 1_000), second < 300 ? 10_000 / reads : 0, `${second} s`);
  }
});

test('fewer than a hundred reads in the last five minutes are unknown', () => {
  const hits = new RecentHits();
  assert.equal(hits.ratio({ reads: 99, hits: 99 }, 0), undefined);
  assert.equal(hits.ratio({ reads: 100, hits: 50 }, 1_000), 0.5);
  assert.equal(hits.ratio({ reads: 150, hits: 50 }, 1_000_000), undefined);
});

test('however often it is asked, little is kept, and the newest count', () => {
  const hits = new RecentHits();
  for (let ms = 0; ms < 100_000; ms += 10) hits.ratio({ reads: ms, hits: ms }, ms);
  assert.equal(hits.ratio({ reads: 101_000, hits: 100_000 }, 100_000) === 1, false);
});
