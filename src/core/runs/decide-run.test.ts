import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { CoreWorld } from '../../../test/support/core-world.ts';
import {
  agentOf,
  agentsOf,
  CRASHED,
  DONE,
  runSpecOf,
  submitOf,
  taskOf,
} from '../../../test/support/core-world-specs.ts';
import { runId, taskId } from '../ids.ts';
import type { RunInput } from '../inputs.ts';
import type { Refusal } from '../ruling.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';
import { stateOf } from './run.ts';

const id = runId('r1');
const pause: RunInput = { type: 'run.pause', runId: id, reason: 'lunch' };
const resume: RunInput = { type: 'run.resume', runId: id };
const cancel: RunInput = { type: 'run.cancel', runId: id, reason: 'enough' };
const nothing = { ok: true, events: [] };

let world: CoreWorld;
beforeEach(() => {
  world = new CoreWorld();
  world.send({ type: 'agents.register', agents: agentsOf(2) });
});

function refusalOf(input: RunInput): Refusal | undefined {
  const ruling = world.send(input);
  return ruling.ok ? undefined : ruling.refusal;
}

const names = (specs: readonly { taskId: string }[]): readonly string[] => specs.map(({ taskId: full }) => full);

describe('a submit', () => {
  test('is all or nothing: the run, its agents and all its tasks, in the order of the definition', () => {
    const ruling = world.send(submitOf([taskOf('t1'), taskOf('t2')], { agents: [agentOf('own', { runId: id })] }));
    assert.ok(ruling.ok);
    assert.deepEqual(
      ruling.events.map(({ type }) => type),
      ['run.created', 'agents.registered', 'tasks.added'],
    );
    assert.deepEqual(
      world
        .all('tasks.added')
        .flatMap(({ tasks }) => tasks)
        .map(({ name }) => name),
      ['t1', 't2'],
    );
    assert.ok(world.swarm.registry.agents.has(agentOf('own').id));
  });

  test('again with the same body changes nothing, while the run is open and after its end', () => {
    const input = submitOf([taskOf('t1')]);
    world.send(input);
    assert.deepEqual(world.send(input), nothing);
    world.run();
    assert.equal(world.swarm.runs.size, 0);
    assert.deepEqual(world.send(input), nothing);
    assert.equal(world.all('run.created').length, 1);
  });

  test('again with another body is a conflict, while the run is open and after its end', () => {
    const other = submitOf([taskOf('t2')], { run: runSpecOf({ fingerprint: 'other' }) });
    world.send(submitOf([taskOf('t1')]));
    assert.deepEqual(refusalOf(other), { reason: 'run-conflict' });
    world.run();
    assert.deepEqual(refusalOf(other), { reason: 'run-conflict' });
  });

  test('again without a fingerprint is a conflict: nobody can say that the body is the same', () => {
    const { fingerprint: _left, ...run } = runSpecOf();
    world.send(submitOf([taskOf('t1')], { run }));
    assert.deepEqual(refusalOf(submitOf([taskOf('t2')], { run })), { reason: 'run-conflict' });
    world.run();
    assert.deepEqual(refusalOf(submitOf([taskOf('t2')], { run })), { reason: 'run-conflict' });
  });

  test('of a graph that is not sound is refused with all its problems', () => {
    const refusal = refusalOf(submitOf([taskOf('a', { needs: ['x', 'y'] })]));
    assert.ok(refusal?.reason === 'graph-invalid');
    assert.equal(refusal.problems.length, 2);
  });

  test('beyond a limit is refused, and says which', () => {
    const small = new CoreWorld({ rules: { maxTasksPerRun: 2, maxOpenRuns: 1 } });
    const tasks = ['a', 'b', 'c'].map((name) => taskOf(name));
    const refused = [submitOf(tasks), submitOf(tasks.slice(1)), submitOf([], { runId: runId('r2') })].map((input) => {
      const ruling = small.send(input);
      return ruling.ok ? 'accepted' : ruling.refusal;
    });
    assert.deepEqual(refused, [
      { reason: 'limit-reached', limit: 'tasks per run', most: 2 },
      'accepted',
      { reason: 'limit-reached', limit: 'open runs', most: 1 },
    ]);
  });

  test.each<[string, TaskSpec, RegExp]>([
    ['of 60,000 characters', taskOf('big', { matrix: { text: 'x'.repeat(60_000) } }), /"big" is over 60000/],
    ['with over 1,000 needs', taskOf('big', { needs: many(1_001) }), /"big" has over 1000 needs/],
    ['that no host could ever hold', taskOf('big', { resources: { cpu: 801 } }), /"big" reserves more than 80 %/],
  ])('of a task %s is refused', (_what, task, problem) => {
    world.send({ type: 'host.register', host: { host: 'here', cpu: 1_000, memory: 1_000 } });
    const refusal = refusalOf(submitOf([...many(1_001).map((name) => taskOf(name)), task]));
    assert.ok(refusal?.reason === 'graph-invalid');
    assert.match(refusal.problems.join(), problem);
  });

  test('of many tasks writes no event over its limit, and nothing runs before all are there', () => {
    const tasks = many(1_200).map((name) => taskOf(name, { matrix: { text: 'x'.repeat(300) } }));
    world.send(submitOf(tasks));
    const added = world.all('tasks.added');
    assert.ok(added.length >= 3);
    for (const { tasks: chunk } of added) assert.ok(JSON.stringify(chunk).length < 62_000 && chunk.length <= 500);
    const types = world.events.map(({ type }) => type);
    assert.ok(types.indexOf('attempt.assigned') > types.lastIndexOf('tasks.added'));
  });

  test('of no tasks is a run that has succeeded', () => {
    world.send(submitOf([]));
    assert.deepEqual(world.all('run.finished')[0]?.outcome, { state: 'succeeded' });
  });
});

