import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { CoreWorld, type LeadStep } from '../../../test/support/core-world.ts';
import {
  agentOf,
  agentsOf,
  DONE,
  runSpecOf,
  submitOf,
  subtaskOf,
  taskOf,
} from '../../../test/support/core-world-specs.ts';
import { nameOf, runId, taskId, type TaskId } from '../ids.ts';
import type { PriorityClass, TaskSpec } from '../tasks/task-spec.ts';
import { isActive } from '../tasks/task.ts';
import { PASSED_OVER_MS, writeBlockOf } from './kept-back.ts';
import { foldPath } from './write-locks.ts';

function overlaps(one: string, other: string): boolean {
  const [left, right] = [`${foldPath(one)}/`, `${foldPath(other)}/`];
  return left === '/' || right === '/' || left.startsWith(right) || right.startsWith(left);
}

/** Fails as soon as two attempts of a project run that may write the same. */
function assertApart({ swarm }: CoreWorld): void {
  const held: (readonly [project: string, path: string])[] = [];
  for (const { identity } of [...swarm.tasks.values()].filter(isActive)) {
    const project = swarm.runs.get(identity.runId)?.spec.project ?? '';
    const { writes = [] } = identity.spec;
    const clash = held.find(([of, path]) => of === project && isClash(path, writes));
    assert.equal(clash, undefined, `${identity.id} runs beside who writes ${clash?.[1]}`);
    for (const path of writes) held.push([project, path]);
  }
}

const isClash = (path: string, writes: readonly string[]): boolean => writes.some((one) => overlaps(one, path));

function worldOf(agents: number, afterMs: (id: TaskId) => number = () => 10): CoreWorld {
  const world = new CoreWorld({
    play: ({ taskId: id }) => ({ afterMs: afterMs(id), end: DONE }),
    onQuiet: assertApart,
  });
  world.send({ type: 'host.register', host: { host: 'here', cpu: 1_000, memory: 1_000 } });
  world.send({ type: 'agents.register', agents: agentsOf(agents) });
  return world;
}

const startedIn = (world: CoreWorld): readonly string[] =>
  world.all('attempt.assigned').map(({ taskId: id }) => nameOf(id));
const writing = (name: string, writes: readonly string[], more: Partial<TaskSpec> = {}): TaskSpec =>
  taskOf(name, { writes, ...more });

