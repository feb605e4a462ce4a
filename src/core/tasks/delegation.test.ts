import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { agentOf, DONE, subtaskOf, taskOf, THREW } from '../../../test/support/core-world-specs.ts';
import {
  RUN,
  idOf,
  lead,
  type Scene,
  worldOf,
  add,
  wait,
  waitForAll,
  done,
  fails,
  problemsOf,
  outcomeOf,
  story,
  many,
} from '../../../test/support/delegation-world.ts';
import { nameOf } from '../ids.ts';
import type { SubtaskSpec } from './subtask-spec.ts';

describe('sub-tasks', () => {
  test('run on the slot that their parent gives back while it waits: one agent is enough', () => {
    const scripts = { lead: [add(subtaskOf('a'), subtaskOf('b', { needs: ['a'] })), wait('a', 'b'), done] };
    const world = worldOf({ scripts }).run();
    assert.deepEqual(story(world, 'attempt.assigned', 'attempt.awaiting', 'attempt.resumed', 'task.succeeded'), [
      'attempt.assigned lead',
      'attempt.awaiting lead',
      'attempt.assigned lead.a',
      'task.succeeded lead.a',
      'attempt.assigned lead.b',
      'task.succeeded lead.b',
      'attempt.resumed lead',
      'task.succeeded lead',
    ]);
    assert.deepEqual(outcomeOf(world), { state: 'succeeded' });
  });

  test('of leads that all wait at the same time run, however few slots there are', () => {
    const script = [add(subtaskOf('a'), subtaskOf('b')), waitForAll, done];
    const others = ['l2', 'l3', 'l4'].map((name) => taskOf(name, { delegate: {} }));
    const world = worldOf({ others, agents: 2, scripts: { lead: script, l2: script, l3: script, l4: script } }).run();
    assert.deepEqual(outcomeOf(world), { state: 'succeeded' });
    assert.equal(world.all('task.succeeded').length, 12);
  });

  test('carry the name of their parent, its type and priority, and where they come from', () => {
    const world = worldOf({
      lead: lead({ priority: 'high' }),
      scripts: { lead: [add(subtaskOf('a')), waitForAll] },
    }).run();
    const [spec] = world.all('tasks.delegated')[0]?.tasks ?? [];
    assert.deepEqual([spec?.name, spec?.type, spec?.priority], ['lead.a', 'test/a', 'high']);
    const { contentKey, ...child } = spec?.child ?? assert.fail();
    assert.deepEqual(child, { parent: 'lead', name: 'a', depth: 1, attempt: 1, revision: 1 });
    assert.match(contentKey, /^[0-9a-f]{64}$/);
    assert.deepEqual(spec?.requires, ['function:work']);
  });

  test('with a name that is taken in the run, or too long with that of the parent, get one like it', () => {
    const long = `p${'x'.repeat(63)}`;
    const script = [add(subtaskOf('a')), waitForAll, done];
    const others = [taskOf('lead.a'), taskOf(long, { delegate: {} })];
    const world = worldOf({ others, scripts: { lead: script, [long]: script } }).run();
    const added = world.all('tasks.delegated').flatMap(({ tasks }) => tasks);
    const names = added.map(({ name }) => name);
    assert.deepEqual(names.toSorted()[0], 'lead.a.2');
    assert.match(names.toSorted()[1] ?? '', /^p(x+)-[0-9a-f]{8}\.a$/);
    assert.deepEqual(outcomeOf(world), { state: 'succeeded' });
  });

  test('are skipped, with their dependents, like any other task when a need fails, and the run does not fail with them', () => {
    const scripts = { lead: [add(subtaskOf('a'), subtaskOf('b', { needs: ['a'] })), waitForAll, done] };
    const play: Scene['play'] = () => ({
      afterMs: 1,
      end: { ok: false, failure: { reason: 'start-failed', message: 'x' } },
    });
    const world = worldOf({ scripts, play }).run();
    assert.deepEqual(story(world, 'task.failed', 'task.skipped'), ['task.failed lead.a', 'task.skipped lead.b']);
    assert.deepEqual(outcomeOf(world), { state: 'succeeded' });
  });

  test('get what is sent to the topics that they name from the moment in which they are added', () => {
    const world = worldOf({ scripts: { lead: [add(subtaskOf('a', { subscribes: ['found.*'] })), waitForAll] } });
    world.run(1);
    const message = { id: 'm1', topic: 'found.x', type: 'message', body: 1 };
    world.send({ type: 'message.send', runId: RUN, from: 'user:ann', message });
    assert.deepEqual(world.all('message.sent')[0]?.recipients, ['task:lead.a']);
  });

  test('may need only sub-tasks of the same parent', () => {
    const others = [taskOf('other')];
    assert.deepEqual(problemsOf({ others }, [subtaskOf('a', { needs: ['other'] })]), [
      'task "a" needs "other", which does not exist',
    ]);
  });

  test('added later may need earlier ones, ended or not', () => {
    const script = [add(subtaskOf('a')), wait('a'), add(subtaskOf('b', { needs: ['a'] })), waitForAll, done];
    const world = worldOf({ scripts: { lead: script } }).run();
    assert.deepEqual(story(world, 'task.succeeded'), [
      'task.succeeded lead.a',
      'task.succeeded lead.b',
      'task.succeeded lead',
    ]);
  });
});

