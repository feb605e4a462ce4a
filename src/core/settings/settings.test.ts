import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { CoreWorld } from '../../../test/support/core-world.ts';
import { agentsOf, submitOf, taskOf } from '../../../test/support/core-world-specs.ts';
import { restoreSwarm, snapshotOf } from '../snapshot.ts';
import { apply } from '../swarm.ts';
import { DEFAULT_RULES, newSwarm, type Swarm } from '../swarm-state.ts';
import type { LiveOption } from './setting-events.ts';
import { LIVE_NAMES, SHELL_OPTIONS, withSetting } from './live-options.ts';
import { nextSettingEvent } from './settings.ts';

const WAIT = 'coordination.maxWaitMs';
const optionsOf = (maxWaitMs: number): readonly LiveOption[] => [
  { name: WAIT, configured: maxWaitMs, min: 0, max: 86_400_000 },
  { name: 'coordination.algorithm', configured: 'adaptive', choices: ['adaptive', 'round-robin'] },
];

function worldOf(): CoreWorld {
  return new CoreWorld({ rules: { live: optionsOf(1_000), maxWaitMs: 1_000 } });
}

const set = (world: CoreWorld, name: string, value: number | string): unknown =>
  world.send({ type: 'config.set', name, value, by: 'user:ann' });

/** The next leader, with another configuration. */
function nextLeader(world: CoreWorld, maxWaitMs: number): Swarm {
  const swarm = newSwarm({ ...DEFAULT_RULES, live: optionsOf(maxWaitMs), maxWaitMs });
  for (const { event, atMs } of world.entries) apply(swarm, event, atMs);
  return swarm;
}

describe('a change of an option', () => {
  test('counts from the next decision on, and changes no rule that others hold', () => {
    const world = worldOf();
    const { configured } = world.swarm;
    set(world, WAIT, 5_000);
    assert.equal(world.swarm.rules.maxWaitMs, 5_000);
    assert.equal(configured.maxWaitMs, 1_000);
    assert.deepEqual(world.all('config.changed')[0], {
      type: 'config.changed',
      name: WAIT,
      before: 1_000,
      value: 5_000,
      configured: 1_000,
      cause: 'asked',
      by: 'user:ann',
    });
    set(world, WAIT, 5_000);
    assert.equal(world.all('config.changed').length, 1);
  });

  test('outside its range, of a fraction, of an unknown name or of one that needs a start is refused', () => {
    const world = worldOf();
    for (const [name, value] of [
      [WAIT, -1],
      [WAIT, 86_400_001],
      [WAIT, 0.5],
      [WAIT, Number.NaN],
      [WAIT, 'much'],
      ['coordination.algorithm', 'best'],
      ['coordination.maxAgents', 4],
      ['constructor', 4],
    ] as const) {
      assert.match(JSON.stringify(set(world, name, value)), /option-invalid/, `${name} = ${value}`);
    }
    assert.deepEqual(world.events, []);
  });

  test('is taken back with the word of the configuration', () => {
    const world = worldOf();
    set(world, WAIT, 5_000);
    world.send({ type: 'config.reset', name: WAIT, by: 'user:ann' });
    assert.equal(world.swarm.rules.maxWaitMs, 1_000);
    assert.equal(world.swarm.settings.size, 0);
  });

  test('holds over restarts, by events and by snapshot alike', () => {
    const world = worldOf();
    set(world, WAIT, 5_000);
    set(world, 'coordination.algorithm', 'round-robin');
    const restored = newSwarm(world.rules);
    restoreSwarm(restored, snapshotOf(world.swarm, 0));
    for (const swarm of [nextLeader(world, 1_000), restored]) {
      assert.equal(swarm.rules.maxWaitMs, 5_000);
      assert.equal(swarm.registry.strategy, 'round-robin');
      assert.equal(nextSettingEvent(swarm), undefined);
      assert.equal(snapshotOf(swarm, 0), snapshotOf(world.swarm, 0));
    }
  });

  test('ends when the configuration says something else than it did', () => {
    const world = worldOf();
    set(world, WAIT, 5_000);
    const swarm = nextLeader(world, 2_000);
    const event = nextSettingEvent(swarm);
    assert.deepEqual([event?.before, event?.value, event?.cause], [5_000, 2_000, 'configured']);
    if (event !== undefined) apply(swarm, event, 0);
    assert.equal(swarm.rules.maxWaitMs, 2_000);
    assert.equal(nextSettingEvent(swarm), undefined);
  });

  test('of the way to choose agents holds for those that are there', () => {
    const world = worldOf();
    world.send({ type: 'agents.register', agents: agentsOf(3) });
    set(world, 'coordination.algorithm', 'round-robin');
    world.send(submitOf([taskOf('a'), taskOf('b'), taskOf('c')]));
    assert.deepEqual(
      world
        .all('attempt.assigned')
        .map(({ agentId }) => agentId)
        .toSorted(),
      ['a1', 'a2', 'a3'],
    );
    world.run();
    assert.equal(world.all('run.finished').length, 1);
  });

  test('reaches just its own rule', () => {
    for (const name of LIVE_NAMES) {
      const changed = withSetting(DEFAULT_RULES, name, 77);
      const differing = JSON.stringify(changed) === JSON.stringify(DEFAULT_RULES) ? 0 : 1;
      const isOfShell = SHELL_OPTIONS.includes(name) || name === 'coordination.algorithm';
      assert.equal(differing, isOfShell ? 0 : 1, name);
    }
  });
});
