import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CheckedRepository, readReport } from '../e2e/support/checked-repository.ts';

const NAN = 'export const f = (a) => a === NaN;\n';

beforeAll(() => {
  if (process.getuid?.() === 0) throw new Error('These tests are about a normal user: do not run them as root.');
});

/** Gives the folder back when the test is over, so that it can be removed. */
function closed(path: string, mode: number): Disposable {
  chmodSync(path, mode);
  return { [Symbol.dispose]: () => chmodSync(path, 0o755) };
}

describe('a check where not everything may be written', () => {
  test('of a project that is read only reports into the user state, and says where', async () => {
    using repository = new CheckedRepository({ 'a.js': NAN });
    repository.commit('first');
    const before = readdirSync(repository.root);
    using _closed = closed(repository.root, 0o555);
    const { code, stdout } = await repository.waggle('check');
    expect(code).toBe(0);
    const [, shown = ''] = /^Report: (.*)$/m.exec(stdout) ?? [];
    const report = resolve(repository.root, shown);
    expect(report.startsWith(join(repository.home, 'projects'))).toBe(true);
    expect(readReport(report.replace(/html$/, 'json')).findings.map(({ file }) => file)).toEqual(['a.js']);
    expect(readdirSync(repository.root)).toEqual(before);
    // The next one knows it again.
    await repository.waggle('check', '--json');
    const [project = ''] = readdirSync(join(repository.home, 'projects'));
    expect(repository.changes(join(repository.home, 'projects', project, 'check/latest'))).toEqual([
      'known compares-with-nan a.js',
    ]);
  });

  test('with --out into a folder that may not be written is refused before anything runs', async () => {
    using repository = new CheckedRepository({ 'a.js': NAN });
    const out = join(repository.root, '../out');
    mkdirSync(out);
    using _closed = closed(out, 0o555);
    for (const target of [out, join(out, 'below')]) {
      const { code, stderr } = await repository.waggle('check', '--out', target);
      expect(code).toBe(2);
      expect(stderr).toContain(`The reports cannot be written to "${target}": EACCES`);
      expect(stderr).not.toContain('inventory');
    }
  });

  test('with a report folder of its own that may not be written says so', async () => {
    using repository = new CheckedRepository({ 'a.js': NAN });
    expect((await repository.waggle('check')).code).toBe(0);
    using _closed = closed(join(repository.root, '.waggle/check'), 0o555);
    const { code, stderr } = await repository.waggle('check');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error {2}.*\.waggle\/check\/.*EACCES.*\n +\S/m);
  });
});

describe('a check where not everything may be read', () => {
  test('names the files that it could not read, and looks at the others', async () => {
    using repository = new CheckedRepository({ 'a.js': NAN, 'shut.js': NAN, 'folder/inside.js': NAN });
    repository.commit('first');
    using _file = closed(join(repository.root, 'shut.js'), 0);
    using _folder = closed(join(repository.root, 'folder'), 0);
    const { code } = await repository.waggle('check');
    expect({ code, failed: repository.failedTasks() }).toEqual({ code: 0, failed: [] });
    expect(repository.report().findings.map(({ file }) => file)).toEqual(['a.js']);
    const unread = repository.report().size.unread.flatMap(({ examples }) => examples);
    expect(unread).toEqual(expect.arrayContaining(['shut.js']));
  });

  test('a baseline that may not be read is refused with the reason', async () => {
    using repository = new CheckedRepository({ 'a.js': NAN });
    const path = join(repository.root, '../report.json');
    writeFileSync(path, '{}');
    using _closed = closed(path, 0);
    const { code, stderr } = await repository.waggle('check', '--baseline', path);
    expect(code).toBe(2);
    expect(stderr).toContain('cannot be read: EACCES');
    expect(existsSync(join(repository.root, '.waggle'))).toBe(false);
  });
});
