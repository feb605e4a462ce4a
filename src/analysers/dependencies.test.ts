import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needData } from './data-files.ts';
import type { GraphData } from './data.ts';
import { graph } from './graph.ts';
import { inventory } from './inventory.ts';
import { manifests } from './manifests.ts';
import { parse } from './parse.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-dependencies-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function look(files: Readonly<Record<string, string>>): Promise<GraphData> {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'a', name)), { recursive: true });
    writeFileSync(join(root, 'a', name), content);
  }
  const call = {
    input: { root: join(root, 'a'), data: join(root, 'data'), shards: 1, shard: 0 },
    signal: new AbortController().signal,
  };
  await inventory(call);
  await manifests(call);
  parse(call);
  await graph(call);
  return needData(call.input.data, 'graph');
}

const MANIFEST = JSON.stringify({ name: 'a', version: '1.0.0' });
const titlesOf = ({ findings }: GraphData): readonly string[] => findings.map(({ title }) => title);

describe('an import that no manifest names', () => {
  it('is a finding', async () => {
    expect(titlesOf(await look({ 'package.json': MANIFEST, 'src/a.ts': "import 'left-pad';\n" }))).toEqual([
      'left-pad is imported but no package.json names it',
    ]);
  });

  it.each([
    ['no lock file has it', '', 'no lock file has it, so a clean install fails when this file is loaded.'],
    ['another package brings it', 'left-pad@^1.0.0:\n', 'today it works only where another package brings it.'],
  ])('says what becomes of it, and where else it is: %s', async (_, more, why) => {
    const { findings } = await look({
      'package.json': MANIFEST,
      'yarn.lock': `# yarn lockfile v1\n\nother@^1.0.0:\n  version "1.0.0"\n${more}`,
      'src/a.ts': "import 'left-pad';\n",
      'src/b.ts': "export const b = 1;\nimport 'left-pad';\n",
    });
    expect(findings[0]?.fix).toBe(`Add it to the dependencies of package.json: ${why}`);
    expect(findings[0]?.evidence[0]?.text).toBe('Import of "left-pad"; also at src/b.ts:2.');
  });

  it.each(['src/eslintrc.cjs', 'src/tool.config.js', 'src/.lintrc.js'])('is none in settings: %s', async (file) => {
    const data = await look({
      'package.json': MANIFEST,
      'src/a.ts': 'export const a = 1;\n',
      [file]: "require('x');\n",
    });
    expect(titlesOf(data)).toEqual([]);
  });

  it.each([
    ['a name that the build leaves alone', { 'rolldown.config.ts': "export default { external: ['@app/env'] };\n" }],
    ['an alias of the bundler', { 'vite.config.ts': "export default { resolve: { alias: { '@app': '/src' } } };\n" }],
    [
      'a module that a plugin makes',
      { 'src/plugin.ts': "export const resolveId = (id: string) => (id === '@app/env' ? id : null);\n" },
    ],
    ['a path of TypeScript', { 'tsconfig.json': '{ "compilerOptions": { "paths": { "@app/*": ["./gone/*"] } } }' }],
  ])('is none when it is %s', async (_, files) => {
    const data = await look({ 'package.json': MANIFEST, 'src/a.ts': "import '@app/env';\n", ...files });
    expect(titlesOf(data)).toEqual([]);
  });

  it('is named in what was left out when a tool provides it', async () => {
    const config = "export default { external: ['@app/env'] };\n";
    const data = await look({
      'package.json': MANIFEST,
      'src/a.ts': "import '@app/env';\n",
      'rolldown.config.ts': config,
    });
    expect(data.leftOut).toEqual(['1 undeclared import that a build tool seems to provide: @app/env.']);
  });

  it('is still one when other code only loads it, mocks it or has a word like it', async () => {
    const data = await look({
      'package.json': MANIFEST,
      'src/a.ts':
        "import 'canvas';\nexport const make = (tag: string) => tag === 'canvas' && document.createElement('canvas');\n",
      'vite.config.ts': "import 'canvas';\nexport default {};\n",
      'test/a.test.ts': "vi.mock('canvas');\n",
    });
    expect(titlesOf(data)).toEqual(['canvas is imported but no package.json names it']);
  });

  it('is none when it is built in, virtual or begins with a sign that only tools know', async () => {
    const names = [
      'fs/promises',
      'node:sqlite',
      'virtual:pwa',
      '#imports',
      '~/a',
      '$lib/a',
      '@/a',
      '/a',
      'bun:test',
      'npm:x',
      '@theme/Layout',
    ];
    const data = await look({
      'package.json': MANIFEST,
      'src/a.js': names.map((name) => `import '${name}';\n`).join(''),
    });
    expect(titlesOf(data)).toEqual([]);
  });
});

