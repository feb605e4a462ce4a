import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { EngineRig, RUN, settle } from '../../test/support/core-world-engine.ts';
import { DONE, poolOf, runSpecOf, submitOf, taskOf } from '../../test/support/core-world-specs.ts';
import { LocalProvisioner } from '../adapters/in-memory/local-provisioner.ts';
import type { Provisioned, Provisioner, ProvisionRequest } from '../ports/provisioner.ts';
import type { Engine } from './engine.ts';

const pool = poolOf();

/** Makes agents as the local one does, unless the test says otherwise. */
class Played implements Provisioner {
  readonly asked: ProvisionRequest[] = [];
  readonly forgotten: string[] = [];
  answer: ((request: ProvisionRequest) => Promise<Provisioned>) | undefined;
  readonly #local = new LocalProvisioner();

  scale(request: ProvisionRequest): Promise<Provisioned> {
    this.asked.push(request);
    return this.answer?.(request) ?? this.#local.scale(request);
  }

  forget(runId: string): void {
    this.forgotten.push(runId);
  }
}

let rig: EngineRig;
let played: Played;
let engine: Engine;
beforeEach(async () => {
  rig = new EngineRig();
  played = new Played();
  engine = await rig.start({ loadLookMs: 1_000 }, { provisioner: played });
});

async function submit(tasks: number): Promise<void> {
  const specs = Array.from({ length: tasks }, (_, at) => taskOf(`t${at}`));
  const last = taskOf('last', { needs: specs.map(({ name }) => name), requires: ['never'] });
  await engine.dispatch(submitOf([...specs, last], { run: runSpecOf({ scale: [pool] }) }));
  await settle();
}

async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    rig.clock.advance(1_000);
    await settle();
  }
}

const sizes = (): readonly string[] =>
  rig.events.flatMap((event) => (event.type === 'scaling.decided' ? [`${event.from}>${event.to}`] : []));
const count = (type: string): number => rig.types().filter((one) => one === type).length;

describe('a group of agents whose number follows the work', () => {
  test('comes when its run begins, and goes when it has had nothing to do for the cool-down', async () => {
    await submit(5);
    assert.deepEqual(sizes(), ['0>3']);
    assert.equal(count('attempt.assigned'), 3);
    for (let task = 0; task < 5; task++) {
      (await rig.agent.nextAttempt()).end(DONE);
      await settle();
    }
    await pass(60);
    assert.deepEqual(sizes(), ['0>3']);
    await pass(2);
    assert.deepEqual(sizes(), ['0>3', '3>0']);
    assert.equal(count('agent.removed'), 3);
    assert.deepEqual(played.asked.at(-1)?.agentIds, []);
  });

  test('is asked for in whole, once at a time, with all that was decided meanwhile', async () => {
    await submit(2);
    assert.deepEqual(
      played.asked.map(({ agentIds }) => agentIds.length),
      [2],
    );
    const { min: _min, max: _max, ...shape } = pool;
    assert.deepEqual(played.asked[0]?.shape, shape);
  });

  test('is let go with its run', async () => {
    await submit(1);
    await engine.dispatch({ type: 'run.cancel', runId: RUN, reason: 'asked' });
    (await rig.agent.nextAttempt()).end(DONE);
    await settle();
    assert.equal(count('run.finished'), 1);
    assert.deepEqual(played.forgotten, [RUN]);
    await pass(3);
    engine.stop();
    assert.equal(rig.clock.pending, 0);
  });
});

describe('agents that cannot be made', () => {
  test.each([
    ['it says so', async () => ({ ok: false, detail: 'no room' }) as const, 'no room'],
    ['it throws', () => Promise.reject(new Error('broken')), 'broken'],
  ])('are noted and tried again in the next window: %s', async (_name, answer, detail) => {
    played.answer = answer;
    await submit(1);
    const failed = await rig.probe.next('scaling.settled');
    assert.deepEqual([failed.cause, failed.detail], ['failed', detail]);
    played.answer = undefined;
    await pass(11);
    assert.equal(count('attempt.assigned'), 1);
  });

  test('are given up when there is no answer for a minute', async () => {
    played.answer = () => new Promise<never>(() => {});
    await submit(1);
    await pass(59);
    assert.equal(count('scaling.settled'), 0);
    await pass(2);
    assert.equal((await rig.probe.next('scaling.settled')).detail, 'no answer within 60 s');
  });
});

test('the next leader has made what the one before was making', async () => {
  played.answer = () => new Promise<never>(() => {});
  await submit(2);
  engine.stop();
  played.answer = undefined;
  engine = await rig.start({ loadLookMs: 1_000 }, { provisioner: played });
  await settle();
  assert.equal(count('agents.registered'), 1);
  assert.equal(count('attempt.assigned'), 2);
  // Each says which lead it is, so that nobody listens to the first one any more.
  assert.deepEqual([...new Set(played.asked.map(({ epoch }) => epoch))], [1, 2]);
});

test('without a provisioner nothing is decided', async () => {
  engine.stop();
  engine = await rig.start();
  await submit(2);
  await pass(20);
  assert.deepEqual(sizes(), []);
});
