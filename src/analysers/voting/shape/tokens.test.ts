import { describe, expect, it } from 'vitest';
import { TokenList, tokensOf } from './tokens.ts';

const texts = (source: string): readonly string[] => tokensOf(source).map(({ text }) => text);

describe('words and signs of a source', () => {
  it('are told from patterns, texts and comments', () => {
    expect(texts("a / b / c; // no\nx = /[/'\"]+/g.test('it\\'s'); /* no\n */ y ??= 0x1f")).toEqual(
      ['a', '/', 'b', '/', 'c', ';'].concat(
        ['x', '=', '/[/\'"]+/g', '.', 'test', '(', "'it\\'s'", ')', ';'],
        ['y', '??=', '0x1f'],
      ),
    );
  });

  it('are found inside templates, however deep', () => {
    expect(texts('`a ${b ? `c ${{ d: 1 }.d}` : e} f`')).toEqual(
      ['`a ', 'b', '?', '`c ', '{'].concat(['d', ':', '1', '}', '.', 'd'], ['}', ':', 'e', '} f']),
    );
  });

  it('have the lines that they stand in', () => {
    expect(tokensOf('a\n\n`x\ny`\nb').map(({ text, line }) => [text, line])).toEqual([
      ['a', 1],
      ['`x\ny', 3],
      ['b', 5],
    ]);
  });

  it('go on after an apostrophe in a text of a page', () => {
    expect(texts("<p>Don't</p>\nconst a = 1;").slice(-5)).toEqual(['const', 'a', '=', '1', ';']);
  });

  it('end, whatever is never closed', () => {
    for (const open of ['`${', "'", '"', '/*', '/[', '(((', '`', '${`${`'])
      expect(texts(open + 'a'.repeat(50)).length).toBeGreaterThan(0);
  });

  it('know the bracket around them and its end', () => {
    const tokens = new TokenList('f(a, { b: [c] }) + d');
    const at = (text: string): number => tokens.all.findIndex((one) => one.text === text);
    expect(tokens.text(tokens.around(at('c')) ?? -1)).toBe('[');
    expect(tokens.end(at('('))).toBe(tokens.all.findLastIndex(({ text }) => text === ')'));
    expect(tokens.around(at('d'))).toBeUndefined();
    expect(tokens.show(0, at('+'))).toBe('f(a, { b: [c] })');
  });
});
