import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkReportFile } from '../../src/workflows/check-report-schema.ts';
import { checkHere } from './support/run-check.ts';
import { TestRepository } from './support/repository.ts';

const skips = (report: Awaited<ReturnType<typeof checkHere>>['report']): readonly string[] =>
  report.notChecked.map(({ task, reason }) => `${task}: ${reason}`);

const SOURCE = 'export const f = (a) => a + 1;\n';

describe('a check', () => {
  it('of an empty folder finds nothing and says what was not checked', async () => {
    using repository = new TestRepository();
    const { report, failures, timeline } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.findings).toEqual([]);
    expect(skips(report)).toEqual([
      'history: no-git',
      'hotspots: no-git',
      'manifests: no-manifest',
      'parse: unsupported-language',
      'graph: unsupported-language',
      'tests-map: no-tests-found',
      'docs: no-docs',
      'supply-chain: no-lockfile',
      'ci: no-ci',
    ]);
    expect(checkReportFile.safeParse({ ...report, timeline }).error).toBeUndefined();
  });

  it('of a repository without commits says that there is no history yet', async () => {
    using repository = new TestRepository({ 'a.js': SOURCE });
    repository.git('init', '--quiet');
    const { report, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.repository).toMatchObject({ git: true, commit: null, changedFiles: null });
    expect(report.size.files).toBe(1);
    expect(skips(report)).toContain('history: shallow-history');
  });

  it('of a shallow clone leaves history out and names the command that brings it', async () => {
    using repository = new TestRepository({ 'a.js': SOURCE });
    repository.commit('first');
    repository.write({ 'b.js': SOURCE });
    repository.commit('second');
    const clone = mkdtempSync(join(tmpdir(), 'waggle-shallow-'));
    try {
      execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${repository.path}`, clone]);
      const { report, failures } = await checkHere(clone);
      expect(failures).toEqual([]);
      expect(report.hotspots).toBeNull();
      const skipped = report.notChecked.find(({ task }) => task === 'history');
      expect(skipped?.reason).toBe('shallow-history');
      expect(skipped?.fix).toContain('git fetch --unshallow');
    } finally {
      rmSync(clone, { recursive: true, force: true });
    }
  });

  it('of code in other languages gives inventory, history, secrets, docs and hygiene', async () => {
    using repository = new TestRepository({
      'main.c': 'int main(void) {\n  if (1) return 0;\n  // if\n  return 1;\n}\n',
      'tool.py': 'def f(a):\n    if a and a > 1:\n        return 1\n',
      'main.go': 'package main\n',
      'README.md': '# C\n\n[gone](gone.md)\n',
    });
    repository.commit('first');
    const { report, failures } = await checkHere(repository.path);
    expect(failures).toEqual([]);
    expect(report.size.languages.map(({ language }) => language).toSorted()).toEqual(['C', 'Go', 'Markdown', 'Python']);
    expect(report.hotspots?.map(({ file, complexity, complexityBy }) => [file, complexity, complexityBy])).toEqual([
      ['tool.py', 2, 'counted'],
      ['main.c', 1, 'counted'],
      ['main.go', 0, 'counted'],
    ]);
    expect(report.findings.map(({ kind }) => kind)).toEqual(['dead-link']);
    expect(report.functions).toBeNull();
    expect(report.modules).toBeNull();
  });

  it('of one folder of a repository looks at that folder alone, history too', async () => {
    using repository = new TestRepository({ 'a/a.js': SOURCE, 'b/b.js': SOURCE });
    repository.commit('first');
    repository.write({ 'b/b.js': `${SOURCE}// more\n` });
    repository.commit('second');
    const { report } = await checkHere(join(repository.path, 'a'));
    expect(report.size.files).toBe(1);
    expect(report.repository.commits).toBe(1);
    expect(report.hotspots?.map(({ file }) => file)).toEqual(['a.js']);
  });

  it('of several packages finds imports between them and the rings they make', async () => {
    using repository = new TestRepository({
      'package.json': JSON.stringify({ name: 'root', private: true, workspaces: ['packages/*'] }),
      'packages/a/package.json': JSON.stringify({ name: '@x/a', dependencies: { '@x/b': '1' } }),
      'packages/a/src/index.ts': "import { b } from '@x/b';\nexport const a = (): number => b();\n",
      'packages/b/package.json': JSON.stringify({ name: '@x/b', dependencies: { '@x/a': '1' } }),
      'packages/b/src/index.ts': "import { a } from '@x/a';\nexport const b = (): number => a();\n",
    });
    const { report } = await checkHere(repository.path);
    expect(report.modules?.cycles.map(({ files }) => files)).toEqual([
      ['packages/a/src/index.ts', 'packages/b/src/index.ts'],
    ]);
    expect(report.findings.map(({ kind }) => kind)).toEqual(['import-cycle']);
  });

  it('counts a ring inside of one package that runs nothing while it loads, and does not report it', async () => {
    using repository = new TestRepository({
      'package.json': '{"name":"a"}',
      'a.js': "import { b } from './b.js';\nexport const a = () => b();\n",
      'b.js': "import { a } from './a.js';\nexport const b = () => a();\n",
      'c.js': "const { d } = require('./d.js');\nexports.c = () => d();\n",
      'd.js': "const c = require('./c.js');\nexports.d = () => c.c();\n",
    });
    const { report } = await checkHere(repository.path);
    expect(report.modules?.cycles.map(({ files }) => files)).toEqual([
      ['a.js', 'b.js'],
      ['c.js', 'd.js'],
    ]);
    const rings = report.findings.filter(({ kind }) => kind === 'import-cycle');
    expect(rings.map(({ file, severity }) => [file, severity])).toEqual([['c.js', 'medium']]);
  });

  it('counts commits, people and fixes of a file through an exact rename, and leaves mass changes out', async () => {
    using repository = new TestRepository({ 'old.js': SOURCE });
    repository.commit('add it', 'Ada');
    repository.write({ 'old.js': `${SOURCE}// two\n` });
    repository.commit('fix it', 'Grace');
    repository.git('mv', 'old.js', 'new.js');
    repository.commit('move it', 'Ada');
    repository.write(Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`many/${index}.js`, SOURCE])));
    repository.write({ 'new.js': `${SOURCE}// three\n` });
    repository.commit('touch everything', 'Ada');
    const { report } = await checkHere(repository.path);
    expect(report.hotspots?.find(({ file }) => file === 'new.js')).toMatchObject({ commits: 3, authors: 2, fixes: 1 });
  });

  it('says which sources no test reaches once they are busy', async () => {
    const hard = `export function f(a) {\n${'  if (a) a();\n'.repeat(24)}}\n`;
    using repository = new TestRepository({
      'src/tested.js': hard,
      'src/alone.js': hard,
      'src/plain.js': SOURCE,
      'test/tested.test.js': "import '../src/tested.js';\nimport '../src/plain.js';\n",
    });
    for (let times = 0; times < 9; times += 1) {
      repository.write({ 'src/alone.js': `${hard}// ${times}\n`, 'src/tested.js': `${hard}// ${times}\n` });
      repository.commit(`change ${times}`);
    }
    const { report } = await checkHere(repository.path);
    const untested = report.findings.filter((finding) => JSON.stringify(finding).includes('No test file imports it'));
    expect(untested.map(({ file }) => file)).toEqual(['src/alone.js']);
  });

  it('goes on when a task fails, and shows it as failed', async () => {
    using repository = new TestRepository({
      'a.js': 'export const f = (a) => a === NaN;\n',
      'test/a.test.js': "import '../a.js';\n",
    });
    repository.commit('first');
    const { report } = await checkHere(repository.path, { broken: ['parse.0', 'secrets'] });
    expect(report.tasks.filter(({ state }) => state === 'failed').map(({ name }) => name)).toEqual([
      'parse.0',
      'secrets',
    ]);
    expect(report.repository.commits).toBe(1);
  });
});