describe('tasks that may write the same file', () => {
  test('run one after the other, and the others beside them', () => {
    const world = worldOf(4);
    world.send(submitOf([writing('a', ['out/']), writing('b', ['out/x']), writing('c', ['other']), taskOf('d')]));
    assert.deepEqual(startedIn(world), ['a', 'c', 'd']);
    world.run();
    assert.deepEqual(startedIn(world), ['a', 'c', 'd', 'b']);
  });

  test('are kept apart over all runs of a project, and not between projects', () => {
    const world = worldOf(4);
    world.send(submitOf([writing('a', ['x'])]));
    world.send(submitOf([writing('b', ['x'])], { runId: runId('r2') }));
    world.send(submitOf([writing('c', ['x'])], { runId: runId('r3'), run: runSpecOf({ project: '/other' }) }));
    assert.deepEqual(startedIn(world), ['a', 'c']);
    world.run();
    assert.deepEqual(startedIn(world), ['a', 'c', 'b']);
  });

  test('are told who keeps them back, and with what', () => {
    const world = worldOf(4);
    world.send(submitOf([writing('a', ['out/']), writing('b', ['out/x'])]));
    const run = world.swarm.runs.get(runId('r1'));
    const task = world.swarm.tasks.get(taskId(runId('r1'), 'b'));
    assert.ok(run !== undefined && task !== undefined);
    const block = writeBlockOf(world.swarm, run, task.identity);
    assert.deepEqual([block?.holder, block?.path], ['r1/a', 'out']);
  });

  test('keep their order: the longest path goes first', () => {
    const world = worldOf(4);
    const names = ['a', 'b', 'c', 'd'];
    world.send(submitOf(names.map((name, index) => writing(name, [`${name}`, 'shared'], { estimateMs: 1 + index }))));
    world.run();
    assert.deepEqual(startedIn(world), ['d', 'c', 'b', 'a']);
  });

  test('start again after a crash as they stood', () => {
    for (const from of ['events', 'snapshot'] as const) {
      const world = worldOf(4);
      world.send(submitOf([writing('a', ['x']), writing('b', ['x']), writing('c', ['y'])]));
      world.save();
      world.crash(from);
      world.run();
      assert.equal(world.swarm.runs.size, 0);
    }
  });

  test('are in the way of nobody any more when what could write them is gone for good', () => {
    const world = worldOf(2, (id) => (nameOf(id) === 'long' ? 600_000 : 10));
    const rare = agentOf('rare', { capabilities: ['rare'] });
    world.send({ type: 'agents.register', agents: [rare] });
    world.send(submitOf([writing('long', ['p']), writing('both', ['p', 'q'], { requires: ['rare'] })]));
    world.run(PASSED_OVER_MS + 1);
    world.send(submitOf([writing('first', ['q'])], { runId: runId('r2') }));
    assert.deepEqual(startedIn(world), ['long'], 'who has waited for a minute goes first');
    world.send({ type: 'agent.remove', agentId: rare.id });
    assert.deepEqual(startedIn(world), ['long', 'first']);
  });

  test('are not passed over without end by what comes later', () => {
    const world = worldOf(2, (id) => (nameOf(id) === 'whole' ? 10 : 10_000));
    const one = (index: number): void => {
      world.send(submitOf([writing(`part${index}`, [`src/${index}`])], { runId: runId(`p${index}`) }));
    };
    one(0);
    world.send(submitOf([writing('whole', ['src/'], { priority: 'low' })]));
    for (let index = 1; index < 40; index++) {
      one(index);
      world.run(world.nowMs + 5_000);
    }
    const place = startedIn(world).indexOf('whole');
    assert.ok(place > 0, 'it has started');
    assert.ok(place * 5_000 < PASSED_OVER_MS + 30_000, `after ${place} others`);
    world.run();
    assert.equal(world.swarm.claims.size, 0);
  });

  test('are passed over by nothing after a minute, although nobody has ended meanwhile', () => {
    const minutes: Readonly<Record<string, number>> = { first: 30, second: 120 };
    for (const afterMs of [PASSED_OVER_MS - 1, PASSED_OVER_MS]) {
      const world = worldOf(3, (id) => 60_000 * (minutes[nameOf(id)] ?? 1));
      world.send(submitOf([writing('first', ['src/a'])]));
      world.send(submitOf([writing('whole', ['src/'], { priority: 'low' })], { runId: runId('r2') }));
      world.run(afterMs);
      world.send(submitOf([writing('second', ['src/b'], { priority: 'critical' })], { runId: runId('r3') }));
      world.run();
      const order = afterMs < PASSED_OVER_MS ? ['first', 'second', 'whole'] : ['first', 'whole', 'second'];
      assert.deepEqual(startedIn(world), order);
      assert.deepEqual([world.swarm.claims.size, world.swarm.keptBack.size], [0, 0]);
    }
  });

  test('are in nobody’s way while no agent could take them', () => {
    const world = worldOf(2, () => 30 * 60_000);
    world.send({ type: 'agents.register', agents: [agentOf('rare', { capabilities: ['rare'] })] });
    world.send(submitOf([writing('first', ['src/a'])]));
    const requires = ['rare'];
    const tasks = [writing('whole', ['src/'], { requires }), taskOf('t1', { requires }), taskOf('t2', { requires })];
    world.send(submitOf(tasks, { runId: runId('r2') }));
    world.run(PASSED_OVER_MS);
    world.send(submitOf([writing('second', ['src/b'])], { runId: runId('r3') }));
    assert.deepEqual(startedIn(world), ['first', 't1', 'second']);
    world.run();
    assert.deepEqual([world.swarm.runs.size, world.swarm.claims.size], [0, 0]);
  });
});

