import { expect, test } from 'vitest';
import { RecordedRun } from '../../test/support/recorded-run.ts';
import { openAndClose } from '../../test/support/recorded-votes.ts';
import { agentId, runId, taskId } from '../core/ids.ts';
import { RunView } from './run-view.ts';

const CHAIN = [{ name: 'build' }, { name: 'test', needs: ['build'] }, { name: 'publish', needs: ['test'] }];

function viewOf(run: RecordedRun): RunView {
  const view = new RunView(run.runId);
  view.apply(run.records);
  return view;
}

test('a task is ready when its last need has succeeded, without an event of its own', () => {
  const run = new RecordedRun(CHAIN).starts(10, 'build');
  expect(viewOf(run).counts).toMatchObject({ running: 1, blocked: 2, ready: 0 });
  expect(viewOf(run.succeeds(50, 'build')).counts).toMatchObject({ succeeded: 1, ready: 1, blocked: 1 });
});

test('a task with a condition waits for the word of the core', () => {
  const run = new RecordedRun([{ name: 'build' }, { name: 'mac', needs: ['build'], if: 'inputs.mac' }]);
  run.starts(10, 'build').succeeds(50, 'build');
  expect(viewOf(run).counts).toMatchObject({ blocked: 1, ready: 0 });
  run.put(51, { type: 'task.became-ready', taskId: taskId(run.runId, 'mac') });
  expect(viewOf(run).counts).toMatchObject({ blocked: 0, ready: 1 });
});

test('a clean-up task is ready after a failure, one that needs success is not', () => {
  const tasks = [
    { name: 'build' },
    { name: 'notify', needs: ['build'], when: 'failed' },
    { name: 'test', needs: ['build'] },
  ] as const;
  const run = new RecordedRun(tasks).starts(10, 'build').fails(60, 'build');
  const view = viewOf(run);
  expect(view.tasks.get('notify')?.stand.status).toBe('ready');
  expect(view.tasks.get('test')?.stand.status).toBe('blocked');
  expect(view.failures.map(({ spec }) => spec.name)).toEqual(['build']);
});

test('a definition may name a task before it defines it, also in another event', () => {
  const run = new RecordedRun([{ name: 'test', needs: ['build'] }]);
  expect(viewOf(run).counts).toMatchObject({ blocked: 1, ready: 0 });
  const spec = {
    name: 'build',
    type: 'build',
    work: { kind: 'command', argv: ['make'] },
    needs: [],
    requires: [],
  } as const;
  run.put(0, { type: 'tasks.added', runId: run.runId, tasks: [spec] });
  expect(viewOf(run).counts).toMatchObject({ blocked: 1, ready: 1 });
  expect(viewOf(run.starts(1, 'build').succeeds(9, 'build')).counts).toMatchObject({
    blocked: 0,
    ready: 1,
    succeeded: 1,
  });
});

test('knows what an attempt took, who ran it, and what tasks of its type take', () => {
  const run = new RecordedRun([
    { name: 'a', type: 'lint' },
    { name: 'b', type: 'lint' },
  ]);
  const view = viewOf(run.starts(100, 'a', { agent: 'local-2' }).succeeds(350, 'a'));
  expect(view.tasks.get('a')?.stand).toEqual({ status: 'succeeded', tookMs: 250, agentId: 'r7k2/local-2' });
  const other = view.tasks.get('b');
  expect(other && view.estimateOf(other)).toBe(250);
});

test('follows a failed attempt through back-off to the next one', () => {
  const run = new RecordedRun([{ name: 'a' }]).starts(0, 'a');
  run.put(10, {
    type: 'attempt.failed',
    taskId: taskId(run.runId, 'a'),
    attempt: 1,
    failure: { reason: 'timed-out', afterMs: 10, tail: '' },
    charge: 'attempt',
    retryAtMs: 1010,
  });
  expect(viewOf(run).tasks.get('a')?.stand).toMatchObject({ status: 'backing-off', retryAtMs: 1010 });
  run.put(1010, { type: 'task.became-ready', taskId: taskId(run.runId, 'a') }).starts(1011, 'a', { attempt: 2 });
  expect(viewOf(run).tasks.get('a')).toMatchObject({ attempt: 2, stand: { status: 'running', startedAtMs: 1011 } });
});

test('keeps the newest report of a running attempt', () => {
  const run = new RecordedRun([{ name: 'a' }]).starts(0, 'a');
  const report = { kind: 'progress', percentage: 40, step: 'linking' } as const;
  run.put(5, { type: 'attempt.reported', taskId: taskId(run.runId, 'a'), attempt: 1, report });
  expect(viewOf(run).tasks.get('a')?.stand).toMatchObject({ report });
});

test('pause, resume and the end are states of the run', () => {
  const run = new RecordedRun([{ name: 'a' }]).put(1, {
    type: 'run.paused',
    runId: runId('r7k2'),
    reason: 'interrupted',
  });
  expect(viewOf(run)).toMatchObject({ state: 'paused', pauseReason: 'interrupted' });
  run.put(2, { type: 'run.resumed', runId: run.runId });
  expect(viewOf(run)).toMatchObject({ state: 'running', pauseReason: undefined, hasEnded: false });
  run
    .starts(3, 'a')
    .succeeds(4, 'a')
    .put(4, { type: 'run.finished', runId: run.runId, outcome: { state: 'succeeded' } });
  expect(viewOf(run)).toMatchObject({ state: 'succeeded', hasEnded: true, ended: 1 });
});

test('ignores records of other runs', () => {
  const run = new RecordedRun([{ name: 'a' }]);
  run.put(5, { type: 'attempt.assigned', taskId: taskId(runId('r7k'), 'a'), attempt: 1, agentId: agentId('x') });
  run.put(5, { type: 'run.paused', runId: runId('other'), reason: 'x' });
  expect(viewOf(run)).toMatchObject({ state: 'running', active: new Set() });
});

test('counts always add up to the number of tasks', () => {
  const run = new RecordedRun(CHAIN).starts(10, 'build').fails(20, 'build');
  run.put(20, {
    type: 'task.skipped',
    taskId: taskId(run.runId, 'test'),
    cause: { reason: 'need-failed', task: 'build' },
  });
  run.put(20, { type: 'task.cancelled', taskId: taskId(run.runId, 'publish'), reason: 'asked for' });
  for (let length = 3; length <= run.records.length; length += 1) {
    const view = new RunView(run.runId);
    view.apply(run.records.slice(0, length));
    expect(Object.values(view.counts).reduce((sum, count) => sum + count, 0)).toBe(3);
  }
});

test('votes are counted by how they stand, and those of other runs are not', () => {
  const run = new RecordedRun(CHAIN);
  openAndClose(run, 'p1', ['approve'], 'approved');
  openAndClose(run, 'p2', ['reject'], 'rejected');
  openAndClose(run, 'p3', [], undefined);
  expect(viewOf(run).proposals).toEqual({ open: 1, approved: 1, rejected: 1, expired: 0 });
  const other = new RunView(runId('other'));
  other.apply(run.records);
  expect(other.proposals.open).toBe(0);
});
