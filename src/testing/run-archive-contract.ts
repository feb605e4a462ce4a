import assert from 'node:assert/strict';
import type { AgentSpec } from '../core/agents/agent-spec.ts';
import type { SwarmEvent } from '../core/events.ts';
import { agentId, runId, taskId } from '../core/ids.ts';
import type { RunSpec } from '../core/runs/run-spec.ts';
import type { TaskFailure } from '../core/tasks/attempt.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { RunArchive, TaskStatus } from '../ports/run-archive.ts';
import type { ArchiveUnderTest } from './archive-under-test.ts';
import type { ContractCase } from './journal-contract.ts';
import { RUN_ARCHIVE_MESSAGE_CASES } from './run-archive-message-cases.ts';
import { RUN_ARCHIVE_VOTE_CASES } from './run-archive-vote-cases.ts';

const run = runId('r1');
const spec: RunSpec = { name: 'demo', inputs: { a: 1 }, budget: {}, project: '/p', source: 'code' };
const builder: AgentSpec = {
  id: agentId('r1.builder-1'),
  role: 'builder',
  driver: 'command',
  capabilities: ['command'],
  slots: 1,
  host: 'local',
  runId: run,
};
const failure: TaskFailure = { reason: 'exit-non-zero', exitCode: 2, command: 'make', tail: 'no rule' };
const log = { sha256: 'ab'.repeat(32), bytes: 7, name: 'stdout.log' };

function task(name: string, needs: readonly string[] = [], extra: Partial<TaskSpec> = {}): TaskSpec {
  return { name, type: name, work: { kind: 'command', argv: ['make'] }, needs, requires: ['command'], ...extra };
}

function created(id = run, taskCount = 1): SwarmEvent {
  return { type: 'run.created', runId: id, run: spec, taskCount, wallTimeMs: 1_000 };
}

function added(...tasks: readonly TaskSpec[]): SwarmEvent {
  return { type: 'tasks.added', runId: run, tasks };
}

function assigned(name: string, attempt = 1): SwarmEvent {
  return { type: 'attempt.assigned', taskId: taskId(run, name), attempt, agentId: builder.id };
}

function succeeded(name: string, attempt = 1): SwarmEvent {
  const evidence = [{ check: 'exit-code', ok: true, exitCode: 0 }] as const;
  const outputs = { file: `${name}.tgz` };
  const usage = { cpuMs: 3 };
  return { type: 'task.succeeded', taskId: taskId(run, name), attempt, outputs, evidence, artifacts: [log], usage };
}

function failed(name: string, charge: 'attempt' | 'none', attempt = 1): SwarmEvent {
  return { type: 'attempt.failed', taskId: taskId(run, name), attempt, failure, charge, retryAtMs: 5 };
}

const start = [created(), { type: 'agents.registered', agents: [builder] }] as const satisfies readonly SwarmEvent[];

function statuses(archive: RunArchive): Readonly<Record<string, TaskStatus>> {
  return Object.fromEntries(archive.tasks(run).map(({ spec: { name }, status }) => [name, status]));
}

/** Only the counts that are not zero. */
function counts(archive: RunArchive): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(archive.run(run)?.counts ?? {}).filter(([, count]) => count > 0));
}

