import { expect, test } from 'vitest';
import { HOSTILE_STRINGS } from '../../../test/support/hostile-strings.ts';
import { runId, taskId } from '../../app/views.ts';
import { Unavailable } from '../../util/user-error.ts';
import { checkLines } from './check-lines.ts';
import { internalErrorLines, unavailableLines, userErrorLines } from './errors.ts';
import { styleFor } from './style.ts';
import { taskTable } from './task-table.ts';
import { widthOf } from './text.ts';

const style = styleFor({ colour: false, unicode: true });
const RAW = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

test('every mistake is shown with where, what and what to do, and counted', () => {
  const problems = [
    { code: 'A', at: 'release.yaml:3:5', message: '"comand" is not known.', fix: 'Did you mean "command"?' },
    { code: 'B', message: 'There are no tasks.', fix: 'Write at least one.' },
  ];
  expect(userErrorLines(problems, style, Infinity)).toEqual([
    'error  release.yaml:3:5: "comand" is not known.',
    '       Did you mean "command"?',
    'error  There are no tasks.',
    '       Write at least one.',
    '2 problems',
  ]);
});

test('of hundreds of mistakes the first 50 are shown and the others counted', () => {
  const problems = Array.from({ length: 200 }, (_, index) => ({ code: 'A', message: `m${index}.`, fix: '' }));
  const lines = userErrorLines(problems, style, 80);
  expect(lines).toHaveLength(52);
  expect(lines.slice(-2)).toEqual(['and 150 more problems', '200 problems']);
});

test('a narrow terminal gets short lines', () => {
  const message = 'A value inside a shell script could become part of the script, and that is not wanted.';
  for (const line of userErrorLines([{ code: 'A', at: 'a.yaml:1:1', message, fix: message }], style, 40)) {
    expect(widthOf(line)).toBeLessThanOrEqual(40);
  }
});

test('trouble outside says when a new try makes sense, where that is known', () => {
  const trouble = new Unavailable({
    port: 'disk',
    message: 'The disk is full.',
    fix: 'Make room.',
    retryAfterMs: 5000,
  });
  expect(unavailableLines(trouble, style, Infinity)).toEqual([
    'error  The disk is full.',
    '       Make room. A new try makes sense in 5 s.',
  ]);
});

test('500 hostile strings in errors, findings and tables never reach the terminal as they are', () => {
  for (const hostile of HOSTILE_STRINGS) {
    const lines = [
      ...userErrorLines([{ code: hostile, at: hostile, message: hostile, fix: hostile }], style, 60),
      ...unavailableLines(new Unavailable({ port: 'x', message: hostile, fix: hostile }), style, 60),
      ...internalErrorLines(new Error(hostile), { version: '1', report: 'Report it.' }),
      ...checkLines(checkOf(hostile), { style, columns: 60 }),
      ...taskTable(...taskOf(hostile), style, 80),
    ];
    for (const line of lines) expect(line).not.toMatch(RAW);
  }
});

function checkOf(text: string): Parameters<typeof checkLines>[0] {
  const run = runId('check-1');
  const finding = { id: text, kind: text, severity: 'high', title: text, file: text, line: 3, evidence: [] } as const;
  const counts = {
    blocked: 0,
    ready: 0,
    running: 0,
    verifying: 0,
    'awaiting-children': 0,
    'backing-off': 0,
    'awaiting-quota': 0,
    'outcome-unknown': 0,
    cancelling: 0,
  };
  return {
    runId: run,
    record: {
      runId: run,
      state: 'succeeded',
      run: { name: text, inputs: {}, budget: {}, project: text, source: text },
      createdAtMs: 0,
      counts: { ...counts, succeeded: 0, failed: 0, cancelled: 0, skipped: 0 },
    },
    reports: { html: text, markdown: text, json: text, sarif: text },
    size: { files: 1, lines: 1, commits: null, tasks: 1 },
    counts: { critical: 0, high: 1, medium: 0, low: 0, new: 1 },
    states: { confirmed: 1, unconfirmed: 0, rejected: 0, 'not-voted': 0 },
    notLookedFor: [],
    failedTasks: [],
    notes: [text],
    findings: [{ ...finding, state: 'confirmed', votes: [], baseline: 'new' }],
    changes: null,
    plan: [
      {
        id: text,
        title: text,
        role: 'coder',
        findingIds: [text],
        writes: [text],
        dependsOn: [text],
        verify: [text],
        size: 'S',
      },
    ],
    skipped: [{ what: text, reason: 'no-git', fix: text }],
  };
}

function taskOf(text: string): Readonly<[Parameters<typeof taskTable>[0], Parameters<typeof taskTable>[1]]> {
  const id = taskId(runId('r'), text);
  const work = { kind: 'command', argv: [text] } as const;
  const task = { taskId: id, runId: runId('r'), index: 0, status: 'skipped', attempt: 1, note: text } as const;
  const spec = { name: text, type: text, work, needs: [text], requires: [] };
  const attempt = { taskId: id, attempt: 1, agentId: text, outcome: 'failed', artifacts: [], startedAtMs: 0 } as const;
  return [[{ ...task, spec }], [attempt]];
}