describe('a task that claims files which a waiting lead holds', () => {
  const chain = [
    subtaskOf('one', { writes: ['src/'] }),
    subtaskOf('two', { writes: ['src/'], needs: ['one'] }),
    subtaskOf('three', { writes: ['src/x'], needs: ['two'] }),
  ];
  const leadSteps = [
    { afterMs: 1, add: chain },
    { afterMs: 1, children: 'all' },
    { afterMs: 1, end: DONE },
  ] as const;

  /** The lead holds `writes`; from 100 ms on another run waits for them, and claims them after a minute. */
  function worldWithLead(writes: readonly string[], steps: readonly LeadStep[] = leadSteps): CoreWorld {
    const world = new CoreWorld({
      play: () => ({ afterMs: 40_000, end: DONE }),
      lead: ({ taskId: id }) => (nameOf(id) === 'lead' ? steps : undefined),
    });
    world.send({ type: 'agents.register', agents: agentsOf(4) });
    world.send(submitOf([taskOf('lead', { writes, delegate: {} })]));
    world.run(100);
    world.send(submitOf([writing('other', ['src/x', 'docs/'])], { runId: runId('r2') }));
    return world;
  }

  test('lets it and its sub-tasks go on, and comes then', () => {
    for (const writes of [['src/'], ['docs/']]) {
      const world = worldWithLead(writes).run();
      assert.deepEqual(startedIn(world), ['lead', 'lead.one', 'lead.two', 'lead.three', 'other'], writes.join());
      assert.equal(world.swarm.runs.size, 0);
    }
  });

  test('lets a sub-task go on that became ready before its lead waited', () => {
    const late = [subtaskOf('late', { writes: ['src/x'] })];
    const steps = [
      { afterMs: 1, add: chain.slice(0, 2) },
      { afterMs: 1, children: 'all' },
      { afterMs: 5_000, add: late },
      { afterMs: 5_000, children: 'all' },
      { afterMs: 1, end: DONE },
    ] as const;
    const world = worldWithLead(['docs/'], steps).run();
    assert.deepEqual(startedIn(world), ['lead', 'lead.one', 'lead.two', 'lead.late', 'other']);
  });

  test('is in nobody’s way when it has been cancelled', () => {
    const world = worldWithLead(['src/']).run(100_000);
    assert.equal(world.swarm.claims.size, 1);
    world.send({ type: 'run.cancel', runId: runId('r2'), reason: 'enough' });
    world.run();
    assert.equal(world.swarm.runs.size, 0);
  });
});

describe('any graph with any writes', () => {
  const path = fc.constantFrom('a/', 'a/x', 'a/y', 'b', 'b/x/', 'b/x/1', 'c', '.', 'A/X');
  const task = fc.record({
    writes: fc.option(fc.uniqueArray(path, { maxLength: 3 }), { nil: undefined }),
    need: fc.nat(30),
    priority: fc.constantFrom('critical', 'normal', 'low'),
    ms: fc.integer({ min: 1, max: 90_000 }),
  });

  test('never runs two together that may write the same, and runs them all', () => {
    const cases = fc.tuple(fc.array(task, { minLength: 1, maxLength: 25 }), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(cases, ([tasks, agents]) => {
        const world = worldOf(agents, msIn(tasks));
        world.send(submitOf(specsOf(tasks)));
        world.run();
        assert.equal(startedIn(world).length, tasks.length);
        assert.deepEqual([world.swarm.runs.size, world.swarm.claims.size], [0, 0]);
      }),
      { numRuns: 150 },
    );
  });
});

type Drawn = Readonly<{ writes: readonly string[] | undefined; need: number; priority: PriorityClass; ms: number }>;

const msIn =
  (tasks: readonly Drawn[]) =>
  (id: TaskId): number =>
    tasks[Number(nameOf(id).slice(1))]?.ms ?? 1;

function specsOf(tasks: readonly Drawn[]): readonly TaskSpec[] {
  return tasks.map(({ writes, need, priority }, index) => {
    const needs = need < index ? [`t${need}`] : [];
    return taskOf(`t${index}`, { needs, priority, ...(writes === undefined ? {} : { writes }) });
  });
}
