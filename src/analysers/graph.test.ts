import { expect, it } from 'vitest';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestRepository, type Files } from '../../test/check/support/repository.ts';
import type { GraphData } from './data.ts';
import { needData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { graph } from './graph.ts';
import { inventory } from './inventory.ts';
import { manifests } from './manifests.ts';
import { parse } from './parse.ts';

async function found(files: Files): Promise<readonly Detected[]> {
  return (await graphOf(files)).findings;
}

async function graphOf(files: Files): Promise<GraphData> {
  using repository = new TestRepository(files);
  const data = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-graph-')));
  const call = {
    input: { root: realpathSync(repository.path), data, shards: 1, shard: 0 },
    signal: new AbortController().signal,
  };
  try {
    await inventory(call);
    await manifests(call);
    parse(call);
    await graph(call);
    return needData(data, 'graph');
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

it('a cycle is told where an import matters while the files load', async () => {
  const [cycle] = await found({
    'src/a.js': "import { b } from './b.js';\nimport { d } from './d.js';\nexport const a = () => b() + d();\n",
    'src/b.js': "import { a } from './a.js';\nexport const b = () => a();\n",
    'src/c.js': "import { a } from './a.js';\n\nexport const c = a();\n",
    'src/d.js': "import { c } from './c.js';\nexport const d = () => c;\n",
  });
  expect(cycle).toMatchObject({ kind: 'import-cycle', file: 'src/c.js', line: 1 });
  expect(cycle?.evidence.map(({ text, ref }) => `${ref ?? ''} ${text}`)).toEqual([
    'src/c.js:1 Shortest way around: src/c.js → src/a.js → src/d.js → src/c.js.',
    ' Also in the cycle: src/b.js.',
    'src/c.js:1 src/c.js uses a of src/a.js while it loads. When src/a.js is loaded first, that is not there yet.',
    ' Imports of types alone are not counted.',
  ]);
});

it('a cycle through the root of a package is mended by importing from the file', async () => {
  const [cycle] = await found({
    'src/index.js': "export * from './a.js';\nexport * from './b.js';\n",
    'src/a.js': "import { b } from './index.js';\nexport const a = b();\n",
    'src/b.js': 'export const b = () => 1;\n',
  });
  expect(cycle?.fix).toBe('Let src/a.js import it from src/b.js, not from src/index.js.');
});

const cyclesOf = async (files: Files): Promise<readonly Detected[]> =>
  (await found(files)).filter(({ kind }) => kind === 'import-cycle');

const ENTERED_BY_INDEX = {
  'src/main.js': "import { all } from './index.js';\nall();\n",
  'src/index.js': "import { one } from './one.js';\nexport const all = [one];\n",
  'src/one.js': "import { all } from './index.js';\nexport const one = () => all.length;\n",
};

it('a cycle is none where the file that uses the others at load is always the first of them', async () => {
  expect(await cyclesOf(ENTERED_BY_INDEX)).toEqual([]);
  const [cycle] = await cyclesOf({ ...ENTERED_BY_INDEX, 'src/other.js': "import { one } from './one.js';\none();\n" });
  expect(cycle?.evidence.map(({ text }) => text)).toContain(
    'src/index.js uses one of src/one.js while it loads. When src/one.js is loaded first (src/other.js loads it), that is not there yet.',
  );
});

it('a cycle that no index holds together is told, whatever is loaded first today', async () => {
  const { 'src/index.js': list, ...others } = ENTERED_BY_INDEX;
  const files = Object.fromEntries(
    Object.entries({ ...others, 'src/list.js': list }).map(([path, text]) => [
      path,
      text.replace('index.js', 'list.js'),
    ]),
  );
  const [cycle] = await cyclesOf(files);
  expect(cycle?.evidence.map(({ text }) => text)).toContain(
    'src/list.js uses one of src/one.js while it loads. When src/one.js is loaded first, that is not there yet.',
  );
});

it('a manifest may name another way into a cycle', async () => {
  const exports = { '.': './src/index.js', './one': './src/one.js' };
  const manifest = { 'package.json': JSON.stringify({ name: 'a', exports }) };
  expect(await cyclesOf({ ...ENTERED_BY_INDEX, ...manifest })).toHaveLength(1);
});

it('a cycle is none through an index that passes on what is made outside of it', async () => {
  const files = {
    'src/index.js': "export * from './b.js';\nexport { a } from './a.js';\n",
    'src/a.js': "import { b } from './index.js';\nexport const a = b();\n",
    'src/b.js': 'export const b = () => 1;\n',
    'src/main.js': "import { a } from './a.js';\nimport './index.js';\n\na();\n",
  };
  expect(await cyclesOf(files)).toEqual([]);
  const late = { ...files, 'src/index.js': "export { a } from './a.js';\nexport * from './b.js';\n" };
  expect(await cyclesOf(late)).toHaveLength(1);
});

it.each([
  ['a base class', 'export class B extends A {}\n'],
  ['a decorator', '@A\nexport class B {}\n'],
  ['a default export', 'export default A;\n'],
  ['a value', 'export const b = [A];\n'],
  ['a member of all', "import * as all from './a.ts';\nexport const b = all.A.name;\n"],
])('a cycle is told for %s, which is needed at load', async (_, text) => {
  const files = {
    'src/a.ts': "import { B } from './b.ts';\nexport class A {\n  b = () => B;\n}\n",
    'src/b.ts': `import { A } from './a.ts';\n${text}`,
  };
  expect(await cyclesOf(files)).toMatchObject([{ file: 'src/b.ts' }]);
});

it.each([
  ['in a function', 'export const b = () => new A();\n'],
  ['for a field', 'export class B {\n  a = new A();\n}\n'],
  ['in a list with all others', "import * as all from './a.ts';\nexport const b = [all];\n"],
  ['as a type', 'export const b = new Map<string, A>();\n'],
])('a cycle is none where the name is used %s alone', async (_, text) => {
  const files = {
    'src/a.ts': "import { B } from './b.ts';\nexport class A {\n  b = () => B;\n}\n",
    'src/b.ts': `import { A } from './a.ts';\n${text}`,
  };
  expect(await cyclesOf(files)).toEqual([]);
});

it('a cycle through several packages is only asked where all is there when it is used', async () => {
  const named = (name: string): string => JSON.stringify({ name });
  const [cycle] = await cyclesOf({
    'one/package.json': named('one'),
    'two/package.json': named('two'),
    'one/a.js': "import { b } from '../two/b.js';\nexport const a = () => b();\n",
    'two/b.js': "import { a } from '../one/a.js';\nexport const b = () => a();\n",
  });
  expect(cycle?.doubt).toBe('nothing of it is used before it is there.');
});

/** `a.vue → b.ts` for each import between files of the project. */
async function edgesOf(files: Files): Promise<readonly string[]> {
  const { nodes, edges } = await graphOf(files);
  return edges.flatMap((targets, from) => targets.map((to) => `${nodes[from] ?? ''} → ${nodes[to] ?? ''}`)).toSorted();
}

const WITHOUT_DEPENDENCIES = JSON.stringify({ name: 'app', dependencies: { vue: '3' } });

it('what components load is in use, by the names that settings give to folders', async () => {
  const script = (name: string): string => `<script>\nimport { a } from '${name}';\n</script>\n`;
  const files = {
    'package.json': WITHOUT_DEPENDENCIES,
    'vite.config.ts':
      "export default { resolve: { alias: { '#in': path.resolve(__dirname, './source'), vue: 'vue/dist/vue.js' } } };\n",
    'web/webpack.config.js':
      "module.exports = { resolve: { alias: [{ find: '@parts', replacement: path.join(__dirname, 'parts') }] } };\n",
    'src/deep/A.vue': script('@/a'),
    'src/B.svelte': script('~/a'),
    'src/C.vue': script('#in/c'),
    'src/D.vue': script('../source/gone'),
    'src/E.vue': script('nowhere'),
    'web/F.vue': script('@parts/f'),
    'src/a.ts': 'export const a = 1;\n',
    'source/c.ts': 'export const c = 1;\n',
    'web/parts/f.ts': 'export const f = 1;\n',
  };
  expect(await edgesOf(files)).toEqual([
    'src/B.svelte → src/a.ts',
    'src/C.vue → source/c.ts',
    'src/deep/A.vue → src/a.ts',
    'web/F.vue → web/parts/f.ts',
  ]);
  expect((await found(files)).map(({ title }) => title)).toEqual([]);
});

it('components take no part in cycles, but may be the first to load a file of one', async () => {
  const script = (name: string): string => `<script>\nimport { one } from '${name}';\n</script>\n`;
  const alike = { 'src/A.vue': script('./B.vue'), 'src/B.vue': script('./A.vue') };
  expect(await cyclesOf(alike)).toEqual([]);
  const [cycle] = await cyclesOf({ ...ENTERED_BY_INDEX, 'src/A.vue': script('./one.js') });
  expect(cycle?.evidence.map(({ text }) => text).join(' ')).toContain('(src/A.vue loads it)');
});

it('a file that is started by its path beside another is used by it', async () => {
  const { mostImported } = await graphOf({
    'lib/a.js': "const path = require('path');\nfork(path.resolve(__dirname, 'jobs', 'b.js'));\n",
    'lib/c.mjs': "import { join } from 'node:path';\nrun(join(import.meta.dirname, '../lib/d.mjs'));\n",
    'lib/jobs/b.js': 'run();\n',
    'lib/d.mjs': 'run();\n',
    'lib/e.js': "path.join(folder, 'd.mjs');\npath.join(__dirname, name, 'e.js');\n",
  });
  const used = mostImported.filter(({ importedBy }) => importedBy > 0);
  expect(used.map(({ file }) => file).toSorted()).toEqual(['lib/d.mjs', 'lib/jobs/b.js']);
});
