import { app, fromRegistry, integrity, npmPlant, plantOf, pnpmLock, yarnEntry, yarnLock } from './lock-files.ts';
import type { Plant } from './plant.ts';

const DRIFT = 'lock-out-of-step';
const express = { 'node_modules/express': fromRegistry('express', '4.19.2') };

export const DRIFT_PLANTS: readonly Plant[] = [
  npmPlant(DRIFT, true, {
    dir: 'billing',
    why: 'stripe was added to the manifest by hand',
    manifest: app('billing', { dependencies: { express: '^4.18.0', stripe: '^14.5.0' } }),
    noted: app('billing', { dependencies: { express: '^4.18.0' } }),
    packages: express,
  }),
  npmPlant(DRIFT, true, {
    dir: 'mailer',
    why: 'the manifest went to the next major version',
    manifest: app('mailer', { dependencies: { nodemailer: '^7.0.0' } }),
    noted: app('mailer', { dependencies: { nodemailer: '^6.9.0' } }),
    packages: { 'node_modules/nodemailer': fromRegistry('nodemailer', '6.9.13') },
  }),
  plantOf(DRIFT, true, {
    file: 'storefront/yarn.lock',
    why: 'the range was raised and yarn was not run',
    files: {
      'storefront/package.json': JSON.stringify(
        app('storefront', { dependencies: { react: '^18.3.0', 'react-dom': '^18.2.0' } }),
      ),
      'storefront/yarn.lock': yarnLock(yarnEntry('react@^18.2.0', '18.2.0'), yarnEntry('react-dom@^18.2.0', '18.2.0')),
    },
  }),
  plantOf(DRIFT, true, {
    file: 'console/pnpm-lock.yaml',
    why: 'a specifier differs: a frozen install stops',
    files: {
      'console/package.json': JSON.stringify(
        app('console', { dependencies: { vue: '^3.5.0' }, devDependencies: { vite: '^5.4.0' } }),
      ),
      'console/pnpm-lock.yaml': pnpmLock(
        '  .:\n    dependencies:\n      vue:\n        specifier: ^3.4.0\n        version: 3.4.38\n    devDependencies:\n      vite:\n        specifier: ^5.4.0\n        version: 5.4.2\n',
        `  vite@5.4.2:\n    resolution: {integrity: ${integrity('vite')}}\n\n  vue@3.4.38:\n    resolution: {integrity: ${integrity('vue')}}\n`,
      ),
    },
  }),
  npmPlant(DRIFT, true, {
    dir: 'platform',
    why: 'one package of the workspace asks for what nobody installed',
    manifest: app('platform', { workspaces: ['packages/*'] }),
    packages: {
      'packages/gateway': { name: '@platform/gateway', version: '1.0.0', dependencies: { undici: '^6.0.0' } },
      'node_modules/@platform/gateway': { resolved: 'packages/gateway', link: true },
      'node_modules/undici': fromRegistry('undici', '6.19.8'),
    },
    more: {
      'platform/packages/gateway/package.json': JSON.stringify(
        app('@platform/gateway', { dependencies: { undici: '^6.0.0', 'p-limit': '^5.0.0' } }),
      ),
    },
  }),
  plantOf(DRIFT, true, {
    file: 'agent/go.sum',
    why: 'a module was required and go mod tidy was not run',
    files: {
      'agent/go.mod':
        'module example.org/agent\n\ngo 1.22\n\nrequire (\n\tgithub.com/spf13/cobra v1.8.1\n\tgo.uber.org/zap v1.27.0\n)\n',
      'agent/go.sum':
        'github.com/spf13/cobra v1.8.1 h1:e5/vxKd/rZsfSJMUX1agtjeTDf+qv1/JdBF8gg5k9ZM=\ngithub.com/spf13/cobra v1.8.1/go.mod h1:wHxEcudfqmLYa8iTfL+OuZPbBZkmvliBWKIezN3kD9Y=\n',
    },
  }),
  plantOf(DRIFT, true, {
    file: 'indexer/Cargo.lock',
    why: 'a crate is new in the manifest',
    files: {
      'indexer/Cargo.toml':
        '[package]\nname = "indexer"\nversion = "0.3.0"\nedition = "2021"\n\n[dependencies]\nserde = { version = "1", features = ["derive"] }\nrayon = "1.10"\n',
      'indexer/Cargo.lock':
        'version = 3\n\n[[package]]\nname = "indexer"\nversion = "0.3.0"\ndependencies = [\n "serde",\n]\n\n[[package]]\nname = "serde"\nversion = "1.0.210"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n',
    },
  }),
  plantOf(DRIFT, true, {
    file: 'worker/poetry.lock',
    why: 'the group for development got a package that the lock file has not',
    files: {
      'worker/pyproject.toml':
        '[tool.poetry]\nname = "worker"\nversion = "0.1.0"\n\n[tool.poetry.dependencies]\npython = "^3.11"\ncelery = "^5.4"\n\n[tool.poetry.group.dev.dependencies]\npytest-asyncio = "^0.23"\n',
      'worker/poetry.lock': '[[package]]\nname = "celery"\nversion = "5.4.0"\n\n[metadata]\nlock-version = "2.0"\n',
    },
  }),
  npmPlant(DRIFT, false, {
    dir: 'stray',
    why: 'another package manager is used, and has a lock file of its own',
    manifest: app('stray', { dependencies: { express: '^4.18.0', stripe: '^14.5.0' }, packageManager: 'pnpm@9.1.0' }),
    noted: app('stray', { dependencies: { express: '^4.18.0' } }),
    packages: express,
  }),
  npmPlant(DRIFT, false, {
    dir: 'search',
    why: 'an override puts another version in on purpose',
    manifest: app('search', { dependencies: { semver: '^7.5.0' }, overrides: { semver: '6.3.1' } }),
    packages: { 'node_modules/semver': fromRegistry('semver', '6.3.1') },
  }),
  npmPlant(DRIFT, false, {
    dir: 'catalog',
    why: 'the range was narrowed, and what is locked still fits',
    manifest: app('catalog', { dependencies: { express: '^4.19.0 || ^5' } }),
    noted: app('catalog', { dependencies: { express: '^4.17.0' } }),
    packages: express,
  }),
  npmPlant(DRIFT, false, {
    dir: 'desktop',
    why: 'what is optional may be missing',
    manifest: app('desktop', { dependencies: { express: '~4.19.1' }, optionalDependencies: { 'node-pty': '^1.0.0' } }),
    packages: express,
  }),
  plantOf(DRIFT, false, {
    file: 'design/pnpm-lock.yaml',
    why: 'packages of the workspace are left out of the lock file',
    files: {
      'design/package.json': JSON.stringify(
        app('design', { dependencies: { '@design/tokens': 'workspace:*', vue: '^3.4.0' } }),
      ),
      'design/pnpm-lock.yaml': pnpmLock(
        '  .:\n    dependencies:\n      vue:\n        specifier: ^3.4.0\n        version: 3.4.38(typescript@5.5.4)\n',
        `  vue@3.4.38:\n    resolution: {integrity: ${integrity('vue')}}\n`,
      ),
    },
  }),
  plantOf(DRIFT, false, {
    file: 'blog/yarn.lock',
    why: 'a resolution rewrites the range',
    files: {
      'blog/package.json': JSON.stringify(
        app('blog', { dependencies: { minimist: '^1.2.0' }, resolutions: { minimist: '1.2.8' } }),
      ),
      'blog/yarn.lock': yarnLock(yarnEntry('minimist@1.2.8', '1.2.8')),
    },
  }),
  plantOf(DRIFT, false, {
    file: 'relay/go.sum',
    why: 'the module is replaced by a folder, and another stands in a comment',
    files: {
      'relay/go.mod':
        'module example.org/relay\n\ngo 1.22\n\nrequire (\n\texample.org/wire v0.0.0\n\tgithub.com/google/uuid v1.6.0 // indirect\n\t// github.com/pkg/errors v0.9.1\n)\n\nreplace example.org/wire => ./wire\n',
      'relay/wire/go.mod': 'module example.org/wire\n',
      'relay/go.sum':
        'github.com/google/uuid v1.6.0 h1:NIvaJDMOsjHA8n1jAhLSgzrAzy1Hgr+hNrb57e+94F0=\ngithub.com/google/uuid v1.6.0/go.mod h1:TIyPZe4MgqvfeYDBFedMoGGpEw/LqOeaOT+nhxU+yHo=\n',
    },
  }),
  plantOf(DRIFT, false, {
    file: 'parser/Cargo.lock',
    why: 'the crate goes by another name, and one comes from the workspace',
    files: {
      'parser/Cargo.toml':
        '[package]\nname = "parser"\nversion = "0.1.0"\n\n[dependencies]\njson = { package = "serde_json", version = "1" }\nlog.workspace = true\n\n[target.\'cfg(windows)\'.dependencies]\nwindows-sys = "0.59"\n',
      'parser/Cargo.lock':
        'version = 3\n\n[[package]]\nname = "parser"\nversion = "0.1.0"\n\n[[package]]\nname = "serde_json"\nversion = "1.0.128"\n\n[[package]]\nname = "windows-sys"\nversion = "0.59.0"\n',
    },
  }),
  plantOf(DRIFT, false, {
    file: 'client/uv.lock',
    why: 'an extra that asks for the project itself, in other letters',
    files: {
      'client/pyproject.toml':
        '[project]\nname = "Http.Client"\nversion = "1.0"\ndependencies = [\n    "certifi>=2024.2",  # roots\n    "typing_extensions; python_version < \'3.11\'",\n]\n\n[project.optional-dependencies]\nall = ["http-client[fast]"]\nfast = ["uvloop>=0.19"]\n',
      'client/uv.lock':
        'version = 1\n\n[[package]]\nname = "certifi"\nversion = "2024.8.30"\n\n[[package]]\nname = "http-client"\nversion = "1.0"\n\n[[package]]\nname = "typing-extensions"\nversion = "4.12.2"\n\n[[package]]\nname = "uvloop"\nversion = "0.20.0"\n',
    },
  }),
];
