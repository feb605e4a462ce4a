import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseFolder } from '../../test/check/support/analyse.ts';
import { TestRepository } from '../../test/check/support/repository.ts';
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

  it('are one finding, at the file that has most of them', async () => {
    using repository = new TestRepository({ 'app/main.py': CODE, 'app/other.py': '# todo: rename\n' });
    repository.commitAt('2023-05-01T12:00:00Z');
    const { findings } = await look(repository);
    expect(findings).toMatchObject([{ kind: 'old-todo', severity: 'low', file: 'app/main.py', line: 1 }]);
    expect(findings[0]?.title).toBe('3 TODO notes in 2 files stand for more than a year');
    expect(findings[0]?.evidence.slice(0, 3).map(({ text }) => text)).toEqual([
      '# TODO: split this',
      '# FIXME(ada): wrong for 0',
      '# todo: rename',
    ]);
  });

  it('that are young, in tests, in prose or changed since are none', async () => {
    using repository = new TestRepository({
      'app/old.py': '# TODO: a\n# TODO: b\n',
      'tests/test_a.py': CODE,
      'notes.md': CODE,
    });
    repository.commitAt('2023-05-01T12:00:00Z');
    repository.write({ 'app/new.py': CODE });
    repository.commitAt(new Date().toISOString());
    repository.write({ 'app/old.py': '# TODO: c\n# TODO: d\n' });
    expect(keys(await look(repository))).toEqual([]);
  });

  it('are words of comments, not of code or of other words', async () => {
    using repository = new TestRepository({
      'app/a.py': 'TODO = 1\nprint("TODO: x")\nhack = todo_list\n# the hackers of todo lists\n# see mastodon\n',
    });
    repository.commitAt('2023-05-01T12:00:00Z');
    expect(keys(await look(repository))).toEqual([]);
  });

  it('are dated without starting a program of the repository', async () => {
    using repository = new TestRepository({ 'app/main.py': CODE, '.gitattributes': '* filter=x diff=x\n' });
    repository.commitAt('2023-05-01T12:00:00Z');
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
