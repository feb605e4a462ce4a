import { describe, expect, test } from 'vitest';
import { HOSTILE_STRINGS } from '../../../test/support/hostile-strings.ts';
import { cut, fit, fitRight, lastLines, visible, visibleLines, widthOf, wrap } from './text.ts';

const RAW = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

describe('visible', () => {
  test('leaves nothing that acts or hides in 500 hostile strings', () => {
    expect(HOSTILE_STRINGS.length).toBeGreaterThanOrEqual(500);
    for (const hostile of HOSTILE_STRINGS) expect(visible(hostile)).not.toMatch(RAW);
  });

  test('shows what it found as an escape', () => {
    expect(visible('a\u001B[31mb')).toBe(String.raw`a\x1b[31mb`);
    expect(visible('\u202Etxt')).toBe(String.raw`\u202etxt`);
    expect(visible('\u{E0041}')).toBe(String.raw`\u{e0041}`);
    expect(visible('a\rb\0')).toBe(String.raw`a\x0db\x00`);
  });

  test('leaves letters of all languages and emoji alone', () => {
    const plain = 'Grüße, naïve café, 東京, Ελλάδα, नमस्ते, 🚀';
    expect(visible(plain)).toBe(plain);
  });

  test('shows marks beyond three on one letter', () => {
    expect(visible('e\u0301\u0301\u0301\u0301')).toBe(String.raw`e${'\u0301'.repeat(3)}\u0301`);
  });
});

describe('visibleLines', () => {
  test('drops colours, keeps the text, and shows the rest', () => {
    expect(visibleLines('\u001B[32mok\u001B[0m\r\n\u001B[2Jbad\n')).toEqual(['ok', String.raw`\x1b[2Jbad`]);
  });

  test('the last lines leave out empty ones at the end', () => {
    expect(lastLines('1\n2\n3\n\n\n', 2)).toEqual(['2', '3']);
    expect(lastLines('', 20)).toEqual([]);
  });
});

describe('widths', () => {
  test.each([
    ['abc', 3],
    ['東京', 4],
    ['🚀', 2],
    ['e\u0301', 1],
    ['Ａ', 2],
    ['한국', 4],
    ['é', 1],
  ])('%s takes %i columns', (text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });

  test('what is cut is marked and never too wide', () => {
    expect(cut('abcdef', 4)).toBe('abc…');
    expect(cut('東京タワー', 4)).toBe('東…');
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abc', 0)).toBe('');
    for (const hostile of HOSTILE_STRINGS) {
      for (const columns of [1, 2, 7, 40]) expect(widthOf(cut(visible(hostile), columns))).toBeLessThanOrEqual(columns);
    }
  });

  test('fits to the left and to the right', () => {
    expect(fit('ab', 4)).toBe('ab  ');
    expect(fitRight('ab', 4)).toBe('  ab');
    expect(fit('東京タワー', 5)).toBe('東京…');
  });

  test('wraps at spaces, and cuts words that are longer than a line', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrap('abcdefghijklmnop', 8)).toEqual(['abcdefgh', 'ijklmnop']);
  });
});
