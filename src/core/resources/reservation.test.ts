import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { CoreWorld } from '../../../test/support/core-world.ts';
import { agentOf, DONE, submitOf, taskOf } from '../../../test/support/core-world-specs.ts';
import { runId, taskId } from '../ids.ts';
import { snapshotOf } from '../snapshot.ts';

const [A, B] = ['a', 'b'].map((name) => taskId(runId('r1'), name));
assert.ok(A !== undefined && B !== undefined);
const idle = [{ cpu: 100 }, { cpu: 50 }] as const;

let world: CoreWorld;
beforeEach(() => {
  world = new CoreWorld({ play: () => ({ afterMs: 100_000, end: DONE }) });
  world.send({ type: 'host.register', host: { host: 'here', cpu: 1_000, memory: 1_000 } });
  world.send({ type: 'agents.register', agents: [agentOf('x', { slots: 4 })] });
  const resources = { cpu: 600 };
  world.send(submitOf([taskOf('a', { resources }), taskOf('b', { resources })]));
});

const reserved = (): number | undefined => world.swarm.capacity.reservedOn('here')?.cpu;

describe('a reservation that is hardly used', () => {
  test('shrinks while its attempt lives, and what waited for room starts', () => {
    assert.equal(world.task('b')?.status, 'ready');
    world.send({ type: 'reservation.measure', taskId: A, attempt: 1, windows: idle });
    assert.deepEqual(world.all('reservation.shrunk')[0], {
      type: 'reservation.shrunk',
      taskId: A,
      attempt: 1,
      reserved: { cpu: 120 },
      used: { cpu: 100 },
    });
    assert.equal(world.task('b')?.status, 'running');
    assert.equal(reserved(), 720);
    world.run();
    assert.equal(reserved(), 0);
  });

  test('is what the next leader finds, from events and from a snapshot', () => {
    world.send({ type: 'reservation.measure', taskId: A, attempt: 1, windows: idle });
    world.save();
    for (const swarm of [world.replayed(), world.restored()]) {
      assert.equal(snapshotOf(swarm, 0), snapshotOf(world.swarm, 0));
      assert.deepEqual(swarm.capacity.heldBy(A)?.amounts, { cpu: 120 });
      assert.equal(swarm.capacity.reservedOn('here')?.cpu, 720);
    }
  });

  test('is whole again with the next attempt', () => {
    world.send({ type: 'reservation.measure', taskId: A, attempt: 1, windows: idle });
    world.send({ type: 'task.cancel', taskId: B, reason: 'asked' });
    world.run(10);
    world.crash('events');
    world.run(20);
    assert.deepEqual(world.swarm.capacity.heldBy(A)?.amounts, { cpu: 600 });
  });

  test('of an attempt that is over, or of none, is nothing to decide on', () => {
    const stale = world.send({ type: 'reservation.measure', taskId: A, attempt: 7, windows: idle });
    assert.deepEqual(stale, { ok: false, refusal: { reason: 'attempt-stale', currentAttempt: 1 } });
    assert.equal(world.send({ type: 'reservation.measure', taskId: B, attempt: 0, windows: idle }).ok, true);
    const gone = taskId(runId('r1'), 'c');
    assert.equal(world.send({ type: 'reservation.measure', taskId: gone, attempt: 1, windows: idle }).ok, false);
    assert.deepEqual(world.all('reservation.shrunk'), []);
  });
});

test('an attempt that takes longer than expected is noted, and keeps what it has', () => {
  world.send({ type: 'reservation.review', taskId: A, attempt: 1, expectedMs: 60_000 });
  assert.deepEqual(world.all('reservation.reviewed')[0]?.reserved, { cpu: 600 });
  assert.equal(reserved(), 600);
  assert.equal(world.task('b')?.status, 'ready');
});
