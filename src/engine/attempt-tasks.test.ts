import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { EngineRig, settle, taskIdOf } from '../../test/support/core-world-engine.ts';
import { agentOf, DONE, submitOf, taskOf, THREW } from '../../test/support/core-world-specs.ts';
import { nameOf } from '../core/ids.ts';
import type { TaskFailure } from '../core/tasks/attempt.ts';
import type { SubtaskOutcome } from '../ports/run-tasks.ts';
import { FORCED_END_MS } from './running-attempt.ts';
import type { Engine } from './engine.ts';

const WORK = { function: 'work' } as const;
let rig: EngineRig;
let engine: Engine;

beforeEach(async () => {
  rig = new EngineRig();
  engine = await rig.start();
  await submit(1);
});

/** One agent, which is enough: a lead that waits gives its slot back. */
async function submit(slots: number): Promise<void> {
  await engine.dispatch({ type: 'agents.register', agents: [agentOf('a1', { slots })] });
  await engine.dispatch(submitOf([taskOf('lead', { delegate: {}, retry: { maxAttempts: 2, firstDelayMs: 10 } })]));
}

/** What a promise has come to, without waiting for it. */
function watch<Value>(promise: Promise<Value>): { value?: Value; error?: unknown } {
  const seen: { value?: Value; error?: unknown } = {};
  promise.then(
    (value) => (seen.value = value),
    (error: unknown) => (seen.error = error),
  );
  return seen;
}

const statusOf = (name: string): string | undefined => engine.task(taskIdOf(name))?.status;
const told = (outcomes: readonly SubtaskOutcome[] | undefined): readonly string[] =>
  (outcomes ?? []).map(({ name, state }) => `${name} ${state}`);
const endOfLead = (): unknown => {
  const event = rig.events.findLast((one) => 'taskId' in one && one.taskId === taskIdOf('lead') && 'failure' in one);
  return event !== undefined && 'failure' in event ? event.failure : undefined;
};

