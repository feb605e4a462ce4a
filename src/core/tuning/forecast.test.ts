import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { CoreWorld } from '../../../test/support/core-world.ts';
import { idOf, worldOf } from '../../../test/support/delegation-world.ts';
import { agentOf, DONE, runSpecOf, submitOf, subtaskOf, taskOf } from '../../../test/support/core-world-specs.ts';
import type { SwarmEvent } from '../events.ts';
import { runId, type TaskId } from '../ids.ts';
import { snapshotOf } from '../snapshot.ts';
import { apply, decide } from '../swarm.ts';
import type { Swarm } from '../swarm-state.ts';
import { forecast } from './forecast.ts';

type Way = 'adaptive' | 'round-robin';

function cancelled(swarm: Swarm, id: TaskId): readonly SwarmEvent[] {
  const ruling = decide(
    swarm,
    { type: 'task.cancel', taskId: id, reason: 'not this' },
    { nowMs: 0, wallTimeMs: 0, random: 0 },
  );
  return ruling.ok ? ruling.events : [];
}

const tasks = (count: number): readonly ReturnType<typeof taskOf>[] =>
  Array.from({ length: count }, (_, index) => taskOf(`t${index}`, { estimateMs: 5_000 }));

/** It has learned that agent `b` takes a minute for what `a` does in a second, and 30 tasks are ready. */
function learned(strategy: Way): Readonly<{ swarm: Swarm; nowMs: number }> {
  const play = ({ agentId }: Readonly<{ agentId: string }>) => ({
    afterMs: agentId === 'a' ? 1_000 : 60_000,
    end: DONE,
  });
  const world = new CoreWorld({ rules: { strategy }, play });
  world.send({ type: 'agents.register', agents: [agentOf('a', { capabilities: ['work', 'more'] }), agentOf('b')] });
  world.send(submitOf(tasks(12)));
  world.run();
  const { swarm, nowMs } = world;
  const more = submitOf(tasks(30), { runId: runId('r2'), run: runSpecOf({ fingerprint: 'r2' }) });
  const ruling = decide(swarm, more, { nowMs, wallTimeMs: 0, random: 0 });
  for (const event of ruling.ok ? ruling.events : []) apply(swarm, event, nowMs);
  return { swarm, nowMs };
}

const forecastOf = (from: Way, to: Way): string => {
  const { swarm, nowMs } = learned(from);
  return forecast(swarm, { option: 'coordination.algorithm', from, to }, nowMs);
};

describe('a forecast', () => {
  test('runs the open work ahead with the real scheduler, both ways', () => {
    assert.equal(forecastOf('round-robin', 'adaptive'), 'better');
    assert.equal(forecastOf('adaptive', 'round-robin'), 'worse');
    assert.equal(forecastOf('adaptive', 'adaptive'), 'unknown');
  });

  test('leaves the swarm as it is', () => {
    const { swarm, nowMs } = learned('round-robin');
    const before = snapshotOf(swarm, nowMs);
    forecast(swarm, { option: 'coordination.algorithm', from: 'round-robin', to: 'adaptive' }, nowMs);
    assert.equal(snapshotOf(swarm, nowMs), before);
  });

  test('knows of leads that wait for their sub-tasks without a slot, also of those that are being cancelled', () => {
    for (const how of ['waits', 'cancelled'] as const) {
      const world = worldOf({ others: tasks(3), rules: { strategy: 'round-robin' } });
      const taskId = idOf('lead');
      world.send({ type: 'attempt.delegate', taskId, attempt: 1, add: [subtaskOf('one')], cancel: [] });
      world.send({ type: 'attempt.await', taskId, attempt: 1, children: ['one'] });
      assert.equal(world.swarm.tasks.get(taskId)?.status, 'awaiting-children');
      if (how === 'cancelled') {
        for (const event of cancelled(world.swarm, taskId)) apply(world.swarm, event, world.nowMs);
        assert.equal(world.swarm.tasks.get(taskId)?.status, 'cancelling');
      }
      const before = snapshotOf(world.swarm, world.nowMs);
      forecast(world.swarm, { option: 'coordination.algorithm', from: 'round-robin', to: 'adaptive' }, world.nowMs);
      assert.equal(snapshotOf(world.swarm, world.nowMs), before);
    }
  });

  test('is unknown where the scheduler has no say, or there is no work', () => {
    const { swarm, nowMs } = learned('adaptive');
    assert.equal(forecast(swarm, { option: 'performance.cacheSize', from: 1, to: 2 }, nowMs), 'unknown');
    const none = new CoreWorld().swarm;
    assert.equal(forecast(none, { option: 'coordination.maxWaitMs', from: 20_000, to: 10_000 }, 0), 'unknown');
  });
});
