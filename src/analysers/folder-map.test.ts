import fc from 'fast-check';
import { expect, test } from 'vitest';
import { folderMap } from './folder-map.ts';

const all = (): boolean => true;

test('folders that hold one folder alone are passed over, others are split with their own files apart', () => {
  const nodes = ['src/core/a.ts', 'src/core/b.ts', 'src/app/c.ts', 'src/index.ts'];
  expect(folderMap(nodes, [[1], [], [0, 1], [2, 0]], all)).toEqual({
    folders: [
      { path: 'src/*', modules: 1 },
      { path: 'src/app/', modules: 1 },
      { path: 'src/core/', modules: 2 },
    ],
    links: [
      { from: 1, to: 2, imports: 2 },
      { from: 0, to: 1, imports: 1 },
      { from: 0, to: 2, imports: 1 },
    ],
  });
});

test('what is not wanted is left out with its imports', () => {
  const map = folderMap(['a/x.ts', 'b/y.ts', 'test/z.ts'], [[1], [], [0, 1]], (path) => !path.startsWith('test/'));
  expect(map).toEqual({
    folders: [
      { path: 'a/', modules: 1 },
      { path: 'b/', modules: 1 },
    ],
    links: [{ from: 0, to: 1, imports: 1 }],
  });
});

test('too many folders: the largest are shown, the others stay together', () => {
  const nodes = Array.from({ length: 200 }, (_, index) => `packages/p${index % 40}/${index}.ts`);
  const { folders } = folderMap(
    nodes,
    nodes.map(() => []),
    all,
  );
  expect(folders).toHaveLength(18);
  expect(folders).toContainEqual({ path: 'packages/…/', modules: 115 });
});

test('every module stands in one folder, and there are never too many', () => {
  const paths = fc.uniqueArray(
    fc
      .array(fc.constantFrom(...'abcdefghijklmn'.split('')), { minLength: 1, maxLength: 5 })
      .map((names) => names.join('/')),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(paths, (names) => {
      const nodes = names.map((name) => `${name}.ts`);
      const { folders } = folderMap(
        nodes,
        nodes.map(() => []),
        all,
      );
      return folders.length <= 18 && folders.reduce((sum, { modules }) => sum + modules, 0) === nodes.length;
    }),
  );
});

test('small folders stand together, and small groups are not split', () => {
  const large = Array.from({ length: 90 }, (_, index) => `src/part${index % 6}/${index}.ts`);
  const nodes = [...large, 'src/one/a.ts', 'src/two/b.ts', 'src/part0/below/c.ts'];
  const { folders } = folderMap(
    nodes,
    nodes.map(() => []),
    all,
  );
  expect(folders.map(({ path, modules }) => `${path} ${modules}`)).toEqual([
    'src/part0/* 15',
    'src/part0/below/ 1',
    'src/part1/ 15',
    'src/part2/ 15',
    'src/part3/ 15',
    'src/part4/ 15',
    'src/part5/ 15',
    'src/…/ 2',
  ]);
});

test('a folder stays whole where there is no room left to split it', () => {
  const inside = (folder: string, parts: number): readonly string[] =>
    Array.from({ length: parts * 10 }, (_, index) => `${folder}/part${index % parts}/${index}.ts`);
  const nodes = [...inside('a', 17), ...inside('b', 8), 'b/own.ts'];
  const { folders } = folderMap(
    nodes,
    nodes.map(() => []),
    all,
  );
  expect(folders).toHaveLength(18);
  expect(folders).toContainEqual({ path: 'b/', modules: 81 });
});
