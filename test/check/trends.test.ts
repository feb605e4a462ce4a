import { describe, expect, it } from 'vitest';
import { MapTier } from '../../src/adapters/in-memory/map-tier.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { baselineOf, decodeBaseline, encodeBaseline } from '../../src/analysers/baseline.ts';
import { decodeFigures, figuresFrom, trendsOf, withFigures, type CheckFigures } from '../../src/analysers/trends.ts';
import type { CheckReport } from '../../src/core/findings/check-report.ts';
import { parseEarlierReport } from '../../src/workflows/earlier-report-schema.ts';
import { renderReports } from '../../src/reports/render-reports.ts';
import { finding, report, timeline } from './support/reports.ts';
import { checkHere, type CheckHereOptions } from './support/run-check.ts';
import { TestRepository } from './support/repository.ts';

const NAN = 'export const f = (a) => a === NaN;\n';

const valuesOf = ({ trends }: Pick<CheckReport, 'trends'>, label: string): readonly (number | null)[] =>
  trends.find((trend) => trend.label === label)?.points.map(({ value }) => value) ?? [];

describe('trends', () => {
  it('are the figures of this check and those before it, the oldest first', async () => {
    const memory = new MapTier(new SystemClock());
    using repository = new TestRepository({ 'a.js': NAN, 'test/a.test.js': "import '../a.js';\n" });
    const check = async (options: CheckHereOptions): Promise<CheckReport> =>
      (await checkHere(repository.path, { memory, ...options })).report;
    const first = await check({ run: 'run-1' });
    expect(valuesOf(first, 'files')).toEqual([2]);
    repository.write({ 'b.js': "import './c.js';\nc();\n", 'c.js': "import './b.js';\nb();\n" });
    await check({ run: 'run-2' });
    const third = await check({ run: 'run-3', broken: ['graph'] });
    expect(valuesOf(third, 'files')).toEqual([2, 4, 4]);
    expect(valuesOf(third, 'lines')).toEqual([2, 6, 6]);
    expect(valuesOf(third, 'test files')).toEqual([1, 1, 1]);
    // Not measured is not 0.
    expect(valuesOf(third, 'import cycles')).toEqual([0, 1, null]);
    expect(third.trends.map(({ label }) => label)).not.toContain('score of the hottest file');
  });

  it('do not grow by reports of checks that are kept in the repository', async () => {
    const memory = new MapTier(new SystemClock());
    using repository = new TestRepository({ 'a.js': NAN, 'docs/report.md': '# Ours\n', 'docs/report.json': '{}\n' });
    const first = (await checkHere(repository.path, { memory, run: 'run-1' })).report;
    const reports = renderReports({ report: first, timeline: timeline() });
    repository.write(Object.fromEntries(Object.entries(reports).map(([name, text]) => [`.reports/${name}`, text])));
    const second = (await checkHere(repository.path, { memory, run: 'run-2' })).report;
    expect(valuesOf(second, 'files')).toEqual([3, 3]);
    expect(valuesOf(second, 'lines')[1]).toBe(valuesOf(second, 'lines')[0]);
  });

  it('count a check that is repeated after a crash once', async () => {
    const memory = new MapTier(new SystemClock());
    using repository = new TestRepository({ 'a.js': NAN });
    for (const run of ['run-1', 'run-2', 'run-2']) await checkHere(repository.path, { memory, run });
    const { report: last } = await checkHere(repository.path, { memory, run: 'run-3' });
    expect(valuesOf(last, 'files')).toEqual([1, 1, 1]);
  });

  it('keep 30 checks', () => {
    const of = (run: string): CheckFigures => ({ run, atMs: Number(run), values: { files: Number(run) } });
    const figures = Array.from({ length: 50 }, (_, index) => index + 1).reduce<readonly CheckFigures[]>(
      (all, index) => withFigures(all, of(String(index))),
      [],
    );
    expect(trendsOf(figures)[0]?.points.map(({ value }) => value)).toEqual(
      Array.from({ length: 30 }, (_, index) => index + 21),
    );
    expect(decodeFigures(figures.concat(figures))).toHaveLength(30);
  });

  it('come back from a report as they went into it', () => {
    const figures: readonly CheckFigures[] = [
      { run: 'a', atMs: 1, values: { files: 3, cycles: 0 } },
      { run: 'b', atMs: 2, values: { files: 4 } },
    ];
    const again = figuresFrom([...trendsOf(figures), { label: 'of another release', points: [{ atMs: 3, value: 1 }] }]);
    expect(again.map(({ atMs, values }) => ({ atMs, values }))).toEqual(
      figures.map(({ atMs, values }) => ({ atMs, values })),
    );
  });

  it('begin anew with a baseline of a release that kept none, which is read all the same', () => {
    const newest = { run: 'run-1', checkedAtMs: 1, commit: null, detectors: { secret: 1 }, findings: [] };
    const old = { format: 'waggle-check-baseline/1', newest, previous: null };
    expect(decodeBaseline(old)).toEqual({ newest, previous: null, figures: [] });
    const stored = { newest, previous: newest, figures: [{ run: 'run-1', atMs: 1, values: { files: 1 } }] };
    expect(decodeBaseline(JSON.parse(JSON.stringify(encodeBaseline(stored))))).toEqual(stored);
    const odd = [3, { run: 1 }, { run: 'x', atMs: 2, values: { files: 'many', unknown: 3, lines: 5 } }];
    expect(decodeBaseline({ ...old, figures: odd })?.figures).toEqual([{ run: 'x', atMs: 2, values: { lines: 5 } }]);
  });
});

describe('a report as baseline', () => {
  const parsed = (value: unknown): ReturnType<typeof parseEarlierReport> =>
    parseEarlierReport(JSON.parse(JSON.stringify(value)));

  it('says what was found, looked for, and cut off', () => {
    const earlier = parsed(
      report({
        findings: [finding({ id: 'a' }), finding({ id: 'b', state: 'rejected' })],
        past: [
          { id: 'c', kind: 'secret', severity: 'high', title: 'C', file: 'c', baseline: 'not-checked' },
          { id: 'd', kind: 'secret', severity: 'high', title: 'D', file: 'd', baseline: 'gone' },
        ],
        rules: { 'duplicate-case': 1 },
        furtherIds: ['e'],
      }),
    );
    if (!earlier.ok) throw new Error(earlier.problem);
    const { baseline } = baselineOf(earlier.report);
    expect(baseline.findings.map(({ id, isRejected }) => [id, isRejected])).toEqual([
      ['a', undefined],
      ['b', true],
      ['c', undefined],
    ]);
    expect(baseline).toMatchObject({ detectors: { 'duplicate-case': 1 }, furtherIds: ['e'] });
  });

  it.each([
    [{ format: 'waggle-check/2' }, /format "waggle-check\/2"/],
    [[1, 2], /not the report of a check/],
    ['text', /not the report of a check/],
    [{ format: 'waggle-check/1', run: 'x' }, /no whole report: "checkedAtMs"/],
    [{ ...report(), findings: [{ id: 3 }] }, /no whole report: "findings\.0\.id"/],
  ])('is refused when it is none: %j', (value, problem) => {
    const answer = parsed(value);
    expect(answer.ok ? '' : answer.problem).toMatch(problem);
  });
});
