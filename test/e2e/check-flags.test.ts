import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

  test('counts nothing that was rejected or not confirmed', async () => {
    using repository = new CheckedRepository({
      'package.json': '{"name":"a"}',
      // Placeholder words in a test: a vote decides against it, or leaves it open.
      'src/keys.js': "export const apiKey = 'q7Zt2LmX9vKc4RbN8sWd';\n",
    });
    repository.commit('first');
    const { code } = await repository.waggle('check', '--fail-on', 'medium,new');
    const { findings } = repository.report();
    expect(findings.length).toBeGreaterThan(0);
    const confirmed = findings.filter(({ state }) => state === 'confirmed');
    expect(code).toBe(confirmed.length > 0 ? 1 : 0);
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
    expect(whole.stdout.match(/^ +src\/f\d+\.js:1 {2}not-voted$/gm)?.length).toBe(
      findings.filter(({ state }) => state === 'not-voted').length,
    );
  });
});
