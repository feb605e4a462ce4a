import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CheckedRepository, readReport } from './support/checked-repository.ts';
import { jsonLines } from './support/project.ts';

const NAN = 'export const f = (a) => a === NaN;\n';
const CASE = 'export function g(a) {\n  switch (a) { case 1: return 1; case 1: return 2; }\n}\n';

/** Two findings of high severity, confirmed: in code that ships and changes. */
function shop(): CheckedRepository {
  const repository = new CheckedRepository({
    'src/a.js': NAN,
    'src/b.js': CASE,
    'package.json': '{"name":"a","main":"src/a.js"}',
  });
  repository.commit('first');
  return repository;
}

describe('waggle check --baseline', () => {
  test('compares with a report kept elsewhere, and leaves memory alone', async () => {
    using repository = shop();
    await repository.waggle('check', '--out', '../kept');
    repository.writeAll({ 'src/b.js': 'export const g = 1;\n' });
    await repository.waggle('check');
    repository.writeAll({ 'src/c.js': NAN });
    const baseline = join(repository.root, '../kept/report.json');
    expect((await repository.waggle('check', '--baseline', baseline)).code).toBe(0);
    const against = [
      'gone duplicate-case src/b.js',
      'known compares-with-nan src/a.js',
      'new compares-with-nan src/c.js',
    ];
    expect(repository.changes()).toEqual(against);
    expect(repository.report().before?.run).toBe(readReport(baseline).run);
    expect(repository.report().trends.find(({ label }) => label === 'files')?.points).toHaveLength(2);
    // The one without it compares with the last one without it.
    await repository.waggle('check');
    expect(repository.changes()).toEqual(['known compares-with-nan src/a.js', 'new compares-with-nan src/c.js']);
  });

  test('in a fresh clone, as a build service has it, tells the same as memory would', async () => {
    using repository = shop();
    await repository.waggle('check', '--out', '../kept');
    repository.writeAll({ 'src/c.js': NAN });
    repository.commit('break something');
    repository.git('clone', '--quiet', repository.root, '../clone');
    const clone = join(repository.root, '../clone');
    const ended = await repository.waggle('check', clone, '--baseline', '../kept/report.json', '--out', '../now');
    expect({ code: ended.code, warned: ended.stderr.includes('another repository') }).toEqual({
      code: 0,
      warned: false,
    });
    expect(repository.changes(join(repository.root, '../now'))).toEqual([
      'known compares-with-nan src/a.js',
      'known duplicate-case src/b.js',
      'new compares-with-nan src/c.js',
    ]);
  });

  test('of another repository is taken with a warning', async () => {
    using repository = shop();
    using other = shop();
    other.writeAll({ 'd.js': '' });
    other.commit('of another history');
    other.git('commit', '--quiet', '--amend', '-m', 'x');
    const root = other.git('commit-tree', '-m', 'other root', 'HEAD^{tree}').trim();
    other.git('reset', '--quiet', '--hard', root);
    await other.waggle('check', '--out', '../kept');
    const ended = await repository.waggle('check', '--baseline', join(other.root, '../kept/report.json'));
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('The baseline is a report of another repository');
  });

  test('that is none is refused with 2, with how to make one, before anything is written', async () => {
    using repository = shop();
    const files: Readonly<Record<string, string>> = {
      'text.json': 'no JSON',
      'other.json': '{"version":"2.1.0","runs":[]}',
      'future.json': '{"format":"waggle-check/2"}',
      'half.json': '{"format":"waggle-check/1","run":"x"}',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(repository.root, '..', name), text);
    mkdirSync(join(repository.root, '../folder'));
    const says: Readonly<Record<string, string>> = {
      'missing.json': 'There is no file',
      folder: 'is not a file',
      'text.json': 'is not JSON',
      'other.json': 'not the report of a check',
      'future.json': 'this release reads "waggle-check/1"',
      'half.json': 'no whole report',
    };
    for (const [name, words] of Object.entries(says)) {
      const { code, stdout, stderr } = await repository.waggle('check', '--baseline', `../${name}`);
      expect({ name, code, stdout }).toEqual({ name, code: 2, stdout: '' });
      expect(stderr).toContain(words);
      expect(stderr).toContain('Make one with: waggle check --out <folder>');
    }
    const both = await repository.waggle('check', '--baseline', 'x', '--reset-baseline');
    expect(both.code).toBe(2);
    expect(both.stderr).toContain('cannot be used with');
    expect(existsSync(join(repository.root, '.waggle'))).toBe(false);
  });
});

describe('waggle check --fail-on', () => {
  test('exits with 1 on confirmed findings of that severity, on new ones, and on an id that is still there', async () => {
    using repository = shop();
    const code = async (...args: readonly string[]): Promise<number | null> =>
      (await repository.waggle('check', ...args)).code;
    expect(await code('--fail-on', 'critical')).toBe(0);
    expect(await code('--fail-on', 'new')).toBe(0);
    const failed = await repository.waggle('check', '--fail-on', 'high');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('Fails (--fail-on): 2 confirmed findings of severity high or worse.\n');
    const id = repository.report().findings.find(({ file }) => file === 'src/b.js')?.id ?? '';
    expect(await code('--fail-on', id)).toBe(1);
    repository.writeAll({ 'src/b.js': 'export const g = 1;\n', 'src/a.js': 'export const a = 1;\n' });
    expect(await code('--fail-on', `critical,${id}`)).toBe(0);
    repository.writeAll({ 'src/b.js': NAN });
    expect(await code('--fail-on', 'new')).toBe(1);
  });

  test('counts nothing that was rejected', async () => {
    using repository = new CheckedRepository({
      'package.json': '{"name":"a"}',
      // Lock files side by side; a voter sees that the one without entries decides nothing.
      'package-lock.json': '{}\n',
      'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
    });
    repository.commit('first');
    expect((await repository.waggle('check', '--fail-on', 'medium')).code).toBe(0);
    const states = (): unknown =>
      repository.report().findings.map(({ kind, severity, state }) => [kind, severity, state]);
    expect(states()).toEqual([['lock-files-compete', 'medium', 'rejected']]);
    expect((await repository.waggle('check', '--reset-baseline', '--fail-on', 'medium,new')).code).toBe(0);
  });
});

