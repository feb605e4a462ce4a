import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { CoreWorld, type Play, type Started } from '../../../test/support/core-world.ts';
import { agentOf, DONE, submitOf, taskOf } from '../../../test/support/core-world-specs.ts';
import { agentId, taskId, runId } from '../ids.ts';
import type { SwarmInput } from '../inputs.ts';
import { owedEffects } from '../owed-effects.ts';
import { snapshotOf } from '../snapshot.ts';
import { decide } from '../swarm.ts';

const A = agentId('a');
const B = agentId('b');
const beat = (responseMs: number, memoryRatio?: number): SwarmInput => ({
  type: 'agents.beat',
  agentIds: [A],
  responseMs,
  ...(memoryRatio === undefined ? {} : { memoryRatio }),
});
const lose: SwarmInput = { type: 'agents.lose', agentIds: [A] };

/** Two agents; what `a` does never ends by itself. */
function worldOf(): CoreWorld {
  const play = ({ agentId: id }: Started): { afterMs: number; end: typeof DONE } => ({
    afterMs: id === A ? 1e9 : 10,
    end: DONE,
  });
  const world = new CoreWorld({ play });
  world.send({ type: 'agents.register', agents: [agentOf('a', { supervised: true })] });
  return world;
}

describe('signs of life', () => {
  test('leave a trace only when they change what is thought of the agent', () => {
    const world = worldOf();
    for (const input of [beat(1), beat(6_000), beat(7_000), beat(1)]) world.send(input);
    const changes = world.all('agent.health-changed').map(({ status, causes }) => [status, ...causes]);
    assert.deepEqual(changes, [['degraded', 'slow'], ['healthy']]);
  });

  test('keep work from an agent that has two things against it, until one is gone', () => {
    const world = worldOf();
    world.send(beat(6_000, 0.95));
    world.send(submitOf([taskOf('t')]));
    assert.equal(world.task('t')?.status, 'ready');
    world.send(beat(1, 0.95));
    assert.equal(world.task('t')?.status, 'running');
  });

  test('of agents that nobody knows are passed over', () => {
    const world = worldOf();
    world.send({ type: 'agents.beat', agentIds: [agentId('x')], responseMs: 9_000 });
    assert.deepEqual(world.all('agent.health-changed'), []);
  });

  test('that say that it cannot work keep work from it', () => {
    const world = worldOf();
    world.send({ type: 'agents.ail', agentIds: [A], detail: 'no key' });
    assert.equal(world.all('agent.health-changed')[0]?.status, 'unhealthy');
    assert.equal(world.swarm.registry.freeSlots, 0);
  });
});

describe('a lost agent', () => {
  function lost(): CoreWorld {
    const world = worldOf();
    world.send(submitOf([taskOf('t')]));
    world.send({ type: 'agents.register', agents: [agentOf('b')] });
    world.send(lose);
    return world;
  }

  test('has its task done by another one, uncharged and under a new number', () => {
    const world = lost();
    const task = world.task('t');
    assert.deepEqual([task?.status, task?.attempt, task?.charged, task?.lastAgentId], ['running', 2, 0, B]);
    const late = { type: 'attempt.end', taskId: taskId(runId('r1'), 't'), attempt: 1, result: DONE } as const;
    assert.deepEqual(world.send(late), { ok: false, refusal: { reason: 'attempt-stale', currentAttempt: 2 } });
  });

  test('is started anew, works again when that succeeds, and is told of once', () => {
    const world = lost();
    world.send(lose);
    const [plan] = world.all('agent.restart-planned');
    assert.deepEqual([plan?.restart, plan?.atMs, world.all('agent.restart-planned').length], [1, 1_000, 1]);
    assert.deepEqual(
      owedEffects(world.swarm).filter(({ type }) => type === 'restart-agent'),
      [{ type: 'restart-agent', agentId: A, dueMs: 1_000 }],
    );
    world.send(beat(1));
    assert.equal(world.swarm.health.get(A)?.status, 'lost');
    world.send({ type: 'agent.end-restart', agentId: A, ok: true });
    assert.equal(world.swarm.registry.agents.get(A)?.blocked.size, 0);
  });

  test('that does not stay up is stopped after five starts in a minute, and a person may let it begin again', () => {
    const world = lost();
    for (let round = 0; round < 5; round++) world.send({ type: 'agent.end-restart', agentId: A, ok: false });
    assert.deepEqual(world.all('agent.stopped'), [{ type: 'agent.stopped', agentId: A, restarts: 5 }]);
    assert.deepEqual(world.send({ type: 'agent.end-restart', agentId: A, ok: true }), {
      ok: false,
      refusal: { reason: 'status-wrong', status: 'stopped' },
    });
    const text = snapshotOf(world.swarm, world.nowMs);
    assert.equal(snapshotOf(world.replayed(), world.nowMs), text);
    world.send({ type: 'agent.revive', agentId: A });
    assert.deepEqual([world.swarm.health.has(A), world.swarm.registry.agents.get(A)?.blocked.size], [false, 0]);
  });

  test('leaves a claim that is being checked alone: the check does not need it', () => {
    const world = worldOf();
    world.send(submitOf([taskOf('t', { verify: [['true']] })]));
    const end = { type: 'attempt.end', taskId: taskId(runId('r1'), 't'), attempt: 1, result: DONE } as const;
    world.send(end);
    assert.equal(world.task('t')?.status, 'verifying');
    world.send(lose);
    assert.equal(world.task('t')?.status, 'verifying');
    world.run(100);
    assert.equal(world.all('task.succeeded').length, 1);
  });

  test('has its attempts ended in the order in which they began, also by a leader that knows them from a snapshot', () => {
    const run = runId('r1');
    const play = ({ taskId: id }: Started): Play => ({ afterMs: id === taskId(run, 'first') ? 10 : 1_000, end: DONE });
    const world = new CoreWorld({ play });
    world.send({ type: 'agents.register', agents: [agentOf('a', { supervised: true, slots: 2 })] });
    world.send(submitOf([taskOf('late', { needs: ['first'] }), taskOf('early'), taskOf('first')]));
    world.run(20);
    world.save();
    for (const swarm of [world.swarm, world.restored()]) {
      const ruling = decide(swarm, lose, { nowMs: world.nowMs, wallTimeMs: 0, random: 0 });
      assert.ok(ruling.ok);
      const ended = ruling.events.flatMap((event) => (event.type === 'attempt.failed' ? [event.taskId] : []));
      assert.deepEqual(ended, [taskId(run, 'early'), taskId(run, 'late')]);
    }
  });
});