describe('a pause', () => {
  beforeEach(() => world.send(submitOf([taskOf('t1'), taskOf('t2'), taskOf('t3')])));

  test('stops what runs, uncharged, and nothing starts before the resume', () => {
    world.send(pause);
    world.run();
    assert.deepEqual(
      world.all('attempt.failed').map(({ charge, failure }) => [charge, failure.reason]),
      [
        ['none', 'stopped'],
        ['none', 'stopped'],
      ],
    );
    assert.equal(world.all('attempt.assigned').length, 2);
    assert.equal(stateOf(world.swarm.runs.get(id) ?? assert.fail()), 'paused');
    world.send(resume);
    world.run();
    assert.deepEqual(world.all('run.finished')[0]?.outcome, { state: 'succeeded' });
  });

  test('said twice, or a resume of what runs, changes nothing', () => {
    assert.deepEqual(world.send(resume), nothing);
    world.send(pause);
    assert.deepEqual(world.send(pause), nothing);
  });

  test('of a run that is ending changes nothing', () => {
    world.send(cancel);
    assert.deepEqual(world.send(pause), nothing);
  });

  test('lets irreversible work come to its end', () => {
    const careful = new CoreWorld();
    careful.send({ type: 'agents.register', agents: agentsOf(1) });
    careful.send(submitOf([taskOf('t1', { effect: 'D' })]));
    careful.send(pause);
    careful.run();
    assert.deepEqual(careful.all('task.succeeded').length, 1);
  });

  test('does not stop a run from being cancelled', () => {
    world.send(pause);
    world.send(cancel);
    world.run();
    assert.deepEqual(world.all('run.finished')[0]?.outcome, { state: 'cancelled', reason: 'enough' });
  });
});

describe('a cancel', () => {
  test('cancels what has not started at once, ends what runs, and the run after it', () => {
    world.send(
      submitOf([taskOf('t1'), taskOf('t2', { needs: ['t1'] }), taskOf('t3', { needs: ['t1'], when: 'always' })]),
    );
    world.send(cancel);
    assert.deepEqual(names(world.all('task.cancelled')), ['r1/t2', 'r1/t3']);
    assert.deepEqual(names(world.all('task.cancelling')), ['r1/t1']);
    assert.equal(world.all('run.finished').length, 0);
    world.run();
    assert.deepEqual(world.all('run.finished')[0]?.outcome, { state: 'cancelled', reason: 'enough' });
    assert.equal(world.all('attempt.assigned').length, 1);
  });

  test('said twice keeps the first reason', () => {
    world.send(submitOf([taskOf('t1')]));
    world.send(cancel);
    assert.deepEqual(world.send({ ...cancel, reason: 'another' }), nothing);
  });

  test('of a run with very many tasks does not break', () => {
    world.send(submitOf(many(20_000).map((name) => taskOf(name))));
    assert.ok(world.send(cancel).ok);
    world.run();
    assert.equal(world.all('task.cancelled').length, 20_000);
    assert.equal(world.all('run.finished').length, 1);
  });
});

