import { expect, test } from 'vitest';
import { RecordedRun } from '../../../test/support/recorded-run.ts';
import { proposalId } from '../../core/ids.ts';
import { eventLine } from './event-line.ts';

test('a record keeps the type and the data of the journal, with run, task and agent by name', () => {
  const run = new RecordedRun([{ name: 'a' }]).starts(7, 'a').succeeds(9, 'a');
  const lines = run.records.map((record) => eventLine(record, run.runId));
  expect(lines[0]).toMatchObject({ type: 'run.created', seq: 1, at: 0, run: 'r7k2', spec: { name: 'release' } });
  expect(lines[1]).toMatchObject({ type: 'agents.registered', run: 'r7k2' });
  expect(lines[3]).toEqual({
    type: 'attempt.assigned',
    seq: 4,
    at: 7,
    run: 'r7k2',
    task: 'a',
    agent: 'r7k2/local-1',
    attempt: 1,
  });
  expect(lines[4]).toMatchObject({ type: 'task.succeeded', task: 'a', evidence: [{ check: 'exit-code' }] });
  for (const line of lines) expect(line).not.toHaveProperty('taskId');
});

test('what happens to a proposal names its run and itself', () => {
  const run = new RecordedRun([{ name: 'a' }]);
  const vote = { memberId: 'm1', choice: 'approve', revision: 1 } as const;
  run.put(7, { type: 'proposal.voted', proposalId: proposalId(run.runId, 'p1'), vote });
  const [record] = run.records.slice(-1);
  const line = { type: 'proposal.voted', seq: 4, at: 7, run: 'r7k2', proposal: 'p1', vote };
  expect(record === undefined ? undefined : eventLine(record, run.runId)).toEqual(line);
});
