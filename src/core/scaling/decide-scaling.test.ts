import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { CoreWorld } from '../../../test/support/core-world.ts';
import {
  agentOf,
  DONE,
  poolOf,
  runSpecOf,
  submitOf,
  subtaskOf,
  taskOf,
} from '../../../test/support/core-world-specs.ts';
import { add, done, waitForAll, worldOf } from '../../../test/support/delegation-world.ts';
import { agentId, runId } from '../ids.ts';
import { owedEffects } from '../owed-effects.ts';
import { snapshotOf } from '../snapshot.ts';
import type { GroupLoad } from './load.ts';
import { DEFAULT_SCALING, type ScaleGroup } from './scale-group.ts';

const R1 = runId('r1');
const pool = poolOf({ max: 4 });
const none: GroupLoad = { agents: 0, averagePermille: 0, hot: 0 };

let world: CoreWorld;
beforeEach(() => {
  world = new CoreWorld({ play: () => ({ afterMs: 1_000, end: DONE }) });
});

function submit(tasks: number, group: ScaleGroup = pool, more: Partial<ReturnType<typeof runSpecOf>> = {}): void {
  const specs = Array.from({ length: tasks }, (_, at) => taskOf(`t${at}`));
  const run = runSpecOf({ scale: [group], ...more });
  assert.equal(world.send(submitOf(specs, { run })).ok, true);
}

function look(load: GroupLoad, lowForMs = 0): void {
  world.send({ type: 'scaling.look', runId: R1, groups: [{ role: 'pool', load, lowForMs }] });
}

function join(...names: readonly string[]): void {
  const agents = names.map((name) => agentOf(`r1/${name}`, { role: 'pool', runId: R1 }));
  world.send({ type: 'scaling.provisioned', runId: R1, role: 'pool', outcome: { ok: true, agents } });
}

const decisions = (): readonly string[] =>
  world.all('scaling.decided').map(({ from, to, because }) => `${from}>${to} ${because.reason}`);
const members = (): readonly string[] => [...world.swarm.registry.agents.keys()].map((id) => id.slice(3));

describe('from nothing', () => {
  test('work that waits for a role without agents brings them, and they do it', () => {
    submit(3);
    look(none);
    assert.deepEqual(decisions(), ['0>3 no-agent']);
    assert.deepEqual(world.all('scaling.decided')[0]?.joining, ['r1/pool-1', 'r1/pool-2', 'r1/pool-3']);
    join('pool-1', 'pool-2', 'pool-3');
    assert.equal(world.all('attempt.assigned').length, 3);
    world.run();
    assert.equal(world.all('run.finished').length, 1);
    assert.equal(world.swarm.registry.agents.size, 0);
  });

  test('nothing is decided while agents are being made, nor in a run that is paused or has nothing to do', () => {
    submit(2);
    look(none);
    world.run(20_000);
    look(none);
    assert.equal(decisions().length, 1);
    world.send({ type: 'scaling.provisioned', runId: R1, role: 'pool', outcome: { ok: false, detail: 'no room' } });
    world.send({ type: 'run.pause', runId: R1, reason: 'asked' });
    world.run(60_000);
    look(none);
    assert.equal(decisions().length, 1);
  });

  test('agents that could not be made are tried again, under new names', () => {
    submit(1);
    look(none);
    world.send({ type: 'scaling.provisioned', runId: R1, role: 'pool', outcome: { ok: false, detail: 'no room' } });
    assert.equal(world.all('scaling.settled')[0]?.detail, 'no room');
    look(none);
    assert.equal(decisions().length, 1);
    world.run(10_000);
    look(none);
    assert.deepEqual(world.all('scaling.decided')[1]?.joining, ['r1/pool-2']);
  });

  test('a budget of attempts at the same time and room on the host limit what is asked for', () => {
    submit(4, pool, { budget: { agents: 2 } });
    look(none);
    assert.deepEqual(decisions(), ['0>2 no-agent']);
    world = new CoreWorld();
    world.send({ type: 'host.register', host: { host: 'here', cpu: 1_000, memory: 1_000 } });
    world.send({ type: 'agents.register', agents: [agentOf('other', { capabilities: ['other'] })] });
    const other = taskOf('o', { requires: ['other'], resources: { cpu: 800 } });
    const run = runSpecOf({ scale: [pool] });
    world.send(submitOf([other, taskOf('t', { resources: { cpu: 100 } })], { run }));
    look(none);
    assert.deepEqual(decisions(), []);
  });
});

describe('an answer about agents', () => {
  test('that nobody asked for, or that was given before, changes nothing', () => {
    submit(1);
    join('pool-9');
    assert.equal(world.swarm.registry.agents.size, 0);
    look(none);
    join('pool-1', 'pool-7');
    join('pool-1');
    assert.deepEqual(members(), ['pool-1']);
    assert.equal(world.all('scaling.settled').length, 1);
  });

  test('without any agent is a failure', () => {
    submit(1);
    look(none);
    join();
    assert.equal(world.all('scaling.settled')[0]?.cause, 'failed');
  });
});

