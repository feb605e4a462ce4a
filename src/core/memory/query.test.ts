import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuery } from './query.ts';
import { textOf, wordsOf } from './text.ts';

test('reads words, words in a row, beginnings and what must not be there', () => {
  expect(parseQuery('Red "round  Ball" bounc* -flat -"on fire" Ü-Bahn')).toEqual([
    { words: ['red'], text: 'Red', isPrefix: false, isExcluded: false },
    { words: ['round', 'ball'], text: 'round  Ball', isPrefix: false, isExcluded: false },
    { words: ['bounc'], text: 'bounc*', isPrefix: true, isExcluded: false },
    { words: ['flat'], text: 'flat', isPrefix: false, isExcluded: true },
    { words: ['on', 'fire'], text: 'on fire', isPrefix: false, isExcluded: true },
    { words: ['u', 'bahn'], text: 'Ü-Bahn', isPrefix: false, isExcluded: false },
  ]);
});

test('a text without a word to find, with too many or too long is refused with what to write', () => {
  for (const text of ['', '  ', '-only', '"" * ---', 'x'.repeat(257), 'a '.repeat(17)]) {
    expect(() => parseQuery(text)).toThrow(expect.objectContaining({ code: 'MEMORY_QUERY' }));
  }
});

test('any text either has words or is refused, and words hold letters and digits alone', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      try {
        for (const term of parseQuery(text)) {
          expect(term.text).not.toMatch(/["\0]/);
          for (const word of term.words) expect(word).toMatch(/^[\p{L}\p{N}]+$/u);
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'MEMORY_QUERY' });
      }
    }),
  );
});

test('the text of a value is its words in their order, bounded', () => {
  expect(textOf({ a: ['x', 1, null, true], b: { c: 'ü\0' } })).toBe('a\nx\n1\nb\nc\nü ');
  expect(textOf(Array.from({ length: 100 }, () => 'y'.repeat(1_000))).length).toBeLessThanOrEqual(65_536);
  expect(wordsOf('Été_2026, Ω!')).toEqual(['ete', '2026', 'ω']);
});
