import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { CoreWorld, type Play, type Started } from '../../../test/support/core-world.ts';
import { agentOf, DONE, submitOf, taskOf, THREW } from '../../../test/support/core-world-specs.ts';
import type { AgentSpec } from '../agents/agent-spec.ts';
import { agentId, runId } from '../ids.ts';
import { snapshotOf, restoreSwarm } from '../snapshot.ts';
import { newSwarm } from '../swarm-state.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';

const once = { retry: { maxAttempts: 1 } };
const supervised = (id: string, more: Partial<AgentSpec> = {}): AgentSpec => agentOf(id, { supervised: true, ...more });
const tasks = (count: number, more: Partial<TaskSpec> = {}): readonly TaskSpec[] =>
  Array.from({ length: count }, (_, index) => taskOf(`t${String(index).padStart(3, '0')}`, { ...once, ...more }));

/** A world in which attempts fail until `healsAtMs`. */
function outage(agents: readonly AgentSpec[], healsAtMs: number, count = 40): CoreWorld {
  let world: CoreWorld | undefined;
  const play = (_started: Started): Play => ({ afterMs: 10, end: (world?.nowMs ?? 0) < healsAtMs ? THREW : DONE });
  world = new CoreWorld({ play });
  world.send({ type: 'agents.register', agents });
  world.send(submitOf(tasks(count)));
  return world;
}

describe('the breaker of an agent', () => {
  test('opens after five failures in a row, lets one through after a minute, and closes after three successes', () => {
    const world = outage([supervised('a', { slots: 4 })], 1_000).run();
    const [opened] = world.all('breaker.opened');
    // Four end at the same instant: eight have failed when it is seen.
    assert.deepEqual([opened?.failures, world.all('breaker.opened').length], [8, 1]);
    const halfOpenedAt = world.entries.find(({ event }) => event.type === 'breaker.half-opened')?.atMs;
    assert.equal(halfOpenedAt, opened?.untilMs);
    const closedAt = world.entries.find(({ event }) => event.type === 'breaker.closed')?.atMs;
    // Three attempts of 10 ms, one after the other, though the agent has four slots.
    assert.equal((closedAt ?? 0) - (halfOpenedAt ?? 0), 30);
    assert.equal(world.all('run.finished').length, 1);
    assert.equal(world.swarm.breakers.due.size, 0);
  });

  test('opens again when the one that is let through fails', () => {
    const world = outage([supervised('a')], 61_000).run();
    assert.equal(world.all('breaker.opened').length, 2);
    assert.equal(world.all('breaker.opened')[1]?.failures, 1);
  });

  test('is none of an agent whose failures are the work’s own', () => {
    const world = outage([agentOf('a')], 1_000, 10).run();
    assert.deepEqual(world.all('breaker.opened'), []);
  });

  test('goes with its agent', () => {
    const world = outage([supervised('a', { runId: runId('r1') }), supervised('b')], 1e9, 12).run();
    assert.equal(world.swarm.breakers.kept.has('agent:a'), false);
    assert.equal(world.swarm.breakers.kept.has('agent:b'), true);
  });
});

describe('the breaker of a provider', () => {
  const agents = ['a', 'b', 'c'].map((id) => supervised(id, { provider: 'p' }));
  const openIn = ({ swarm }: CoreWorld): readonly string[] =>
    [...swarm.registry.agents.values()].filter(({ blocked }) => blocked.size === 0).map(({ spec }) => spec.id);

  test('keeps work from all its agents, and lets one of them try', () => {
    const world = outage(agents, 1_000);
    world.run(2_000);
    assert.deepEqual(openIn(world), []);
    world.send({ type: 'agents.register', agents: [supervised('d', { provider: 'p' })] });
    assert.deepEqual([...(world.swarm.registry.agents.get(agentId('d'))?.blocked ?? [])], ['breaker']);
    const [opened] = world.all('breaker.opened').filter(({ key }) => key === 'provider:p');
    world.run(opened?.untilMs ?? 0);
    // Whoever got the first task.
    assert.deepEqual(openIn(world), [world.all('attempt.assigned').at(-1)?.agentId]);
    world.run();
    assert.deepEqual(openIn(world), ['a', 'b', 'c', 'd']);
    assert.equal(world.all('run.finished').length, 1);
  });

  test('has never more than one attempt under way while it is tried', () => {
    let most = 0;
    const world = outage(agents, 130_000);
    while (world.step()) {
      if (world.swarm.breakers.kept.get('provider:p')?.breaker.status !== 'half-open') continue;
      most = Math.max(most, world.swarm.runs.get(runId('r1'))?.active.size ?? 0);
    }
    assert.equal(most, 1);
    assert.equal(world.all('run.finished').length, 1);
  });

  test('is tried by an agent that has work, not by one that has none or may have none', () => {
    for (const why of ['no work', 'removed', 'stopped'] as const) {
      const world = outage([supervised('b', { provider: 'p', capabilities: ['work', 'b'] })], 1_000);
      world.send({ type: 'agents.register', agents: [supervised('a', { provider: 'p', capabilities: ['idle'] })] });
      world.run(59_000);
      if (why === 'removed') world.send({ type: 'agent.remove', agentId: agentId('a') });
      if (why === 'stopped') world.swarm.registry.block(agentId('a'), 'stopped');
      world.run();
      assert.equal(world.all('run.finished').length, 1, why);
    }
  });

  test('is tried by the next one when the attempt that tries is lost with its agent', () => {
    const world = outage(agents, 1_000);
    const [opened] = world
      .run(2_000)
      .all('breaker.opened')
      .filter(({ key }) => key === 'provider:p');
    world.run(opened?.untilMs ?? 0);
    const [first] = openIn(world);
    assert.ok(first !== undefined);
    world.send({ type: 'agents.lose', agentIds: [agentId(first)] });
    const [second] = openIn(world);
    assert.ok(second !== undefined && second !== first);
    world.run();
    assert.equal(world.all('run.finished').length, 1);
  });
});

test('a snapshot in the middle of an outage gives the same state and the same waits', () => {
  for (const atMs of [20, 2_000, 60_060]) {
    const world = outage([supervised('a', { slots: 3, provider: 'p' }), supervised('b', { provider: 'p' })], 1_000);
    world.run(atMs);
    const text = snapshotOf(world.swarm, world.nowMs);
    const copy = newSwarm(world.rules);
    restoreSwarm(copy, text);
    assert.equal(snapshotOf(copy, world.nowMs), text);
    assert.deepEqual([...copy.breakers.due], [...world.swarm.breakers.due]);
    assert.equal(copy.registry.freeSlots, world.swarm.registry.freeSlots);
    assert.equal(snapshotOf(world.replayed(), world.nowMs), text);
  }
});
