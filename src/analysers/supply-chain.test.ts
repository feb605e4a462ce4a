import { describe, expect, it } from 'vitest';
import { analyseFolder, foundBy } from '../../test/check/support/analyse.ts';
import { TestRepository, type Files } from '../../test/check/support/repository.ts';
import { manifests } from './manifests.ts';
import { supplyChain } from './supply-chain.ts';

const found = (files: Files): Promise<readonly string[]> => foundBy(['supply-chain', supplyChain], files);
const drift = 'lock-out-of-step';
const app = (more: object): string => JSON.stringify({ name: 'app', private: true, ...more });

describe('lock files', () => {
  it('that lack something say so, and weigh more where the build service installs from them', async () => {
    const lock = (name: string): Files => ({
      'package.json': app({ dependencies: { vue: '^3.5.0' } }),
      'package-lock.json': JSON.stringify({
        lockfileVersion: 3,
        packages: { '': { dependencies: { [name]: '^3.4.0' } }, [`node_modules/${name}`]: { version: '3.4.1' } },
      }),
    });
    const of = async (files: Files): Promise<unknown> => {
      using repository = new TestRepository(files);
      return (await analyseFolder(repository.path, ['supply-chain', supplyChain])).findings.find(
        ({ kind }) => kind === drift,
      );
    };
    const workflow = { '.github/workflows/a.yml': 'jobs:\n  a:\n    steps:\n      - run: npm ci\n' };
    expect(await of(lock('left'))).toMatchObject({
      severity: 'medium',
      title: 'vue of package.json is not in the lock file',
    });
    expect(await of({ ...lock('vue'), ...workflow })).toMatchObject({
      severity: 'high',
      title: 'vue in package.json and the lock file differ',
    });
  });

  it('of pnpm are read in the forms of versions 5, 6 and 9', async () => {
    const manifest = app({ dependencies: { vue: '^3.5.0' } });
    const five = 'lockfileVersion: 5.4\n\nspecifiers:\n  vue: ^3.4.0\n\ndependencies:\n  vue: 3.4.1\n\npackages:\n';
    const fiveOfMany =
      'lockfileVersion: 5.4\n\nimporters:\n\n  .:\n    specifiers:\n      vue: ^3.4.0\n    dependencies:\n      vue: 3.4.1\n';
    const six = "lockfileVersion: '6.0'\n\ndependencies:\n  vue:\n    specifier: ^3.4.0\n    version: 3.4.1\n";
    const nine =
      "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      vue:\n        specifier: ^3.4.0\n        version: 3.4.1\n";
    for (const text of [five, fiveOfMany, six, nine]) {
      expect(await found({ 'package.json': manifest, 'pnpm-lock.yaml': text })).toEqual([`${drift} pnpm-lock.yaml`]);
      const fitting = text.replace('^3.4.0', '^3.5.0');
      expect(await found({ 'package.json': manifest, 'pnpm-lock.yaml': fitting })).toEqual([]);
    }
  });

  it('say nothing where another package manager is used: which one to keep is told', async () => {
    const pnpm = "lockfileVersion: '6.0'\n\ndependencies:\n  vue:\n    specifier: ^3.5.0\n    version: 3.5.1\n";
    const npm = JSON.stringify({ lockfileVersion: 3, packages: { '': {} } });
    const files = { 'package-lock.json': npm, 'pnpm-lock.yaml': pnpm };
    const plain = app({ dependencies: { vue: '^3.5.0' } });
    expect(await found({ 'package.json': plain, 'package-lock.json': npm })).toEqual([`${drift} package-lock.json`]);
    expect(await found({ 'package.json': plain, ...files })).toEqual([]);
    const named = app({ dependencies: { vue: '^3.5.0' }, packageManager: 'pnpm@9.1.0' });
    expect(await found({ 'package.json': named, 'package-lock.json': npm })).toEqual([]);
    using repository = new TestRepository({ 'package.json': named, ...files });
    const { findings } = await analyseFolder(repository.path, ['manifests', manifests]);
    expect(findings).toMatchObject([
      {
        kind: 'lock-files-compete',
        file: 'package-lock.json',
        fix: 'Remove package-lock.json: "packageManager" names pnpm.',
      },
    ]);
  });

  it.each([
    ['pnpm-lock.yaml', { 'pnpm-workspace.yaml': 'packages:\n  - packages/**\n' }, []],
    ['pnpm-lock.yaml', { 'pnpm-workspace.yaml': 'packages:\n  - libs/*\n' }, []],
    ['package-lock.json', { 'pnpm-workspace.yaml': 'packages:\n  - libs/*\n' }, ['package-lock.json']],
    ['package-lock.json', { 'package.json': app({ workspaces: ['packages/*'] }) }, []],
    [
      'package-lock.json',
      { 'package.json': app({ workspaces: ['packages/*', '!packages/a'] }) },
      ['package-lock.json'],
    ],
    ['pnpm-lock.yaml', { 'pnpm-workspace.yaml': 'onlyBuiltDependencies:\n  - a\n' }, ['pnpm-lock.yaml']],
    [
      'pnpm-lock.yaml',
      { 'pnpm-workspace.yaml': 'packages:\n  - packages/*\n', '.npmrc': 'shared-workspace-lockfile=false\n' },
      ['pnpm-lock.yaml'],
    ],
  ])('below the root of a workspace are not read: %s with %j gives %j', async (name, above: Files, own) => {
    const locked: Files = {
      'pnpm-lock.yaml': "lockfileVersion: '6.0'\n\ndependencies:\n  vue:\n    specifier: ^3.4.0\n    version: 3.4.1\n",
      'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': {} } }),
    };
    using repository = new TestRepository({
      'package.json': app({}),
      ...above,
      'packages/a/package.json': JSON.stringify({ name: 'a', dependencies: { vue: '^3.5.0' } }),
      [`packages/a/${name}`]: locked[name] ?? '',
    });
    const { findings, leftOut } = await analyseFolder(repository.path, ['supply-chain', supplyChain]);
    expect(findings.map(({ file }) => file)).toEqual(own.map((one) => `packages/a/${one}`));
    const told = `1 lock file (packages/a/${name}) below the root of a workspace, whose lock file counts.`;
    expect(leftOut).toEqual(own.length === 0 ? [told] : []);
  });

  it('of pnpm may have been put into lines by a formatter', async () => {
    const text =
      "lockfileVersion: '9.0'\n\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n  a@1.0.0:\n    resolution:\n      {\n        integrity: sha512-aaaa==,\n      }\n";
    expect(await found({ 'package.json': app({ dependencies: { a: '^1.0.0' } }), 'pnpm-lock.yaml': text })).toEqual([]);
  });

  it('of pnpm say nothing where a program of the project changes manifests', async () => {
    const text =
      "lockfileVersion: '9.0'\n\npnpmfileChecksum: abc\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: ^2.0.0\n        version: 2.0.0\n";
    expect(await found({ 'package.json': app({ dependencies: { a: '^1.0.0' } }), 'pnpm-lock.yaml': text })).toEqual([]);
  });

  it('of npm without hashes are shown entry by entry, each with its own line', async () => {
    const entries = [
      'node_modules/a',
      'node_modules/b',
      'node_modules/a/node_modules/b',
      'node_modules/c/node_modules/b',
    ];
    const packages = Object.fromEntries(entries.map((path) => [path, { version: '1.0.0' }]));
    using repository = new TestRepository({
      'package.json': app({ dependencies: { a: '^1.0.0', b: '^1.0.0' } }),
      'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': {}, ...packages } }, undefined, 1),
    });
    const { findings } = await analyseFolder(repository.path, ['supply-chain', supplyChain]);
    const missing = findings.find(({ kind }) => kind === 'missing-integrity');
    expect(missing?.evidence.map(({ ref }) => ref?.replace('package-lock.json:', ''))).toEqual([
      '5',
      '8',
      '11',
      '14',
      undefined,
    ]);
  });

  it('of Yarn 1 may name folders of the project, which have no hash', async () => {
    const text =
      '# yarn lockfile v1\n\n\n"part@link:./part":\n  version "0.0.0"\n\n"shim@file:./shim":\n  version "1.0.0"\n';
    expect(
      await found({
        'package.json': app({ dependencies: { part: 'link:./part', shim: 'file:./shim' } }),
        'yarn.lock': text,
      }),
    ).toEqual([]);
  });

  it('of bun note what was asked for', async () => {
    const text =
      '{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": {\n      "name": "app",\n      "dependencies": { "hono": "^4.0.0", },\n    },\n  },\n  "packages": {\n    "hono": ["hono@4.5.0", "", {}, "sha512-aa=="],\n  },\n}\n';
    expect(await found({ 'package.json': app({ dependencies: { hono: '^4.0.0' } }), 'bun.lock': text })).toEqual([]);
    expect(await found({ 'package.json': app({ dependencies: { hono: '^4.6.0' } }), 'bun.lock': text })).toEqual([
      `${drift} bun.lock`,
    ]);
  });

  it('of a package that is installed from the folder above are read by nobody', async () => {
    const files = {
      'package.json': app({ workspaces: ['parts/*'] }),
      'parts/a/package.json': app({ name: 'a', dependencies: { left: '^1.0.0' } }),
      'parts/a/package-lock.json': JSON.stringify({
        lockfileVersion: 3,
        packages: { '': {}, 'node_modules/x': { version: '1.0.0', integrity: 'sha512-a' } },
      }),
    };
    expect(await found(files)).toEqual([]);
    expect(await found({ ...files, 'package.json': app({}) })).toEqual([`${drift} parts/a/package-lock.json`]);
  });

  it('of examples and tests are left alone', async () => {
    const files = {
      'package.json': app({ dependencies: { a: '1' } }),
      'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': {} } }),
    };
    const moved = (dir: string): Files =>
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`${dir}/${path}`, text]));
    expect(await found({ ...moved('examples/a'), ...moved('test/fixtures/b'), ...moved('bench') })).toEqual([]);
    expect(await found(moved('server'))).toEqual([`${drift} server/package-lock.json`]);
  });

  it('of Gemfiles and composer compare names', async () => {
    const gems = {
      Gemfile: "source 'https://rubygems.org'\ngem 'rails', '~> 7.1'\ngem 'puma'\n",
      'Gemfile.lock': 'GEM\n  specs:\n    rails (7.1.0)\n\nDEPENDENCIES\n  rails (~> 7.1)\n',
    };
    expect(await found(gems)).toEqual([`${drift} Gemfile.lock`]);
    expect(await found({ ...gems, Gemfile: `${gems.Gemfile}if ENV['CI']\n  gem 'simplecov'\nend\n` })).toEqual([]);
    const composer = {
      'composer.json': '{"require":{"php":">=8","ext-json":"*","Acme/Log":"^1","psr/log":"^3"}}',
      'composer.lock': '{"packages":[{"name":"acme/log","replace":{"psr/log":"*"}}],"packages-dev":[]}',
    };
    expect(await found(composer)).toEqual([]);
    expect(await found({ ...composer, 'composer.lock': '{"packages":[{"name":"acme/log"}]}' })).toEqual([
      `${drift} composer.lock`,
    ]);
  });

  it('that cannot be read are named', async () => {
    using repository = new TestRepository({
      'package.json': app({}),
      'bun.lockb': '\0\0',
      'package-lock.json': '{',
      'flake.lock': '{}',
    });
    const { findings, leftOut } = await analyseFolder(repository.path, ['supply-chain', supplyChain]);
    expect(findings).toEqual([]);
    expect(leftOut).toEqual(['3 lock files (bun.lockb, flake.lock, package-lock.json) that cannot be read here.']);
  });

  it('cannot hold it up: nesting, long lines, many entries', async () => {
    const files = {
      'package.json': app({ dependencies: { a: '^1.0.0' } }),
      'package-lock.json': `{"packages":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
      'b/package.json': app({ name: 'b' }),
      'b/yarn.lock': `${'"a@1", '.repeat(100_000)}\n${' '.repeat(200_000)}x\n`,
      'c/package.json': app({ name: 'c' }),
      'c/pnpm-lock.yaml': `lockfileVersion: '9.0'\n${"'".repeat(200_000)}\n${':a'.repeat(100_000)}\npackages:\n${'  a:b:'.repeat(50_000)}\n`,
      'd/Cargo.toml': `[dependencies]\na = ${'['.repeat(100_000)}\n${'"'.repeat(100_000)}\n`,
      'd/Cargo.lock': `${'[[package]]\n'.repeat(50_000)}`,
    };
    expect(await found(files)).toEqual(['missing-integrity b/yarn.lock']);
  });
});

describe('an application without a lock file', () => {
  const missing = (files: Files): Promise<readonly string[]> => foundBy(['manifests', manifests], files);
  const dependencies = { express: '^4.0.0', pg: '^8.0.0' };

  it.each([
    ['a server', { dependencies }],
    ['with workspaces', { dependencies, workspaces: ['apps/*'] }],
    ['with tools for development', { dependencies, devDependencies: { vitest: '^3.0.0' } }],
  ])('is named: %s', async (_, more) => {
    const files = { 'package.json': app(more), 'apps/a/package.json': '{"name":"a-app"}' };
    expect(await missing(files)).toEqual(['no-lock-file package.json']);
  });

  it.each([
    ['has one', { 'package.json': app({ dependencies }), 'yarn.lock': '' }],
    ['has a binary one', { 'package.json': app({ dependencies }), 'bun.lockb': '' }],
    ['is a library', { 'package.json': JSON.stringify({ name: 'lib', dependencies }) }],
    ['depends on nothing', { 'package.json': app({ devDependencies: dependencies }) }],
    ['is an example', { 'package.json': app({}), 'examples/a/package.json': app({ name: 'a', dependencies }) }],
    [
      'stands below another',
      { 'package.json': JSON.stringify({ name: 'lib' }), 'site/package.json': app({ name: 'site', dependencies }) },
    ],
  ])('is not named where it %s', async (_, files) => {
    expect(await missing(files)).toEqual([]);
  });
});