describe('a patch', () => {
  test('of a task that may not delegate is refused, and says what would help', () => {
    assert.deepEqual(problemsOf({ lead: taskOf('lead') }, [subtaskOf('a')]), [
      'task "lead" may not add sub-tasks: its definition needs "delegate: true"',
    ]);
  });

  test('tells all that is wrong at once, and changes nothing', () => {
    const limited = lead({ delegate: { functions: ['other'] }, grant: { tokens: 10 } });
    const problems = problemsOf(
      { lead: limited },
      [
        subtaskOf('a', { needs: ['nobody'] }),
        subtaskOf('b c'),
        subtaskOf('gpu', { requires: ['gpu'], grant: { tokens: 11 } }),
        { name: 'sh', work: { kind: 'command', shell: 'true' } },
      ],
      ['gone'],
    );
    assert.deepEqual(problems, [
      'task "a" needs "nobody", which does not exist',
      '"b c" is no name: 1 to 40 letters, digits, ".", "_" or "-"',
      '"a" calls "work", which "lead" may not delegate',
      '"b c" calls "work", which "lead" may not delegate',
      '"gpu" calls "work", which "lead" may not delegate',
      '"gpu" needs gpu, which nobody has',
      '"gpu" asks for 11 tokens, but 10 are left of 10',
      '"sh" needs command, which nobody has',
      'there is no sub-task "gone" to cancel',
    ]);
  });

  test.each<[string, Scene, readonly SubtaskSpec[], RegExp]>([
    ['with a circle', {}, [subtaskOf('a', { needs: ['b'] }), subtaskOf('b', { needs: ['a'] })], /wait for each other/],
    ['with a name twice', {}, [subtaskOf('a'), subtaskOf('a')], /two tasks are called "a"/],
    ['over the fan-out', {}, many(9), /9 sub-tasks in one patch, but at most 8/],
    ['over its own fan-out', { lead: lead({ delegate: { fanOut: 2 } }) }, many(3), /at most 2/],
    ['too deep', { rules: { maxDelegationDepth: 0 } }, many(1), /1 levels deep/],
    [
      'that delegates too deep',
      { lead: lead({ delegate: { depth: 1 } }) },
      [subtaskOf('a', { delegate: {} })],
      /"a" may not delegate/,
    ],
    [
      'with commands where none may be',
      { lead: lead({ delegate: { commands: false } }) },
      [{ name: 'a', work: { kind: 'command', argv: ['x'] } }],
      /may not delegate commands/,
    ],
    ['over the size of a run', { rules: { maxTasksPerRun: 2 } }, many(2), /over 2 tasks/],
    [
      'over the size of an event',
      {},
      [subtaskOf('a', { work: { kind: 'function', function: 'work', input: 'x'.repeat(60_000) } })],
      /over 56000 characters/,
    ],
    [
      'with secrets that the parent has not',
      { lead: lead({ work: { kind: 'command', argv: ['x'], envFrom: ['A'] } }) },
      [{ name: 'a', work: { kind: 'command', argv: ['x'], envFrom: ['A', 'B'] } }],
      /asks for B, which "lead" has not/,
    ],
    [
      'with a pattern that is none',
      {},
      [subtaskOf('a', { subscribes: ['**.x'] })],
      /"\*\*\.x" is no pattern of topics/,
    ],
    ['with a grant that is no amount', {}, [subtaskOf('a', { grant: { costMicros: 0.5 } })], /no whole number/],
  ])('%s is refused', (_what, scene, subtasks, problem) => {
    const problems = problemsOf(scene, subtasks);
    assert.ok(
      problems.some((one) => problem.test(one)),
      problems.join('; '),
    );
  });

  test('after ten others is refused, and one that brings nothing new is none', () => {
    const world = worldOf({});
    const patch = (name: string) =>
      world.send({ type: 'attempt.delegate', taskId: idOf('lead'), attempt: 1, add: [subtaskOf(name)], cancel: [] });
    for (let number = 1; number <= 10; number++) {
      assert.ok(patch(`t${number}`).ok);
      assert.deepEqual(patch(`t${number}`), { ok: true, events: [] });
    }
    const ruling = patch('t11');
    assert.ok(!ruling.ok && ruling.refusal.reason === 'delegation-invalid');
    assert.deepEqual(ruling.refusal.problems, ['"lead" has added sub-tasks 10 times, which is as often as it may']);
  });

  test('of an older attempt, of one that does not run, or of nobody is refused', () => {
    const world = worldOf({ scripts: { 'lead 1': [fails], 'lead 2': [{ afterMs: 10_000, end: DONE }] } });
    const patch = (id: string, attempt: number) =>
      world.send({ type: 'attempt.delegate', taskId: idOf(id), attempt, add: [], cancel: [] });
    world.run(1_500);
    assert.deepEqual(patch('lead', 1), { ok: false, refusal: { reason: 'attempt-stale', currentAttempt: 2 } });
    assert.deepEqual(patch('nobody', 1), { ok: false, refusal: { reason: 'task-unknown' } });
  });

  test('cancels what is open, with all below it', () => {
    const scripts = {
      lead: [add(subtaskOf('a', { delegate: {} })), { afterMs: 20, add: [], cancel: ['a'] }, waitForAll, done],
      'lead.a': [add(subtaskOf('x')), { afterMs: 1_000, end: DONE }],
    } satisfies Scene['scripts'];
    const world = worldOf({ scripts, agents: 2, play: () => ({ afterMs: 500, end: DONE }) }).run();
    assert.deepEqual(story(world, 'task.cancelled').toSorted(), ['task.cancelled lead.a', 'task.cancelled lead.a.x']);
    assert.deepEqual(outcomeOf(world), { state: 'succeeded' });
  });

  test('gives a sub-task no more rights than its parent has', () => {
    const scripts = {
      lead: [add(subtaskOf('a', { delegate: { depth: 9, fanOut: 9, functions: ['work', 'b'] } })), waitForAll],
    };
    const world = worldOf({
      lead: lead({ delegate: { fanOut: 4, functions: ['work'], commands: false } }),
      scripts,
    }).run();
    assert.deepEqual(world.all('tasks.delegated')[0]?.tasks[0]?.delegate, {
      depth: 2,
      fanOut: 4,
      revisions: 10,
      commands: false,
      functions: ['work'],
    });
  });

  test('three levels deep is accepted, a fourth is not', () => {
    const down = [add(subtaskOf('x', { delegate: {} })), waitForAll, done];
    const last = [add(subtaskOf('x')), waitForAll, done];
    const world = worldOf({ scripts: { lead: down, 'lead.x': down, 'lead.x.x': last } }).run();
    assert.deepEqual(outcomeOf(world), { state: 'succeeded' });
    assert.equal(world.all('task.succeeded').length, 4);
    const deeper = worldOf({ scripts: { lead: down, 'lead.x': down, 'lead.x.x': down } }).run();
    assert.equal(deeper.all('tasks.delegated').length, 2, 'the third patch holds a lead that could only go deeper');
  });
});

