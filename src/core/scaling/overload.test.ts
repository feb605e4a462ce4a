import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { CoreWorld, type Play, type Started } from '../../../test/support/core-world.ts';
import { agentOf, DONE, submitOf, taskOf } from '../../../test/support/core-world-specs.ts';
import { agentId, runId, taskId } from '../ids.ts';
import { effectsOf } from '../owed-effects.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';
import { decide } from '../swarm.ts';
import { DEFAULT_SCALING } from './scale-group.ts';

const [A, B] = [agentId('a'), agentId('b')];
const R = runId('r1');
const T = taskId(R, 't0');

let world: CoreWorld;
function begin(rebalanceRunning: boolean, more: Partial<TaskSpec> = {}, otherHost = 'there'): void {
  const rules = { scaling: { ...DEFAULT_SCALING, rebalanceRunning } };
  world = new CoreWorld({ rules, play: () => ({ afterMs: 1_000, end: DONE }) });
  world.send({ type: 'agents.register', agents: [agentOf('a', { slots: 2 })] });
  world.send(submitOf([taskOf('t0', more), taskOf('t1', { needs: ['t0'] })]));
  world.send({ type: 'agents.register', agents: [agentOf('b', { slots: 2, host: otherHost })] });
}
beforeEach(() => begin(false));

const load = (agent: typeof A, cpu?: number): boolean =>
  world.send({ type: 'agents.load', samples: [{ agentId: agent, ...(cpu === undefined ? {} : { cpu }) }] }).ok;

describe('an overloaded agent', () => {
  test('gets nothing new while another can take it, until it is no more', () => {
    load(A, 801);
    assert.deepEqual(world.all('agent.overloaded'), [
      { type: 'agent.overloaded', agentId: A, of: 'cpu', permille: 801 },
    ]);
    world.send(submitOf([taskOf('x'), taskOf('y'), taskOf('z')], { runId: runId('r2') }));
    assert.deepEqual(
      world.all('attempt.assigned').map(({ agentId: id }) => id),
      [A, B, B],
    );
    load(A, 801);
    load(A, 700);
    load(A);
    assert.equal(world.all('agent.relieved').length, 1);
    assert.equal(world.all('attempt.assigned').length, 4);
  });

  test('goes on working where nobody else could', () => {
    load(A, 900);
    load(B, 900);
    assert.deepEqual(
      world.all('agent.overloaded').map(({ agentId: id }) => id),
      [A],
    );
  });

  test('does not count on others that have too much to do at the same moment', () => {
    world.send({
      type: 'agents.load',
      samples: [
        { agentId: A, cpu: 900 },
        { agentId: B, cpu: 900 },
      ],
    });
    assert.deepEqual(world.all('agent.overloaded'), []);
  });

  test('works on when the others have gone, though it is still overloaded', () => {
    load(A, 900);
    load(A, 900);
    assert.deepEqual(world.all('agent.relieved'), []);
    world.send({
      type: 'agents.load',
      samples: [
        { agentId: A, cpu: 900 },
        { agentId: B, cpu: 900 },
      ],
    });
    assert.deepEqual(world.all('agent.relieved'), [{ type: 'agent.relieved', agentId: A }]);
  });

  test('keeps what it runs', () => {
    load(A, 950);
    assert.deepEqual(world.all('attempt.failed'), []);
    world.run();
    assert.equal(world.all('run.finished').length, 1);
  });

  test('is known to the next leader', () => {
    load(A, 950);
    world.save();
    assert.deepEqual([...(world.restored().registry.agents.get(A)?.blocked ?? [])], ['overloaded']);
  });

  test('that is unknown is nobody', () => {
    assert.equal(load(agentId('nobody'), 950), true);
    assert.deepEqual(world.all('agent.overloaded'), []);
  });
});

describe('running work moves with rebalanceRunning', () => {
  test('to another host under a new number, uncharged, and what the old attempt still says is refused', () => {
    begin(true);
    load(A, 950);
    const [failed] = world.all('attempt.failed');
    assert.deepEqual([failed?.failure, failed?.charge], [{ reason: 'stopped', why: 'rebalanced' }, 'none']);
    assert.deepEqual(world.all('attempt.assigned').at(-1), {
      type: 'attempt.assigned',
      taskId: T,
      attempt: 2,
      agentId: B,
    });
    assert.ok(failed);
    assert.equal(effectsOf(world.swarm, failed, world.nowMs)[0]?.type, 'stop-attempt');
    const late = world.send({ type: 'attempt.end', taskId: T, attempt: 1, result: DONE });
    assert.deepEqual(late, { ok: false, refusal: { reason: 'attempt-stale', currentAttempt: 2 } });
    world.run();
    assert.equal(world.all('task.succeeded').length, 2);
  });

  test.each(['B', 'C', 'D'] as const)('but never that of effect class %s', (effect) => {
    begin(true, { effect });
    load(A, 950);
    assert.deepEqual(world.all('attempt.failed'), []);
  });

  test('and not to an agent of the same host, which would be no help', () => {
    begin(true, {}, 'here');
    load(A, 950);
    assert.deepEqual(world.all('attempt.failed'), []);
  });

  test('the newest of it, also for a leader that knows it from a snapshot', () => {
    const rules = { scaling: { ...DEFAULT_SCALING, rebalanceRunning: true } };
    const play = ({ taskId: id }: Started): Play => ({ afterMs: id === taskId(R, 'first') ? 10 : 1_000, end: DONE });
    world = new CoreWorld({ rules, play });
    world.send({ type: 'agents.register', agents: [agentOf('a', { slots: 2 })] });
    world.send(submitOf([taskOf('late', { needs: ['first'] }), taskOf('early'), taskOf('first')]));
    world.run(20);
    world.send({ type: 'agents.register', agents: [agentOf('b', { slots: 2, host: 'there' })] });
    world.save();
    for (const swarm of [world.swarm, world.restored()]) {
      const context = { nowMs: world.nowMs, wallTimeMs: 0, random: 0 };
      const ruling = decide(swarm, { type: 'agents.load', samples: [{ agentId: A, cpu: 950 }] }, context);
      assert.ok(ruling.ok);
      const moved = ruling.events.flatMap((event) => (event.type === 'attempt.failed' ? [event.taskId] : []));
      assert.deepEqual(moved, [taskId(R, 'late')]);
    }
  });
});