describe('fewer agents', () => {
  /** Three agents, one of them at work. */
  function three(): void {
    submit(1);
    for (const at of [3, 1, 2]) {
      world.send({ type: 'agents.register', agents: [agentOf(`r1/pool-${at}`, { role: 'pool', runId: R1 })] });
    }
  }

  test('idle ones go first, the newest of them; one at work finishes before it goes', () => {
    three();
    const [busy] = [...world.swarm.registry.agents.values()].filter(({ used }) => used > 0);
    assert.equal(busy?.spec.id, 'r1/pool-3');
    look({ agents: 3, averagePermille: 250, hot: 0 }, 60_000);
    assert.deepEqual(world.all('scaling.decided')[0]?.leaving, ['r1/pool-2']);
    assert.deepEqual(members(), ['pool-3', 'pool-1']);
    assert.equal(world.all('scaling.settled')[0]?.size, 2);
  });

  test('one that must go although it is at work takes nothing more, and goes when it is done', () => {
    world = new CoreWorld({ play: () => ({ afterMs: 1_000, end: DONE }) });
    const group: ScaleGroup = { ...pool, slots: 4 };
    const run = runSpecOf({ scale: [group] });
    world.send(submitOf([taskOf('a'), taskOf('b'), taskOf('c', { needs: ['a', 'b'] })], { run }));
    const agents = [1, 2].map((at) => agentOf(`r1/pool-${at}`, { role: 'pool', runId: R1, slots: 4 }));
    world.send({ type: 'agents.register', agents });
    look({ agents: 2, averagePermille: 250, hot: 0 }, 60_000);
    const [decided] = world.all('scaling.decided');
    assert.equal(decided?.to, 1);
    assert.equal(world.all('agent.removed').length, 0);
    world.run();
    assert.deepEqual(
      world.all('agent.removed').map(({ agentId: id }) => id),
      decided?.leaving,
    );
    assert.equal(world.all('run.finished').length, 1);
  });

  test('whoever leaves counts no more, so that new ones can come meanwhile', () => {
    three();
    look({ agents: 3, averagePermille: 200, hot: 0 }, 60_000);
    world.run(30_000);
    assert.equal(world.swarm.leaving.size, 0);
  });
});

test('the limit over all groups is shared by them', () => {
  world = new CoreWorld({ rules: { scaling: { ...DEFAULT_SCALING, maxAgents: 3 } } });
  const tasks = [1, 2, 3].flatMap((at) => [taskOf(`a${at}`), taskOf(`b${at}`, { requires: ['other'] })]);
  const other = { ...pool, role: 'other', capabilities: ['other'] };
  world.send(submitOf(tasks, { run: runSpecOf({ scale: [{ ...pool, max: 2 }, other] }) }));
  const groups = ['pool', 'other'].map((role) => ({ role, load: none, lowForMs: 0 }));
  world.send({ type: 'scaling.look', runId: R1, groups });
  assert.deepEqual(
    world.all('scaling.decided').map(({ to }) => to),
    [2, 1],
  );
});

test('agents of another role are none of the group', () => {
  world.send({ type: 'agents.register', agents: [agentOf('x', { role: 'local' })] });
  submit(3);
  look(none);
  assert.deepEqual(decisions(), ['0>2 no-agent']);
});

describe('the next leader', () => {
  test('has the same state, from events and from a snapshot, and owes what was being made', () => {
    submit(3);
    look(none);
    world.save();
    for (const swarm of [world.replayed(), world.restored()]) {
      assert.equal(snapshotOf(swarm, 0), snapshotOf(world.swarm, 0));
      const owed = owedEffects(swarm).map(({ type }) => type);
      assert.equal(owed.includes('provision') && owed.includes('watch-load'), true);
    }
  });

  test('lets whoever was leaving go', () => {
    world = new CoreWorld({ play: () => ({ afterMs: 100_000, end: DONE }) });
    const group: ScaleGroup = { ...pool, slots: 4 };
    world.send(submitOf([taskOf('a'), taskOf('b')], { run: runSpecOf({ scale: [group] }) }));
    const agents = [1, 2].map((at) => agentOf(`r1/pool-${at}`, { role: 'pool', runId: R1, slots: 4 }));
    world.send({ type: 'agents.register', agents });
    look({ agents: 2, averagePermille: 250, hot: 0 }, 60_000);
    const [leaver] = world.all('scaling.decided')[0]?.leaving ?? [];
    world.save();
    world.crash('snapshot');
    assert.equal(world.swarm.leaving.has(leaver ?? agentId('')), true);
    world.run();
    assert.equal(world.all('agent.removed').length, 1);
    assert.equal(world.all('run.finished').length, 1);
  });
});

test('a run that is unknown is refused, and nothing is left of one that has ended', () => {
  const answer = world.send({ type: 'scaling.look', runId: R1, groups: [] });
  assert.equal(answer.ok, false);
  submit(1);
  look(none);
  join('pool-1');
  world.run();
  assert.deepEqual([world.swarm.leaving.size, world.swarm.registry.ofRun(R1).length], [0, 0]);
});

test('an agent on which an attempt waits for its sub-tasks is at work, although no slot of it is taken', () => {
  const slow = worldOf({
    agents: [agentOf('r1/pool-1', { role: 'pool', runId: R1 }), agentOf('helper', { capabilities: ['function:work'] })],
    run: { scale: [pool] },
    scripts: { lead: [add(subtaskOf('a')), waitForAll, done] },
    play: () => ({ afterMs: 200_000, end: DONE }),
  });
  slow.run(100_000);
  assert.equal(slow.swarm.leads.size, 1);
  const load = { agents: 1, averagePermille: 0, hot: 0 };
  slow.send({ type: 'scaling.look', runId: R1, groups: [{ role: 'pool', load, lowForMs: 60_000 }] });
  assert.deepEqual(slow.all('scaling.decided'), []);
  slow.run();
  assert.equal(slow.all('run.finished').length, 1);
});
