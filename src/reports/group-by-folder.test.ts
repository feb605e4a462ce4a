import { expect, test } from 'vitest';
import { groupByFolder, shortFolders } from './group-by-folder.ts';

const grouped = (paths: readonly string[], limit: number = 9): readonly string[] =>
  groupByFolder(paths, (path) => path, limit).map(({ folder, items }) => `${folder} ${items.length}`);

test('what all paths begin with is passed over', () => {
  expect(grouped(['src/a/x.ts', 'src/a/y.ts', 'src/b/z.ts', 'src/c/z.ts'])).toEqual([
    'src/a/ 2',
    'src/b/ 1',
    'src/c/ 1',
  ]);
});

test('a folder with most of them is split until it is not, its own files apart', () => {
  const deep = ['a', 'b', 'c', 'd'].map((name) => `packages/main/${name}/file.ts`);
  expect(grouped([...deep, 'packages/main/own.ts', 'app/x.ts'])).toEqual([
    'app/ 1',
    'packages/main/ 1',
    'packages/main/a/ 1',
    'packages/main/b/ 1',
    'packages/main/c/ 1',
    'packages/main/d/ 1',
  ]);
});

test('files in one folder are one group, and beyond the limit the small ones stand together', () => {
  expect(grouped(['src/a.ts', 'src/b.ts'])).toEqual(['src/ 2']);
  expect(grouped(['a.ts', 'lib/b.ts'])).toEqual(['./ 1', 'lib/ 1']);
  expect(grouped(['a/1', 'a/2', 'b/1', 'c/1', 'd/1'], 2)).toEqual(['a/ 2', 'other folders 3']);
});

test('folders go by their last name, or by two where one does not tell them apart', () => {
  expect(shortFolders(['a/src/', 'b/src/', 'b/lib/', './', 'other folders'])).toEqual([
    'a/src/',
    'b/src/',
    'lib/',
    './',
    'other folders',
  ]);
});
