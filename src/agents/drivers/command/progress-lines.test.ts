import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentReport } from '../../../core/tasks/attempt.ts';
import { ManualClock } from '../../../testing/manual-clock.ts';
import { parseProgress, ProgressLines } from './progress-lines.ts';

describe('parseProgress', () => {
  test.each([
    ['::waggle progress=40 step=build', 40, 'build'],
    ['::waggle progress=40% step="build the docs"', 40, 'build the docs'],
    ['::waggle step=test', null, 'test'],
    ['::waggle progress=0', 0, null],
    ['::waggle progress=101 step=x', null, 'x'],
    ['::waggle step="a\u001b[31mb"', null, 'a[31mb'],
  ])('%s', (line, percentage, step) => {
    expect(parseProgress(line)).toEqual({ kind: 'progress', percentage, step });
  });

  test.each([
    '::waggle',
    '::waggle progress=',
    '::waggle progress=no',
    ' ::waggle progress=1',
    '::wagglex progress=1',
    '',
  ])('%j is no progress', (line) => {
    expect(parseProgress(line)).toBeUndefined();
  });
});

function watch(): Readonly<{ clock: ManualClock; reports: AgentReport[]; lines: ProgressLines }> {
  const clock = new ManualClock();
  const reports: AgentReport[] = [];
  return { clock, reports, lines: new ProgressLines((report) => reports.push(report), clock) };
}

const cutsOf = (text: string): fc.Arbitrary<readonly number[]> =>
  fc.array(fc.nat(text.length), { maxLength: 12 }).map((cuts) => cuts.toSorted((one, other) => one - other));

const step = (name: string | null): AgentReport => ({ kind: 'progress', percentage: null, step: name });

describe('ProgressLines', () => {
  test('reports the first line at once, then the newest of each second, and the last one at the end', () => {
    const { clock, reports, lines } = watch();
    lines.push(Buffer.from('::waggle step=a\n::waggle step=b\n::waggle step=c\n'));
    expect(reports).toEqual([step('a')]);
    clock.advance(1_000);
    expect(reports).toEqual([step('a'), step('c')]);
    lines.push(Buffer.from('::waggle step=d\n::waggle step=e'));
    lines.close();
    expect(reports).toEqual([step('a'), step('c'), step('e')]);
    clock.advance(5_000);
    expect(reports).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });

  test('finds its lines however the output is cut, and only at the start of a line', () => {
    const text = 'noise\n::waggle step=one\r\nno ::waggle step=two\n:::waggle step=three\n';
    fc.assert(
      fc.property(cutsOf(text), (cuts) => {
        const { clock, reports, lines } = watch();
        const places = [0, ...cuts, text.length];
        for (const [index, end] of places.slice(1).entries()) lines.push(Buffer.from(text.slice(places[index], end)));
        clock.advance(10_000);
        lines.close();
        expect(reports).toEqual([step('one')]);
      }),
    );
  });

  test('a line without end is not collected', () => {
    const { reports, lines } = watch();
    for (let count = 0; count < 100; count++) lines.push(Buffer.from(`::waggle step=${'x'.repeat(1_000)}`));
    lines.push(Buffer.from('\n::waggle step=after\n'));
    expect(reports).toEqual([step('after')]);
  });
});
