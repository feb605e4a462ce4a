import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatBytes, parseBytes } from './bytes.ts';

test.each([
  ['512MiB', 536_870_912],
  ['2GB', 2_000_000_000],
  ['1.5KiB', 1_536],
  ['0B', 0],
])('%s is %d bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

test.each(['', '512', '512 MiB', '1mb', '-1B', '1MiB '])('%j is no size', (text) => {
  expect(parseBytes(text)).toBeUndefined();
});

test('what is written can be read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_999_999 }), (bytes) => {
      expect(parseBytes(formatBytes(bytes))).toBe(bytes);
    }),
  );
  expect([536_870_912, 1_000, 0].map(formatBytes)).toEqual(['512MiB', '1000B', '0B']);
});
