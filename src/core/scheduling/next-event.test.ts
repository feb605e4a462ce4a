import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { CoreWorld, type Play } from '../../../test/support/core-world.ts';
import { agentOf, agentsOf, DONE, runSpecOf, submitOf, taskOf, THREW } from '../../../test/support/core-world-specs.ts';
import { nameOf, runId, taskId as taskIdOf } from '../ids.ts';
import type { BudgetSpec, RunSpec } from '../runs/run-spec.ts';
import type { AttemptResult } from '../tasks/attempt.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';

const NO_START: AttemptResult = { ok: false, failure: { reason: 'start-failed', message: 'not found' } };

/** A world of two agents where tasks whose name begins with `bad` fail for good. */
function play(tasks: readonly TaskSpec[], run: Partial<RunSpec> = {}): CoreWorld {
  const next = ({ taskId: id }: { taskId: Parameters<typeof nameOf>[0] }): Play => ({
    afterMs: 10,
    end: nameOf(id).startsWith('bad') ? NO_START : DONE,
  });
  const world = new CoreWorld({ play: next });
  world.send({ type: 'agents.register', agents: agentsOf(2) });
  world.send(submitOf(tasks, { run: runSpecOf(run) }));
  return world.run();
}

/** How each task ended: `succeeded`, or why it was skipped. */
function endsOf(world: CoreWorld): Readonly<Record<string, string>> {
  const ends: Record<string, string> = {};
  for (const event of world.events) {
    if (event.type === 'task.skipped') {
      const { cause } = event;
      ends[nameOf(event.taskId)] = cause.reason === 'need-failed' ? `after ${cause.task}` : cause.reason;
    } else if (event.type === 'task.succeeded') ends[nameOf(event.taskId)] = 'succeeded';
    else if (event.type === 'task.failed') ends[nameOf(event.taskId)] = event.failure.reason;
  }
  return ends;
}

const after = (needs: readonly string[], name: string, more: Partial<TaskSpec> = {}): TaskSpec =>
  taskOf(name, { needs, ...more });

describe('when its needs have ended', () => {
  test('a task starts if all succeeded, and is skipped with the cause if one did not', () => {
    const world = play([taskOf('good'), taskOf('bad'), after(['good'], 'x'), after(['good', 'bad'], 'y')]);
    assert.deepEqual(endsOf(world), { bad: 'start-failed', good: 'succeeded', x: 'succeeded', y: 'after bad' });
  });

  test('everything behind a failure is skipped with the root of it, and others go on', () => {
    const world = play([
      taskOf('bad'),
      after(['bad'], 'one'),
      after(['one'], 'two'),
      after(['two', 'good'], 'three'),
      taskOf('good'),
      after(['good'], 'other'),
    ]);
    const behind = { one: 'after bad', two: 'after bad', three: 'after bad' };
    assert.deepEqual(endsOf(world), { bad: 'start-failed', good: 'succeeded', other: 'succeeded', ...behind });
  });

  test('a task for failures starts after one, and is skipped when nothing failed', () => {
    const world = play([
      taskOf('good'),
      taskOf('bad'),
      after(['good'], 'unneeded', { when: 'failed' }),
      after(['good', 'bad'], 'report', { when: 'failed' }),
    ]);
    const { unneeded, report } = endsOf(world);
    assert.deepEqual([unneeded, report], ['nothing-failed', 'succeeded']);
  });

  test('a task for all ends starts in any case, also behind what was skipped or cancelled', () => {
    const world = play([
      taskOf('good'),
      taskOf('bad'),
      after(['bad'], 'skipped'),
      after(['good', 'skipped'], 'clean', { when: 'always' }),
    ]);
    assert.equal(endsOf(world)['clean'], 'succeeded');
  });

  test('what needs a clean-up that ran goes on after it', () => {
    const world = play([taskOf('bad'), after(['bad'], 'clean', { when: 'always' }), after(['clean'], 'next')]);
    assert.deepEqual(endsOf(world), { bad: 'start-failed', clean: 'succeeded', next: 'succeeded' });
  });

  test('and no sooner: a task for failures waits for all its needs', () => {
    const world = play([
      taskOf('bad'),
      taskOf('good'),
      after(['good'], 'late'),
      after(['bad', 'late'], 'report', { when: 'failed' }),
    ]);
    const [report] = world.entries.filter(({ event }) => event.type === 'task.became-ready');
    assert.equal(report?.atMs, 20);
  });

  test('a task that was cancelled counts as one that did not succeed', () => {
    const world = new CoreWorld();
    world.send({ type: 'agents.register', agents: agentsOf(1) });
    world.send(submitOf([taskOf('t1'), after(['t1'], 't2'), after(['t1'], 'clean', { when: 'failed' })]));
    const task = world.task('t1') ?? assert.fail();
    world.send({ type: 'task.cancel', taskId: task.identity.id, reason: 'not this' });
    world.run();
    assert.deepEqual(endsOf(world), { t2: 'after t1', clean: 'succeeded' });
  });
});

