import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CheckedRepository, readReport } from './support/checked-repository.ts';

const NAN = 'export const f = (a) => a === NaN;\n';

const skips = ({ notChecked }: ReturnType<typeof readReport>): readonly string[] =>
  notChecked.map(({ task, reason }) => `${task}: ${reason}`);

/** Where `waggle check <folder>` has left its report. */
const reportIn = (folder: string): ReturnType<typeof readReport> =>
  readReport(join(folder, '.waggle/check/latest/report.json'));

describe('what can be checked', () => {
  test('a folder without git, manifest or tests: the report says what was not looked at', async () => {
    using repository = new CheckedRepository({ 'a.js': NAN });
    rmSync(join(repository.root, '.git'), { recursive: true });
    expect((await repository.waggle('check')).code).toBe(0);
    expect(repository.report().repository).toMatchObject({ git: false, commit: null, rootCommit: null, commits: null });
    expect(skips(repository.report())).toEqual(
      expect.arrayContaining(['history: no-git', 'manifests: no-manifest', 'tests-map: no-tests-found']),
    );
    expect(repository.report().findings.map(({ file }) => file)).toEqual(['a.js']);
  });

  test('an empty folder, and a repository without commits', async () => {
    using repository = new CheckedRepository();
    expect((await repository.waggle('check')).code).toBe(0);
    expect(repository.report()).toMatchObject({
      findings: [],
      hotspots: null,
      repository: { git: true, commit: null },
    });
    expect(skips(repository.report())).toContain('history: shallow-history');
  });

  test('a shallow clone, without its history', async () => {
    using repository = new CheckedRepository({ 'a.js': NAN });
    repository.commit('first');
    repository.commit('second');
    const clone = join(repository.root, '../clone');
    execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${repository.root}`, clone]);
    expect((await repository.waggle('check', clone)).code).toBe(0);
    expect(reportIn(clone)).toMatchObject({ hotspots: null, repository: { rootCommit: null } });
    expect(skips(reportIn(clone))).toContain('history: shallow-history');
  });

  test('a folder inside a repository alone, with its own data and its own part of the history', async () => {
    using repository = new CheckedRepository({ 'a/a.js': NAN, 'b/b.js': NAN });
    repository.commit('first');
    repository.writeAll({ 'b/b.js': `${NAN}// more\n` });
    repository.commit('second');
    expect((await repository.waggle('check', 'a')).code).toBe(0);
    const report = reportIn(join(repository.root, 'a'));
    expect(report.findings.map(({ file }) => file)).toEqual(['a.js']);
    expect(report.repository).toMatchObject({ name: 'a', commits: 1 });
    expect(repository.git('status', '--porcelain')).toBe('');
    expect(existsSync(join(repository.root, '.waggle'))).toBe(false);
  });

  test('from a folder inside a repository the whole of it', async () => {
    using repository = new CheckedRepository({ 'a/a.js': NAN, 'b.js': NAN });
    repository.commit('first');
    expect((await repository.waggle('check', '--cwd', join(repository.root, 'a'))).code).toBe(0);
    expect(
      repository
        .report()
        .findings.map(({ file }) => file)
        .toSorted(),
    ).toEqual(['a/a.js', 'b.js']);
  });

  test('a repository inside another one, which the outer one leaves alone', async () => {
    using repository = new CheckedRepository({ 'a.js': NAN });
    const inner = join(repository.root, 'inner');
    mkdirSync(inner);
    execFileSync('git', ['init', '--quiet', '--initial-branch=other'], { cwd: inner });
    writeFileSync(join(inner, 'b.js'), NAN);
    repository.git('-C', 'inner', 'add', '.');
    repository.git('-C', 'inner', 'commit', '--quiet', '-m', 'inner');
    expect((await repository.waggle('check', 'inner')).code).toBe(0);
    expect(reportIn(inner)).toMatchObject({ repository: { name: 'inner', branch: 'other', commits: 1 } });
    expect(reportIn(inner).findings.map(({ file }) => file)).toEqual(['b.js']);
    expect((await repository.waggle('check')).code).toBe(0);
    expect(repository.report().findings.map(({ file }) => file)).toEqual(['a.js']);
  });

  test.runIf(process.getuid?.() === 0)('a repository of another user, with its history', async () => {
    using repository = new CheckedRepository({ 'a.js': NAN });
    repository.commit('first');
    execFileSync('chown', ['-R', 'nobody', repository.root]);
    expect((await repository.waggle('check')).code).toBe(0);
    expect(repository.report().repository).toMatchObject({ git: true, commits: 1 });
  });

  test('a worktree and a submodule, each as itself', async () => {
    using repository = new CheckedRepository({ 'a.js': NAN });
    repository.commit('first');
    const tree = join(repository.root, '../tree');
    repository.git('worktree', 'add', '--quiet', '-b', 'side', tree);
    expect((await repository.waggle('check', tree)).code).toBe(0);
    expect(reportIn(tree)).toMatchObject({ repository: { branch: 'side', commits: 1 } });
    const outer = join(repository.root, '../outer');
    execFileSync('git', ['init', '--quiet', outer]);
    repository.git(
      '-C',
      outer,
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      repository.root,
      'sub',
    );
    const sub = join(outer, 'sub');
    expect((await repository.waggle('check', '--cwd', sub)).code).toBe(0);
    expect(reportIn(sub)).toMatchObject({ repository: { name: 'sub', git: true, commits: 1 } });
    expect((await repository.waggle('check', outer)).code).toBe(0);
    expect(reportIn(outer).findings).toEqual([]);
  });
});

