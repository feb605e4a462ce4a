import { expect, it } from 'vitest';
import { TestRepository, type Files } from '../../test/check/support/repository.ts';
import { packagingOf } from './probe-packaging.ts';

const told = (files: Files): ReturnType<typeof packagingOf> => {
  using repository = new TestRepository(files);
  return packagingOf(repository.path, Object.keys(files));
};

it('knows package managers by the manifests at the top, or those below where there is none', () => {
  expect(told({ 'a.gemspec': '', 'site/package.json': '{}' }).ecosystems).toEqual(['Ruby']);
  expect(told({ 'app/pom.xml': '', 'a.md': '' }).ecosystems).toEqual(['Maven']);
});

it('tells lock files of pages from those of what is shipped', () => {
  const { locks, otherLocks } = told({ 'docs/package-lock.json': '{}', 'web/yarn.lock': '' });
  expect([locks, otherLocks]).toEqual([['web/yarn.lock'], ['docs/package-lock.json']]);
});

it.each([
  ['.npmrc has package-lock=false', { 'package.json': '{}', '.npmrc': 'ignore-scripts=true\npackage-lock=false\n' }],
  ['.gitignore names Gemfile.lock', { Gemfile: '', '.gitignore': '/Gemfile.lock\n' }],
  ['.gitignore names Gemfile.lock', { Gemfile: '', '.gitignore': '*.lock\n' }],
  [undefined, { 'package.json': '{}', '.npmrc': 'package-lock=true\n' }],
  [undefined, { 'package.json': '{}', '.gitignore': 'yarn.lock\n', 'package-lock.json': '{}' }],
])('knows where a project says that it keeps none: %s', (where, files) => {
  expect(told(files as Files).keepsNone).toBe(where);
});
