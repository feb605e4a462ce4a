import { describe, expect, it } from 'vitest';
import { analyseFolder } from '../../test/check/support/analyse.ts';
import { TestRepository, type Files } from '../../test/check/support/repository.ts';
import type { Detected } from './detected.ts';
import { manifests } from './manifests.ts';

const json = (value: object): string => JSON.stringify(value, undefined, 2);

async function found(files: Files): Promise<readonly Detected[]> {
  using repository = new TestRepository(files);
  return (await analyseFolder(repository.path, ['manifests', manifests])).findings;
}

describe('ways in that are not there', () => {
  const lost = (more: object = {}, main = './start.js'): string => json({ name: 'a', main, ...more });

  it('are one finding for each manifest, with every place', async () => {
    const findings = await found({ 'package.json': lost({ bin: './run.js' }), 'begin.js': '' });
    expect(findings.map(({ title }) => title)).toEqual(['"main" names start.js and 1 other file, which are not there']);
    expect(findings[0]?.evidence.map(({ ref }) => ref)).toEqual(['package.json:3', 'package.json:4']);
  });

  it.each([
    ['three of them are missing together', { 'package.json': lost({ exports: { './b': './b.js', './c': './c.js' } }) }],
    ['a build may make them', { 'package.json': lost({ scripts: { build: 'rollup -c' } }) }],
    ['they are made before it is published', { 'package.json': lost({ scripts: { prepublishOnly: './make' } }) }],
    ['the manifest is copied elsewhere', { 'package.json': lost({ scripts: { ship: 'cp package.json out/' } }) }],
    ['another folder is published', { 'package.json': lost({ publishConfig: { directory: 'out' } }) }],
    ['git ignores them', { 'package.json': lost(), '.gitignore': '/start.js\n' }],
    ['git ignores them there', { 'packages/a/package.json': lost(), 'packages/a/.gitignore': 'start.*\n' }],
  ])('are nobody’s fault where %s', async (_, files) => {
    expect(await found({ ...files, 'begin.js': '' })).toEqual([]);
  });
});

describe('a name for two packages', () => {
  const named = (more: object = { version: '1.0.0' }): string => json({ name: 'one', ...more });
  const root = json({ name: 'all', private: true, workspaces: ['packages/*'] });

  it('is found among members of the workspace, and among packages with a version', async () => {
    const two = { 'packages/a/package.json': named(), 'packages/b/package.json': named() };
    const kinds = async (files: Files): Promise<readonly string[]> => (await found(files)).map(({ kind }) => kind);
    expect(await kinds({ 'package.json': root, ...two })).toEqual(['package-name-twice']);
    expect(await kinds({ 'pnpm-workspace.yaml': 'packages:\n  - packages/*\n', ...two })).toEqual([
      'package-name-twice',
    ]);
    expect(await kinds(two)).toEqual(['package-name-twice']);
  });

  it.each([
    ['only tells of which kind its modules are', { 'packages/a/lib/esm/package.json': named({ type: 'module' }) }],
    ['is no member of the workspace', { 'tools/b/package.json': named() }],
    [
      'is left out of the workspace',
      { 'pnpm-workspace.yaml': 'packages: ["!packages/b"]\n', 'packages/b/package.json': named() },
    ],
  ])('is none where the second %s', async (_, files) => {
    expect(await found({ 'package.json': root, 'packages/a/package.json': named(), ...files })).toEqual([]);
  });
});
