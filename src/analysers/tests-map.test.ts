import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestRepository } from '../../test/check/support/repository.ts';
import { needData, writeData } from './data-files.ts';
import type { FindingsData } from './data.ts';
import { graph } from './graph.ts';
import { inventory } from './inventory.ts';
import { manifests } from './manifests.ts';
import { parse } from './parse.ts';
import { TextReader } from './read-text.ts';
import { skippedTests } from './skipped-tests.ts';
import { testsMap } from './tests-map.ts';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-tests-map-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function look(
  files: Readonly<Record<string, string>>,
  busy: readonly string[] = [],
  recent = 20,
): Promise<FindingsData> {
  const [root, data] = [join(folder, 'root'), join(folder, 'data')];
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  const call = { input: { root, data, shards: 1, shard: 0 }, signal: new AbortController().signal };
  await inventory(call);
  await manifests(call);
  parse(call);
  await graph(call);
  const hotspots = busy.map((file) => ({
    file,
    commits: 20,
    complexity: 40,
    language: 'JavaScript',
    complexityBy: 'parsed' as const,
    score: 820,
    authors: 1,
    fixes: 0,
    lines: 90,
    trend: [0, recent],
  }));
  writeData(data, 'hotspots', { hotspots, findings: [] });
  await testsMap(call);
  return needData(data, 'tests-map');
}

const kindsOf = ({ findings }: FindingsData): readonly string[] => findings.map(({ kind, file }) => `${kind} ${file}`);
const BASE = {
  'src/a.js': "import './b.js';\n",
  'src/b.js': 'f();\n',
  'src/c.js': 'f();\n',
  'test/a.test.js': "import '../src/a.js';\n",
};
const lcov = (file: string, covered: number): string =>
  `SF:${file}\n${Array.from({ length: 20 }, (_, line) => `DA:${line + 1},${line < covered ? 1 : 0}`).join('\n')}\nend_of_record\n`;

describe('a busy source', () => {
  it('is untested when no test imports it, directly or through others', async () => {
    expect(kindsOf(await look(BASE, ['src/a.js', 'src/b.js', 'src/c.js']))).toEqual(['untested-hot-spot src/c.js']);
  });

  it('is not called untested where tests work in another way, and the report says so', async () => {
    const { findings, leftOut } = await look(
      { ...BASE, 'test/a.test.js': "import { spawn } from 'node:child_process';\n" },
      ['src/c.js'],
    );
    expect(findings).toEqual([]);
    expect(leftOut).toEqual([
      'Sources without tests in the root: tests import too few sources there, so they work in another way.',
    ]);
  });

  it('is worked on in the last 12 months', async () => {
    expect(kindsOf(await look(BASE, ['src/c.js'], 8))).toEqual(['untested-hot-spot src/c.js']);
    expect(kindsOf(await look(BASE, ['src/c.js'], 7))).toEqual([]);
  });

  it('is named in the title', async () => {
    const { findings } = await look(BASE, ['src/c.js']);
    expect(findings[0]?.title).toBe('src/c.js changes often, and no test imports it');
  });

  it('is tested when a test or a script of the package starts it by its path', async () => {
    const spawned = "const TOOL = '/../../src/go.js';\nspawn(`node ${__dirname}${TOOL}`);\n";
    const more = { ...BASE, 'src/go.js': 'f();\n', 'src/d.js': 'f();\n' };
    const busy = ['src/go.js', 'src/d.js'];
    expect(kindsOf(await look(more, busy))).toHaveLength(2);
    expect(kindsOf(await look({ ...more, 'test/go.test.js': spawned }, busy))).toEqual(['untested-hot-spot src/d.js']);
    const scripts = {
      'package.json': '{ "scripts": { "start": "node src/d.js", "test": "node src/go.js && mocha" } }',
    };
    expect(kindsOf(await look({ ...more, ...scripts, 'test/go.test.js': '' }, busy))).toEqual([
      'untested-hot-spot src/d.js',
    ]);
  });

  it('is not told of where tests pass by its neighbours too: they work in another way there', async () => {
    const more = { ...BASE, 'page/a.js': 'f();\n', 'page/b.js': 'f();\n' };
    expect(kindsOf(await look(more, ['page/a.js', 'src/c.js']))).toEqual(['untested-hot-spot src/c.js']);
  });

  it('is not tested by a comment that names it', async () => {
    expect(kindsOf(await look({ ...BASE, 'test/b.test.js': '// src/c.js has none\n' }, ['src/c.js']))).toHaveLength(1);
  });

  it('is tested when a folder of tests has its name', async () => {
    expect(kindsOf(await look({ ...BASE, 'test/c/first.test.js': 'it();\n' }, ['src/c.js']))).toEqual([]);
  });

  it('is tested as a command where tests start programs', async () => {
    const more = {
      ...BASE,
      'src/cli/list.js': 'f();\n',
      'test/run.test.js': "import { spawn } from 'node:child_process';\n",
    };
    expect(kindsOf(await look(more, ['src/cli/list.js', 'src/c.js']))).toEqual(['untested-hot-spot src/c.js']);
  });

  it('is tested as code for browsers where tests start one', async () => {
    const more = {
      ...BASE,
      'src/client/run.js': 'f();\n',
      'test/run.test.js': "import { chromium } from 'playwright';\n",
    };
    expect(kindsOf(await look(more, ['src/client/run.js', 'src/c.js']))).toEqual(['untested-hot-spot src/c.js']);
  });

  it('is judged by the tests of its own package', async () => {
    const apart = {
      'packages/cli/package.json': '{ "name": "cli" }',
      'packages/cli/src/index.js': 'f();\n',
      'packages/cli/test/cli.test.js': "import { spawn } from 'node:child_process';\n",
      'packages/none/package.json': '{ "name": "none" }',
      'packages/none/src/index.js': 'f();\n',
    };
    const busy = ['packages/cli/src/index.js', 'packages/none/src/index.js'];
    expect(kindsOf(await look({ 'package.json': '{ "name": "root" }', ...BASE, ...apart }, busy))).toEqual([
      'untested-hot-spot packages/none/src/index.js',
    ]);
  });

  it('goes by the coverage report when there is one', async () => {
    const report = lcov('src/a.js', 1) + lcov('src/c.js', 19);
    const { findings } = await look({ ...BASE, 'coverage/lcov.info': report }, ['src/a.js', 'src/c.js']);
    expect(findings.map(({ file, evidence }) => [file, evidence[0]?.text])).toEqual([
      ['src/a.js', '1 of its 20 lines ran in tests, says the coverage report.'],
    ]);
  });
});

