import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { CoreWorld, type Play, type Started } from '../../test/support/core-world.ts';
import {
  agentOf,
  agentsOf,
  CRASHED,
  DONE,
  runSpecOf,
  submitOf,
  taskOf,
  THREW,
} from '../../test/support/core-world-specs.ts';
import { nameOf, runId } from './ids.ts';
import { restoreSwarm, snapshotOf } from './snapshot.ts';
import { apply, decide } from './swarm.ts';
import { newSwarm, type Swarm } from './swarm-state.ts';

const ENDS: Readonly<Record<string, Play>> = {
  fails: { afterMs: 5, end: THREW },
  unclear: { afterMs: 5, end: CRASHED },
  runs: { afterMs: 500, end: DONE },
};
const play = ({ taskId }: Started): Play => ENDS[nameOf(taskId)] ?? { afterMs: 10, end: DONE };

/** A swarm in the middle of things: a task in almost every state, a paused run, an ended one. */
function busyWorld(): CoreWorld {
  const world = new CoreWorld({ play });
  world.send({ type: 'host.register', host: { host: 'here', cpu: 1_000, memory: 1_000 } });
  world.send({ type: 'agents.register', agents: agentsOf(4) });
  world.send(submitOf([taskOf('done')], { runId: runId('r0') }));
  world.run();
  world.send(
    submitOf(
      [
        taskOf('done'),
        taskOf('fails'),
        taskOf('unclear', { effect: 'D' }),
        taskOf('runs', { resources: { cpu: 300 }, grant: { tokens: 5 } }),
        taskOf('blocked', { needs: ['runs', 'later'] }),
        taskOf('later', { requires: ['rare'] }),
        taskOf('skipped', { needs: ['done'], when: 'failed' }),
      ],
      { run: runSpecOf({ budget: { tokens: 100, wallMs: 9_000 } }), agents: [agentOf('own', { runId: runId('r1') })] },
    ),
  );
  world.send(submitOf([taskOf('a'), taskOf('b')], { runId: runId('r2'), run: runSpecOf({ weight: 3 }) }));
  world.send({ type: 'run.pause', runId: runId('r2'), reason: 'lunch' });
  return world.run(100);
}

function copyOf(world: CoreWorld): Swarm {
  const copy = newSwarm(world.rules);
  restoreSwarm(copy, snapshotOf(world.swarm, world.nowMs));
  return copy;
}

describe('a snapshot', () => {
  test('holds the whole state: restored and taken again it is the same text', () => {
    const world = busyWorld();
    const states = new Set([...world.swarm.tasks.values()].map(({ status }) => status));
    assert.deepEqual([...states].toSorted(), [
      'backing-off',
      'blocked',
      'outcome-unknown',
      'ready',
      'running',
      'skipped',
      'succeeded',
    ]);
    assert.equal(snapshotOf(copyOf(world), world.nowMs), snapshotOf(world.swarm, world.nowMs));
  });

  test('brings back every task as it was, with all that it declares', () => {
    const world = busyWorld();
    assert.deepEqual([...copyOf(world).tasks.values()], [...world.swarm.tasks.values()]);
  });

  test('says once what several tasks share', () => {
    const world = new CoreWorld();
    const work = { kind: 'command', argv: ['shared-by-all'] } as const;
    world.send(submitOf(Array.from({ length: 50 }, (_, index) => taskOf(`t${index}`, { work, requires: ['rare'] }))));
    const text = snapshotOf(world.swarm, world.nowMs);
    assert.deepEqual([text.split('shared-by-all').length, text.split('rare').length], [2, 2]);
  });

  test('is the same text, whether or not others were taken before', () => {
    const world = busyWorld();
    snapshotOf(world.swarm, world.nowMs);
    world.run(600);
    snapshotOf(world.swarm, world.nowMs);
    world.run(900);
    assert.equal(snapshotOf(world.swarm, world.nowMs), snapshotOf(world.replayed(), world.nowMs));
  });

  test('gives back its led time', () => {
    const world = busyWorld();
    assert.equal(restoreSwarm(newSwarm(world.rules), snapshotOf(world.swarm, 12_345)), 12_345);
  });

  test('brings back what is only an index: reservations, slots, budgets, the queue and who waits for whom', () => {
    const world = busyWorld();
    const { swarm } = world;
    const copy = copyOf(world);
    assert.deepEqual(copy.capacity.reservedOn('here'), { cpu: 300, memory: 0, storage: 0, network: 0 });
    assert.deepEqual([copy.registry.freeSlots, copy.queue.size], [swarm.registry.freeSlots, swarm.queue.size]);
    const [run, same] = [swarm, copy].map(({ runs }) => runs.get(runId('r1')) ?? assert.fail());
    assert.deepEqual([same?.account.figures, same?.counts], [run?.account.figures, run?.counts]);
    assert.deepEqual([...(same?.active ?? [])], [...(run?.active ?? [])]);
  });

  test('knows which tasks wait for a decision', () => {
    const swarm = newSwarm();
    const context = { nowMs: 0, wallTimeMs: 0, random: 0 };
    const ruling = decide(swarm, submitOf([taskOf('a', { if: 'true' }), taskOf('b', { needs: ['a'] })]), context);
    for (const event of ruling.ok ? ruling.events : []) apply(swarm, event, 0);
    const copy = newSwarm();
    restoreSwarm(copy, snapshotOf(swarm, 0));
    assert.deepEqual([...copy.undecided], ['r1/a']);
  });

  test('of another version is not read, and nothing is changed for it', () => {
    const swarm = newSwarm();
    assert.equal(restoreSwarm(swarm, '{"version":1,"hosts":[{"host":"here"}]}'), undefined);
    assert.deepEqual(swarm.capacity.hosts, []);
  });

  test('lets everything go on: the copy ends as the first one does', () => {
    const world = busyWorld();
    world.save();
    world.crash('snapshot');
    world.send({ type: 'run.resume', runId: runId('r2') });
    world.send({ type: 'agents.register', agents: [agentOf('late', { capabilities: ['rare'] })] });
    const unclear = world.task('unclear') ?? assert.fail();
    world.send({ type: 'task.settle', taskId: unclear.identity.id, as: 'succeeded' });
    world.run();
    const ends = world.all('run.finished').map(({ runId: id, outcome }) => `${id} ${outcome.state}`);
    assert.deepEqual(ends, ['r0 succeeded', 'r2 succeeded', 'r1 failed']);
  });

  test('keeps the order that was learned: what takes longest still goes first', () => {
    for (const from of ['events', 'snapshot'] as const) {
      const world = new CoreWorld({
        play: ({ taskId }) => ({ afterMs: nameOf(taskId).startsWith('long') ? 1_000 : 10, end: DONE }),
      });
      world.send({ type: 'agents.register', agents: agentsOf(1) });
      const types = ['short', 'short', 'long', 'long', 'long'];
      world.send(submitOf(types.map((type, index) => taskOf(`${type}${index}`, { type }))));
      world.run(1_500);
      assert.equal(world.task('long3')?.status, 'running');
      world.save();
      world.crash(from);
      world.run();
      const order = world.all('task.succeeded').map(({ taskId }) => nameOf(taskId));
      assert.deepEqual(order, ['short0', 'long2', 'long4', 'long3', 'short1'], from);
    }
  });
});
