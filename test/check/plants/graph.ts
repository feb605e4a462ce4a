import type { Plant } from './plant.ts';
import { plantsOf } from './snippets.ts';

const user = (specifier: string): string => `import { x } from '${specifier}';\nexport const f = () => x();\n`;

/** The file that the import means stood there until it was removed. */
function removed(name: string, why: string, code: string, gone: string): Plant {
  const file = `src/missing-import/${name}.js`;
  return { kind: 'missing-import', file, isTrue: true, why, files: { [file]: code }, gone: [gone] };
}

const MISSING: readonly Plant[] = [
  removed('import', 'a file that was removed', user('./gone.js'), 'src/missing-import/gone.js'),
  removed('folder', 'a folder that was removed', user('./parts'), 'src/missing-import/parts/index.js'),
  removed('above', 'another folder', user('../somewhere/gone.js'), 'src/somewhere/gone.js'),
  removed('ending', 'without an ending', user('./vanished'), 'src/missing-import/vanished.ts'),
  removed(
    'required',
    'required',
    "const { x } = require('./away.js');\nexports.f = () => x();\n",
    'src/missing-import/away.js',
  ),
  removed(
    'given',
    'given on',
    "export { x } from './nowhere.js';\nexport const f = 1;\n",
    'src/missing-import/nowhere.js',
  ),
  ...plantsOf('missing-import', 'js', {
    real: [],
    tempting: [
      [
        'it may be missing',
        "let extra;\ntry {\n  extra = require('./local-settings.js');\n} catch {\n  extra = {};\n}\nexports.extra = extra;\n",
      ],
      ['a build makes it', user('./generated/messages.js')],
      ['git leaves it out', user('./secret-names.js')],
      [
        'a loader finds it elsewhere: it never was there',
        "const tls = require('./tls_socket');\nexports.f = () => tls();\n",
      ],
    ],
  }),
  {
    kind: 'missing-import',
    file: 'src/missing-import/types.ts',
    isTrue: true,
    why: 'a type from nowhere',
    files: {
      'src/missing-import/types.ts':
        "import type { Shape } from './shapes.ts';\nexport const f = (a: Shape): Shape => a;\n",
    },
    gone: ['src/missing-import/shapes.ts'],
  },
  {
    kind: 'missing-import',
    file: 'src/missing-import/page.js',
    isTrue: false,
    why: 'a tool resolves it to a page',
    files: { 'src/missing-import/page.js': user('./welcome'), 'src/missing-import/welcome.mdx': '# Welcome\n' },
  },
  {
    kind: 'missing-import',
    file: 'src/missing-import/query.js',
    isTrue: false,
    why: 'a tool resolves it to a query',
    files: {
      'src/missing-import/query.js': user('./orders'),
      'src/missing-import/orders.graphql': 'query Orders { id }\n',
    },
  },
];

