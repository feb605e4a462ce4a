import { expect, test } from 'vitest';
import { failureBlock, failureSentence, outcomeReason } from './failure.ts';
import { styleFor } from './style.ts';

const style = styleFor({ colour: false, unicode: true });
const wide = { style, columns: Infinity };

test('a failure names the command, the exit code, the last 20 lines and where the whole log is', () => {
  const tail = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join('\n');
  const failure = { reason: 'exit-non-zero', exitCode: 2, command: 'npm test', tail } as const;
  const lines = failureBlock(
    { name: 'unit', failure, attempt: 1 },
    { command: 'waggle tasks logs unit', path: '.waggle/artifacts/ab' },
    wide,
  );
  expect(lines.slice(0, 3)).toEqual([
    '✘ unit failed: exit code 2',
    '  command  npm test',
    '  last 20 lines of output:',
  ]);
  expect(lines[3]).toBe('  | line 11');
  expect(lines.slice(-3)).toEqual([
    '  | line 30',
    '  whole log  waggle tasks logs unit',
    '             .waggle/artifacts/ab',
  ]);
  expect(lines).toHaveLength(25);
});

test('a failure without its own command names that of the task, and the number of the attempt', () => {
  const failure = { reason: 'timed-out', afterMs: 600_000, tail: '' } as const;
  const work = { kind: 'command', argv: ['sleep', '1000'] } as const;
  const log = { command: 'waggle tasks logs r7k2/slow' };
  expect(failureBlock({ name: 'slow', failure, attempt: 3, work }, log, wide)).toEqual([
    '✘ slow failed: timed out after 10m 00s (attempt 3)',
    '  command  sleep 1000',
    '  whole log  waggle tasks logs r7k2/slow',
  ]);
});

test('a task without what it declared shows how its log ends', () => {
  const evidence = [
    { check: 'exit-code', ok: true, exitCode: 0 },
    { check: 'output-file', ok: false, output: 'bundle', path: 'app.js', bytes: 0 },
  ] as const;
  const failure = { reason: 'check-failed', evidence } as const;
  const work = { kind: 'command', shell: 'set -u\n  make app\n' } as const;
  const log = { command: 'waggle tasks logs r7k2/app', tail: 'no rule to make target\n' };
  expect(failureBlock({ name: 'app', failure, attempt: 1, work }, log, wide)).toEqual([
    '✘ app failed: check failed: file app.js is missing or empty',
    '  command  set -u ⏎ make app',
    '  last 1 line of output:',
    '  | no rule to make target',
    '  whole log  waggle tasks logs r7k2/app',
  ]);
});

test('a failed check names the command that the coordinator ran and shows what it printed', () => {
  const evidence = [
    { check: 'exit-code', ok: true, exitCode: 0 },
    {
      check: 'command',
      ok: false,
      argv: ['npm', 'test'],
      exitCode: 1,
      workspace: 'copy of 12 files',
      tail: '1 failed\n',
    },
  ] as const;
  const failure = { reason: 'check-failed', evidence } as const;
  expect(failureBlock({ name: 'fix', failure, attempt: 1 }, { command: 'x' }, wide)).toEqual([
    '✘ fix failed: check failed: npm test gave exit code 1 in copy of 12 files',
    '  command  npm test',
    '  last 1 line of output:',
    '  | 1 failed',
    '  whole log  x',
  ]);
});

test.each([
  [{ reason: 'start-failed', message: 'no such program: mkae' }, 'could not start: no such program: mkae'],
  [{ reason: 'no-result', missing: ['tarball'] }, 'ended without its declared result: tarball'],
  [{ reason: 'crashed', signal: 'SIGSEGV', command: '', tail: '' }, 'ended by SIGSEGV'],
  [{ reason: 'stopped', why: 'draining' }, 'stopped: draining'],
  [{ reason: 'coordinator-lost' }, 'its coordinator ended; not counted as a try'],
] as const)('%j reads as a sentence', (failure, sentence) => {
  expect(failureSentence(failure)).toBe(sentence);
});

test('an exhausted budget is named with its limit and unit', () => {
  const failure = { reason: 'budget-exhausted', budget: 'wallMs', limit: 600_000 } as const;
  expect(outcomeReason({ state: 'failed', failure })).toBe('the time budget is used up (limit 10m 00s)');
  const money = { reason: 'budget-exhausted', budget: 'costMicros', limit: 2_000_000 } as const;
  expect(outcomeReason({ state: 'failed', failure: money })).toBe('the money budget is used up (limit 2.00 USD)');
});

test('a failure without output has no log to point at', () => {
  const failure = { reason: 'start-failed', message: 'there is no program "mkae"' } as const;
  const lines = failureBlock({ name: 'a', failure, attempt: 1 }, undefined, wide);
  expect(lines).toEqual(['✘ a failed: could not start: there is no program "mkae"']);
});
