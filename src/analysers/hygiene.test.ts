import { existsSync, symlinkSync } from 'node:fs';
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
  const CODE = '# TODO: split this\na = 1\n# FIXME(ada): wrong for 0\nb = 2\n';
  const OLD = '2023-05-01T12:00:00Z';
  const NEW = '2025-01-01T12:00:00Z';

  /** Committed long ago, with another commit later. */
  const aged = (files: Files, later: Files = { 'later.txt': 'x' }): TestRepository => {
    const repository = new TestRepository(files);
    repository.commitAt(OLD);
    repository.write(later);
    repository.commitAt(NEW);
    return repository;
  };

  it('are one finding, with the words of the one that tells most', async () => {
    using repository = aged({
      'app/a.py': '# TODO: split this\na = 1\n# FIXME: wrong for 0\n',
      'app/main.py': '# TODO: split this\na = 1\n# TODO: values should be escaped properly\nb = 2\n',
      'app/other.py': '# FIXME: wrong for 0\n',
    });
    const { findings } = await look(repository);
    expect(findings).toMatchObject([{ kind: 'old-todo', severity: 'low', file: 'app/main.py', line: 3 }]);
    expect(findings[0]?.title).toBe('Left so for over a year: "TODO: values should be escaped properly"');
    expect(findings[0]?.evidence.map(({ text }) => text)).toEqual([
      '# TODO: values should be escaped properly',
      '# FIXME: wrong for 0; also at app/other.py:1',
      'All stood there on 2024-01-02, a year before the newest commit.',
    ]);
  });

  it.each([
    'FIXME: this leaks a handle',
    'TODO: race condition when two close it',
    'XXX: wrong results for 0',
    'TODO: may overflow',
  ])('are told of when they tell of danger: %s', async (note) => {
    using repository = aged({ 'app/main.py': `# ${note}\na = 1\n` });
    expect((await look(repository)).findings).toMatchObject([{ title: `Left so for over a year: "${note}"` }]);
  });

  it('are told of when one says that something is wrong', async () => {
    using repository = aged({ 'app/main.py': CODE });
    expect(keys(await look(repository))).toEqual(['old-todo app/main.py']);
  });

  it.each([
    ['few and harmless', { 'app/a.py': '# TODO: split this\n# TODO: escape should know dots\n' }],
    ['many and harmless', { 'app/a.py': '# TODO: part\nx = 1\n'.repeat(200) }],
    ['left until something may break', { 'app/a.py': '# TODO: unsafe, remove in v4.0\n# FIXME: wrong, next major\n' }],
    ['about parts that are put in', { 'app/a.py': '# TODO: use dependency injection\n# TODO: overflow menu\n' }],
    ['looked after in an issue', { 'app/a.py': '# FIXME: wrong for 0\n# when it is late,\n# see #498\na = 1\n' }],
    ['looked after elsewhere', { 'app/a.py': '# https://github.com/a/b/pull/481\n# FIXME: wrong for 0\na = 1\n' }],
    ['in tests', { 'tests/test_a.py': CODE }],
    ['in prose', { 'notes.md': CODE }],
  ])('that are %s are none', async (_, files) => {
    using repository = aged(files);
    expect(keys(await look(repository))).toEqual([]);
  });

  it('that are young, or were changed since, are none', async () => {
    using repository = aged(
      { 'app/old.py': '# FIXME: a bug\n' },
      { 'app/new.py': CODE, 'app/old.py': '# FIXME: broken\n' },
    );
    expect(keys(await look(repository))).toEqual([]);
  });

  it('are words of comments, not of code or of other words', async () => {
    using repository = aged({
      'app/a.py': 'TODO = "unsafe"\nprint("TODO: unsafe")\nhack = unsafe_list\n# the hackers of unsafe lists\n',
    });
    expect(keys(await look(repository))).toEqual([]);
  });

  it('are dated without starting a program of the repository', async () => {
    using repository = aged({ 'app/main.py': CODE, '.gitattributes': '* filter=x diff=x\n' });
    const mark = join(repository.path, '.git', 'ran');
    for (const key of ['filter.x.clean', 'filter.x.smudge', 'diff.x.textconv', 'diff.external'])
      repository.git('config', key, `touch ${mark}; cat`);
    repository.write({ 'app/main.py': `${CODE}c = 3\n` });
    expect(keys(await look(repository))).toEqual(['old-todo app/main.py']);
    expect(existsSync(mark)).toBe(false);
  });

  it('are left alone without git', async () => {
    using repository = new TestRepository({ 'app/main.py': CODE });
    expect(await look(repository)).toMatchObject({ findings: [], leftOut: [] });
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
