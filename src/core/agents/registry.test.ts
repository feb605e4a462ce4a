import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { agentOf, agentsOf, taskOf } from '../../../test/support/core-world-specs.ts';
import { agentId, runId, taskId } from '../ids.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';
import { performance, successRate } from './agent.ts';
import type { Agent } from './agent-class.ts';
import { Registry } from './registry.ts';

const run = runId('r1');
const t = (name: string): ReturnType<typeof taskId> => taskId(run, name);

let registry: Registry;
beforeEach(() => {
  registry = new Registry('capability-based');
});

const agent = (id: string): Agent => registry.agents.get(agentId(id)) ?? assert.fail(`no agent ${id}`);
const add = (...specs: readonly ReturnType<typeof agentOf>[]): void => {
  for (const spec of specs) registry.add(spec);
};

/** The kinds of agents that fit, best first, by one of their agents. */
function matchesOf(more: Partial<TaskSpec>, forRun = run): readonly string[] {
  const signature = registry.signatureOf(taskOf('t', more), forRun);
  return registry.matches(signature).map((match) => match.class.free.first?.spec.id ?? 'full');
}

describe('matching', () => {
  beforeEach(() => {
    add(
      agentOf('jack', { capabilities: ['work', 'x', 'y', 'z'] }),
      agentOf('one', { capabilities: ['work', 'x'] }),
      agentOf('plain'),
      agentOf('own', { capabilities: ['work', 'own'], runId: runId('r2') }),
    );
  });

  test('finds who has all that is required, specialists first', () => {
    assert.deepEqual(matchesOf({}), ['plain', 'one', 'jack']);
    assert.deepEqual(matchesOf({ requires: ['work', 'x'] }), ['one', 'jack']);
    assert.deepEqual(matchesOf({ requires: ['work', 'nobody'] }), []);
  });

  test('puts who has more of the preferred first, and leaves nobody out for it', () => {
    assert.deepEqual(matchesOf({ prefers: ['x', 'y'] }), ['jack', 'one', 'plain']);
  });

  test('scores half for nothing preferred, and the whole for all of it', () => {
    const signature = registry.signatureOf(taskOf('t', { prefers: ['x', 'y'] }), run);
    assert.deepEqual(
      registry.matches(signature).map(({ capability }) => capability),
      [1, 0.75, 0.5],
    );
  });

  test('offers the agents of a run to that run alone', () => {
    assert.deepEqual(matchesOf({ requires: ['own'] }), []);
    assert.deepEqual(matchesOf({ requires: ['own'] }, runId('r2')), ['own']);
  });

  test('is looked up again when kinds of agents come and go', () => {
    const signature = registry.signatureOf(taskOf('t', { requires: ['x'] }), run);
    assert.equal(registry.matches(signature).length, 2);
    assert.equal(registry.matches(signature), registry.matches(signature));
    registry.remove(agentId('one'));
    assert.equal(registry.matches(signature).length, 1);
    add(agentOf('new', { capabilities: ['x'] }));
    assert.equal(registry.matches(signature).length, 2);
  });

  test('asks the same question once: who requires, prefers and reserves the same', () => {
    const ask = (more: Partial<TaskSpec>): unknown => registry.signatureOf(taskOf('any', more), run);
    assert.equal(ask({ requires: ['x', 'y'] }), ask({ requires: ['y', 'x'], priority: 'low' }));
    assert.notEqual(ask({ requires: ['x'] }), ask({ requires: ['x'], prefers: ['y'] }));
    assert.notEqual(ask({ requires: ['x'] }), ask({ requires: ['x'], resources: { cpu: 1 } }));
    assert.notEqual(ask({ requires: ['x', 'y'] }), ask({ requires: ['x,y'] }));
  });
});

describe('an agent', () => {
  test('registered again is the one it was', () => {
    add(agentOf('a1', { slots: 2 }), agentOf('a1', { slots: 5 }));
    assert.deepEqual([agent('a1').spec.slots, registry.freeSlots], [2, 2]);
  });

  test('is offered while it has a free slot, and again when one is given back', () => {
    add(agentOf('a1', { slots: 2 }));
    registry.occupy(agent('a1'), t('t1'), 10);
    assert.deepEqual([matchesOf({}), registry.freeSlots], [['a1'], 1]);
    registry.occupy(agent('a1'), t('t2'), 10);
    assert.deepEqual([matchesOf({}), registry.freeSlots], [['full'], 0]);
    assert.throws(() => registry.occupy(agent('a1'), t('t3'), 10), /no free slot/);
    registry.release(t('t1'), undefined);
    assert.deepEqual([matchesOf({}), registry.freeSlots], [['a1'], 1]);
  });

  test('that is removed gets nothing more', () => {
    add(...agentsOf(2));
    registry.remove(agentId('a1'));
    registry.remove(agentId('a1'));
    assert.deepEqual([matchesOf({}), registry.freeSlots, registry.agents.size], [['a2'], 1, 1]);
  });

  test('that is removed while it works finishes that, and is not offered after', () => {
    add(...agentsOf(2));
    registry.occupy(agent('a1'), t('t1'), 10);
    registry.remove(agentId('a1'));
    registry.release(t('t1'), undefined);
    assert.deepEqual([matchesOf({}), registry.freeSlots], [['a2'], 1]);
  });

  test('of a run goes with it', () => {
    add(agentOf('own', { runId: run }), agentOf('all'));
    registry.removeRun(run);
    assert.deepEqual([...registry.agents.keys()], ['all']);
  });

  test('expected to be free first is the first of its kind, also after a correction', () => {
    add(...agentsOf(2));
    registry.occupy(agent('a1'), t('t1'), 10);
    registry.occupy(agent('a2'), t('t2'), 20);
    assert.equal(agent('a1').class.busy.first?.agent.spec.id, 'a1');
    registry.expectEnd(t('t1'), 30);
    assert.equal(agent('a1').class.busy.first?.agent.spec.id, 'a2');
  });
});