describe('a condition', () => {
  const inputs = { os: 'linux', version: '' };

  test('lets its task start when it holds, and skips it with the condition when not', () => {
    const world = play([taskOf('yes', { if: "inputs.os == 'linux'" }), taskOf('no', { if: "inputs.version != ''" })], {
      inputs,
    });
    assert.deepEqual(endsOf(world), { no: 'condition-false', yes: 'succeeded' });
    const [skipped] = world.all('task.skipped');
    assert.deepEqual(skipped?.cause, { reason: 'condition-false', condition: "inputs.version != ''" });
  });

  test('sees how the tasks before ended, and what they gave', () => {
    const tasks = [
      taskOf('good'),
      taskOf('bad'),
      after(['good', 'bad'], 'yes', {
        when: 'always',
        if: "tasks.bad.state == 'failed' && tasks.good.state == 'succeeded'",
      }),
    ];
    assert.equal(endsOf(play(tasks))['yes'], 'succeeded');
  });

  test('is not looked at when the needs speak against the task already', () => {
    const world = play([taskOf('bad'), after(['bad'], 't', { if: 'inputs.nothing.at.all' })]);
    assert.equal(endsOf(world)['t'], 'after bad');
  });

  test('that cannot be answered fails its task, and what is behind it is skipped', () => {
    const world = play([taskOf('t', { if: 'inputs.nothing.at.all' }), after(['t'], 'next')], { inputs });
    assert.deepEqual(endsOf(world), { t: 'expression-failed', next: 'after t' });
    assert.equal(world.all('run.finished')[0]?.outcome.state, 'failed');
  });
});

describe('a budget', () => {
  const tasks = ['a', 'b', 'c', 'd'].map((name) => taskOf(name));
  const grant = (name: string, tokens: number): TaskSpec => taskOf(name, { grant: { tokens } });
  const outcome = (world: CoreWorld): unknown => world.all('run.finished')[0]?.outcome;
  const exhausted = (budget: keyof BudgetSpec, limit: number): unknown => ({
    state: 'failed',
    failure: { reason: 'budget-exhausted', budget, limit },
  });

  test('of attempts ends the run when one more would be needed, not before those that run are done', () => {
    const world = play(tasks, { budget: { attempts: 3 } });
    assert.deepEqual(outcome(world), exhausted('attempts', 3));
    assert.equal(world.all('attempt.assigned').length, 3);
    assert.equal(world.all('task.succeeded').length, 3);
  });

  test('of just as many attempts as there are tasks is enough', () => {
    assert.deepEqual(outcome(play(tasks, { budget: { attempts: 4 } })), { state: 'succeeded' });
  });

  test('of agents lets no more of them work at a time, and all gets done', () => {
    const world = play(tasks, { budget: { agents: 1 } });
    assert.deepEqual([outcome(world), world.nowMs], [{ state: 'succeeded' }, 40]);
  });

  test('of tokens lets a task wait whose grant does not fit now, and others pass it', () => {
    const specs = [grant('a', 60), grant('b', 60), grant('c', 40), taskOf('free')];
    const world = play(specs, { budget: { tokens: 100 } });
    const starts = world.entries.flatMap(({ event, atMs }) =>
      event.type === 'attempt.assigned' ? [`${nameOf(event.taskId)} at ${atMs}`] : [],
    );
    assert.deepEqual(starts.slice(0, 2), ['a at 0', 'c at 0']);
    assert.deepEqual(outcome(world), exhausted('tokens', 100));
  });

  test('is only charged what was used, so that more fits after', () => {
    const usage = { inputTokens: 10, outputTokens: 10 };
    const world = new CoreWorld({ play: () => ({ afterMs: 10, end: { ...DONE, usage } }) });
    world.send({ type: 'agents.register', agents: agentsOf(2) });
    const specs = ['a', 'b', 'c', 'd', 'e'].map((name) => grant(name, 20));
    world.send(submitOf(specs, { run: runSpecOf({ budget: { tokens: 100 } }) }));
    world.run();
    assert.deepEqual(outcome(world), { state: 'succeeded' });
  });

  test('of one run does not touch another', () => {
    const world = play(tasks, { budget: { attempts: 1 } });
    world.send(submitOf(tasks, { runId: runId('r2') }));
    world.run();
    const states = world.all('run.finished').map(({ runId: id, outcome: { state } }) => `${id} ${state}`);
    assert.deepEqual(states, ['r1 failed', 'r2 succeeded']);
  });
});

