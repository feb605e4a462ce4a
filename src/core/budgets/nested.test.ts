import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { DONE, subtaskOf, taskOf, THREW } from '../../../test/support/core-world-specs.ts';
import {
  RUN,
  idOf,
  lead,
  type Scene,
  worldOf,
  add,
  waitForAll,
  done,
  problemsOf,
  outcomeOf,
  story,
} from '../../../test/support/delegation-world.ts';
import { nameOf } from '../ids.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';

describe('budgets of sub-tasks', () => {
  const tokens = (amount: number): Partial<TaskSpec> => ({ grant: { tokens: amount } });

  test('come from what their parent was granted: who does not fit waits, and fails alone when nothing comes back', () => {
    const subtasks = [subtaskOf('a', tokens(60)), subtaskOf('b', tokens(60))];
    const spend =
      (used: number): NonNullable<Scene['play']> =>
      () => ({ afterMs: 10, end: { ...DONE, usage: { inputTokens: used } } });
    const scene = { lead: lead(tokens(100)), agents: 3, scripts: { lead: [add(...subtasks), waitForAll, done] } };
    const thrifty = worldOf({ ...scene, play: spend(40) }).run();
    assert.deepEqual(story(thrifty, 'task.succeeded').length, 3);
    assert.equal(thrifty.all('attempt.assigned').filter(({ taskId: id }) => nameOf(id) !== 'lead').length, 2);
    const wasteful = worldOf({ ...scene, play: spend(41) }).run();
    const [failed] = wasteful.all('task.failed');
    assert.deepEqual(failed?.failure, { reason: 'budget-exhausted', budget: 'tokens', limit: 100 });
    assert.deepEqual(outcomeOf(wasteful), { state: 'succeeded' }, 'what a parent makes of that is its affair');
  });

  test('are reserved with the parent: the run has nothing of it left for others meanwhile', () => {
    const others = [taskOf('other', { ...tokens(30), priority: 'low' })];
    const scripts = { lead: [add(subtaskOf('a', tokens(10))), waitForAll, done] };
    const run = { budget: { tokens: 100 } };
    const world = worldOf({ lead: lead(tokens(80)), others, agents: 3, run, scripts }).run();
    const order = story(world, 'attempt.assigned', 'task.succeeded');
    assert.ok(order.indexOf('task.succeeded lead') < order.indexOf('attempt.assigned other'), order.join());
    assert.deepEqual(outcomeOf(world), { state: 'succeeded' });
  });

  test('go up when the parent has ended: what was not spent is free again', () => {
    const scripts = { lead: [add(subtaskOf('a', tokens(50))), waitForAll, done] };
    const world = worldOf({
      lead: lead(tokens(80)),
      others: [taskOf('last', { needs: ['lead'], ...tokens(1) })],
      agents: 2,
      run: { budget: { tokens: 90 } },
      scripts,
      play: () => ({ afterMs: 10, end: { ...DONE, usage: { inputTokens: 7, outputTokens: 3 } } }),
    });
    world.run(5);
    const run = world.swarm.runs.get(RUN) ?? assert.fail();
    assert.deepEqual([run.account.figures.spentTokens, run.account.figures.reservedTokens], [0, 80]);
    while (world.task('last')?.status === 'blocked') world.step();
    assert.deepEqual([run.account.figures.spentTokens, run.account.figures.reservedTokens], [10, 1]);
  });

  test('leave out what the parent keeps for itself', () => {
    const keeping = lead({ ...tokens(100), delegate: { keep: { tokens: 70 } } });
    assert.deepEqual(problemsOf({ lead: keeping }, [subtaskOf('a', tokens(31))]), [
      '"a" asks for 31 tokens, but 30 are left of 30',
    ]);
    assert.deepEqual(problemsOf({ lead: keeping }, [subtaskOf('a', tokens(30))]), []);
  });

  test('of a kind that the parent was not granted come from further up', () => {
    const run = { budget: { tokens: 20 } };
    assert.deepEqual(problemsOf({ run }, [subtaskOf('a', tokens(21))]), [
      '"a" asks for 21 tokens, but 20 are left of 20',
    ]);
    const scripts = { lead: [add(subtaskOf('a', tokens(20))), waitForAll, done] };
    assert.deepEqual(outcomeOf(worldOf({ run, scripts }).run()), { state: 'succeeded' });
  });

  test('let one parent after the other run where the run holds only one of them', () => {
    const script = [add(subtaskOf('a', tokens(80))), waitForAll, done];
    const others = ['l2', 'l3'].map((name) => taskOf(name, { ...tokens(80), delegate: {} }));
    const scene = { lead: lead(tokens(80)), others, agents: 4, run: { budget: { tokens: 240 } } };
    const world = worldOf({ ...scene, scripts: { lead: script, l2: script, l3: script } }).run();
    assert.deepEqual(outcomeOf(world), { state: 'succeeded' });
  });

  test('one agent at a time is enough: a parent that waits does not count', () => {
    const scripts = { lead: [add(subtaskOf('a'), subtaskOf('b')), waitForAll, done] };
    const world = worldOf({ agents: 3, run: { budget: { agents: 1 } }, scripts }).run();
    assert.deepEqual(outcomeOf(world), { state: 'succeeded' });
  });

  test('that a coordinator has lost are whole again: pools stay reserved over a restart', () => {
    const others = [taskOf('other', { ...tokens(30), priority: 'critical', needs: ['first'] }), taskOf('first')];
    const scripts = { lead: [add(subtaskOf('a', tokens(80))), waitForAll, done] };
    for (const from of ['events', 'snapshot'] as const) {
      const world = worldOf({ lead: lead(tokens(80)), others, agents: 3, run: { budget: { tokens: 110 } }, scripts });
      world.run(9);
      world.save();
      world.crash(from);
      world.run();
      assert.deepEqual(outcomeOf(world), { state: 'succeeded' }, from);
    }
  });

  test('wait for an attempt that is being cancelled, and are used when its end has given back what it had', () => {
    const keeping = lead({ ...tokens(100), delegate: { keep: { tokens: 20 } } });
    const others = [taskOf('other', { ...tokens(50), priority: 'low' })];
    const scripts = { lead: [add(subtaskOf('c', tokens(20))), waitForAll, done] };
    const world = worldOf({ lead: keeping, others, agents: 3, run: { budget: { tokens: 100 } }, scripts });
    world.run(4);
    world.send({ type: 'task.cancel', taskId: idOf('lead'), reason: 'not this' });
    const result = { ok: false, failure: { reason: 'stopped', why: 'cancelled' } } as const;
    world.send({ type: 'attempt.end', taskId: idOf('lead.c'), attempt: 1, result });
    assert.deepEqual([world.task('lead.c')?.status, world.task('lead')?.status], ['cancelled', 'cancelling']);
    world.run();
    assert.deepEqual(story(world, 'task.succeeded'), ['task.succeeded other']);
    assert.deepEqual(outcomeOf(world), { state: 'cancelled', reason: 'a task was cancelled' });
  });

  test('have back what a cancelled attempt is known not to have used', () => {
    const others = [taskOf('costly', tokens(80)), taskOf('other', { ...tokens(80), priority: 'low' })];
    const world = worldOf({ lead: lead(tokens(10)), others, agents: 3, run: { budget: { tokens: 100 } }, scripts: {} });
    world.run(1);
    const stopped = { ok: false, failure: { reason: 'stopped', why: 'cancelled' }, usage: { inputTokens: 5 } } as const;
    world.send({ type: 'task.cancel', taskId: idOf('costly'), reason: 'not this' });
    world.send({ type: 'attempt.end', taskId: idOf('costly'), attempt: 1, result: stopped });
    world.run();
    assert.deepEqual(story(world, 'task.succeeded'), ['task.succeeded lead', 'task.succeeded other']);
  });

  test('wait for sub-tasks that will be tried again, or wait for an agent themselves', () => {
    const scripts = { lead: [add(subtaskOf('c', tokens(80))), waitForAll, done] };
    for (const priority of ['low', 'critical'] as const) {
      for (const agents of [1, 2]) {
        const others = [
          taskOf('first', { priority: 'low' }),
          taskOf('other', { ...tokens(30), priority, needs: ['first'] }),
        ];
        const world = worldOf({
          lead: lead(tokens(80)),
          others,
          agents,
          run: { budget: { tokens: 100 } },
          scripts,
          play: ({ taskId: id, attempt }) =>
            nameOf(id) === 'lead.c' && attempt === 1
              ? { afterMs: 10, end: { ...THREW, usage: { inputTokens: 0 } } }
              : { afterMs: 10, end: { ...DONE, usage: { inputTokens: 0 } } },
        }).run();
        assert.deepEqual(outcomeOf(world), { state: 'succeeded' }, `${priority} ${agents}`);
      }
    }
  });
});