describe('the wall budget', () => {
  const run = runSpecOf({ budget: { wallMs: 25 } });

  test('ends the run when it is used up, with what is open cancelled', () => {
    world.send(submitOf([taskOf('t1'), taskOf('t2', { needs: ['t1'] }), taskOf('t3', { needs: ['t2'] })], { run }));
    world.run();
    const failure = { reason: 'budget-exhausted', budget: 'wallMs', limit: 25 };
    assert.deepEqual(world.all('run.finished')[0]?.outcome, { state: 'failed', failure });
    assert.deepEqual(world.entries.find(({ event }) => event.type === 'run.ending')?.atMs, 25);
    assert.deepEqual(names(world.all('task.succeeded')), ['r1/t1', 'r1/t2']);
  });

  test('is forgotten when the run ends before it', () => {
    world.send(submitOf([taskOf('t1')], { run }));
    world.run();
    assert.equal(world.nowMs, 10);
  });

  test('counts while the run is paused', () => {
    world.send(submitOf([taskOf('t1')], { run }));
    world.send(pause);
    world.run();
    assert.equal(world.all('run.finished')[0]?.outcome.state, 'failed');
  });
});

describe('a run', () => {
  test('that nobody knows, or that has ended, refuses commands', () => {
    for (const input of [pause, resume, cancel]) assert.deepEqual(refusalOf(input), { reason: 'run-unknown' });
    world.send(submitOf([]));
    for (const input of [pause, resume, cancel]) {
      assert.deepEqual(refusalOf(input), { reason: 'status-wrong', status: 'ended' });
    }
  });

  test('fails with the names of the tasks that failed, after all others had their turn', () => {
    const end = { ok: false, failure: { reason: 'start-failed', message: 'not found' } } as const;
    const mixed = new CoreWorld({ play: ({ taskId: of }) => ({ afterMs: 10, end: of.endsWith('bad') ? end : DONE }) });
    mixed.send({ type: 'agents.register', agents: agentsOf(1) });
    mixed.send(submitOf([taskOf('bad'), taskOf('good'), taskOf('after', { needs: ['good'] })]));
    mixed.run();
    assert.deepEqual(mixed.all('run.finished')[0]?.outcome, {
      state: 'failed',
      failure: { reason: 'task-failed', tasks: ['bad'] },
    });
    assert.deepEqual(names(mixed.all('task.succeeded')), ['r1/good', 'r1/after']);
  });

  test('waits when only a person can make it go on, and goes on with the answer', () => {
    const unsure = new CoreWorld({ play: () => ({ afterMs: 10, end: CRASHED }) });
    unsure.send({ type: 'agents.register', agents: agentsOf(1) });
    unsure.send(submitOf([taskOf('t1', { effect: 'D' })]));
    unsure.run();
    assert.equal(stateOf(unsure.swarm.runs.get(id) ?? assert.fail()), 'waiting');
    unsure.send({ type: 'task.settle', taskId: taskId(id, 't1'), as: 'succeeded' });
    assert.deepEqual(unsure.all('run.finished')[0]?.outcome, { state: 'succeeded' });
  });

  test('leaves nothing in memory but its fingerprint when it has ended', () => {
    world.send(submitOf([taskOf('t1')], { agents: [agentOf('own', { runId: id })] }));
    world.run();
    const { tasks, runs, queue, registry, ended } = world.swarm;
    assert.deepEqual([tasks.size, runs.size, queue.size, ended.get(id)], [0, 0, 0, 'f']);
    assert.deepEqual([...registry.agents.keys()], ['a1', 'a2']);
  });
});

function many(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `t${index}`);
}

test('of a long reason each task that ends for it keeps the beginning', () => {
  world.send(submitOf([taskOf('t1'), taskOf('t2'), taskOf('t3', { needs: ['t1'] })]));
  const reason = 'x'.repeat(999) + '\u{1F600}'.repeat(30_000);
  world.send({ type: 'task.cancel', taskId: taskId(id, 't1'), reason });
  world.send({ type: 'run.pause', runId: id, reason });
  world.send({ type: 'run.cancel', runId: id, reason });
  world.run();
  const reasons = world.events.flatMap((event) => ('reason' in event ? [event.reason] : []));
  assert.deepEqual([...new Set(reasons)], [`${'x'.repeat(999)}…`]);
  assert.ok(reasons.length >= 6);
});

describe('the outcome of a run', () => {
  test('says that a task was cancelled, unless another one failed', () => {
    world.send(submitOf([taskOf('t1'), taskOf('t2')]));
    world.send({ type: 'task.cancel', taskId: taskId(id, 't1'), reason: 'not wanted' });
    world.run();
    const [finished] = world.all('run.finished');
    assert.deepEqual(finished?.outcome, { state: 'cancelled', reason: 'a task was cancelled' });
  });
});
