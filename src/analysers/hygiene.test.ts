import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseFolder } from '../../test/check/support/analyse.ts';
import { TestRepository, type Files } from '../../test/check/support/repository.ts';
import type { FindingsData } from './data.ts';
import { hygiene } from './hygiene.ts';

const look = (repository: TestRepository): Promise<FindingsData> =>
  analyseFolder(repository.path, ['hygiene', hygiene]);
const keys = ({ findings }: FindingsData): readonly string[] => findings.map(({ kind, file }) => `${kind} ${file}`);

describe('links', () => {
  it('that lead nowhere are found once they are committed', async () => {
    using repository = new TestRepository({ 'docs/guide.md': '#\n', 'src/a.py': '' });
    const links: readonly (readonly [string, string])[] = [
      ['current', 'docs/gone.md'],
      ['docs/up', '../src/b.py'],
      ['src/there', 'a.py'],
      ['src/folder', '../docs'],
      ['src/outside', '../../elsewhere'],
      ['src/absolute', '/usr/share/nothing'],
      ['src/built', '../dist/a.js'],
      ['src/modules', '../node_modules/a'],
    ];
    for (const [path, target] of links) symlinkSync(target, join(repository.path, path));
    repository.commit('links');
    expect(keys(await look(repository))).toEqual(['dead-symlink current', 'dead-symlink docs/up']);
  });

  it('that go round in a ring are there', async () => {
    using repository = new TestRepository({ 'a.py': '' });
    symlinkSync('two', join(repository.path, 'one'));
    symlinkSync('one', join(repository.path, 'two'));
    repository.commit('a ring');
    expect(keys(await look(repository))).toEqual([]);
  });
});

describe('old notes', () => {
  const NEW = '2025-01-01T12:00:00Z';
  const LATE = '# TODO: remove in v2.0\na = 1\n';

  const committed = (files: Files, version = '3.1.0'): TestRepository => {
    const repository = new TestRepository({ 'package.json': `{ "version": "${version}" }`, ...files });
    repository.commitAt(NEW);
    return repository;
  };

  it('are one finding, with what has passed', async () => {
    using repository = committed({
      'app/a.py': '# FIXME: drop this name after 2024-06-30\n# TODO: split this\na = 1\n',
      'app/main.py': LATE,
      'app/other.py': LATE,
    });
    const { findings } = await look(repository);
    expect(findings).toMatchObject([{ kind: 'old-todo', severity: 'low', file: 'app/a.py', line: 1 }]);
    expect(findings[0]?.title).toBe('Overdue: "FIXME: drop this name after 2024-06-30" and 2 more');
    expect(findings[0]?.evidence.map(({ text }) => text)).toEqual([
      '# FIXME: drop this name after 2024-06-30. 2024-06-30 is past.',
      '# TODO: remove in v2.0; also at app/other.py:1. The project is at 3.1.0.',
    ]);
  });

  it('wait for a version that has come, or not', async () => {
    using repository = committed({ 'app/main.py': LATE }, '2.0.0');
    expect(keys(await look(repository))).toEqual(['old-todo app/main.py']);
    using early = committed({ 'app/main.py': LATE }, '2.0.0-beta.1');
    expect(keys(await look(early))).toEqual([]);
  });

  it('are read over two lines', async () => {
    using repository = committed({ 'app/main.py': '# TODO: this was for the old names,\n# remove it in v2\n' });
    expect(keys(await look(repository))).toEqual(['old-todo app/main.py']);
  });

  it.each([
    ['old and telling, and wait for nothing', { 'app/a.py': '# FIXME: a race, values are not escaped\n' }],
    ['left for a version of something else', { 'app/a.py': '# TODO: remove with Django 1.11\n' }],
    ['looked after in an issue', { 'app/a.py': '# TODO: remove in v2.0\n# see #498\na = 1\n' }],
    ['in tests', { 'tests/test_a.py': LATE }],
    ['in prose', { 'notes.md': LATE }],
    ['words of code', { 'app/a.py': 'print("TODO: remove in v2.0")\n' }],
    ['due in a month', { 'app/a.py': '# TODO: remove after 2024-12-24\n' }],
  ])('that are %s are none', async (_, files) => {
    using repository = committed(files);
    expect(keys(await look(repository))).toEqual([]);
  });

  it('that wait for a version are told without git', async () => {
    using repository = new TestRepository({ 'app/main.py': LATE, 'package.json': '{ "version": "3.0.0" }' });
    expect(await look(repository)).toMatchObject({ findings: [{ kind: 'old-todo' }], leftOut: [] });
  });
});

it('does not go down into YAML without end', async () => {
  using repository = new TestRepository({
    'a.yaml': '['.repeat(100_000),
    'b.yaml': `${'- '.repeat(50_000)}x\n`,
    'c.yaml': Array.from(
      { length: 40 },
      (_, at) => `a${at}: &a${at} [${at === 0 ? 1 : `*a${at - 1},*a${at - 1}`}]`,
    ).join('\n'),
  });
  expect(keys(await look(repository))).toEqual([]);
});
