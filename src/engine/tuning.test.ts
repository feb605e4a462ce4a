import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { EngineRig, settle } from '../../test/support/core-world-engine.ts';
import { agentOf, DONE, submitOf, taskOf } from '../../test/support/core-world-specs.ts';
import type { LiveOption } from '../core/settings/setting-events.ts';
import { DEFAULT_RULES } from '../core/swarm-state.ts';
import type { Engine } from './engine.ts';

let rig: EngineRig;
let engine: Engine;

const live: readonly LiveOption[] = [
  { name: 'performance.cacheSize', configured: 1_000, min: 1, max: 1_200 },
  { name: 'performance.cacheTTL', configured: 300_000, min: 0, max: 86_400_000 },
  { name: 'coordination.algorithm', configured: 'least-loaded', choices: ['adaptive', 'least-loaded'] },
];
const rules = { ...DEFAULT_RULES, strategy: 'least-loaded', live, tuner: { isOn: true, windowMs: 60_000 } } as const;

const told = (): readonly string[] =>
  rig.events.flatMap((event) => {
    if (event.type === 'tuning.decided')
      return [`${event.outcome} ${event.option} ${event.from} ${event.to} ${event.forecast}`];
    if (event.type === 'tuning.ended') return [`${event.outcome} ${event.before} ${event.after}`];
    return event.type === 'config.changed' ? [`${event.cause} ${event.name} ${event.value}`] : [];
  });

async function sample(cache_hit_ratio: number): Promise<void> {
  await engine.dispatch({ type: 'metrics.sample', samples: { cache_hit_ratio } });
  await settle();
}

async function pass(ms: number): Promise<void> {
  rig.clock.advance(ms);
  await settle();
}

beforeEach(() => {
  rig = new EngineRig();
});

afterEach(() => {
  engine.stop();
});

describe('the tuner', () => {
  test('is off unless somebody asks for it', async () => {
    engine = await rig.start({ rules: { ...rules, tuner: { isOn: false, windowMs: 60_000 } } });
    await sample(0.1);
    await pass(600_000);
    assert.deepEqual(told(), []);
  });

  test('tries one change at a time, and keeps what does not make things worse', async () => {
    engine = await rig.start({ rules });
    await sample(0.5);
    assert.deepEqual(told(), ['tried performance.cacheSize 1000 1200 unknown', 'tuned performance.cacheSize 1200']);
    await engine.dispatch({ type: 'metrics.sample', samples: { memory_ratio: 0.99 } });
    await pass(59_000);
    assert.equal(told().length, 2);
    await sample(0.7);
    await pass(2_000);
    assert.equal(told()[2], 'kept 0.5 0.7');
    assert.equal(told().length, 3);
  });

  test('takes a change back that made things worse, and leaves that option alone', async () => {
    engine = await rig.start({ rules });
    await sample(0.5);
    await sample(0.4);
    await pass(61_000);
    assert.deepEqual(told().slice(2), ['reverted 0.5 0.4', 'reverted performance.cacheSize 1000']);
    for (let minute = 0; minute < 10; minute++) {
      await pass(60_000);
      await sample(0.3 + minute / 100);
    }
    assert.equal(told().length, 4);
  });

  test('goes on with a trial where the last leader stopped', async () => {
    engine = await rig.start({ rules });
    await sample(0.5);
    await sample(0.4);
    engine.stop();
    engine = await rig.start({ rules });
    await pass(61_000);
    assert.deepEqual(told().slice(2), ['reverted 0.5 0.4', 'reverted performance.cacheSize 1000']);
  });

  test('leaves a value alone that a person has set meanwhile', async () => {
    engine = await rig.start({ rules });
    await sample(0.5);
    await engine.dispatch({ type: 'config.set', name: 'performance.cacheSize', value: 7, by: 'user:ann' });
    await sample(0.1);
    await pass(61_000);
    assert.equal(told().at(-1), 'kept 0.5 0.1');
  });

  test('runs the open work ahead before it changes how agents are chosen', async () => {
    engine = await rig.start({ rules });
    const agents = [agentOf('a')];
    await engine.dispatch({ type: 'agents.register', agents });
    await engine.dispatch(
      submitOf(Array.from({ length: 20 }, (_, index) => taskOf(`t${index}`, { estimateMs: 6_000 }))),
    );
    for (let index = 0; index < 12; index++) {
      const attempt = await rig.agent.nextAttempt();
      await pass(6_000);
      attempt.end(DONE);
      await settle();
    }
    const [decided] = told();
    // With a single agent all ways are the same.
    assert.equal(decided, 'tried coordination.algorithm least-loaded adaptive unknown');
  });
});
