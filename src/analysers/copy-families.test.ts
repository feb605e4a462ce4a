import { expect, it } from 'vitest';
import { oneOfFamily, type Family } from './copy-families.ts';

const same = (files: readonly string[]): Family => ({ files, lines: [signsOf(files)] });

/** Other signs for other names: texts that differ in names alone are one. */
const signsOf = (files: readonly string[]): string =>
  files.join(' ').replaceAll(/\w/g, (sign) => '+'.repeat(sign.codePointAt(0) ?? 0));

it('a few files of a folder that share code are told', () => {
  const groups = [
    ['src/a.ts', 'src/b.ts'],
    ['src/c.ts', 'src/d.ts'],
    ['src/e.ts', 'src/f.ts'],
  ];
  expect(oneOfFamily(groups, same)).toEqual(groups);
});

it('a folder whose files are all written to one pattern is told once, by its first group, and the rest still is', () => {
  const family = ['one', 'two', 'three', 'four'].map((name) => [`css/${name}.ts`, `css/${name}-more.ts`]);
  const rest = [
    ['src/a.ts', 'lib/b.ts'],
    ['css/one.ts', 'css/one.ts'],
  ];
  expect(oneOfFamily([...family, ...rest], same)).toEqual([...family.slice(0, 1), ...rest]);
});

it('texts that differ in names alone are told once, in one folder', () => {
  const lines = [['a.setTop(b);'], ['a.setLeft(c);'], ['if (a) b();']];
  const groups = lines.map((own, at) => ({ files: [`css/${at}.ts`, `css/${at}-more.ts`], lines: own }));
  expect(oneOfFamily(groups, (group) => group)).toEqual([groups[0], groups[2]]);
});