describe('tests that are switched off', () => {
  it('are named in full where there is room', async () => {
    const name = 'should watch paths that were unwatched and added again';
    const titleOf = async (more: string): Promise<string | undefined> =>
      (await look({ 'test/a.test.js': `it.skip('${name}${more}', () => { add(1); });\n` })).findings[0]?.title;
    expect(await titleOf('')).toBe(`"${name}" is switched off, and no comment says why`);
    const long = await titleOf(', as often as it is asked to do so');
    expect(long).toHaveLength(110);
    expect(long).toContain('…" is switched off');
  });

  it('are one finding for the whole repository, where most of them are', async () => {
    const { findings } = await look({
      'test/a.test.js':
        "it.skip('adds', () => { add(1); });\nxit('takes away', () => { add(-1); });\nit('runs', () => {});\n",
      'tests/test_b.py':
        '@pytest.mark.skip\ndef test_one():\n    pass\n\n# waits for the new server\n@pytest.mark.skip\ndef test_two():\n    pass\n',
      'tests/test_c.py': '@pytest.mark.skip(reason="waits for the new server")\ndef test_one():\n    pass\n',
      'tests/test_d.py': '@pytest.mark.xfail(run=False)\n@slow\ndef test_chain():\n    pass\n',
      'tests/test_e.py': '@pytest.mark.xfail\ndef test_runs_all_the_same():\n    pass\n',
      'tests/test_f.py': '@unittest.expectedFailure\ndef test_runs_as_well():\n    pass\n',
      'a_test.go': 'func TestA(t *testing.T) {\n\tt.Skip()\n}\n',
    });
    expect(findings.map(({ file, line, title }) => `${file}:${line} ${title}`)).toEqual([
      'test/a.test.js:1 "adds" and 4 more in 4 files are switched off, and no comment says why',
    ]);
    expect(findings[0]?.evidence.map(({ ref }) => ref)).toEqual([
      'test/a.test.js:1',
      'test/a.test.js:2',
      'a_test.go:2',
      'tests/test_b.py:1',
      'tests/test_d.py:1',
    ]);
  });

  it('begin with a whole group, and say how many are not counted', async () => {
    using repository = new TestRepository({
      'test/a.test.js': "it.skip('one', () => {});\nit.skip('two', () => {});\n",
      'test/b.test.js': "describe.skip('all of it', () => {});\n",
    });
    const reader = new TextReader(repository.path);
    const one = { path: 'test/a.test.js', lines: [1, 2] };
    const group = { path: 'test/b.test.js', lines: [1] };
    const [finding] = skippedTests([{ ...one, lines: [1] }, group], reader, [one, group]);
    expect(finding?.title).toBe('"all of it" and 1 more in 2 files are switched off, and no comment says why');
    expect(finding?.evidence.at(-1)?.text).toMatch(/^Not counted: 1 other of lines younger than a year,/);
    expect(skippedTests([group], reader)[0]?.evidence).toHaveLength(1);
  });

  it('are those that nothing asks and no text holds', async () => {
    const text = 'def test_run(run):\n    run("""\n        @pytest.mark.skip\n        def test_one(): pass\n    """)\n';
    const php =
      'class ATest {\n  function testA() {\n    if (PHP_VERSION_ID === 70103) {\n      $this->markTestSkipped();\n    }\n  }\n}\n';
    const go = 'func TestA(t *testing.T) {\n\tif short {\n\t\tt.Skip()\n\t}\n}\n';
    const files = { 'tests/test_a.py': text, 'tests/ATest.php': `<?php\n${php}`, 'a_test.go': go };
    expect((await look(files)).findings).toEqual([]);
  });

  it('are none where the file is about switching off', async () => {
    const text = "it.skip('s3', () => { add(1); });\n";
    expect((await look({ 'test/only.test.js': text, 'test/skip-if.test.js': text })).findings).toEqual([]);
  });

  it('are none in a project that makes a test tool: it tries on itself what its users may write', async () => {
    const text = "it.skip('adds', () => { add(1); });\n";
    const manifest = (name: string): string => JSON.stringify({ name, version: '1.0.0' });
    expect((await look({ 'package.json': manifest('tool'), 'test/a.test.js': text })).findings).toHaveLength(1);
    expect((await look({ 'package.json': manifest('mocha'), 'test/a.test.js': text })).findings).toEqual([]);
    const ignore = { 'src/main/java/org/x/Ignore.java': '@interface Ignore {}\n' };
    expect((await look({ ...ignore, 'test/a.test.js': text })).findings).toEqual([]);
  });

  it('are none in what a test hands to something', async () => {
    const text = (use: string): string =>
      `class ATest {\n  @Test\n  void runs() {\n    run(${use});\n  }\n\n  static class Sample {\n    @Ignore\n    @Test\n    public void a() {\n      go();\n    }\n  }\n}\n`;
    expect((await look({ 'src/test/java/ATest.java': text('Sample.class') })).findings).toEqual([]);
    expect((await look({ 'src/test/java/ATest.java': text('Other.class') })).findings).toHaveLength(1);
  });

  const java = (before: string, body: string, head = ''): string =>
    `${head}class ATest {\n${before}  @Test\n  @Ignore\n  public void testA() {\n${body}  }\n}\n`;
  const bare = '    run();\n';

  it.each([
    ['Javadoc above all marks', java('  /**\n   * Fails: there is no such number.\n   */\n', bare)],
    ['a comment between the marks', java('  // waits for the parser\n  @Slow\n\n', bare)],
    ['a comment first inside', java('', '    // waits for the parser\n    run();\n')],
    [
      'a comment at the head of the file',
      java('', bare, '// All tests here are disabled: remove the @Ignore to run them.\n'),
    ],
    ['what is wrong, above the class', java('', bare, '/**\n * Those on lists do not pass.\n */\n@Slow\n')],
    ['an issue above the class', java('', bare, '/**\n * @see LANG-762\n */\n')],
    ['an issue in its name', java('', bare).replace('testA()', 'testLang1593()')],
    ['a name about such tests', java('', bare).replace('testA()', 'testPendingOnes()')],
  ])('are left alone with a reason: %s', async (_, text) => {
    expect((await look({ 'src/test/java/ATest.java': text })).findings).toEqual([]);
    const silent = java('', bare, '// Licensed: https://example.org\n\npackage a;\n\n/** Tests of lists. */\n');
    expect((await look({ 'src/test/java/ATest.java': silent })).findings).toHaveLength(1);
  });
});
