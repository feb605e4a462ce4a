import { expect, test } from 'vitest';
import { jsonDepth } from './json-depth.ts';

test.each([
  ['1', 0],
  ['[]', 1],
  ['{"a":[{"b":1}]}', 3],
  ['"[[[["', 0],
  ['"\\"[["', 0],
  ['[[],[],[[]]]', 3],
  ['][', 0],
])('%s is %d deep', (text, depth) => {
  expect(jsonDepth(text, 64)).toBe(depth);
});

test('stops at the first step over the limit', () => {
  expect(jsonDepth('['.repeat(1_000_000), 64)).toBe(65);
});
