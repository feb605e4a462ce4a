import { expect, test } from 'vitest';
import { RecordedRun } from '../../test/support/recorded-run.ts';
import { outlookOf } from './run-outlook.ts';
import { RunView } from './run-view.ts';

function lookAt(run: RecordedRun, nowMs: number): ReturnType<typeof outlookOf> {
  const view = new RunView(run.runId);
  view.apply(run.records);
  return outlookOf(view, nowMs);
}

const names = (run: RecordedRun, nowMs: number): readonly string[] =>
  lookAt(run, nowMs).criticalPath.map(({ spec }) => spec.name);

const DIAMOND = [
  { name: 'start', estimateMs: 1000 },
  { name: 'slow', needs: ['start'], estimateMs: 9000 },
  { name: 'quick', needs: ['start'], estimateMs: 2000 },
  { name: 'end', needs: ['slow', 'quick'], estimateMs: 1000 },
];

test('the critical path is the longest chain of what is left', () => {
  const run = new RecordedRun(DIAMOND);
  expect(names(run, 0)).toEqual(['start', 'slow', 'end']);
  expect(lookAt(run, 0).criticalMs).toBe(11_000);
  run.starts(0, 'start').succeeds(1000, 'start').starts(1000, 'slow').starts(1000, 'quick', { agent: 'local-2' });
  expect(names(run, 1000)).toEqual(['slow', 'end']);
});

test('what a running task has done already does not count', () => {
  const run = new RecordedRun(DIAMOND).starts(0, 'start').succeeds(1000, 'start').starts(1000, 'slow');
  expect(lookAt(run, 5000).criticalMs).toBe(6000);
  expect(lookAt(run, 60_000).criticalMs).toBe(3000); // slow is overdue: now quick and end are longest
});

test('the time left lies between the longest chain and the bound of list scheduling', () => {
  const run = new RecordedRun(DIAMOND, { agents: 2 });
  // 13 s of work on 2 agents, longest chain 11 s: at least 11, at most 6.5 + 11/2
  expect(lookAt(run, 0).timeLeft).toEqual({ kind: 'between', fromMs: 11_000, toMs: 12_000 });
});

test('fewer agents than the run has when its budget says so', () => {
  const run = new RecordedRun(DIAMOND, { agents: 8, budget: { agents: 1 } });
  expect(lookAt(run, 0).timeLeft).toEqual({ kind: 'between', fromMs: 13_000, toMs: 13_000 });
});

test('says that it does not know when nothing has an estimate', () => {
  expect(lookAt(new RecordedRun([{ name: 'a' }, { name: 'b' }]), 0).timeLeft).toEqual({ kind: 'unknown' });
});

test('gives a lower bound when some of what is left has no estimate', () => {
  const run = new RecordedRun([{ name: 'a', estimateMs: 4000 }, { name: 'b' }]);
  expect(lookAt(run, 0).timeLeft).toEqual({ kind: 'at-least', fromMs: 2000, withoutEstimate: 1 });
});

test('nothing is left of a run that has ended', () => {
  const run = new RecordedRun([{ name: 'a' }]).starts(0, 'a').succeeds(5, 'a');
  expect(lookAt(run, 5)).toEqual({
    criticalPath: [],
    criticalMs: 0,
    timeLeft: { kind: 'between', fromMs: 0, toMs: 0 },
  });
});