describe('a lead', () => {
  test('delegates, waits without its slot, hears the outcomes when it has it again, and succeeds after its sub-tasks', async () => {
    const lead = await rig.attemptOf('lead');
    const answer = await lead.context.tasks.delegate([{ name: 'a', ...WORK, input: { n: 1 } }]);
    assert.deepEqual(answer, { ok: true, taskIds: [taskIdOf('lead.a')] });
    const outcomes = watch(lead.context.tasks.outcomes(['a']));
    const child = await rig.attemptOf('lead.a');
    assert.equal(statusOf('lead'), 'awaiting-children');
    assert.deepEqual(child.assignment.work, { kind: 'function', function: 'work', input: { n: 1 } });
    child.end({ ...DONE, outputs: { found: 7 } });
    await settle();
    assert.deepEqual(outcomes.value, [
      { name: 'a', taskId: taskIdOf('lead.a'), state: 'succeeded', outputs: { found: 7 } },
    ]);
    assert.equal(statusOf('lead'), 'running');
    lead.end(DONE);
    await settle();
    assert.deepEqual(rig.types().slice(-4), ['task.succeeded', 'attempt.resumed', 'task.succeeded', 'run.finished']);
  });

  test('is answered only when its sub-tasks are durable', async () => {
    const lead = await rig.attemptOf('lead');
    rig.journal.hold();
    const answer = watch(lead.context.tasks.delegate([{ name: 'a', ...WORK }]));
    await settle();
    assert.deepEqual(answer, {});
    rig.journal.releaseAll();
    await settle();
    assert.deepEqual(answer, { value: { ok: true, taskIds: [taskIdOf('lead.a')] } });
  });

  test('is told all that is wrong with a patch, by delegate as a value and by run as an error', async () => {
    const { context } = await rig.attemptOf('lead');
    const bad = [{ name: 'a', ...WORK, requires: ['gpu'], needs: ['b'] }];
    const problems = ['task "a" needs "b", which does not exist', '"a" needs gpu, which nobody has'];
    const answer = await context.tasks.delegate(bad);
    assert.deepEqual(answer, { ok: false, refusal: { reason: 'delegation-invalid', problems } });
    await assert.rejects(context.tasks.run(bad), /does not exist; "a" needs gpu/);
    await assert.rejects(context.tasks.outcomes(['nobody']), /there is no sub-task "nobody"/);
  });

  test('hears of failures, skips and cancels as values', async () => {
    const lead = await rig.attemptOf('lead');
    const retry = { maxAttempts: 1 };
    const run = watch(
      lead.context.tasks.run([
        { name: 'a', ...WORK, retry },
        { name: 'b', ...WORK, needs: ['a'] },
        { name: 'c', ...WORK },
      ]),
    );
    (await rig.attemptOf('lead.a')).end(THREW);
    const third = await rig.attemptOf('lead.c');
    await engine.dispatch({ type: 'task.cancel', taskId: taskIdOf('lead.c'), reason: 'enough' });
    third.end(DONE);
    await settle();
    assert.deepEqual(told(run.value), ['a failed', 'b skipped', 'c cancelled']);
    lead.end(DONE);
    await settle();
    assert.deepEqual(rig.events.at(-1), {
      type: 'run.finished',
      runId: 'r1',
      outcome: { state: 'succeeded' },
    });
  });

  test('that returns without a look waits for its sub-tasks all the same', async () => {
    const lead = await rig.attemptOf('lead');
    await lead.context.tasks.delegate([{ name: 'a', ...WORK }]);
    lead.end({ ...DONE, outputs: { said: 'done' } });
    const child = await rig.attemptOf('lead.a');
    assert.equal(statusOf('lead'), 'awaiting-children');
    child.end(DONE);
    await settle();
    assert.equal(rig.types().at(-1), 'run.finished');
    const ends = rig.events.flatMap((event) => (event.type === 'task.succeeded' ? [event.outputs] : []));
    assert.deepEqual(ends, [{}, { said: 'done' }]);
  });

  test('that has not looked at a failure has failed itself; one that has looked has not', async () => {
    const lead = await rig.attemptOf('lead');
    await lead.context.tasks.delegate([{ name: 'a', ...WORK, retry: { maxAttempts: 1 } }]);
    lead.end(DONE);
    (await rig.attemptOf('lead.a')).end(THREW);
    await settle();
    assert.deepEqual(endOfLead(), { reason: 'children-failed', tasks: ['lead.a'] });
    rig.clock.advance(60_000);
    const again = await rig.attemptOf('lead');
    // The same sub-task is the same: it has failed, and is not done again.
    assert.deepEqual(told(await again.context.tasks.run([{ name: 'a', ...WORK, retry: { maxAttempts: 1 } }])), [
      'a failed',
    ]);
    again.end(DONE);
    await settle();
    assert.equal(rig.types().at(-1), 'run.finished');
    assert.equal(rig.types().filter((type) => type === 'tasks.delegated').length, 2);
  });

  test('with two branches hears of each as soon as that is over', async () => {
    const lead = await rig.attemptOf('lead');
    const { tasks } = lead.context;
    const [one, other] = [watch(tasks.run([{ name: 'a', ...WORK }])), watch(tasks.run([{ name: 'b', ...WORK }]))];
    const first = await rig.attemptOf('lead.a');
    first.end(DONE);
    const second = await rig.attemptOf('lead.b');
    await settle();
    assert.deepEqual([told(one.value), other.value], [['a succeeded'], undefined]);
    assert.equal(statusOf('lead'), 'awaiting-children');
    assert.deepEqual(told(await tasks.outcomes(['a'])), ['a succeeded'], 'what is over already needs no wait');
    second.end(DONE);
    await settle();
    assert.deepEqual(told(other.value), ['b succeeded']);
    assert.equal(statusOf('lead'), 'running');
  });

  test('that gives up a wait has its slot again, and goes on to wait for what else it has asked for', async () => {
    await engine.dispatch({ type: 'agents.register', agents: [agentOf('a2')] });
    const lead = await rig.attemptOf('lead');
    const { tasks } = lead.context;
    await tasks.delegate(['a', 'b'].map((name) => ({ name, ...WORK })));
    const [one, other] = [new AbortController(), new AbortController()];
    const first = tasks.outcomes(['a'], { signal: one.signal });
    const second = tasks.outcomes(['b'], { signal: other.signal });
    const [a, b] = [await rig.attemptOf('lead.a'), await rig.attemptOf('lead.b')];
    one.abort();
    await assert.rejects(first, /Nobody waits/);
    await settle();
    assert.equal(statusOf('lead'), 'awaiting-children', 'it waits for b');
    // Asked and given up before it is answered.
    const hasty = tasks.outcomes(['a'], { signal: AbortSignal.abort() });
    await assert.rejects(hasty, /Nobody waits/);
    other.abort();
    await assert.rejects(second, /Nobody waits/);
    await settle();
    const [here, there] = a.assignment.agentId === lead.assignment.agentId ? [a, b] : [b, a];
    here.end(DONE);
    await settle();
    assert.equal(statusOf('lead'), 'running', 'although the other one is open');
    there.end(DONE);
    assert.deepEqual(told(await tasks.outcomes(['a', 'b'])), ['a succeeded', 'b succeeded']);
    lead.end(DONE);
    await settle();
    assert.ok(rig.events.some((event) => event.type === 'task.succeeded' && event.taskId === taskIdOf('lead')));
  });

  test.each(['cancelled', 'timed-out', 'paused'] as const)('that is %s while it waits is told so', async (how) => {
    const lead = await rig.attemptOf('lead');
    const outcomes = watch(lead.context.tasks.run([{ name: 'a', ...WORK }]));
    const child = await rig.attemptOf('lead.a');
    if (how === 'cancelled') await engine.dispatch({ type: 'task.cancel', taskId: taskIdOf('lead'), reason: 'no' });
    if (how === 'paused') await engine.dispatch({ type: 'run.pause', runId: lead.assignment.runId, reason: 'lunch' });
    if (how === 'timed-out') rig.clock.advance(3_600_000);
    await settle();
    assert.match(String(outcomes.error), new RegExp(`stopped: ${how}`));
    assert.ok(lead.signal.aborted);
    const failure: TaskFailure =
      how === 'timed-out' ? { reason: how, afterMs: 1, tail: '' } : { reason: 'stopped', why: how };
    lead.end({ ok: false, failure });
    await settle();
    // Its sub-task goes with it, unless another attempt will ask for it.
    assert.equal(child.signal.aborted, true);
    child.end({ ok: false, failure: { reason: 'stopped', why: how === 'paused' ? 'paused' : 'cancelled' } });
    await settle();
    // The run of a cancelled lead has ended, and left memory.
    const expected = { cancelled: undefined, paused: 'ready', 'timed-out': 'cancelled' };
    assert.equal(statusOf('lead.a'), expected[how]);
  });

  test('whose driver does not end in time is ended without it, and so are its sub-tasks', async () => {
    const lead = await rig.attemptOf('lead');
    lead.context.tasks.run([{ name: 'a', ...WORK }]).catch(() => {});
    await rig.attemptOf('lead.a');
    await engine.dispatch({ type: 'task.cancel', taskId: taskIdOf('lead'), reason: 'no' });
    await settle();
    rig.clock.advance(FORCED_END_MS);
    await settle();
    assert.equal(rig.types().at(-1), 'run.finished');
  });

  test('cancels a sub-task, and does not answer for it', async () => {
    const lead = await rig.attemptOf('lead');
    await lead.context.tasks.delegate([
      { name: 'a', ...WORK },
      { name: 'b', ...WORK },
    ]);
    assert.ok((await lead.context.tasks.cancel(['b'])).ok);
    lead.end(DONE);
    (await rig.attemptOf('lead.a')).end(DONE);
    await settle();
    assert.equal(rig.types().at(-1), 'run.finished');
    assert.equal(rig.types().filter((type) => type === 'task.failed').length, 0);
  });

  test('that is over is refused, whatever it still asks', async () => {
    const lead = await rig.attemptOf('lead');
    const { tasks } = lead.context;
    lead.end(THREW);
    await settle();
    const answer = await tasks.delegate([{ name: 'a', ...WORK }]);
    assert.ok(!answer.ok && answer.refusal.reason === 'status-wrong');
    rig.clock.advance(60_000);
    await rig.attemptOf('lead');
    const later = await tasks.delegate([{ name: 'a', ...WORK }]);
    assert.deepEqual(later, { ok: false, refusal: { reason: 'attempt-stale', currentAttempt: 2 } });
  });

  test('gives its sub-tasks words that look like expressions, and nothing in them is evaluated', async () => {
    const { context } = await rig.attemptOf('lead');
    void context.tasks.run([{ name: 'a', ...WORK, input: '${{ inputs.secret }}' }]);
    const child = await rig.attemptOf('lead.a');
    assert.deepEqual(child.assignment.work, { kind: 'function', function: 'work', input: '${{ inputs.secret }}' });
  });

  test('names what its sub-tasks need, and they find it under these names', async () => {
    const { context } = await rig.attemptOf('lead');
    void context.tasks.run([
      { name: 'a', ...WORK },
      { name: 'b', ...WORK, needs: ['a'] },
    ]);
    (await rig.attemptOf('lead.a')).end({ ...DONE, outputs: { n: 3 } });
    const second = await rig.attemptOf('lead.b');
    assert.deepEqual(second.assignment.needs, { a: { n: 3 } });
    assert.equal(nameOf(second.assignment.taskId), 'lead.b');
  });
});

describe('the next leader', () => {
  test('runs a lead that waited again, which finds its sub-tasks as they are', async () => {
    const lead = await rig.attemptOf('lead');
    lead.context.tasks
      .run([
        { name: 'a', ...WORK },
        { name: 'b', ...WORK, needs: ['a'] },
      ])
      .catch(() => {});
    (await rig.attemptOf('lead.a')).end({ ...DONE, outputs: { n: 3 } });
    await rig.attemptOf('lead.b');
    engine.stop('killed');
    engine = await rig.start();
    await settle();
    rig.clock.advance(1_000);
    // Its sub-task goes on meanwhile: it has the slot before its parent does.
    (await rig.attemptOf('lead.b')).end({ ...DONE, outputs: { n: 4 } });
    const next = await rig.attemptOf('lead');
    const outcomes = await next.context.tasks.run([
      { name: 'a', ...WORK },
      { name: 'b', ...WORK, needs: ['a'] },
    ]);
    assert.deepEqual(told(outcomes), ['a succeeded', 'b succeeded']);
    next.end(DONE);
    await settle();
    assert.equal(rig.types().at(-1), 'run.finished');
    assert.equal(rig.types().filter((type) => type === 'attempt.assigned').length, 5);
  });
});