describe('what a check prints', () => {
  test('with --json one object per finding and one at the end, with counts of the confirmed and all states', async () => {
    using repository = shop();
    const lines = jsonLines(await repository.waggle('check', '--json', '--quiet', '--fail-on', 'high'));
    const last = lines.at(-1);
    const found = lines.filter(({ type }) => type === 'check.finding');
    expect(found).toHaveLength(2);
    expect(last).toMatchObject({ type: 'check.finished', counts: { high: 2, new: 2 }, states: { confirmed: 2 } });
    expect(last?.['failedOn']).toEqual(['2 confirmed findings of severity high or worse']);
    expect(last?.['reports']).toHaveProperty('sarif');
  });

  test('with --all holds also what was not confirmed, in the terminal and in SARIF', async () => {
    const files = Array.from({ length: 60 }, (_, index): [string, string] => [`src/f${index}.js`, NAN]);
    using repository = new CheckedRepository(Object.fromEntries(files));
    repository.commit('first');
    const results = (): number =>
      readFileSync(join(repository.root, '.waggle/check/latest/report.sarif'), 'utf8').split('"ruleId"').length - 1;
    const short = await repository.waggle('check');
    const { findings } = repository.report();
    const confirmed = findings.filter(({ state }) => state === 'confirmed').length;
    expect(confirmed).toBeLessThan(60);
    expect(results()).toBe(confirmed);
    expect(short.stdout).toContain('See them with --all.');
    const whole = await repository.waggle('check', '--all');
    expect(results()).toBe(60);
    expect(whole.stdout.match(/^ +src\/f\d+\.js:1 · not voted on\b/gm)?.length).toBe(
      findings.filter(({ state }) => state === 'not-voted').length,
    );
  });
});

describe('the plan of a check', () => {
  test('has commands that are real: they fail before the change and pass after it', async () => {
    using repository = shop();
    repository.writeAll({ 'package.json': '{"name":"a","main":"src/a.js","scripts":{"test":"node --test"}}' });
    await repository.waggle('check');
    const plan = (repository.report().plan ?? []).toSorted((a, b) => (a.writes.join() < b.writes.join() ? -1 : 1));
    expect(plan.map(({ writes, dependsOn, size, verify }) => ({ writes, dependsOn, size, tests: verify[1] }))).toEqual([
      { writes: ['src/a.js'], dependsOn: [], size: 'S', tests: 'npm test' },
      { writes: ['src/b.js'], dependsOn: [], size: 'S', tests: 'npm test' },
    ]);
    const [, ...words] = plan[0]?.verify[0]?.split(' ') ?? [];
    expect(words.slice(0, 2)).toEqual(['check', '--fail-on']);
    expect((await repository.waggle(...words)).code).toBe(1);
    repository.writeAll({ 'src/a.js': 'export const f = (a) => Number.isNaN(a);\n' });
    expect((await repository.waggle(...words)).code).toBe(0);
  });

  test('names no tests where a manifest only says that there are none', async () => {
    using repository = shop();
    const script = 'echo \\"Error: no test specified\\" && exit 1';
    repository.writeAll({ 'package.json': `{"name":"a","main":"src/a.js","scripts":{"test":"${script}"}}` });
    await repository.waggle('check');
    expect(repository.report().plan?.map(({ verify }) => verify.length)).toEqual([1, 1]);
  });
});

test('trends count what was confirmed', async () => {
  using repository = shop();
  await repository.waggle('check');
  repository.writeAll({ 'src/b.js': 'export const g = 1;\n' });
  await repository.waggle('check');
  const valuesOf = (label: string): unknown =>
    repository
      .report()
      .trends.find((trend) => trend.label === label)
      ?.points.map(({ value }) => value);
  expect(valuesOf('confirmed findings')).toEqual([2, 1]);
  expect(valuesOf('confirmed, high')).toEqual([2, 1]);
  expect(valuesOf('confirmed, critical')).toEqual([0, 0]);
});

test.runIf(process.platform === 'linux')('--open hands the page to the desktop', async () => {
  using repository = shop();
  const bin = join(repository.root, '../bin');
  repository.writeAll({ '../bin/xdg-open': '#!/bin/sh\necho "$1" > "$0.draft" && mv "$0.draft" "$0.called"\n' });
  chmodSync(join(bin, 'xdg-open'), 0o755);
  repository.searchPath = `${bin}:${repository.searchPath}`;
  expect((await repository.waggle('check', '--open')).code).toBe(0);
  await expect.poll(() => existsSync(join(bin, 'xdg-open.called')), { timeout: 10_000 }).toBe(true);
  const run = join(repository.root, '.waggle/check', repository.report().run);
  expect(readFileSync(join(bin, 'xdg-open.called'), 'utf8')).toBe(`${join(run, 'report.html')}\n`);
});
