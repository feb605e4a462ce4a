import { expect, test } from 'vitest';
import type { CheckRun } from '../../app/check-run.ts';
import { runId } from '../../core/ids.ts';
import { checkLines } from './check-lines.ts';
import { styleFor } from './style.ts';
import { widthOf } from './text.ts';

const style = styleFor({ colour: false, unicode: true });
const NOW_MS = new Date(2026, 2, 1, 14, 5).getTime();
const SIZE = '1 file, 87,310 lines, 2,700 commits; 26 tasks';
const NONE = {
  ready: 0,
  blocked: 0,
  running: 0,
  verifying: 0,
  'awaiting-children': 0,
  'backing-off': 0,
  'awaiting-quota': 0,
  'outcome-unknown': 0,
  cancelling: 0,
};

type Finding = CheckRun['findings'][number];
type Vote = Finding['votes'][number];

function vote(voter: Vote['voter'], choice: Vote['choice'], isCounted: boolean = true): Vote {
  return { voter, choice, reason: 'Because.', evidence: [], isCounted };
}

function finding(over: Partial<Finding> = {}): Finding {
  return {
    id: '0123456789abcdef',
    kind: 'hot-spot',
    severity: 'high',
    title: 'Changed 231 times and hard to read: 41 decisions in 797 lines',
    file: 'src/context.ts',
    line: 608,
    evidence: [],
    state: 'confirmed',
    votes: [vote('shape', 'approve'), vote('context', 'approve'), vote('history', 'abstain')],
    baseline: 'known',
    ...over,
  };
}

function run(over: Partial<CheckRun> = {}): CheckRun {
  const findings = over.findings ?? [finding()];
  const high = findings.filter(({ state }) => state === 'confirmed').length;
  const of = (state: string): number => findings.filter((one) => one.state === state).length;
  return {
    runId: runId('check-1'),
    record: {
      runId: runId('check-1'),
      state: 'succeeded',
      run: { name: 'check', inputs: {}, budget: {}, project: '/r', source: 'built-in:check' },
      createdAtMs: NOW_MS,
      counts: { ...NONE, succeeded: 1, failed: 0, cancelled: 0, skipped: 0 },
    },
    reports: { html: '/r/report.html', markdown: '/r/report.md', json: '/r/report.json', sarif: '/r/report.sarif' },
    size: { files: 1, lines: 87_310, commits: 2_700, tasks: 26 },
    counts: { critical: 0, high, medium: 0, low: 0, new: 0 },
    states: {
      confirmed: high,
      unconfirmed: of('unconfirmed'),
      rejected: of('rejected'),
      'not-voted': of('not-voted'),
    },
    notLookedFor: [],
    failedTasks: [],
    notes: [],
    findings,
    changes: null,
    plan: null,
    skipped: [],
    ...over,
  };
}

const lines = (over: Partial<CheckRun>, columns: number = 80): readonly string[] =>
  checkLines(run(over), { style, columns });

test('a finding has its place, how many voted for it, and whether it is new', () => {
  expect(lines({ findings: [finding({ baseline: 'new' })] })).toEqual([
    '1 confirmed finding: 1 high',
    SIZE,
    '',
    '  high      Changed 231 times and hard to read: 41 decisions in 797 lines',
    '            src/context.ts:608 · 2 for, 0 against · new',
    '',
    'Report: /r/report.html',
  ]);
});

test('a vote that came too late does not count', () => {
  const votes = [vote('shape', 'approve'), vote('context', 'approve', false)];
  expect(lines({ findings: [finding({ votes })] })[4]).toContain('1 for, 0 against');
});

test('what changed, what to do first and what was not checked follow, the report last', () => {
  const task = {
    id: 'T1',
    title: 'Split it',
    role: 'coder',
    findingIds: [],
    dependsOn: [],
    verify: [],
    size: 'M',
  } as const;
  const shown = lines({
    findings: [],
    changes: { sinceMs: NOW_MS - 60_000, new: 2, known: 25, gone: 1, notChecked: 3 },
    plan: [1, 2, 3, 4, 5].map((index) => ({ ...task, id: `T${index}`, writes: index === 1 ? ['a.ts', 'b.ts'] : [] })),
    skipped: [{ what: 'History', reason: 'no-git', fix: 'Clone it.' }],
    failedTasks: ['secrets'],
  });
  expect(shown).toEqual([
    'No findings',
    SIZE,
    'Since 14:04:00: 2 new, 25 known, 1 gone, 3 not looked for this time',
    '',
    'To do first:',
    '  T1        Split it',
    '            medium · writes a.ts and 1 more',
    '  T2        Split it',
    '            medium',
    '  T3        Split it',
    '            medium',
    '  and 2 more tasks in the report',
    '',
    'Not checked:',
    '  ○ secrets failed (see the report).',
    '  ○ History (no-git). Clone it.',
    '',
    'Report: /r/report.html',
  ]);
});

test('ten findings are shown, the others counted; those not confirmed stand apart', () => {
  const findings = [
    ...Array.from({ length: 12 }, () => finding()),
    finding({ state: 'rejected' }),
    finding({ state: 'not-voted', votes: [] }),
  ];
  const shown = lines({ findings });
  expect(shown.filter((line) => line.startsWith('  high'))).toHaveLength(10);
  expect(shown).toContain('  and 2 more in the report');
  expect(shown).toContain('  Not confirmed: 1 rejected, 1 not voted on. See them with --all.');
  const all = checkLines(run({ findings }), { style, columns: 80 }, { isAll: true });
  expect(all.filter((line) => line.startsWith('  high'))).toHaveLength(14);
  expect(all.at(-3)).toBe('  Not confirmed: 1 rejected, 1 not voted on');
});

test('a wide terminal has a finding on one line, its places below each other', () => {
  const findings = [finding(), finding({ title: 'Short', file: 'a.ts', line: 0 })];
  const [, , , first, second] = lines({ findings }, 200);
  expect(first).toBe(
    '  high      Changed 231 times and hard to read: 41 decisions in 797 lines  src/context.ts:608 · 2 for, 0 against',
  );
  expect(second?.indexOf('a.ts')).toBe(first?.indexOf('src/context.ts'));
});

test.each([40, 60, 80, 140, 200])('nothing is wider than %i columns', (columns) => {
  const long = 'a rather long title of a finding '.repeat(9).trim();
  const findings = [finding({ title: long, file: `src/${'very/'.repeat(30)}deep.ts` })];
  const skipped = [{ what: long, reason: 'no-git', fix: long }];
  const plan = [
    { id: 'T1', title: long, role: 'coder', findingIds: [], writes: [long], dependsOn: [], verify: [], size: 'L' },
  ] as const;
  for (const line of lines({ findings, skipped, plan }, columns)) expect(widthOf(line)).toBeLessThanOrEqual(columns);
});
