import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { CoreWorld } from '../../../test/support/core-world.ts';
import { agentOf, DONE, submitOf, taskOf } from '../../../test/support/core-world-specs.ts';
import { scaledReservation } from './reservation-of.ts';

const host = { cpu: 8_000, memory: 1_000 };
const resources = { cpu: 1_000, memory: 200, storage: 7, network: 9 };

describe('a reservation', () => {
  test('is what is declared × what was learned × priority, in whole numbers', () => {
    assert.deepEqual(scaledReservation({ resources }, { cpu: 50, memory: 130 }, host), {
      ...resources,
      cpu: 500,
      memory: 260,
    });
    assert.deepEqual(scaledReservation({ resources, priority: 'critical' }, {}, host), {
      ...resources,
      cpu: 1_200,
      memory: 240,
    });
    assert.equal(scaledReservation({ resources: { cpu: 3 }, priority: 'high' }, {}, host)?.cpu, 4);
  });

  test('is as declared where nothing is known, and nothing where nothing is declared', () => {
    assert.equal(scaledReservation({ resources }, {}, host), undefined);
    assert.equal(scaledReservation({}, { cpu: 50 }, host), undefined);
    assert.equal(scaledReservation({ resources: { storage: 7 } }, { cpu: 50 }, host), undefined);
  });

  test('is no less than a quarter, no more than twice, and not raised beyond 80 % of the host', () => {
    assert.equal(scaledReservation({ resources }, { cpu: 1 }, host)?.cpu, 250);
    assert.equal(scaledReservation({ resources }, { cpu: 900 }, host)?.cpu, 2_000);
    assert.equal(scaledReservation({ resources: { memory: 700 } }, { memory: 200 }, host)?.memory, 800);
    assert.equal(scaledReservation({ resources: { memory: 900 } }, { memory: 200 }, host), undefined);
  });
});

describe('attempts', () => {
  let world: CoreWorld;
  beforeEach(() => {
    world = new CoreWorld({ play: () => ({ afterMs: 100, end: DONE }) });
    world.send({ type: 'host.register', host: { host: 'here', cpu: 1_000, memory: 1_000 } });
    world.send({ type: 'agents.register', agents: [agentOf('x', { slots: 4 })] });
  });

  test('reserve what was learned, so that more of them run side by side, and give it all back', () => {
    const spec = { resources: { cpu: 600 }, reserves: { cpu: 200 } };
    world.send(submitOf(['a', 'b', 'c', 'd', 'e'].map((name) => taskOf(name, spec))));
    assert.equal(world.swarm.capacity.reservedOn('here')?.cpu, 800);
    assert.deepEqual(
      world.all('attempt.assigned').map(({ reserved }) => reserved?.cpu),
      [200, 200, 200, 200],
    );
    world.run();
    assert.equal(world.swarm.capacity.reservedOn('here')?.cpu, 0);
    assert.equal(world.all('task.succeeded').length, 5);
  });

  test('have reserved the same when a leader comes back from events or from a snapshot', () => {
    world.send(submitOf([taskOf('a', { resources: { cpu: 600 }, reserves: { cpu: 700 } })]));
    world.save();
    for (const swarm of [world.replayed(), world.restored()]) {
      assert.equal(swarm.capacity.reservedOn('here')?.cpu, 700);
    }
  });
});
