import {
  app,
  berryLock,
  fromRegistry,
  integrity,
  library,
  npmLock,
  npmPlant,
  plantOf,
  pnpmLock,
  uses,
  yarnEntry,
  yarnLock,
  type Entry,
} from './lock-files.ts';
import type { Plant } from './plant.ts';

const BARE = 'missing-integrity';
const without = (name: string, version: string): Entry => ({
  version,
  license: 'MIT',
  resolved: fromRegistry(name, version)['resolved'],
});

export const INTEGRITY_PLANTS: readonly Plant[] = [
  npmPlant(BARE, true, {
    dir: 'reports',
    why: 'npm lost the hashes of some packages',
    manifest: app('reports', uses('pdfkit', 'fontkit', 'linebreak')),
    packages: {
      'node_modules/pdfkit': { version: '0.15.0', license: 'MIT' },
      'node_modules/fontkit': { version: '1.9.0', license: 'MIT' },
      'node_modules/linebreak': fromRegistry('linebreak', '1.1.0'),
    },
  }),
  npmPlant(BARE, true, {
    dir: 'uploads',
    why: 'an address without a hash',
    manifest: app('uploads', uses('busboy', 'streamsearch')),
    packages: {
      'node_modules/busboy': without('busboy', '1.6.0'),
      'node_modules/streamsearch': fromRegistry('streamsearch', '1.1.0'),
    },
  }),
  plantOf(BARE, true, {
    file: 'legacy-api/package-lock.json',
    why: 'a lock file of version 1, one hash cut out by a bad merge',
    files: {
      'legacy-api/package.json': JSON.stringify(app('legacy-api', uses('koa', 'co'))),
      'legacy-api/package-lock.json': JSON.stringify({
        name: 'legacy-api',
        lockfileVersion: 1,
        dependencies: {
          koa: {
            version: '2.15.3',
            resolved: 'https://registry.npmjs.org/koa/-/koa-2.15.3.tgz',
            integrity: integrity('koa'),
          },
          co: { version: '4.6.0', resolved: 'https://registry.npmjs.org/co/-/co-4.6.0.tgz' },
        },
      }),
    },
  }),
  plantOf(BARE, true, {
    file: 'landing/yarn.lock',
    why: 'neither a hash nor one in the address',
    files: {
      'landing/package.json': JSON.stringify(app('landing', { dependencies: { swiper: '^11.0.0', gsap: '^3.12.0' } })),
      'landing/yarn.lock': yarnLock(
        yarnEntry('gsap@^3.12.0', '3.12.5'),
        yarnEntry('swiper@^11.0.0', '11.1.9', {
          resolved: 'https://registry.yarnpkg.com/swiper/-/swiper-11.1.9.tgz',
          integrity: null,
        }),
      ),
    },
  }),
  plantOf(BARE, true, {
    file: 'kiosk/yarn.lock',
    why: 'a package of Yarn 4 without its checksum',
    files: {
      'kiosk/package.json': JSON.stringify(app('kiosk', { dependencies: { preact: '^10.0.0' } })),
      'kiosk/yarn.lock': berryLock(
        '"kiosk@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "kiosk@workspace:."\n  dependencies:\n    preact: "npm:^10.0.0"\n  languageName: unknown\n  linkType: soft\n',
        '"preact@npm:^10.0.0":\n  version: 10.23.2\n  resolution: "preact@npm:10.23.2"\n  languageName: node\n  linkType: hard\n',
      ),
    },
  }),
  plantOf(BARE, true, {
    file: 'scanner/npm-shrinkwrap.json',
    why: 'a published tree without hashes',
    files: {
      'scanner/package.json': JSON.stringify(library('scanner', uses('glob'))),
      'scanner/npm-shrinkwrap.json': npmLock(library('scanner', uses('glob')), {
        'node_modules/glob': without('glob', '10.4.5'),
      }),
    },
  }),
  npmPlant(BARE, false, {
    dir: 'workspaces-app',
    why: 'links to own packages have nothing to hash',
    manifest: app('workspaces-app', { workspaces: ['libs/*'] }),
    packages: {
      'libs/core': { name: '@w/core', version: '1.0.0' },
      'node_modules/@w/core': { resolved: 'libs/core', link: true },
    },
    more: { 'workspaces-app/libs/core/package.json': '{"name":"@w/core","version":"1.0.0"}' },
  }),
  npmPlant(BARE, false, {
    dir: 'packer',
    why: 'what is inside of another package is hashed with it',
    manifest: app('packer', uses('npm')),
    packages: {
      'node_modules/npm': fromRegistry('npm', '10.8.2'),
      'node_modules/npm/node_modules/abbrev': { version: '2.0.0', inBundle: true, license: 'ISC' },
    },
  }),
  plantOf(BARE, false, {
    file: 'wallet/yarn.lock',
    why: 'the address ends in the hash, as Yarn wrote it before 1.10',
    files: {
      'wallet/package.json': JSON.stringify(app('wallet', { dependencies: { bn: '^1.0.0' } })),
      'wallet/yarn.lock': yarnLock(yarnEntry('bn@^1.0.0', '1.0.5', { integrity: null })),
    },
  }),
  plantOf(BARE, false, {
    file: 'studio/yarn.lock',
    why: 'a package for another system has no checksum here',
    files: {
      'studio/package.json': JSON.stringify(app('studio', { dependencies: { esbuild: '^0.23.0' } })),
      'studio/yarn.lock': berryLock(
        '"@esbuild/win32-x64@npm:0.23.1":\n  version: 0.23.1\n  resolution: "@esbuild/win32-x64@npm:0.23.1"\n  conditions: os=win32 & cpu=x64\n  languageName: node\n  linkType: hard\n',
        '"esbuild@npm:^0.23.0":\n  version: 0.23.1\n  resolution: "esbuild@npm:0.23.1"\n  checksum: 10c0/08c2ed1105cc3c5e3a24a771e35532fe6089dd24a39c10097899072cef4a99f20860e41e9294e000d86380f353b04d8c50af482483d7f69f5208481cce61eec7\n  languageName: node\n  linkType: hard\n',
      ),
    },
  }),
  plantOf(BARE, false, {
    file: 'plugins/pnpm-lock.yaml',
    why: 'a folder of the project has no hash',
    files: {
      'plugins/package.json': JSON.stringify(app('plugins', { dependencies: { 'local-plugin': 'file:./local' } })),
      'plugins/pnpm-lock.yaml': pnpmLock(
        '  .:\n    dependencies:\n      local-plugin:\n        specifier: file:./local\n        version: file:local\n',
        '  local-plugin@file:local:\n    resolution: {directory: local, type: directory}\n',
      ),
    },
  }),
  npmPlant(BARE, false, {
    dir: 'vendored-tool',
    why: 'a package that lies in the project',
    manifest: app('vendored-tool', { dependencies: { shim: 'file:shim' } }),
    packages: { shim: { version: '1.0.0' }, 'node_modules/shim': { resolved: 'shim', link: true } },
  }),
];

