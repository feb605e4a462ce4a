import { app, fromRegistry, integrity, library, npmLock, npmPlant, plantOf, uses, type Entry } from './lock-files.ts';
import type { Plant } from './plant.ts';

const SCRIPT = 'install-script';
const runs = (name: string, version: string, over: Entry = {}): Entry =>
  fromRegistry(name, version, { hasInstallScript: true, ...over });

/** Nobody sees here what a script does, and most are needed: all of them stay questions. */
export const SCRIPT_PLANTS: readonly Plant[] = [
  npmPlant(SCRIPT, false, {
    dir: 'images',
    why: 'a direct dependency compiles itself',
    manifest: app('images', uses('drawing-core')),
    packages: { 'node_modules/drawing-core': runs('drawing-core', '2.11.2') },
  }),
  npmPlant(SCRIPT, false, {
    dir: 'passwords',
    why: 'a direct dependency fetches a binary',
    manifest: app('passwords', uses('password-native')),
    packages: { 'node_modules/password-native': runs('password-native', '5.1.1') },
  }),
  npmPlant(SCRIPT, false, {
    dir: 'crawler',
    why: 'a browser is fetched, and the program needs it',
    manifest: app('crawler', uses('page-reader')),
    packages: { 'node_modules/page-reader': runs('page-reader', '22.15.0') },
  }),
  plantOf(SCRIPT, false, {
    file: 'telemetry/npm-shrinkwrap.json',
    why: 'whoever installs the package runs it too',
    files: {
      'telemetry/package.json': JSON.stringify(library('telemetry', uses('wire-notes'))),
      'telemetry/npm-shrinkwrap.json': npmLock(library('telemetry', uses('wire-notes')), {
        'node_modules/wire-notes': runs('wire-notes', '7.4.0'),
      }),
    },
  }),
  plantOf(SCRIPT, false, {
    file: 'render/pnpm-lock.yaml',
    why: 'pnpm marks what it builds',
    files: {
      'render/package.json': JSON.stringify(app('render', { dependencies: { 'picture-resize': '^0.32.0' } })),
      'render/pnpm-lock.yaml': `lockfileVersion: '6.0'\n\ndependencies:\n  picture-resize:\n    specifier: ^0.32.0\n    version: 0.32.6\n\npackages:\n\n  /picture-resize@0.32.6:\n    resolution: {integrity: ${integrity('picture-resize')}}\n    requiresBuild: true\n    dev: false\n`,
    },
  }),
  npmPlant(SCRIPT, false, {
    dir: 'suite',
    why: 'a package of the workspace asks for it',
    manifest: app('suite', { workspaces: ['apps/*'] }),
    packages: {
      'apps/db': { name: '@suite/db', version: '1.0.0', dependencies: { 'rows-native': '^11.0.0' } },
      'node_modules/@suite/db': { resolved: 'apps/db', link: true },
      'node_modules/rows-native': runs('rows-native', '11.3.0'),
    },
    more: {
      'suite/apps/db/package.json': JSON.stringify(app('@suite/db', { dependencies: { 'rows-native': '^11.0.0' } })),
    },
  }),
  npmPlant(SCRIPT, false, {
    dir: 'hashes',
    why: 'everybody knows that it builds itself',
    manifest: app('hashes', uses('bcrypt')),
    packages: { 'node_modules/bcrypt': runs('bcrypt', '5.1.1') },
  }),
  npmPlant(SCRIPT, false, {
    dir: 'crawler-tests',
    why: 'only tests need the browser',
    manifest: app('crawler-tests', { devDependencies: { puppeteer: '^22.0.0' } }),
    packages: { 'node_modules/puppeteer': runs('puppeteer', '22.15.0', { dev: true }) },
  }),
  npmPlant(SCRIPT, false, {
    dir: 'polyfills',
    why: 'another package brings it',
    manifest: app('polyfills', uses('tool')),
    packages: { 'node_modules/tool': fromRegistry('tool', '1.0.0'), 'node_modules/core-js': runs('core-js', '3.38.1') },
  }),
  npmPlant(SCRIPT, false, {
    dir: 'watcher',
    why: 'for one system only, and optional',
    manifest: app('watcher', { optionalDependencies: { fsevents: '^2.3.3' } }),
    packages: { 'node_modules/fsevents': runs('fsevents', '2.3.3', { optional: true, os: ['darwin'] }) },
  }),
  npmPlant(SCRIPT, false, {
    dir: 'careful',
    why: 'scripts are switched off',
    manifest: app('careful', uses('bcrypt')),
    packages: { 'node_modules/bcrypt': runs('bcrypt', '5.1.1') },
    more: { 'careful/.npmrc': 'ignore-scripts=true\n' },
  }),
  npmPlant(SCRIPT, false, {
    dir: 'plain',
    why: 'nothing runs',
    manifest: app('plain', uses('lodash')),
    packages: { 'node_modules/lodash': fromRegistry('lodash', '4.17.21') },
  }),
  npmPlant(SCRIPT, false, {
    dir: 'own-hooks',
    why: 'a script of the project itself',
    manifest: app('own-hooks', { scripts: { prepare: 'husky', postinstall: 'node setup.js' }, ...uses('lodash') }),
    packages: { 'node_modules/lodash': fromRegistry('lodash', '4.17.21') },
    more: { 'own-hooks/setup.js': '' },
  }),
  npmPlant(SCRIPT, false, {
    dir: 'linked',
    why: 'an own package, linked',
    manifest: app('linked', { workspaces: ['part'] }),
    packages: {
      part: { name: '@linked/part', version: '1.0.0', hasInstallScript: true },
      'node_modules/@linked/part': { resolved: 'part', link: true },
    },
    more: { 'linked/part/package.json': '{"name":"@linked/part","version":"1.0.0"}' },
  }),
];

