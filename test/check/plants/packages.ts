import type { Plant } from './plant.ts';

type Parts = Readonly<Record<string, string | object>>;

function plant(kind: string, isTrue: boolean, [why, file]: readonly [why: string, file: string], parts: Parts): Plant {
  const files = Object.entries(parts).map(([name, content]): readonly [string, string] => [
    name,
    typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`,
  ]);
  return { kind, file, isTrue, why, files: Object.fromEntries(files) };
}

const TRUE_SCRIPTS: readonly (readonly [command: string, file: string])[] = [
  ['node tools/gone.js', 'tools/gone.js'],
  ['node ./run.mjs', 'run.mjs'],
  ['tsx scripts/seed.ts', 'scripts/seed.ts'],
  ['npm run x && node bin/late.js', 'bin/late.js'],
  ['ts-node tasks/all.ts', 'tasks/all.ts'],
  ['bun jobs/nightly.ts', 'jobs/nightly.ts'],
];

function script(
  dir: string,
  isTrue: boolean,
  why: string,
  [scripts, more = {}]: readonly [scripts: object, more?: Parts],
): Plant {
  const below = Object.fromEntries(Object.entries(more).map(([name, content]) => [`packages/${dir}/${name}`, content]));
  const file = `packages/${dir}/package.json`;
  return plant('script-points-nowhere', isTrue, [why, file], {
    [file]: { name: dir, version: '1.0.0', scripts },
    ...below,
  });
}

const SCRIPTS: readonly Plant[] = [
  ...TRUE_SCRIPTS.map(([command, file], index) => ({
    ...script(`go-${index + 1}`, true, command, [{ start: command, x: 'true' }]),
    gone: [`packages/go-${index + 1}/${file}`],
  })),
  script('go-13', false, 'git has never known it', [{ start: 'node tools/never.js', x: 'true' }]),
  script('go-7', false, 'another script makes it', [
    { make: 'esbuild src/a.ts -o tools/made.js', start: 'node tools/made.js' },
  ]),
  script('go-8', false, 'git leaves it out: a build makes it', [
    { start: 'node tools/server.js' },
    { '.gitignore': 'tools\n' },
  ]),
  script('go-9', false, 'a build makes it', [{ start: 'node dist/server.js' }]),
  script('go-10', false, 'there', [{ start: 'node run.js' }, { 'run.js': 'export const a = 1;\n' }]),
  script('go-11', false, 'in another folder', [{ start: 'cd other && node run-it.js' }]),
  script('go-12', false, 'its source is there', [{ start: 'node start.js' }, { 'start.ts': 'export const a = 1;\n' }]),
];

function workspaces(
  dir: string,
  isTrue: boolean,
  why: string,
  [patterns, more = {}]: readonly [readonly string[], Parts?],
): Plant {
  const below = Object.fromEntries(Object.entries(more).map(([name, content]) => [`packages/${dir}/${name}`, content]));
  const file = `packages/${dir}/package.json`;
  return plant('workspace-empty', isTrue, [why, file], {
    [file]: { name: dir, private: true, workspaces: patterns },
    ...below,
  });
}

const WORKSPACES: readonly Plant[] = [
  ...['apps/*', 'libs/core', './parts/*', 'tools/*', 'modules/*', 'plugins/one'].map((pattern, index) =>
    workspaces(`ws-${index + 1}`, true, `nothing fits ${pattern}`, [[pattern]]),
  ),
  workspaces('ws-7', false, 'a package fits', [['apps/*'], { 'apps/one/package.json': { name: 'one-of-7' } }]),
  workspaces('ws-8', false, 'a package by its name', [
    ['libs/core'],
    { 'libs/core/package.json': { name: 'core-of-8' } },
  ]),
  workspaces('ws-9', false, 'what is left out', [['!apps/old'], {}]),
  workspaces('ws-10', false, 'further down', [['apps/**'], { 'apps/a/b/package.json': { name: 'b-of-10' } }]),
  workspaces('ws-11', false, 'with a dot before it', [
    ['./apps/*'],
    { 'apps/one/package.json': { name: 'one-of-11' } },
  ]),
  workspaces('ws-12', false, 'none at all', [[]]),
];

const NPM_LOCK = {
  name: 'x',
  lockfileVersion: 3,
  packages: { '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } },
};
const YARN_LOCK =
  '# yarn lockfile v1\n\na@^1.0.0:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/a/-/a-1.0.0.tgz"\n  integrity sha512-x\n';
const PNPM_LOCK = "lockfileVersion: '9.0'\n\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: sha512-x}\n";

function locks(dir: string, isTrue: boolean, why: string, parts: Parts): Plant {
  const [first = ''] = Object.keys(parts);
  const below = Object.fromEntries(Object.entries(parts).map(([name, content]) => [`${dir}/${name}`, content]));
  const manifest = { name: dir.replaceAll('/', '-'), version: '1.0.0', dependencies: { a: '^1.0.0' } };
  return plant('lock-files-compete', isTrue, [why, `${dir}/${first}`], {
    ...below,
    [`${dir}/package.json`]: manifest,
    [`${dir}/a.js`]: "import 'a';\n",
  });
}

const LOCKS: readonly Plant[] = [
  locks('packages/lk-1', true, 'npm and yarn', { 'package-lock.json': NPM_LOCK, 'yarn.lock': YARN_LOCK }),
  locks('packages/lk-2', true, 'npm and pnpm', { 'package-lock.json': NPM_LOCK, 'pnpm-lock.yaml': PNPM_LOCK }),
  locks('packages/lk-3', true, 'pnpm and yarn', { 'pnpm-lock.yaml': PNPM_LOCK, 'yarn.lock': YARN_LOCK }),
  locks('packages/lk-4', true, 'all three', {
    'package-lock.json': NPM_LOCK,
    'pnpm-lock.yaml': PNPM_LOCK,
    'yarn.lock': YARN_LOCK,
  }),
  locks('services/lk-5', true, 'in a service', { 'package-lock.json': NPM_LOCK, 'yarn.lock': YARN_LOCK }),
  locks('server', true, 'of a server', { 'package-lock.json': NPM_LOCK, 'yarn.lock': YARN_LOCK }),
  locks('packages/lk-7', false, 'one of them is empty', {
    'package-lock.json': NPM_LOCK,
    'yarn.lock': '# yarn lockfile v1\n',
  }),
  locks('packages/lk-8', false, 'the other one is empty', {
    'package-lock.json': { name: 'x', lockfileVersion: 3, packages: {} },
    'yarn.lock': YARN_LOCK,
  }),
  locks('packages/lk-9', false, 'one alone', { 'package-lock.json': NPM_LOCK }),
  locks('packages/lk-10', false, 'what is published, and what is installed', {
    'npm-shrinkwrap.json': NPM_LOCK,
    'package-lock.json': NPM_LOCK,
  }),
  locks('examples/lk-11', false, 'an example for both', { 'package-lock.json': NPM_LOCK, 'yarn.lock': YARN_LOCK }),
  locks('test/lk-12', false, 'what a test installs', { 'package-lock.json': NPM_LOCK, 'yarn.lock': YARN_LOCK }),
];

const ROOT = (patterns: readonly string[]): object => ({ name: 'planted', private: true, workspaces: patterns });

/** The second package is the one that the finding names. */
function named(
  isTrue: boolean,
  why: string,
  [first, second, patterns]: readonly [string, string, readonly string[]],
  names: readonly [string, string] = ['same', 'same'],
): Plant {
  const file = `${second}/package.json`;
  return plant('package-name-twice', isTrue, [why, file], {
    'package.json': ROOT(patterns),
    [`${first}/package.json`]: { name: names[0], version: '1.0.0' },
    [`${first}/a.js`]: 'export const a = 1;\n',
    [file]: { name: names[1], version: '1.0.0' },
    [`${second}/a.js`]: 'export const a = 2;\n',
  });
}

const NAMES: readonly Plant[] = [
  named(true, 'copied and not renamed', ['packages/one', 'packages/two', ['packages/*']]),
  named(true, 'in two folders', ['apps/web', 'packages/web', ['apps/*', 'packages/*']]),
  named(true, 'a scope', ['packages/a', 'packages/b', ['packages/*']], ['@x/ui', '@x/ui']),
  named(true, 'deep', ['packages/a', 'packages/group/b', ['packages/**']]),
  named(true, 'by name', ['libs/a', 'libs/b', ['libs/a', 'libs/b']]),
  named(true, 'an app and its server', ['apps/shop', 'apps/shop2', ['apps/*']], ['shop', 'shop']),
  named(false, 'the workspace brings only one in', ['packages/one', 'standalone/one', ['packages/*']]),
  named(false, 'a tool beside the workspace', ['packages/one', 'tooling/one', ['packages/*']]),
  named(false, 'two names', ['packages/one', 'packages/two', ['packages/*']], ['one', 'two']),
  named(false, 'an example', ['packages/one', 'examples/one', ['packages/*']]),
  named(false, 'a fixture', ['packages/one', 'packages/one/fixtures/one', ['packages/*']]),
  named(false, 'a built copy', ['packages/one', 'packages/one/dist/one', ['packages/*']]),
];

function unlocked(isTrue: boolean, why: string, manifest: object, more: Parts = {}): Plant {
  return plant('no-lock-file', isTrue, [why, 'package.json'], { 'package.json': manifest, ...more });
}

const APP = { name: 'shop', private: true, dependencies: { 'left-padding': '^1.0.0', 'right-trimming': '^2.0.0' } };
const USES = {
  'src/uses.js': "import a from 'left-padding';\nimport b from 'right-trimming';\nexport const c = [a, b];\n",
};

const UNLOCKED: readonly Plant[] = [
  unlocked(true, 'an application', APP, USES),
  unlocked(true, 'with scripts', { ...APP, scripts: { start: 'node src/index.js' } }, USES),
  unlocked(
    true,
    'with exact versions',
    { ...APP, dependencies: { 'left-padding': '1.0.0', 'right-trimming': '2.0.0' } },
    USES,
  ),
  unlocked(true, 'a lock file is left out of git', APP, { ...USES, '.gitignore': 'node_modules\npackage-lock.json\n' }),
  unlocked(true, 'with a page', { ...APP, description: 'A shop' }, { ...USES, 'README.md': '# Shop\n' }),
  unlocked(true, 'with a version', { ...APP, version: '1.0.0' }, USES),
  unlocked(false, 'locked', APP, { ...USES, 'package-lock.json': NPM_LOCK }),
  unlocked(false, 'locked by another tool', APP, { ...USES, 'deno.lock': '{}\n', 'bun.lock': '{}\n' }),
  unlocked(false, 'published', { ...APP, private: false, version: '1.0.0' }, USES),
  unlocked(
    false,
    'one dependency',
    { ...APP, dependencies: { 'left-padding': '1' } },
    { 'src/uses.js': "import 'left-padding';\n" },
  ),
  unlocked(false, 'none at all', { name: 'shop', private: true }),
  unlocked(false, 'only to develop', {
    name: 'shop',
    private: true,
    devDependencies: { 'left-padding': '1', 'right-trimming': '2' },
  }),
];

/** A file of a package that is at 3.2.0. */
function notes(name: string, isTrue: boolean, [why, text]: readonly [string, string]): Plant {
  const file = `kept/${name}`;
  const manifest = { name: 'kept', version: '3.2.0', private: true };
  return {
    kind: 'old-todo',
    file,
    isTrue,
    why,
    files: { [file]: text, 'kept/package.json': JSON.stringify(manifest) },
  };
}

const WAITING = 'export const a = 1;\n// TODO: remove the old name in v3\nexport const b = a;\n';

const NOTES: readonly Plant[] = [
  notes('notes-1.js', true, ['for a major version that has come', WAITING]),
  notes('notes-2.py', true, ['for a minor one', 'a = 1\n# TODO: drop the alias in 3.1\nb = 2\n']),
  notes('notes-3.js', true, [
    'over two lines',
    '/*\n * TODO: the old way of calling it,\n * remove in version 2.0.\n */\n',
  ]),
  notes('notes-4.go', true, ['for a day that is past', 'package a\n\n// TODO: delete this after 2025-01-31\n']),
  notes('notes-5.js', true, [
    'in its mark',
    'export const a = 1;\n// TODO(v3): make it private\nexport const b = 2;\n',
  ]),
  notes('notes-13.js', true, ['others wait for what comes', `${WAITING}// TODO: remove in v9\nexport const c = 2;\n`]),
  notes('notes-14.rb', true, ['until a month', 'a = 1\n# FIXME: revisit in 2024-02\nb = 2\n']),
  notes('notes-15.js', false, ['for a version to come', '// TODO: unsafe, remove in v4\nexport const a = 1;\n']),
  notes('notes-16.js', false, [
    'for some major version',
    '// TODO: remove in the next major version\nexport const a = 1;\n',
  ]),
  notes('notes-17.js', false, ['for another program', '// TODO: remove with Node 2.0\nexport const a = 1;\n']),
  notes('notes-18.js', false, ['for a day to come', '// TODO: remove after 2027-01-01\nexport const a = 1;\n']),
  notes('notes-19.js', false, ['when it was written', '// TODO (2019-05-01): split it\nexport const a = 1;\n']),
  notes('notes-21.js', false, ['from a version on', '// TODO: deprecate in 3.1 or later\nexport const a = 1;\n']),
  notes('notes-20.js', false, [
    'something is wrong, and waits for nothing',
    '// FIXME: wrong for 0\nexport const a = 1;\n',
  ]),
  notes('notes-7.js', false, [
    'issues keep track of them',
    '// TODO(#12): remove in v3\nexport const a = 1;\n// TODO: drop in v3, see https://example.org/issues/3\n',
  ]),
  notes('test/notes-11.test.js', false, ['in a test', WAITING]),
  notes('notes-12.js', false, [
    'words in a text',
    "export const a = ['TODO', 'FIXME'];\nexport const b = 'TODO: remove in v3';\n",
  ]),
];

const LARGE = 'a,b,c,1,2,3\n'.repeat(90_000);

function large(file: string, isTrue: boolean, why: string): Plant {
  return { kind: 'large-file', file, isTrue, why, files: { [file]: LARGE } };
}

const LARGE_FILES: readonly Plant[] = [
  large('data/orders.csv', true, 'data of orders'),
  large('src/words.json.txt', true, 'a list of words'),
  large('backup/shop.sql', true, 'a dump'),
  large('logs/server.log', true, 'a log'),
  large('assets/model.bin', true, 'a model'),
  large('docs/manual.pdf', true, 'a manual'),
  large('test/fixtures/orders.csv', false, 'what a test reads'),
  large('test/data/words.txt', false, 'what another test reads'),
  large('vendor/maps.json', false, "somebody else's"),
  large('yarn.lock', false, 'a lock file'),
  large('spec/cassettes/all.txt', false, 'recorded answers'),
  { ...large('data/small.csv', false, 'not large'), files: { 'data/small.csv': 'a,b\n'.repeat(100) } },
];

const TESTS = Object.fromEntries(
  [1, 2, 3].map((index) => [`test/part-${index}.test.js`, "import '../src/index.js';\nit('runs', () => {});\n"]),
);
const STEPS = (...steps: readonly string[]): string =>
  `on: push\njobs:\n  main:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n${steps.map((step) => `      - run: ${step}\n`).join('')}`;

function workflow(isTrue: boolean, why: string, text: string, more: Parts = {}): Plant {
  const file = '.github/workflows/base.yml';
  return plant('no-test-step', isTrue, [why, file], { [file]: text, ...TESTS, ...more });
}

const WORKFLOWS: readonly Plant[] = [
  workflow(true, 'only builds', STEPS('npm install', 'npm run build')),
  workflow(true, 'only publishes', STEPS('npm install', 'npm publish')),
  workflow(true, 'only looks at style', STEPS('npm install', 'npm run lint')),
  workflow(true, 'only deploys', STEPS('npm install', 'npm run deploy')),
  workflow(true, 'only formats', STEPS('npx prettier --list-different .')),
  workflow(true, 'only installs', STEPS('npm install')),
  workflow(false, 'the build runs them', STEPS('npm install', 'npm run build'), {
    'package.json': { name: 'planted', version: '1.0.0', scripts: { build: 'node --test && tsc' } },
  }),
  workflow(false, 'runs them', STEPS('npm install', 'npm test')),
  workflow(false, 'by another name', STEPS('npm install', 'npx vitest run')),
  workflow(false, 'a script of its own', STEPS('./scripts/everything.sh')),
  workflow(false, 'by make', STEPS('make')),
  workflow(false, 'the release runs them', STEPS('npm install', 'npm run release'), {
    'package.json': {
      name: 'planted',
      version: '1.0.0',
      scripts: { release: 'npm test && npm publish', test: 'node --test' },
    },
  }),
];

/** What manifests, lock files and workflows say, and what lies around. */
export const PACKAGE_PLANTS: readonly Plant[] = [
  ...SCRIPTS,
  ...WORKSPACES,
  ...LOCKS,
  ...NAMES,
  ...UNLOCKED,
  ...NOTES,
  ...LARGE_FILES,
  ...WORKFLOWS,
];