const SOURCE = 'insecure-source';
const COMMIT = '4f3ad1b6f2e1a7c08c1e6f3d2b9a5c7e8d0f1a2b';

export const SOURCE_PLANTS: readonly Plant[] = [
  npmPlant(SOURCE, true, {
    dir: 'intranet',
    why: 'a registry without encryption',
    manifest: app('intranet', uses('left-pad')),
    packages: {
      'node_modules/left-pad': fromRegistry('left-pad', '1.3.0', {
        resolved: 'http://npm.corp-mirror.example.com/left-pad/-/left-pad-1.3.0.tgz',
      }),
    },
  }),
  npmPlant(SOURCE, true, {
    dir: 'charts',
    why: 'a tag over git://, which proves nothing',
    manifest: app('charts', uses('sparkline')),
    packages: {
      'node_modules/sparkline': { version: '0.2.0', resolved: 'git://github.com/acme/sparkline.git#v0.2.0' },
    },
  }),
  plantOf(SOURCE, true, {
    file: 'forum/yarn.lock',
    why: 'http:// in the address of one package',
    files: {
      'forum/package.json': JSON.stringify(app('forum', { dependencies: { marked: '^4.0.0' } })),
      'forum/yarn.lock': yarnLock(
        yarnEntry('marked@^4.0.0', '4.3.0', {
          resolved: 'http://registry.npmjs.org/marked/-/marked-4.3.0.tgz#796362821b019f734054582038b116481b456cf3',
          integrity: null,
        }),
      ),
    },
  }),
  plantOf(SOURCE, true, {
    file: 'editor/pnpm-lock.yaml',
    why: 'a fork from a git repository, by a shortened hash',
    files: {
      'editor/package.json': JSON.stringify(app('editor', { dependencies: { quill: 'acme/quill#fix-paste' } })),
      'editor/pnpm-lock.yaml': pnpmLock(
        '  .:\n    dependencies:\n      quill:\n        specifier: acme/quill#fix-paste\n        version: https://codeload.github.com/acme/quill/tar.gz/4f3ad1b\n',
        '  quill@https://codeload.github.com/acme/quill/tar.gz/4f3ad1b:\n    resolution: {tarball: https://codeload.github.com/acme/quill/tar.gz/4f3ad1b}\n    version: 2.0.0\n',
      ),
    },
  }),
  npmPlant(SOURCE, true, {
    dir: 'bots',
    why: 'whatever the branch holds on that day',
    manifest: app('bots', { dependencies: { 'chat-sdk': 'github:acme/chat-sdk' } }),
    packages: {
      'node_modules/chat-sdk': {
        version: '3.0.0',
        resolved: 'git+ssh://git@github.com/acme/chat-sdk.git#main',
        license: 'MIT',
      },
    },
  }),
  npmPlant(SOURCE, true, {
    dir: 'maps',
    why: 'a file from a server of its own, without a hash',
    manifest: app('maps', uses('tiles')),
    packages: {
      'node_modules/tiles': { version: '1.1.0', resolved: 'https://downloads.tiles.example.net/tiles-1.1.0.tgz' },
    },
  }),
  npmPlant(SOURCE, false, {
    dir: 'bots-fixed',
    why: 'a package from a repository, at one commit',
    manifest: app('bots-fixed', { dependencies: { 'chat-sdk': 'github:acme/chat-sdk' } }),
    packages: {
      'node_modules/chat-sdk': {
        version: '3.0.0',
        resolved: `git+ssh://git@github.com/acme/chat-sdk.git#${COMMIT}`,
        license: 'MIT',
      },
    },
  }),
  plantOf(SOURCE, false, {
    file: 'editor-fixed/pnpm-lock.yaml',
    why: 'two forks, each at one commit',
    files: {
      'editor-fixed/package.json': JSON.stringify(
        app('editor-fixed', {
          dependencies: { quill: 'acme/quill#fix-paste', ink: 'git+https://git.example.com/ink' },
        }),
      ),
      'editor-fixed/pnpm-lock.yaml': pnpmLock(
        `  .:\n    dependencies:\n      quill:\n        specifier: acme/quill#fix-paste\n        version: https://codeload.github.com/acme/quill/tar.gz/${COMMIT}\n      ink:\n        specifier: git+https://git.example.com/ink\n        version: git+https://git.example.com/ink#${COMMIT}\n`,
        `  quill@https://codeload.github.com/acme/quill/tar.gz/${COMMIT}:\n    resolution: {tarball: https://codeload.github.com/acme/quill/tar.gz/${COMMIT}}\n    version: 2.0.0\n  ink@git+https://git.example.com/ink#${COMMIT}:\n    resolution: {commit: ${COMMIT}, repo: https://git.example.com/ink, type: git}\n    version: 1.0.0\n`,
      ),
    },
  }),
  npmPlant(SOURCE, false, {
    dir: 'sandboxed',
    why: 'a registry on the same machine',
    manifest: app('sandboxed', uses('tape')),
    packages: {
      'node_modules/tape': fromRegistry('tape', '5.8.1', { resolved: 'http://localhost:4873/tape/-/tape-5.8.1.tgz' }),
    },
  }),
  npmPlant(SOURCE, false, {
    dir: 'company',
    why: 'the company has a registry of its own',
    manifest: app('company', uses('part-0')),
    packages: Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `node_modules/part-${index}`,
        {
          version: '1.0.0',
          resolved: `https://artifacts.example.com/npm/part-${index}/-/part-${index}-1.0.0.tgz`,
          integrity: integrity(`part-${index}`),
        },
      ]),
    ),
  }),
  npmPlant(SOURCE, false, {
    dir: 'packaged',
    why: 'the registry of a forge',
    manifest: app('packaged', uses('@acme/ui')),
    packages: {
      'node_modules/@acme/ui': fromRegistry('@acme/ui', '2.0.0', {
        resolved: 'https://npm.pkg.github.com/download/@acme/ui/2.0.0/0af1',
      }),
    },
  }),
  npmPlant(SOURCE, false, {
    dir: 'offline',
    why: 'a file in the project',
    manifest: app('offline', { dependencies: { kit: 'file:kit-1.0.0.tgz' } }),
    packages: { 'node_modules/kit': { version: '1.0.0', resolved: 'file:kit-1.0.0.tgz', integrity: integrity('kit') } },
  }),
  npmPlant(SOURCE, false, {
    dir: 'sheets',
    why: 'a tarball from elsewhere, fixed by a hash',
    manifest: app('sheets', { dependencies: { xlsx: 'https://cdn.sheetjs.com/xlsx-0.20.3/xlsx-0.20.3.tgz' } }),
    packages: {
      'node_modules/xlsx': {
        version: '0.20.3',
        resolved: 'https://cdn.sheetjs.com/xlsx-0.20.3/xlsx-0.20.3.tgz',
        integrity: integrity('xlsx'),
        license: 'Apache-2.0',
      },
    },
  }),
  plantOf(SOURCE, false, {
    file: 'docs-tool/yarn.lock',
    why: 'addresses in the text of a package that is none of them',
    files: {
      'docs-tool/package.json': JSON.stringify(
        app('docs-tool', { homepage: 'http://docs.example.org', dependencies: { remark: '^15.0.0' } }),
      ),
      'docs-tool/yarn.lock': yarnLock(yarnEntry('remark@^15.0.0', '15.0.1')),
    },
  }),
];
