import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { CoreWorld, type Play } from '../../test/support/core-world.ts';
import { agentsOf, DONE, runSpecOf, submitOf, subtaskOf, taskOf, THREW } from '../../test/support/core-world-specs.ts';
import { openOf } from '../../test/support/vote-specs.ts';
import type { SwarmEvent } from './events.ts';
import { agentId, runId, taskId } from './ids.ts';
import { effectsOf, owedEffects } from './owed-effects.ts';
import type { TaskSpec } from './tasks/task-spec.ts';

const run = runId('r1');
const t1 = taskId(run, 't1');

let world: CoreWorld;
let play: Play;
beforeEach(() => {
  play = { afterMs: 10, end: DONE };
  world = new CoreWorld({ play: () => play });
  world.send({ type: 'agents.register', agents: agentsOf(1) });
});

function submit(more: Partial<TaskSpec> = {}, wallMs?: number): void {
  const budget = wallMs === undefined ? {} : { wallMs };
  world.send(submitOf([taskOf('t1', more)], { run: runSpecOf({ budget }) }));
}

const asked = (event: SwarmEvent): unknown => effectsOf(world.swarm, event, world.nowMs);
const types = (): readonly string[] => owedEffects(world.swarm).map(({ type }) => type);

describe('what a new leader owes', () => {
  test('is the end of attempts that were lost, with a charge to nobody', () => {
    submit();
    const input = {
      type: 'attempt.end',
      taskId: t1,
      attempt: 1,
      result: { ok: false, failure: { reason: 'coordinator-lost' } },
    };
    assert.deepEqual(owedEffects(world.swarm), [{ type: 'wake-at', key: 'lost:r1/t1', dueMs: 0, input }]);
  });

  test('is the check of claims that were not judged', () => {
    submit({ verify: [['true']] });
    world.run(10);
    assert.deepEqual(owedEffects(world.swarm), [{ type: 'verify-attempt', taskId: t1, attempt: 1 }]);
  });

  test('is the rest of every back-off and of every wall budget', () => {
    play = { afterMs: 10, end: THREW };
    submit({}, 60_000);
    world.run(10);
    const [deadline, retry] = owedEffects(world.swarm);
    assert.ok(deadline?.type === 'wake-at' && deadline.dueMs === 60_000);
    assert.ok(retry?.type === 'wake-at' && retry.dueMs >= 1_010 && retry.dueMs <= 1_210);
    assert.deepEqual(retry.input, { type: 'task.retry', taskId: t1, attempt: 1 });
  });

  test('is the end of what was being cancelled', () => {
    submit({}, 60_000);
    world.send({ type: 'run.cancel', runId: run, reason: 'enough' });
    assert.deepEqual(types(), ['wake-at']);
  });

  test('is nothing for tasks that are ready, blocked or wait for a person', () => {
    world.send(submitOf([taskOf('t1', { requires: ['rare'] }), taskOf('t2', { needs: ['t1'] })]));
    assert.deepEqual(types(), []);
  });
});

describe('from a snapshot the same is asked for as from the first event on', () => {
  const [r1, r2] = [runId('r1'), runId('r2')];

  test('when tasks are stopped that did not begin in the order of their positions', () => {
    world = new CoreWorld({ play: () => ({ afterMs: 100, end: DONE }) });
    world.send({ type: 'agents.register', agents: agentsOf(2) });
    world.send(submitOf([taskOf('short'), taskOf('long', { estimateMs: 3_600_000 })]));
    const begun = world.all('attempt.assigned').map((event) => event.taskId);
    assert.deepEqual(begun, [taskId(r1, 'long'), taskId(r1, 'short')]);
    world.save();
    world.send({ type: 'run.pause', runId: r1, reason: 'lunch' });
    const [paused] = world.all('run.paused');
    assert.ok(paused);
    assert.deepEqual(effectsOf(world.restored(), paused, world.nowMs), asked(paused));
    assert.equal(effectsOf(world.swarm, paused, world.nowMs).length, 2);
  });

  test('of a new leader, when a run got sub-tasks after a later one had come', () => {
    const steps = [
      { afterMs: 10, add: [subtaskOf('part')] },
      { afterMs: 1_000, end: DONE },
    ];
    world = new CoreWorld({
      lead: ({ taskId: id }) => (id === t1 ? steps : undefined),
      play: () => ({ afterMs: 100, end: DONE }),
    });
    world.send({ type: 'agents.register', agents: agentsOf(3) });
    world.send(submitOf([taskOf('t1', { delegate: {} })]));
    world.send(submitOf([taskOf('t1')], { runId: r2 }));
    world.run(10);
    world.save();
    assert.deepEqual(owedEffects(world.restored()), owedEffects(world.swarm));
    assert.equal(owedEffects(world.swarm).length, 3);
  });

  test('of a new leader, when two runs opened votes in turn', () => {
    for (const id of [r1, r2]) world.send(submitOf([taskOf('t1', { requires: ['rare'] })], { runId: id }));
    for (const id of [r1, r2, r1]) {
      const name = `p${world.all('proposal.opened').length}`;
      assert.ok(world.send({ ...openOf({ name }), runId: id }).ok);
    }
    world.save();
    assert.deepEqual(owedEffects(world.restored()), owedEffects(world.swarm));
    assert.equal(owedEffects(world.swarm).length, 3);
  });
});

describe('what an event asks for', () => {
  test('is to start, check, stop, wake or clean up; each by its own event', () => {
    submit({}, 60_000);
    const attempt = 1;
    const start = { type: 'run-attempt', taskId: t1, attempt, agentId: 'a1' };
    assert.deepEqual(asked({ type: 'attempt.assigned', taskId: t1, attempt, agentId: agentId('a1') }), [start]);
    assert.deepEqual(asked({ type: 'attempt.claimed', taskId: t1, attempt, outputs: {}, evidence: [] }), [
      { type: 'verify-attempt', taskId: t1, attempt },
    ]);
    assert.deepEqual(asked({ type: 'task.cancelling', taskId: t1, reason: 'enough' }), [
      { type: 'stop-attempt', taskId: t1, attempt, why: 'cancelled' },
    ]);
    assert.deepEqual(asked({ type: 'run.finished', runId: run, outcome: { state: 'succeeded' } }), [
      { type: 'forget-wake', key: 'deadline:r1' },
      { type: 'forget-wake', key: 'mail:r1' },
      { type: 'clean-up-run', runId: run },
    ]);
  });

  test('is no wake for a task that went on within the same batch', () => {
    submit();
    const failure = { reason: 'coordinator-lost' } as const;
    const failed = { type: 'attempt.failed', taskId: t1, attempt: 1, failure, charge: 'none', retryAtMs: 0 } as const;
    assert.deepEqual(asked(failed), []);
  });

  test('is no stop of irreversible work, and none of a run that was resumed within the same batch', () => {
    submit();
    const paused = { type: 'run.paused', runId: run, reason: 'lunch' } as const;
    assert.deepEqual(asked(paused), []);
    world.send({ type: 'run.pause', runId: run, reason: 'lunch' });
    assert.deepEqual(asked(paused), [{ type: 'stop-attempt', taskId: t1, attempt: 1, why: 'paused' }]);
  });

  test('is nothing of a run that ended within the same batch', () => {
    const gone = runId('gone');
    assert.deepEqual(asked({ type: 'run.paused', runId: gone, reason: 'lunch' }), []);
    assert.deepEqual(asked({ type: 'task.cancelling', taskId: taskId(gone, 't'), reason: 'x' }), []);
  });
});