describe('a parent', () => {
  test('that says it is done while sub-tasks are open has failed, and they are cancelled', () => {
    const policy = { maxAttempts: 1 };
    const world = worldOf({
      lead: lead({ retry: policy }),
      agents: 2,
      scripts: { lead: [add(subtaskOf('a')), done] },
    }).run();
    const [failed] = world.all('task.failed');
    assert.deepEqual(failed?.failure, { reason: 'children-open', tasks: ['lead.a'] });
    assert.deepEqual(story(world, 'task.cancelled'), ['task.cancelled lead.a']);
  });

  test.each(['fails for good', 'is cancelled', 'is tried again'])('that %s takes its open sub-tasks with it', (how) => {
    const retry = { maxAttempts: how === 'is tried again' ? 2 : 1 };
    const scripts = {
      'lead 1': [add(subtaskOf('a'), subtaskOf('b')), { afterMs: 5, end: THREW }],
    } satisfies Scene['scripts'];
    const world = worldOf({ lead: lead({ retry }), agents: 2, scripts, play: () => ({ afterMs: 100, end: DONE }) });
    if (how === 'is cancelled') world.sendAt(3, { type: 'task.cancel', taskId: idOf('lead'), reason: 'enough' });
    world.run();
    assert.deepEqual(
      story(world, 'task.cancelled')
        .filter((line) => line.includes('.a') || line.includes('.b'))
        .toSorted(),
      ['task.cancelled lead.a', 'task.cancelled lead.b'],
    );
    assert.equal(world.all('run.finished').length, 1);
  });

  test('that is cancelled while it waits ends without a slot', () => {
    const world = worldOf({
      scripts: { lead: [add(subtaskOf('a')), waitForAll, done] },
      play: () => ({ afterMs: 100, end: DONE }),
    });
    world.run(10);
    assert.equal(world.task('lead')?.status, 'awaiting-children');
    world.send({ type: 'task.cancel', taskId: idOf('lead'), reason: 'enough' });
    world.run();
    assert.deepEqual(outcomeOf(world), { state: 'cancelled', reason: 'a task was cancelled' });
    assert.equal(world.swarm.tasks.size, 0);
  });

  test('that is lost finds its sub-tasks again, those that have ended too, and nothing is done twice', () => {
    const steps = [add(subtaskOf('a'), subtaskOf('b', { needs: ['a'] })), waitForAll, done];
    for (const turn of [3, 4, 5, 6]) {
      const world = worldOf({ scripts: { lead: steps }, agents: 2 });
      while (world.turns < turn) world.step();
      world.crash('events');
      world.run();
      assert.deepEqual(outcomeOf(world), { state: 'succeeded' }, `turn ${turn}`);
      assert.equal(world.all('tasks.delegated').flatMap(({ tasks }) => tasks).length, 2);
      assert.equal(world.all('task.cancelled').length, 0);
    }
  });

  test('that wants other sub-tasks when it is tried again is rid of the old ones', () => {
    const scripts = {
      'lead 1': [add(subtaskOf('a'), subtaskOf('b')), waitForAll, done],
      'lead 2': [add(subtaskOf('b'), subtaskOf('c')), waitForAll, done],
    };
    const world = worldOf({ scripts, agents: 3, play: () => ({ afterMs: 500, end: DONE }) });
    world.run(20);
    world.crash('events');
    world.run();
    assert.deepEqual(story(world, 'task.cancelled'), ['task.cancelled lead.a']);
    assert.deepEqual(story(world, 'task.succeeded').toSorted(), [
      'task.succeeded lead',
      'task.succeeded lead.b',
      'task.succeeded lead.c',
    ]);
    assert.deepEqual(
      world.all('tasks.delegated').map(({ adopted }) => adopted),
      [[], ['lead.b']],
    );
  });

  test('that is tried again after a failure of its own asks for what was cancelled anew', () => {
    const scripts = {
      'lead 1': [add(subtaskOf('a'), subtaskOf('b')), wait('a'), fails],
      'lead 2': [add(subtaskOf('a'), subtaskOf('b')), waitForAll, done],
    };
    const play: Scene['play'] = ({ taskId: id }) => ({ afterMs: nameOf(id).endsWith('a') ? 5 : 300, end: DONE });
    const world = worldOf({ scripts, agents: [agentOf('a1', { slots: 3 })], play }).run();
    assert.deepEqual(story(world, 'task.succeeded').toSorted(), [
      'task.succeeded lead',
      'task.succeeded lead.a',
      'task.succeeded lead.b.2',
    ]);
    assert.deepEqual(story(world, 'task.cancelled'), ['task.cancelled lead.b']);
  });

  test('is paused with its sub-tasks, and goes on with them', () => {
    const world = worldOf({
      scripts: { lead: [add(subtaskOf('a')), waitForAll, done] },
      play: () => ({ afterMs: 100, end: DONE }),
    });
    world.run(20);
    world.send({ type: 'run.pause', runId: RUN, reason: 'lunch' });
    world.run();
    assert.equal(world.all('run.finished').length, 0);
    world.send({ type: 'run.resume', runId: RUN });
    world.run();
    assert.deepEqual(outcomeOf(world), { state: 'succeeded' });
    assert.equal(world.all('tasks.delegated').flatMap(({ tasks }) => tasks).length, 1);
  });

  test('whose agent would go is kept: an agent is not removed while an attempt on it waits', () => {
    const world = worldOf({ scripts: { lead: [add(subtaskOf('a', { requires: ['gpu'] })), waitForAll, done] } });
    world.send({ type: 'agents.register', agents: [agentOf('g', { capabilities: ['gpu', 'function:work'] })] });
    world.run(5);
    const [first] = world.all('attempt.assigned');
    assert.equal(world.task('lead')?.status, 'awaiting-children');
    assert.deepEqual(world.send({ type: 'agent.remove', agentId: first?.agentId ?? assert.fail() }), {
      ok: false,
      refusal: { reason: 'status-wrong', status: 'busy' },
    });
  });

  test('that is cancelled while it waits keeps its agent too, and ends when that is lost', () => {
    const world = worldOf({ scripts: { lead: [add(subtaskOf('a', { requires: ['gpu'] })), waitForAll, done] } });
    world.send({ type: 'agents.register', agents: [agentOf('g', { capabilities: ['gpu', 'function:work'] })] });
    world.run(5);
    const { agentId } = world.all('attempt.assigned')[0] ?? assert.fail();
    world.send({ type: 'task.cancel', taskId: world.task('lead')?.identity.id ?? assert.fail(), reason: 'enough' });
    assert.equal(world.task('lead')?.status, 'cancelling');
    assert.deepEqual(world.send({ type: 'agent.remove', agentId }), {
      ok: false,
      refusal: { reason: 'status-wrong', status: 'busy' },
    });
    world.send({ type: 'agents.lose', agentIds: [agentId] });
    assert.equal(world.task('lead')?.status, 'cancelled');
  });

  test('gets a free slot of its agent before anything new does', () => {
    const others = many(6).map(({ name }) => taskOf(name, { priority: 'critical' }));
    const world = worldOf({
      lead: lead({ priority: 'critical', estimateMs: 1_000_000 }),
      others,
      scripts: { lead: [add(subtaskOf('a', { priority: 'critical' })), waitForAll, done] },
    }).run();
    const order = story(world, 'attempt.assigned', 'attempt.resumed');
    const resumed = order.indexOf('attempt.resumed lead');
    assert.equal(order[resumed - 1], 'attempt.assigned lead.a');
  });
});
