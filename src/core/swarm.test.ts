import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { CoreWorld } from '../../test/support/core-world.ts';
import { agentOf, agentsOf, DONE, submitOf, taskOf } from '../../test/support/core-world-specs.ts';
import { agentId, runId, taskId } from './ids.ts';
import { decide } from './swarm.ts';

const context = { nowMs: 0, wallTimeMs: 0, random: 0 };
const t1 = taskId(runId('r1'), 't1');

let world: CoreWorld;
beforeEach(() => {
  world = new CoreWorld();
});

describe('agents', () => {
  test('are registered once: those that are known already are left as they are', () => {
    world.send({ type: 'agents.register', agents: agentsOf(2) });
    assert.deepEqual(world.send({ type: 'agents.register', agents: agentsOf(2) }), { ok: true, events: [] });
    world.send({ type: 'agents.register', agents: agentsOf(3) });
    const registered = world.all('agents.registered').map(({ agents }) => agents.map(idOf));
    assert.deepEqual(registered, [['a1', 'a2'], ['a3']]);
  });

  test('are removed when they are idle; busy and unknown ones are refused', () => {
    world.send({ type: 'agents.register', agents: agentsOf(2) });
    world.send(submitOf([taskOf('t1')]));
    const [{ agentId: busy } = assert.fail()] = world.all('attempt.assigned');
    assert.deepEqual(world.send({ type: 'agent.remove', agentId: busy }), {
      ok: false,
      refusal: { reason: 'status-wrong', status: 'busy' },
    });
    const idle = busy === 'a1' ? 'a2' : 'a1';
    assert.ok(world.send({ type: 'agent.remove', agentId: agentId(idle) }).ok);
    const again = world.send({ type: 'agent.remove', agentId: agentId(idle) });
    assert.deepEqual(again, { ok: false, refusal: { reason: 'agent-unknown' } });
  });
});

describe('deciding', () => {
  test('changes nothing, and gives the same for the same', () => {
    world.send({ type: 'agents.register', agents: agentsOf(1) });
    world.send(submitOf([taskOf('t1')]));
    const input = { type: 'attempt.end', taskId: t1, attempt: 1, result: DONE } as const;
    const before = world.task('t1');
    assert.deepEqual(decide(world.swarm, input, context), decide(world.swarm, input, context));
    assert.equal(world.task('t1'), before);
  });

  test('on a task that nobody knows is a refusal', () => {
    const ruling = decide(world.swarm, { type: 'task.cancel', taskId: t1, reason: 'x' }, context);
    assert.deepEqual(ruling, { ok: false, refusal: { reason: 'task-unknown' } });
  });
});

describe('reports of a running attempt', () => {
  test('are kept as they came, and change nothing else', () => {
    world.send({ type: 'agents.register', agents: agentsOf(1) });
    world.send(submitOf([taskOf('t1')]));
    const before = world.task('t1');
    const report = { kind: 'progress', percentage: 50, step: 'half way' } as const;
    world.send({ type: 'attempt.report', taskId: t1, attempt: 1, report });
    assert.deepEqual(world.all('attempt.reported')[0]?.report, report);
    assert.equal(world.task('t1'), before);
  });
});

test('fingerprints of ended runs are kept for 10,000 runs, the oldest goes first', () => {
  for (let run = 0; run <= 10_000; run++) world.send(submitOf([], { runId: runId(`r${run}`) }));
  assert.deepEqual([world.swarm.ended.size, world.swarm.ended.has(runId('r0'))], [10_000, false]);
});

test('agents and runs that come and go leave nothing behind', () => {
  for (let round = 0; round < 50; round++) {
    const id = runId(`r${round}`);
    const own = agentOf(`${id}-own`, { runId: id });
    world.send(submitOf([taskOf('t1'), taskOf('t2', { needs: ['t1'] })], { runId: id, agents: [own] }));
    world.run();
  }
  const { registry, tasks, runs, queue } = world.swarm;
  assert.deepEqual([registry.agents.size, registry.freeSlots, tasks.size, runs.size, queue.size], [0, 0, 0, 0, 0]);
});

function idOf({ id }: Readonly<{ id: string }>): string {
  return id;
}