const TERMS = 'licence-conflict';
const under = (name: string, license: string, over: Entry = {}): Readonly<Record<string, Entry>> => ({
  [`node_modules/${name}`]: fromRegistry(name, '1.0.0', { license, ...over }),
});

export const LICENCE_PLANTS: readonly Plant[] = [
  npmPlant(TERMS, true, {
    dir: 'lib-pdf',
    why: 'GPL in what is shipped under MIT',
    manifest: library('lib-pdf', uses('pdf-core')),
    packages: under('pdf-core', 'GPL-3.0-or-later'),
  }),
  npmPlant(TERMS, true, {
    dir: 'lib-db',
    why: 'AGPL',
    manifest: library('lib-db', { ...uses('graph-db'), license: 'Apache-2.0' }),
    packages: under('graph-db', 'AGPL-3.0-only'),
  }),
  npmPlant(TERMS, true, {
    dir: 'lib-store',
    why: 'SSPL',
    manifest: library('lib-store', uses('doc-store')),
    packages: under('doc-store', 'SSPL-1.0'),
  }),
  npmPlant(TERMS, true, {
    dir: 'lib-vault',
    why: 'a licence that forbids competing use',
    manifest: library('lib-vault', { ...uses('vault-client'), license: 'ISC' }),
    packages: under('vault-client', 'BUSL-1.1'),
  }),
  npmPlant(TERMS, true, {
    dir: 'lib-icons',
    why: 'no commercial use, brought by another package',
    manifest: library('lib-icons', uses('icons')),
    packages: { ...under('icons', 'MIT'), ...under('icon-art', 'CC-BY-NC-4.0') },
  }),
  npmPlant(TERMS, true, {
    dir: 'lib-inner',
    why: 'all rights reserved',
    manifest: library('lib-inner', { ...uses('inner'), license: 'BSD-3-Clause' }),
    packages: under('inner', 'UNLICENSED'),
  }),
  npmPlant(TERMS, true, {
    dir: 'lib-both',
    why: 'both licences hold at once',
    manifest: library('lib-both', uses('both')),
    packages: under('both', '(GPL-2.0-only AND MIT)'),
  }),
  npmPlant(TERMS, false, {
    dir: 'lib-either',
    why: 'a choice, the strict one first',
    manifest: library('lib-either', uses('either')),
    packages: under('either', '(AGPL-3.0-only OR Apache-2.0)'),
  }),
  npmPlant(TERMS, false, {
    dir: 'lib-choice',
    why: 'a choice of two',
    manifest: library('lib-choice', uses('jszip')),
    packages: under('jszip', '(MIT OR GPL-3.0-or-later)'),
  }),
  npmPlant(TERMS, false, {
    dir: 'lib-dev',
    why: 'for development alone',
    manifest: library('lib-dev', { devDependencies: { checker: '*' } }),
    packages: under('checker', 'GPL-3.0', { dev: true }),
  }),
  npmPlant(TERMS, false, {
    dir: 'site',
    why: 'nothing is published',
    manifest: app('site', { license: 'MIT', ...uses('player') }),
    packages: under('player', 'GPL-3.0'),
  }),
  npmPlant(TERMS, false, {
    dir: 'lib-free',
    why: 'the project itself is under GPL',
    manifest: library('lib-free', { ...uses('engine'), license: 'GPL-3.0-only' }),
    packages: under('engine', 'GPL-3.0-only'),
  }),
  npmPlant(TERMS, false, {
    dir: 'lib-lesser',
    why: 'LGPL and MPL let others use them',
    manifest: library('lib-lesser', uses('audio', 'video')),
    packages: { ...under('audio', 'LGPL-3.0-or-later'), ...under('video', 'MPL-2.0') },
  }),
  npmPlant(TERMS, false, {
    dir: 'lib-exception',
    why: 'an exception for linking',
    manifest: library('lib-exception', uses('runtime')),
    packages: under('runtime', 'GPL-2.0-only WITH Classpath-exception-2.0'),
  }),
  npmPlant(TERMS, false, {
    dir: 'lib-optional',
    why: 'only where it is wanted',
    manifest: library('lib-optional', { optionalDependencies: { extra: '*' } }),
    packages: under('extra', 'GPL-3.0', { optional: true }),
  }),
];