const LISTS: readonly ContractCase<ArchiveUnderTest>[] = [
  {
    name: 'shows nothing of what nobody wrote',
    run: async ({ archive }) => {
      assert.deepEqual([archive.runs(), archive.tasks(run), archive.agents(), archive.headSeq()], [[], [], [], 0]);
      assert.deepEqual([archive.run(run), archive.task(taskId(run, 'a'))], [undefined, undefined]);
      assert.deepEqual([archive.attempts(taskId(run, 'a')), archive.runAttempts(run)], [[], []]);
      assert.deepEqual(archive.recordsAfter(0, 10), []);
    },
  },
  {
    name: 'a run goes from running to its outcome, with its times and counts',
    run: async ({ archive, append }) => {
      await append(1_000, ...start, added(task('a')));
      const open = { runId: run, state: 'running', run: spec, createdAtMs: 1_000, counts: archive.run(run)?.counts };
      assert.deepEqual(archive.run(run), open);
      assert.deepEqual(counts(archive), { ready: 1 });
      await append(2_000, assigned('a'), succeeded('a'));
      await append(3_000, { type: 'run.finished', runId: run, outcome: { state: 'succeeded' } });
      const done = { state: 'succeeded', outcome: { state: 'succeeded' }, finishedAtMs: 3_000 };
      assert.deepEqual(archive.run(run), { ...open, ...done, counts: archive.run(run)?.counts });
      assert.deepEqual(counts(archive), { succeeded: 1 });
    },
  },
  {
    name: 'runs come newest first, by state and at most as many as asked for',
    run: async ({ archive, append }) => {
      for (let index = 0; index < 5; index++) await append(index, created(runId(`run-${index}`), 0));
      await append(9, { type: 'run.paused', runId: runId('run-1'), reason: 'r' });
      await append(9, { type: 'run.paused', runId: runId('run-2'), reason: 'r' });
      await append(9, { type: 'run.resumed', runId: runId('run-2') });
      const cancelled = { state: 'cancelled', reason: 'r' } as const;
      await append(9, { type: 'run.finished', runId: runId('run-3'), outcome: cancelled });
      const ids = (filter?: Parameters<RunArchive['runs']>[0]): readonly string[] =>
        archive.runs(filter).map(({ runId: id }) => id);
      assert.deepEqual(ids(), ['run-4', 'run-3', 'run-2', 'run-1', 'run-0']);
      assert.deepEqual(ids({ limit: 2 }), ['run-4', 'run-3']);
      assert.deepEqual(ids({ states: ['paused', 'cancelled'] }), ['run-3', 'run-1']);
      assert.deepEqual(ids({ states: ['running'], limit: 1 }), ['run-4']);
    },
  },
  {
    name: 'tasks come in the order of the definition, however the events cut it up',
    run: async ({ archive, append }) => {
      await append(1, ...start, added(task('z'), task('a', ['z'])), added(task('m')));
      await append(2, assigned('m'));
      const tasks = archive.tasks(run);
      assert.deepEqual(
        tasks.map(({ index, spec: { name } }) => [index, name]),
        [
          [0, 'z'],
          [1, 'a'],
          [2, 'm'],
        ],
      );
      assert.deepEqual(archive.task(taskId(run, 'a')), tasks[1]);
      assert.equal(archive.task(taskId(run, 'none')), undefined);
    },
  },
  {
    name: 'committed records can be followed from any seq, a piece at a time',
    run: async ({ archive, append }) => {
      await append(1, ...start, added(task('a'), task('b')));
      await append(2, assigned('a'), assigned('b'));
      assert.equal(archive.headSeq(), 5);
      const records = archive.recordsAfter(0, 100);
      assert.deepEqual(
        records.map(({ seq, event: { type } }) => `${seq} ${type}`),
        ['1 run.created', '2 agents.registered', '3 tasks.added', '4 attempt.assigned', '5 attempt.assigned'],
      );
      assert.deepEqual(archive.recordsAfter(3, 1), records.slice(3, 4));
      assert.deepEqual(archive.recordsAfter(5, 10), []);
    },
  },
  {
    name: 'no committed record is left out, however large they are together',
    run: async ({ archive, append }) => {
      await append(1, created(run, 0));
      const reason = 'x'.repeat(60_000);
      for (let seq = 2; seq <= 60; seq++) await append(seq, { type: 'run.paused', runId: run, reason });
      const all = Array.from({ length: 60 }, (_, index) => index + 1);
      assert.deepEqual(
        archive.recordsAfter(0, 1_000).map(({ seq }) => seq),
        all,
      );
      assert.deepEqual(
        archive.recordsAfter(3, 50).map(({ seq }) => seq),
        all.slice(3, 53),
      );
    },
  },
];