describe('sources outside of every package, which a package takes in', () => {
  const files = {
    'package.json': JSON.stringify({ name: 'root', private: true, workspaces: ['packages/*'] }),
    'tsconfig.json': '{ "compilerOptions": { "paths": { "@app/core": ["./libs/core/index.ts"] } } }',
    'packages/a/package.json': JSON.stringify({ name: 'a', dependencies: { shared: '1' } }),
    'packages/a/src/index.ts': "import '@app/core';\n",
    'libs/core/index.ts': "import './more.ts';\n",
    'libs/core/more.ts': "import 'shared';\n",
  };

  it('may import what that package declares', async () => {
    expect(titlesOf(await look(files))).toEqual([]);
  });

  it('may lie beside those that are imported: they are found by their path when the package is built', async () => {
    const data = await look({ ...files, 'libs/core/data/template.cjs': "require('shared');\n" });
    expect(titlesOf(data)).toEqual([]);
    const elsewhere = await look({ 'libs/other/template.cjs': "require('shared');\n" });
    expect(titlesOf(elsewhere)).toEqual(['shared is imported but no package.json names it']);
  });

  it('may not import what nobody declares, nor what a package declares that does not take them in', async () => {
    const own = { 'packages/a/src/index.ts': 'export const a = 1;\n' };
    expect(titlesOf(await look({ ...files, ...own }))).toEqual(['shared is imported but no package.json names it']);
    const more = { 'libs/core/more.ts': "import 'shared';\nimport 'other';\n" };
    expect(titlesOf(await look({ ...files, 'packages/a/src/index.ts': "import '@app/core';\n", ...more }))).toEqual([
      'other is imported but no package.json names it',
    ]);
  });
});

describe('dependencies that nothing uses', () => {
  it.each(['mysql2', 'pg-hstore', 'rusty-store-kv', 'log-transport', '@app/redis-adapter'])(
    'are none where another package loads it by its name: %s',
    async (name) => {
      const manifest = JSON.stringify({ name: 'a', version: '1.0.0', dependencies: { [name]: '1', plain: '1' } });
      const data = await look({ 'package.json': manifest, 'src/a.ts': 'export const a = 1;\n' });
      expect(titlesOf(data)).toEqual(['plain is a dependency that nothing uses']);
    },
  );

  it.each([
    ['a source of the repository imports it', { 'libs/x.js': "import 'format-one';\n" }],
    ['a source has its name as a string', { 'libs/x.js': "export const name = 'format-one';\n" }],
    [
      'a source loads it by the start of its name',
      { 'libs/x.js': 'export const load = (n) => import(`format-${n}`);\n' },
    ],
    ['a source puts its name together', { 'libs/x.js': "export const load = (n) => require('format-' + n);\n" }],
    ['a setting names it', { 'tools.config.yml': 'formats:\n  - format-one\n' }],
    [
      'a script of another manifest names it',
      { 'package.json': '{"name":"root","scripts":{"b":"x --use format-one"}}' },
    ],
  ])('are none where %s', async (_, more) => {
    const data = await look({
      'package.json': JSON.stringify({ name: 'root', private: true, dependencies: { 'format-one': '1' } }),
      'packages/a/package.json': JSON.stringify({ name: 'a', dependencies: { 'format-one': '1' } }),
      'packages/a/src/index.js': 'export const a = 1;\n',
      ...more,
    });
    expect(titlesOf(data).filter((title) => title.includes('nothing uses'))).toEqual([]);
  });

  it('are some where others only declare them, or have a name like it', async () => {
    const data = await look({
      'package.json': JSON.stringify({ name: 'root', private: true, devDependencies: { 'format-one': '1' } }),
      'packages/a/package.json': JSON.stringify({ name: 'a', dependencies: { 'format-one': '1' } }),
      'packages/a/src/index.js': 'export const a = 1;\n',
      'libs/x.js': "export const names = ['format-one-more', 'my-format-one'];\n",
    });
    expect(titlesOf(data)).toEqual(['format-one is a dependency that nothing uses']);
  });

  it('are one finding for each manifest', async () => {
    const data = await look({
      'package.json': JSON.stringify({ name: 'a', dependencies: { one: '1', two: '1', used: '1' } }),
      'src/a.js': "import 'used';\n",
    });
    expect(titlesOf(data)).toEqual(['one, two are dependencies that nothing uses']);
  });

  it('are none when another package imports them without declaring them', async () => {
    const data = await look({
      'package.json': JSON.stringify({ name: 'root', private: true, workspaces: ['packages/*'] }),
      'packages/a/package.json': JSON.stringify({ name: 'a', dependencies: { shared: '1' } }),
      'packages/a/src/index.js': 'export const a = 1;\n',
      'packages/b/package.json': JSON.stringify({ name: 'b' }),
      'packages/b/src/index.js': "import 'shared';\n",
    });
    expect(titlesOf(data)).toEqual(['shared is imported but no package.json names it']);
  });
});