/** A package of its own in `packages/`. */
function ofPackage(plant: Omit<Plant, 'files'>, dir: string, parts: Readonly<Record<string, string | object>>): Plant {
  const files = Object.entries(parts).map(([name, content]): readonly [string, string] => [
    `packages/${dir}/${name}`,
    typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`,
  ]);
  return { ...plant, files: Object.fromEntries(files) };
}

function undeclared(
  dir: string,
  isTrue: boolean,
  why: string,
  parts: Readonly<Record<string, string | object>>,
): Plant {
  const file = `packages/${dir}/${Object.keys(parts)[0] ?? ''}`;
  return ofPackage({ kind: 'undeclared-dependency', file, isTrue, why }, dir, parts);
}

const uses = (name: string): string => `import pad from '${name}';\nexport const f = (a) => pad(a);\n`;
const manifest = (name: string, more: object = {}): object => ({
  name,
  version: '1.0.0',
  main: 'src/a.js',
  ...more,
});

const UNDECLARED: readonly Plant[] = [
  undeclared('und-1', true, 'works by chance', { 'src/a.js': uses('pad-1'), 'package.json': manifest('und-1') }),
  undeclared('und-2', true, 'another one is declared', {
    'src/a.js': uses('pad-2'),
    'package.json': manifest('und-2', { dependencies: { other: '1' } }),
    'src/b.js': "import other from 'other';\nexport const b = other;\n",
  }),
  undeclared('und-3', true, 'required', {
    'src/a.js': "const pad = require('pad-3');\nexports.f = (a) => pad(a);\n",
    'package.json': manifest('und-3'),
  }),
  undeclared('und-4', true, 'a scoped one', {
    'src/a.js': "import { pad } from '@texts/padding';\nexport const f = (a) => pad(a);\n",
    'package.json': manifest('und-4'),
  }),
  undeclared('und-5', true, 'a file of a package', {
    'src/a.js': "import pad from 'pad-5/lib/pad.js';\nexport const f = (a) => pad(a);\n",
    'package.json': manifest('und-5', { private: true }),
  }),
  undeclared('und-6', true, 'two of them', {
    'src/a.js': "import pad from 'pad-6';\nimport trim from 'right-trimming';\nexport const f = (a) => trim(pad(a));\n",
    'package.json': manifest('und-6'),
  }),
  undeclared('und-14', false, 'nothing loads it: who wants it brings the package', {
    'plugins/a.js': uses('pad-14'),
    'package.json': manifest('und-14', { main: 'src/main.js' }),
    'src/main.js': 'export const load = (name) => import(`../plugins/${name}.js`);\n',
  }),
  undeclared('und-7', false, 'a tool puts something in its place', {
    'src/a.js': uses('pad-7'),
    'package.json': manifest('und-7'),
    'vite.config.js': "export default { resolve: { alias: { 'pad-7': './src/pad.js' } } };\n",
    'src/pad.js': 'export default (a) => a;\n',
  }),
  undeclared('und-8', false, 'it may be missing', {
    'src/a.js':
      "let pad = (a) => a;\ntry {\n  pad = require('pad-8');\n} catch {\n  pad = String;\n}\nexports.f = pad;\n",
    'package.json': manifest('und-8'),
  }),
  undeclared('und-13', false, 'settings that are copied into other projects', {
    'src/a.js': 'export const a = 1;\n',
    'src/eslintrc.cjs': "require('patch-13/modern');\nmodule.exports = {};\n",
    'package.json': manifest('und-13'),
  }),
  undeclared('und-9', false, 'declared for development', {
    'src/a.js': uses('pad-9'),
    'package.json': manifest('und-9', { devDependencies: { 'pad-9': '1' } }),
  }),
  undeclared('und-10', false, 'the package itself', {
    'src/a.js': "import { b } from 'und-10';\nexport const f = b;\n",
    'package.json': manifest('und-10'),
  }),
  undeclared('und-11', false, 'the bundler leaves it to the page', {
    'src/a.js': uses('pad-11'),
    'package.json': manifest('und-11'),
    'rollup.config.js': "export default { external: ['pad-11'] };\n",
  }),
  undeclared('und-12', false, 'part of Node', {
    'src/a.js': "import { join } from 'path';\nexport const f = (a) => join(a);\n",
    'package.json': manifest('und-12'),
  }),
];

function unused(dir: string, isTrue: boolean, why: string, parts: Readonly<Record<string, string | object>>): Plant {
  return ofPackage({ kind: 'unused-dependency', file: `packages/${dir}/package.json`, isTrue, why }, dir, {
    'src/a.js': 'export const a = 1;\n',
    ...parts,
  });
}

const UNUSED: readonly Plant[] = [
  ...['left-over', '@old/thing', 'first-idea', 'date-tools', 'once-used', 'color-names'].map((name, index) =>
    unused(`unu-${index + 1}`, true, `nothing names ${name}`, {
      'package.json': manifest(`unu-${index + 1}`, { dependencies: { [name]: '1.0.0' } }),
    }),
  ),
  ...['mysql2', 'queue-redis-store', 'rusty-store-kv', 'log-transport', 'mail-adapter'].map((name, index) =>
    unused(`unu-by-name-${index + 1}`, false, `another package loads ${name} by its name`, {
      'package.json': manifest(`unu-by-name-${index + 1}`, { dependencies: { [name]: '1.0.0' } }),
    }),
  ),
  unused('unu-7', false, 'another package asks for it', {
    'package.json': manifest('unu-7', { dependencies: { 'ui-frame': '1.0.0', 'ui-core': '2.0.0' } }),
    'src/b.js': "import frame from 'ui-frame';\nexport const b = frame;\n",
    'package-lock.json': {
      name: 'unu-7',
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { 'ui-frame': '1.0.0', 'ui-core': '2.0.0' } },
        'node_modules/ui-frame': { version: '1.0.0', integrity: 'sha512-x', peerDependencies: { 'ui-core': '^2.0.0' } },
        'node_modules/ui-core': { version: '2.0.0', integrity: 'sha512-y' },
      },
    },
  }),
  unused('unu-8', false, 'a script starts its program', {
    'package.json': manifest('unu-8', { dependencies: { '@tools/packer': '1.0.0' }, scripts: { build: 'packer src' } }),
  }),
  unused('unu-9', false, 'a setting has its short name', {
    'package.json': manifest('unu-9', { dependencies: { 'remark-tables': '1.0.0' }, remark: { plugins: ['tables'] } }),
  }),
  unused('unu-10', false, 'a style sheet takes it', {
    'package.json': manifest('unu-10', { dependencies: { 'reset-styles': '1.0.0' } }),
    'src/a.css': "@import 'reset-styles/reset.css';\n",
  }),
  unused('unu-11', false, 'imported', {
    'package.json': manifest('unu-11', { dependencies: { 'left-padding': '1.0.0' } }),
    'src/b.js': uses('left-padding'),
  }),
  unused('unu-12', false, 'the transpiler asks for it', {
    'package.json': manifest('unu-12', { dependencies: { '@babel/runtime': '7.0.0' } }),
  }),
];

/** What the import graph and the manifests say of each other. */
export const GRAPH_PLANTS: readonly Plant[] = [...MISSING, ...UNDECLARED, ...UNUSED];
