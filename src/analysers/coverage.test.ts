import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCoverage, type Coverage } from './coverage.ts';
import { TextReader } from './read-text.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-coverage-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function read(files: Readonly<Record<string, string>>, folders: readonly string[] = []): readonly Coverage[] {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  const paths = new Set(Object.keys(files).filter((name) => name.includes('src/')));
  for (const path of paths) utimesSync(join(root, path), 1_000, 1_000);
  return readCoverage(root, new TextReader(root), { paths, folders });
}

const LCOV = 'TN:\nSF:src/a.js\nDA:1,1\nDA:2,0\nDA:3,4\nLF:3\nLH:2\nend_of_record\n';

describe('coverage reports', () => {
  it('of lcov give lines that ran', () => {
    expect(read({ 'coverage/lcov.info': LCOV, 'src/a.js': '' })).toEqual([
      {
        report: 'coverage/lcov.info',
        files: [{ file: 'src/a.js', lines: 3, covered: 2, isStale: false }],
        isTooLarge: false,
      },
    ]);
  });

  it('of Istanbul give statements that ran, by paths of another machine too', () => {
    const report = JSON.stringify({ '/home/ci/project/src/a.js': { path: 'x', s: { 0: 1, 1: 0, 2: 0 } } });
    expect(read({ 'coverage/coverage-final.json': report, 'src/a.js': '' })[0]?.files).toEqual([
      { file: 'src/a.js', lines: 3, covered: 1, isStale: false },
    ]);
  });

  it('of Cobertura give lines that ran', () => {
    const report =
      '<coverage><packages><package><classes><class name="a" filename="src/a.py"><lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></class></classes></package></packages></coverage>';
    expect(read({ 'coverage.xml': report, 'src/a.py': '' })[0]?.files).toMatchObject([
      { file: 'src/a.py', lines: 2, covered: 1 },
    ]);
  });

  it('of a package speak of files in its folder', () => {
    const files = read({ 'packages/a/coverage/lcov.info': LCOV, 'packages/a/src/a.js': '' }, ['packages/a'])[0]?.files;
    expect(files?.map(({ file }) => file)).toEqual(['packages/a/src/a.js']);
  });

  it('are older than files that changed since', () => {
    read({ 'coverage/lcov.info': LCOV, 'src/a.js': '' });
    utimesSync(join(root, 'coverage/lcov.info'), 500, 500);
    const paths = new Set(['src/a.js']);
    expect(readCoverage(root, new TextReader(root), { paths, folders: [] })[0]?.files[0]?.isStale).toBe(true);
  });

  it('that are broken, empty or speak of unknown files are none', () => {
    expect(
      read({ 'coverage/coverage-final.json': '{ "a": [', 'lcov.info': 'SF:\n', 'coverage.xml': '<class ' }),
    ).toEqual([]);
    expect(read({ 'coverage/lcov.info': LCOV })).toEqual([]);
    expect(read({ 'coverage/lcov.info': 'SF:index.js\nDA:1,1\nend_of_record\n', 'src/index.js': '' })).toEqual([]);
  });

  it('that are too large are not read, and said to be so', () => {
    const [report] = read({ 'coverage/lcov.info': `TN:\n${' '.repeat(17 * 1024 * 1024)}`, 'src/a.js': '' });
    expect(report).toEqual({ report: 'coverage/lcov.info', files: [], isTooLarge: true });
  });

  it('of another folder do not speak of a file that has the last name only', () => {
    writeFileSync(join(root, 'lcov.info'), 'SF:/home/ci/other/index.js\nDA:1,1\nend_of_record\n');
    const known = { paths: new Set(['index.js']), folders: [] };
    expect(readCoverage(root, new TextReader(root), known)).toEqual([]);
  });
});