describe('what cannot be placed now', () => {
  test('does not hold up those that can, however many stand before them', () => {
    const world = new CoreWorld();
    world.send({ type: 'host.register', host: { host: 'here', cpu: 1_000, memory: 1_000 } });
    world.send({ type: 'agents.register', agents: agentsOf(3) });
    const large = Array.from({ length: 100 }, (_, index) =>
      taskOf(`large${index}`, { resources: { cpu: 800 }, priority: 'high' }),
    );
    world.send(
      submitOf([...large, taskOf('small', { priority: 'low' }), taskOf('other', { resources: { memory: 1 } })]),
    );
    const first = world.all('attempt.assigned').map(({ taskId }) => nameOf(taskId));
    assert.deepEqual(first.toSorted(), ['large0', 'other', 'small']);
  });

  test('is placed as soon as an agent comes that can do it', () => {
    const world = new CoreWorld();
    world.send({ type: 'agents.register', agents: agentsOf(1) });
    world.send(submitOf([taskOf('t', { requires: ['rare'] })]));
    world.run();
    assert.equal(world.all('attempt.assigned').length, 0);
    world.send({ type: 'agents.register', agents: [agentOf('late', { capabilities: ['rare'] })] });
    assert.equal(world.all('attempt.assigned')[0]?.agentId, 'late');
  });

  test('is placed as soon as its host has grown', () => {
    const world = new CoreWorld();
    world.send({ type: 'host.register', host: { host: 'there', cpu: 9_000, memory: 1 } });
    world.send({ type: 'host.register', host: { host: 'here', cpu: 1_000, memory: 1 } });
    world.send({ type: 'agents.register', agents: agentsOf(1) });
    world.send(submitOf([taskOf('t', { resources: { cpu: 1_600 } })]));
    assert.equal(world.all('attempt.assigned').length, 0);
    world.send({ type: 'host.register', host: { host: 'here', cpu: 2_000, memory: 1 } });
    assert.equal(world.all('attempt.assigned').length, 1);
  });

  test('waits for a better agent without end being looked for, when the free one of its class is the one it failed on', () => {
    const FAST_MS = 10;
    const isFast = (agent: string): boolean => agent.startsWith('fast');
    const world = new CoreWorld({
      play: ({ taskId, agentId, attempt }): Play => {
        const name = nameOf(taskId);
        if (name === 'hold') return { afterMs: 8_000, end: DONE };
        return { afterMs: isFast(agentId) ? FAST_MS : 60_000, end: name === 'again' && attempt === 1 ? THREW : DONE };
      },
    });
    const fast = (id: string): ReturnType<typeof agentOf> => agentOf(id, { role: 'fast' });
    world.send({ type: 'agents.register', agents: [fast('fast1'), fast('fast2'), agentOf('slow', { role: 'slow' })] });
    world.send(submitOf(['a', 'b', 'c', 'd'].map((name) => taskOf(name))));
    world.run();
    world.send(submitOf([taskOf('again'), taskOf('hold')], { runId: runId('r2') }));
    world.run();
    const given = world.all('attempt.assigned').filter(({ taskId }) => taskId === 'r2/again');
    assert.equal(given.length, 2);
    assert.ok(given.every(({ agentId }) => isFast(agentId)));
    assert.notEqual(given[0]?.agentId, given[1]?.agentId);
  });
});

describe('a budget that is used up while something of the run still waits', () => {
  const played = (more: Partial<TaskSpec>): CoreWorld => {
    const world = new CoreWorld({ play: () => ({ afterMs: 10, end: THREW }) });
    world.send({ type: 'agents.register', agents: agentsOf(1) });
    const run = runSpecOf({ budget: { attempts: 1 } });
    // A lead that was granted something holds it while it waits for its next attempt.
    world.send(submitOf([taskOf('a', { delegate: {}, grant: { tokens: 5 } }), taskOf('b', more)], { run }));
    return world;
  };
  const endOf = (world: CoreWorld): unknown => world.all('run.finished')[0]?.outcome;
  const exhausted = { state: 'failed', failure: { reason: 'budget-exhausted', budget: 'attempts', limit: 1 } };

  test('ends the run when that is ready again, although nothing is freed any more', () => {
    assert.deepEqual(endOf(played({}).run()), exhausted);
    assert.deepEqual(endOf(played({ prefers: ['rare'] }).run()), exhausted);
  });

  test('ends the run when that is cancelled instead', () => {
    const world = played({}).run(100);
    world.send({ type: 'task.cancel', taskId: taskIdOf(runId('r1'), 'a'), reason: 'enough' });
    assert.deepEqual(endOf(world.run()), exhausted);
  });
});
