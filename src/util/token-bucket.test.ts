import assert from 'node:assert/strict';
import { test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('lets so many through at once, and so many per second on average', () => {
  const bucket = new TokenBucket(10, 3, 0);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => bucket.take(0)),
    [true, true, true, false],
  );
  assert.equal(bucket.take(99), false);
  assert.equal(bucket.take(100), true);
  assert.equal(bucket.take(100), false);
});

test('saves up no more than may go at once, and nothing when time goes back', () => {
  const bucket = new TokenBucket(1_000, 2, 0);
  assert.deepEqual(
    [1, 2, 3].map(() => bucket.take(60_000)),
    [true, true, false],
  );
  assert.equal(bucket.take(0), false);
});
