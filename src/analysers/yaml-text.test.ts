import { describe, expect, it } from 'vitest';
import { readYaml, textAt, valueAt } from './yaml-text.ts';

describe('YAML as text', () => {
  it('says where a value stands', () => {
    const read = readYaml('a:\n  b:\n    - x\n    - y: z\n');
    const list = read.kind === 'parsed' ? valueAt(read.documents[0], 'a', 'b') : undefined;
    expect(list).toMatchObject({ kind: 'list', line: 3, items: [{ line: 3, text: 'x' }, { line: 4 }] });
  });

  it('keeps words as they are written: on and no are no answers', () => {
    const read = readYaml('on: no\n');
    expect(read.kind === 'parsed' ? textAt(valueAt(read.documents[0], 'on')) : undefined).toBe('no');
  });

  it('follows no alias, so that none can blow up', () => {
    const lines = Array.from(
      { length: 40 },
      (_, level) => `a${level}: &a${level} [${level === 0 ? 'x' : `*a${level - 1}, *a${level - 1}`}]`,
    );
    const read = readYaml(lines.join('\n'));
    expect(read.kind).toBe('parsed');
    expect(JSON.stringify(read).length).toBeLessThan(10_000);
  });

  it.each([
    ['lists', '['.repeat(100_000)],
    ['maps', '{a: '.repeat(50_000)],
    ['lists in lists on one line', `${'- '.repeat(50_000)}x`],
    ['indentation', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('does not go down into %s without end', (_, text) => {
    expect(readYaml(text).kind).toBe('too-deep');
  });

  it('does not read what is far too large', () => {
    expect(readYaml('a: 1\n'.repeat(200_000)).kind).toBe('too-large');
  });

  it('names the line that is wrong', () => {
    expect(readYaml('a: 1\nb: "open\nc: 2\n')).toMatchObject({ kind: 'broken' });
    expect(readYaml('a: 1\nb: c: d\n')).toMatchObject({ kind: 'broken', line: 2 });
  });

  it('takes tags that it does not know', () => {
    expect(readYaml('a: !Sub "${b}"\nc: !GetAtt [d, e]\n').kind).toBe('parsed');
  });
});
