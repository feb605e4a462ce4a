import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { checkKey, checkTtl, decodeValue, encodeValue, matcherOf } from './entry.ts';

test('a pattern matches what a regular expression with the same stars does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '?', '['), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '?', '[', '*', '*'), maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, (one, key) => {
      const parts = one.split('*').map((part) => part.replaceAll(/[.?[]/g, String.raw`\$&`));
      expect(matcherOf(one)(key)).toBe(new RegExp(`^${parts.join('.*')}$`, 's').test(key));
    }),
    { numRuns: 2_000 },
  );
});

test('a pattern of many stars gives an answer at once', () => {
  expect(matcherOf(`${'*a'.repeat(200)}*b`)('a'.repeat(512))).toBe(false);
});

test('a value is measured in bytes of UTF-8, to the byte', () => {
  const room = 1_048_576 - 2;
  expect(encodeValue('ns:a', 'x'.repeat(room))).toHaveLength(1_048_576);
  expect(() => encodeValue('ns:a', 'x'.repeat(room + 1))).toThrow(/1048577 bytes/);
  expect(() => encodeValue('ns:a', '🐝'.repeat(room / 4 + 1))).toThrow(/MEMORY_VALUE|bytes/);
});

test('a value that nests too deep is refused, and does not exhaust the stack', () => {
  let deep: Json = 1;
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  expect(() => encodeValue('ns:a', deep)).toThrow(/deeper than 64/);
  let fine: Json = 1;
  for (let depth = 0; depth < 64; depth++) fine = [fine];
  expect(decodeValue(encodeValue('ns:a', fine))).toEqual(fine);
});

test('keys and times are checked', () => {
  for (const key of ['ns:a', 'run/r:x/y z', 'a:b:c']) expect(() => checkKey(key)).not.toThrow();
  for (const key of ['', 'a', ':a', 'a:', 'a*:b', 'a:*']) expect(() => checkKey(key)).toThrow(/no key of memory/);
  for (const ttlMs of [undefined, 1, 86_400_000]) expect(() => checkTtl(ttlMs)).not.toThrow();
  for (const ttlMs of [0, -1, 0.5, Number.NaN, 1e15]) expect(() => checkTtl(ttlMs)).toThrow(/no time to live/);
});