describe('the record of an agent', () => {
  const doOne = (hasSucceeded: boolean, speed?: number): void => {
    registry.occupy(agent('a1'), t('t1'), 10);
    registry.release(t('t1'), { hasSucceeded, speed });
  };
  beforeEach(() => add(agentOf('a1')));

  test('says one half when nothing is known, and moves with every end', () => {
    assert.equal(successRate(agent('a1')), 0.5);
    doOne(true);
    assert.equal(successRate(agent('a1')), 2 / 3);
    doOne(false);
    assert.ok(successRate(agent('a1')) < 0.5 + 1e-9);
  });

  test('forgets slowly: what it did last counts most', () => {
    for (let count = 0; count < 300; count++) doOne(false);
    for (let count = 0; count < 100; count++) doOne(true);
    assert.ok(successRate(agent('a1')) > 0.8);
  });

  test('is 0.7 of success and 0.3 of speed; faster than expected is not better than fast', () => {
    doOne(true, 9);
    assert.equal(agent('a1').speed, 1);
    doOne(true, 0.5);
    assert.equal(agent('a1').speed, 0.9);
    const rate = successRate(agent('a1'));
    assert.ok(Math.abs(performance(agent('a1')) - (0.7 * rate + 0.27)) < 1e-9);
  });

  test('is not touched by an end that says nothing about it', () => {
    registry.occupy(agent('a1'), t('t1'), 10);
    registry.release(t('t1'), undefined);
    assert.deepEqual([agent('a1').ended, agent('a1').speed], [0, 1]);
  });

  test('comes back from a snapshot, with its place', () => {
    add(agentOf('a2'));
    registry.restore(agentId('a2'), [9, 9, 1, 4]);
    assert.deepEqual(matchesOf({}), ['a2']);
    assert.equal(agent('a2').lastTurn, 4);
  });
});

describe('an agent that is blocked', () => {
  beforeEach(() => add(agentOf('a', { slots: 2 }), agentOf('b')));

  test('is offered nothing until its last cause is gone', () => {
    assert.equal(registry.freeSlots, 3);
    assert.deepEqual(
      [registry.block(agentId('a'), 'breaker'), registry.block(agentId('a'), 'unhealthy')],
      [true, false],
    );
    assert.deepEqual([registry.freeSlots, matchesOf({})], [1, ['b']]);
    assert.deepEqual([registry.unblock(agentId('a'), 'breaker'), registry.freeSlots], [false, 1]);
    assert.deepEqual([registry.unblock(agentId('a'), 'unhealthy'), registry.freeSlots], [true, 3]);
    assert.equal(registry.unblock(agentId('a'), 'unhealthy'), false);
  });

  test('keeps what it runs, but nobody waits for its slots', () => {
    registry.occupy(agent('a'), t('one'), 50);
    const { busy } = agent('a').class;
    registry.block(agentId('a'), 'lost');
    assert.deepEqual([busy.size, registry.freeSlots], [0, 1]);
    registry.unblock(agentId('a'), 'lost');
    assert.deepEqual([busy.first?.expectedEndMs, registry.freeSlots], [50, 2]);
    registry.block(agentId('a'), 'lost');
    registry.release(t('one'), undefined);
    assert.deepEqual([busy.size, registry.freeSlots, agent('a').used], [0, 1, 0]);
    registry.remove(agentId('a'));
    assert.equal(registry.freeSlots, 1);
  });

  test('is not what a limit makes of it: that leaves it some of its slots', () => {
    registry.limit(agentId('a'), 1);
    assert.equal(registry.freeSlots, 2);
    registry.occupy(agent('a'), t('one'), 50);
    assert.deepEqual([registry.freeSlots, matchesOf({})], [1, ['b']]);
    registry.limit(agentId('a'), undefined);
    assert.equal(registry.freeSlots, 2);
  });
});