describe('a dependency that only others ask for', () => {
  const files = { 'src/a.ts': 'export const a = 1;\n' };
  const manifest = JSON.stringify({ name: 'a', version: '1.0.0', dependencies: { 'server-dom': '1', plugin: '1' } });
  const uses = { 'src/b.ts': "import 'plugin';\n", ...files };
  const npm = { packages: { 'node_modules/plugin': { version: '1.0.0', peerDependencies: { 'server-dom': '*' } } } };

  it.each([
    [
      'a locked package, as pnpm writes it',
      {
        'pnpm-lock.yaml':
          "lockfileVersion: '9.0'\n\npackages:\n\n  plugin@1.0.0:\n    resolution: {integrity: x}\n    peerDependencies:\n      react: '*'\n      'server-dom': '*'\n    peerDependenciesMeta:\n      server-dom:\n        optional: true\n",
      },
    ],
    ['a locked package, as npm writes it', { 'package-lock.json': JSON.stringify(npm, undefined, 2) }],
    [
      'a locked package, as Yarn writes it',
      { 'yarn.lock': '"plugin@npm:1":\n  version: 1.0.0\n  peerDependencies:\n    server-dom: "*"\n' },
    ],
    [
      'a package of the workspace',
      { 'packages/p/package.json': '{"name":"p","version":"1.0.0","peerDependencies":{"server-dom":"*"}}' },
    ],
    [
      'a package of the workspace, if it likes',
      {
        'packages/p/package.json':
          '{"name":"p","version":"1.0.0","peerDependenciesMeta":{"server-dom":{"optional":true}},"peerDependencies":{"server-dom":"*"}}',
      },
    ],
  ])('is used: %s', async (_, more) => {
    expect(titlesOf(await look({ 'package.json': manifest, ...uses, ...more }))).toEqual([]);
  });

  it('is unused where nobody does', async () => {
    const lock = JSON.stringify({ packages: { 'node_modules/server-dom': { version: '1.0.0' } } }, undefined, 2);
    expect(titlesOf(await look({ 'package.json': manifest, ...uses, 'package-lock.json': lock }))).toEqual([
      'server-dom is a dependency that nothing uses',
    ]);
  });

  it('is declared where the test runner brings it', async () => {
    const data = await look({
      'package.json': MANIFEST,
      'tools/a.ts': "import { jest } from '@jest/globals';\njest();\n",
    });
    expect(titlesOf(data)).toEqual([]);
  });
});