describe('what cannot be checked', () => {
  test.each([
    ['a missing folder', 'nothing-here', 'There is no folder'],
    ['a file', 'a.js', 'is not a folder'],
    ['the data of git', '.git', 'holds the data of git'],
    ['a bare repository', '../bare.git', 'holds the data of git'],
  ])('%s is refused with 2 and nothing is written', async (_, target, says) => {
    using repository = new CheckedRepository({ 'a.js': NAN });
    repository.commit('first');
    execFileSync('git', ['clone', '--quiet', '--bare', repository.root, join(repository.root, '../bare.git')]);
    const { code, stdout, stderr } = await repository.waggle('check', target);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
    for (const place of ['.', '.git', '../bare.git'])
      expect(existsSync(join(repository.root, place, '.waggle'))).toBe(false);
  });
});

describe('where the report goes', () => {
  test('--out names the folder, which is made; nothing else is written there', async () => {
    using repository = new CheckedRepository({ 'a.js': NAN });
    expect((await repository.waggle('check', '--out', 'made/for/it')).code).toBe(0);
    const names = ['report.html', 'report.json', 'report.md', 'report.sarif'];
    expect(readdirSync(join(repository.root, 'made/for/it')).toSorted()).toEqual(names);
    expect(readdirSync(join(repository.root, '.waggle/check'))).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('--out to where no folder can be made is refused at once', async () => {
    using repository = new CheckedRepository({ 'a.js': NAN });
    const { code, stderr } = await repository.waggle('check', '--out', '/proc/reports');
    expect(code).toBe(2);
    expect(stderr).toContain('The reports cannot be written to "/proc/reports"');
  });

  test('--out to a file, or below one, is refused before anything runs', async () => {
    using repository = new CheckedRepository({ 'a.js': NAN });
    for (const target of ['a.js', 'a.js/below']) {
      const { code, stderr } = await repository.waggle('check', '--out', target);
      expect(code).toBe(2);
      expect(stderr).toContain('there is a file of that name.');
      expect(stderr).toContain('Name another folder with --out.');
      expect(stderr).not.toContain('inventory');
    }
    expect(readFileSync(join(repository.root, 'a.js'), 'utf8')).toBe(NAN);
  });
});