const TASKS: readonly ContractCase<ArchiveUnderTest>[] = [
  {
    name: 'a task is ready when all its needs have succeeded, and blocked before; conditions wait for their event',
    run: async ({ archive, append }) => {
      const condition = task('c', ['a'], { if: 'inputs.a == 1' });
      const always = task('d', ['a'], { when: 'always' });
      await append(1, ...start, added(task('a'), task('b', ['a', 'x']), task('x'), condition, always));
      assert.deepEqual(statuses(archive), { a: 'ready', b: 'blocked', x: 'ready', c: 'blocked', d: 'blocked' });
      await append(2, assigned('a'), succeeded('a'));
      assert.deepEqual(statuses(archive), { a: 'succeeded', b: 'blocked', x: 'ready', c: 'blocked', d: 'blocked' });
      assert.equal(archive.task(taskId(run, 'b'))?.status, 'blocked');
      await append(3, { type: 'task.became-ready', taskId: taskId(run, 'c') }, assigned('x'), succeeded('x'));
      assert.deepEqual(statuses(archive), { a: 'succeeded', b: 'ready', x: 'succeeded', c: 'ready', d: 'blocked' });
      assert.equal(archive.task(taskId(run, 'b'))?.status, 'ready');
      assert.deepEqual(counts(archive), { blocked: 1, ready: 2, succeeded: 2 });
    },
  },
  {
    name: 'a success shows its outputs, evidence and attempt',
    run: async ({ archive, append }) => {
      await append(1, ...start, added(task('a')));
      await append(2, assigned('a'));
      assert.equal(archive.task(taskId(run, 'a'))?.status, 'running');
      await append(3, succeeded('a'));
      assert.deepEqual(archive.task(taskId(run, 'a')), {
        taskId: taskId(run, 'a'),
        runId: run,
        index: 0,
        spec: task('a'),
        status: 'succeeded',
        attempt: 1,
        outputs: { file: 'a.tgz' },
        evidence: [{ check: 'exit-code', ok: true, exitCode: 0 }],
        endedAtMs: 3,
      });
      const shown = { taskId: taskId(run, 'a'), attempt: 1, agentId: builder.id, outcome: 'succeeded' };
      const times = { startedAtMs: 2, endedAtMs: 3 };
      assert.deepEqual(archive.attempts(taskId(run, 'a')), [
        { ...shown, artifacts: [log], usage: { cpuMs: 3 }, ...times },
      ]);
    },
  },
  {
    name: 'every attempt is kept, oldest first, with its failure; a final failure shows on the task',
    run: async ({ archive, append }) => {
      const id = taskId(run, 'a');
      await append(1, ...start, added(task('a'), task('b')));
      await append(2, assigned('a'), failed('a', 'attempt'));
      assert.equal(archive.task(id)?.status, 'backing-off');
      assert.deepEqual(archive.task(id)?.failure, failure);
      await append(3, { type: 'task.became-ready', taskId: id });
      assert.equal(archive.task(id)?.status, 'ready');
      await append(4, assigned('a', 2));
      await append(5, failed('a', 'none', 2), assigned('a', 3));
      await append(6, { type: 'task.failed', taskId: id, attempt: 3, failure }, assigned('b'), succeeded('b'));
      const attempts = archive.attempts(id);
      assert.deepEqual(
        attempts.map(({ attempt, outcome, startedAtMs, endedAtMs }) => [attempt, outcome, startedAtMs, endedAtMs]),
        [
          [1, 'failed', 2, 2],
          [2, 'stopped', 4, 5],
          [3, 'failed', 5, 6],
        ],
      );
      assert.ok(attempts.every((attempt) => attempt.failure?.reason === 'exit-non-zero'));
      assert.deepEqual(archive.runAttempts(run), [...attempts, ...archive.attempts(taskId(run, 'b'))]);
      assert.equal(archive.task(id)?.status, 'failed');
      assert.equal(archive.task(id)?.endedAtMs, 6);
    },
  },
  {
    name: 'a claim is being verified, and what it measured stays when the end says nothing of it',
    run: async ({ archive, append }) => {
      const id = taskId(run, 'a');
      await append(1, ...start, added(task('a')), assigned('a'));
      const claim = { outputs: {}, evidence: [], artifacts: [log], usage: { cpuMs: 9 } };
      await append(2, { type: 'attempt.claimed', taskId: id, attempt: 1, ...claim });
      assert.equal(archive.task(id)?.status, 'verifying');
      assert.equal(archive.attempts(id)[0]?.outcome, 'verifying');
      const report = { kind: 'note', text: 'hello' } as const;
      await append(2, { type: 'attempt.reported', taskId: id, attempt: 1, report });
      await append(3, { type: 'task.cancelling', taskId: id, reason: 'enough' });
      assert.equal(archive.task(id)?.status, 'cancelling');
      await append(4, { type: 'task.cancelled', taskId: id, reason: 'enough' });
      assert.equal(archive.task(id)?.note, 'enough');
      const [attempt] = archive.attempts(id);
      assert.equal(attempt?.outcome, 'stopped');
      assert.deepEqual([attempt?.artifacts, attempt?.usage, attempt?.lastReport], [[log], { cpuMs: 9 }, report]);
    },
  },
  {
    name: 'what a cancelled attempt left and used stays with it',
    run: async ({ archive, append }) => {
      const id = taskId(run, 'a');
      await append(1, ...start, added(task('a')), assigned('a'));
      await append(2, { type: 'task.cancelling', taskId: id, reason: 'enough' });
      const left = { artifacts: [log], usage: { cpuMs: 9 } };
      await append(3, { type: 'task.cancelled', taskId: id, reason: 'enough', ...left });
      const [attempt] = archive.attempts(id);
      assert.deepEqual([attempt?.outcome, attempt?.artifacts, attempt?.usage], ['stopped', [log], { cpuMs: 9 }]);
    },
  },
  {
    name: 'skips and cancels say why, in words, and need no attempt',
    run: async ({ archive, append }) => {
      await append(1, ...start, added(task('a'), task('b'), task('c'), task('d')));
      const cause = { reason: 'need-failed', task: 'build' } as const;
      await append(2, { type: 'task.skipped', taskId: taskId(run, 'a'), cause });
      await append(2, { type: 'task.skipped', taskId: taskId(run, 'b'), cause: { reason: 'nothing-failed' } });
      const condition = { reason: 'condition-false', condition: 'inputs.x' } as const;
      await append(2, { type: 'task.skipped', taskId: taskId(run, 'c'), cause: condition });
      await append(2, { type: 'task.cancelled', taskId: taskId(run, 'd'), reason: 'stop' });
      assert.deepEqual(
        archive.tasks(run).map(({ status, attempt, note, endedAtMs }) => [status, attempt, note, endedAtMs]),
        [
          ['skipped', 0, '"build" did not succeed', 2],
          ['skipped', 0, 'nothing failed', 2],
          ['skipped', 0, 'condition does not hold: inputs.x', 2],
          ['cancelled', 0, 'stop', 2],
        ],
      );
      assert.deepEqual(archive.runAttempts(run), []);
    },
  },
  {
    name: 'a run waits when only a person can make it go on, and goes on after the answer',
    run: async ({ archive, append }) => {
      const id = taskId(run, 'a');
      await append(1, ...start, added(task('a'), task('b', ['a'])), assigned('a'));
      await append(2, { type: 'task.outcome-unknown', taskId: id, attempt: 1, failure });
      assert.equal(archive.run(run)?.state, 'waiting');
      assert.deepEqual(
        archive.runs({ states: ['waiting'] }).map((record) => record.runId),
        [run],
      );
      assert.deepEqual(archive.runs({ states: ['running'] }), []);
      const evidence = [{ check: 'person', ok: true }] as const;
      await append(3, { type: 'task.succeeded', taskId: id, attempt: 1, outputs: {}, evidence });
      assert.equal(archive.run(run)?.state, 'running');
      assert.deepEqual(statuses(archive), { a: 'succeeded', b: 'ready' });
      assert.equal(archive.attempts(id)[0]?.outcome, 'failed');
    },
  },
  {
    name: 'agents tell what speaks against them, and nothing once nothing does any more',
    run: async ({ archive, append }) => {
      const about = { agentId: builder.id };
      const key = `agent:${builder.id}` as const;
      const plain = { agent: builder, running: 0, succeeded: 0, failed: 0, removed: false };
      const slow = { type: 'agent.health-changed', ...about, status: 'degraded', causes: ['slow'] } as const;
      const other = { type: 'breaker.opened', key: 'provider:p', untilMs: 60_000, failures: 5 } as const;
      await append(1, ...start, slow, { type: 'breaker.opened', key, untilMs: 60_000, failures: 5 }, other);
      const health = { status: 'degraded', causes: ['slow'], isStopped: false };
      assert.deepEqual(archive.agents(), [{ ...plain, health, breaker: 'open' }]);
      await append(2, { type: 'agent.stopped', ...about, restarts: 5 }, { type: 'breaker.half-opened', key });
      const stopped = { status: 'lost', causes: ['silent'], isStopped: true };
      assert.deepEqual(archive.agents(), [{ ...plain, health: stopped, breaker: 'half-open' }]);
      await append(3, { type: 'agent.revived', ...about }, { type: 'breaker.closed', key });
      assert.deepEqual(archive.agents(), [plain]);
      await append(4, { type: 'agent.draining', ...about, because: 'alert slow' });
      assert.deepEqual(archive.agents(), [{ ...plain, draining: 'alert slow' }]);
    },
  },
  {
    name: 'agents count what they run and what became of it; being stopped is not held against them',
    run: async ({ archive, append }) => {
      await append(1, ...start, added(task('a'), task('b'), task('c')), assigned('a'), assigned('b'));
      assert.deepEqual(archive.agents(), [{ agent: builder, running: 2, succeeded: 0, failed: 0, removed: false }]);
      await append(2, succeeded('a'), failed('b', 'attempt'), assigned('b', 2));
      await append(3, failed('b', 'none', 2));
      await append(4, { type: 'agent.removed', agentId: builder.id });
      assert.deepEqual(archive.agents(), [{ agent: builder, running: 0, succeeded: 1, failed: 1, removed: true }]);
    },
  },
];

/** What every `RunArchive` must do. Each case gets an empty journal. Runs under any test runner. */
export const RUN_ARCHIVE_CONTRACT: readonly ContractCase<ArchiveUnderTest>[] = [
  ...LISTS,
  ...TASKS,
  ...RUN_ARCHIVE_MESSAGE_CASES,
  ...RUN_ARCHIVE_VOTE_CASES,
];
