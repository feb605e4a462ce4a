import { expect, test } from 'vitest';
import { RecordedRun } from '../../test/support/recorded-run.ts';
import { openAndClose } from '../../test/support/recorded-votes.ts';
import { agentId, taskId } from '../core/ids.ts';
import { Metrics } from './metrics.ts';

function samplesOf(run: RecordedRun, name: string): Readonly<Record<string, unknown>> {
  const metrics = new Metrics();
  metrics.committed(run.records);
  const family = metrics.snapshot().find((one) => one.name === name);
  return Object.fromEntries(family?.samples ?? []);
}

test('counts tasks by outcome and keeps open ones apart', () => {
  const run = new RecordedRun([{ name: 'a' }, { name: 'b' }, { name: 'c' }])
    .starts(0, 'a')
    .succeeds(10, 'a')
    .starts(1, 'b')
    .fails(9, 'b');
  expect(samplesOf(run, 'swarm_tasks_total')).toEqual({ succeeded: 1, failed: 1 });
  expect(samplesOf(run, 'swarm_tasks_open')).toEqual({ '': 1 });
  expect(samplesOf(run, 'swarm_attempts_running')).toEqual({ '': 0 });
  expect(samplesOf(run, 'swarm_attempts_started_total')).toEqual({ '': 2 });
  expect(samplesOf(run, 'swarm_attempt_failures_total')).toEqual({ 'exit-non-zero': 1 });
});

test('the duration of a task is that of its last attempt, in seconds, by type', () => {
  const run = new RecordedRun([{ name: 'a', type: 'lint' }]).starts(0, 'a');
  run.put(50, {
    type: 'attempt.failed',
    taskId: taskId(run.runId, 'a'),
    attempt: 1,
    failure: { reason: 'agent-lost' },
    charge: 'none',
    retryAtMs: 60,
  });
  run.starts(60, 'a', { attempt: 2 }).succeeds(260, 'a');
  const counts = Array.from({ length: 17 }, (_, bucket) => (bucket === 4 ? 1 : 0)); // 0.1 < 0.2 <= 0.5
  expect(samplesOf(run, 'task_execution_duration_seconds')).toEqual({ lint: { counts, sum: 0.2, count: 1 } });
});

test('agents of a run are no longer active when it has ended', () => {
  const run = new RecordedRun([{ name: 'a' }], { agents: 3 });
  expect(samplesOf(run, 'swarm_active_agents')).toEqual({ local: 3 });
  run.put(9, { type: 'run.finished', runId: run.runId, outcome: { state: 'succeeded' } });
  expect(samplesOf(run, 'swarm_active_agents')).toEqual({ local: 0 });
  expect(samplesOf(run, 'swarm_runs_total')).toEqual({ succeeded: 1 });
});

test('reserved shares rise with an attempt and fall with its end', () => {
  const run = new RecordedRun([{ name: 'a' }]);
  run.put(0, { type: 'host.registered', host: { host: 'here', cpu: 4000, memory: 1000 } });
  run.put(1, {
    type: 'attempt.assigned',
    taskId: taskId(run.runId, 'a'),
    attempt: 1,
    agentId: agentId('local-1'),
    reserved: { cpu: 1000 },
  });
  expect(samplesOf(run, 'swarm_resource_utilization')).toMatchObject({ cpu: 0.25, memory: 0 });
  run.succeeds(5, 'a');
  expect(samplesOf(run, 'swarm_resource_utilization')).toMatchObject({ cpu: 0 });
});

test('label values stay few however many types there are', () => {
  const tasks = Array.from({ length: 500 }, (_, index) => ({ name: `t${index}`, type: `type-${index}` }));
  const run = new RecordedRun(tasks);
  for (const { name } of tasks) run.starts(0, name).succeeds(1, name);
  const types = samplesOf(run, 'task_execution_duration_seconds');
  expect(Object.keys(types)).toHaveLength(201);
  expect(types['other']).toMatchObject({ count: 300 });
});

test('counts votes by choice, and proposals while they are open and by outcome', () => {
  const run = new RecordedRun([{ name: 'a' }]);
  openAndClose(run, 'p1', ['approve', 'approve', 'reject'], 'approved');
  openAndClose(run, 'p2', ['abstain'], undefined);
  expect(samplesOf(run, 'swarm_proposals_open')).toEqual({ '': 1 });
  expect(samplesOf(run, 'swarm_proposals_total')).toEqual({ approved: 1 });
  expect(samplesOf(run, 'swarm_votes_total')).toEqual({ approve: 2, reject: 1, abstain: 1 });
});
