import { expect, it } from 'vitest';
import { oneOfFamily } from './copy-families.ts';

const same = (files: readonly string[]): readonly string[] => files;

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
