import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { EngineRig, RUN, settle } from '../../test/support/core-world-engine.ts';
import { agentOf, DONE, runSpecOf, submitOf, taskOf, THREW } from '../../test/support/core-world-specs.ts';
import { type AlertRule, type AlertRuleSpec, DEFAULT_ALERTS, readAlertRule } from '../core/alerts/alert-rule.ts';
import type { Notice } from '../core/health/notice.ts';
import { agentId } from '../core/ids.ts';
import { DEFAULT_RULES } from '../core/swarm-state.ts';
import type { Engine } from './engine.ts';

let rig: EngineRig;
let engine: Engine;
let notices: Notice[];

function ruleOf(spec: AlertRuleSpec): AlertRule {
  const read = readAlertRule(spec);
  if (!read.ok) assert.fail(JSON.stringify(read.problems));
  return read.rule;
}

const start = (alerts: readonly AlertRule[]): Promise<Engine> =>
  rig.start({ rules: { ...DEFAULT_RULES, alerts } }, { notifier: { notify: (notice) => void notices.push(notice) } });

/** Ten of `total` tasks end at once: `failures` of them failed. */
async function endTen(failures: number, total = 11): Promise<void> {
  const tasks = Array.from({ length: total }, (_, index) => taskOf(`t${index}`, { retry: { maxAttempts: 1 } }));
  await engine.dispatch({ type: 'agents.register', agents: [agentOf('w', { slots: 10 })] });
  await engine.dispatch(submitOf(tasks));
  for (let index = 0; index < 10; index++) (await rig.agent.nextAttempt()).end(index < failures ? THREW : DONE);
  await settle();
}

const alertTypes = (): readonly string[] => rig.types().filter((type) => type.startsWith('alert.'));

beforeEach(() => {
  rig = new EngineRig();
  notices = [];
});

afterEach(() => {
  engine.stop();
});

describe('an alert', () => {
  test('fires once, tells once, and is over by time alone, without anybody asking', async () => {
    engine = await start(DEFAULT_ALERTS);
    await endTen(2);
    assert.deepEqual(alertTypes(), ['alert.fired']);
    assert.deepEqual(
      notices.map(({ title }) => title),
      ['Alert high_task_failure_rate'],
    );
    rig.clock.advance(299_000);
    await settle();
    assert.deepEqual(alertTypes(), ['alert.fired']);
    rig.clock.advance(2_000);
    await settle();
    assert.deepEqual(alertTypes(), ['alert.fired', 'alert.resolved']);
    assert.equal(notices.length, 2);
  });

  test('asks for no further look once its window is empty', async () => {
    engine = await start([ruleOf({ name: 'busy', condition: 'increase(tasks_ended, "10s") > 100' })]);
    await endTen(0, 10);
    assert.equal(rig.clock.pending, 1);
    rig.clock.advance(20_000);
    await settle();
    assert.equal(rig.clock.pending, 0);
  });

  test('that must last fires when it has lasted, also over a change of the leader, and only once', async () => {
    const rules = [ruleOf({ name: 'slow', condition: 'task_failure_rate > 0.1', forMs: 60_000 })];
    engine = await start(rules);
    await endTen(5);
    assert.deepEqual(alertTypes(), ['alert.pending']);
    rig.clock.advance(30_000);
    await settle();
    engine.stop();
    engine = await start(rules);
    await settle();
    assert.deepEqual(alertTypes(), ['alert.pending']);
    // Led time stands still while nobody leads, and goes on from the newest record.
    rig.clock.advance(60_000);
    await settle();
    assert.deepEqual(alertTypes(), ['alert.pending', 'alert.fired']);
    const drained = engine.drain();
    await settle();
    rig.clock.advance(20_000);
    await drained;
    engine = await start(rules);
    await settle();
    assert.deepEqual(alertTypes(), ['alert.pending', 'alert.fired']);
  });

  test('of a rule that is not there any more is over', async () => {
    engine = await start(DEFAULT_ALERTS);
    await endTen(5);
    engine.stop();
    engine = await start([]);
    await settle();
    const last = rig.events.findLast((event) => event.type === 'alert.resolved');
    assert.ok(last?.type === 'alert.resolved' && last.cause === 'rule-gone');
  });
});

describe('the actions of an alert', () => {
  test('pause runs, each stored with what it changed', async () => {
    engine = await start([
      ruleOf({ name: 'stop', condition: 'task_failure_rate > 0.1', actions: ['pause-runs', 'scale-up'] }),
    ]);
    await endTen(5);
    rig.clock.advance(1);
    await settle();
    rig.clock.advance(1);
    await settle();
    const acted = rig.events.flatMap((event) => (event.type === 'alert.acted' ? [[event.action, event.outcome]] : []));
    assert.deepEqual(acted, [
      ['pause-runs', 'done'],
      ['scale-up', 'refused'],
    ]);
    assert.equal(engine.run(RUN)?.pausedBecause, 'alert stop');
  });

  test('are done by the next leader where the last one did not come to it', async () => {
    const rules = [ruleOf({ name: 'stop', condition: 'task_failure_rate > 0.1', actions: ['pause-runs'] })];
    engine = await start(rules);
    await endTen(5);
    engine.stop();
    assert.deepEqual(alertTypes(), ['alert.fired']);
    engine = await start(rules);
    rig.clock.advance(1);
    await settle();
    assert.deepEqual(alertTypes(), ['alert.fired', 'alert.acted']);
    engine.stop();
    engine = await start(rules);
    rig.clock.advance(1);
    await settle();
    assert.deepEqual(alertTypes(), ['alert.fired', 'alert.acted']);
  });

  test('about an agent drain it, open its breaker and start it anew, where that means anything', async () => {
    const actions = ['drain-agent', 'open-breaker', 'restart-agent'] as const;
    engine = await start([ruleOf({ name: 'ill', condition: 'agent_health_status <= 1', actions })]);
    await engine.dispatch({ type: 'agents.register', agents: [agentOf('m', { supervised: true }), agentOf('c')] });
    await engine.dispatch({ type: 'agents.ail', agentIds: [agentId('m'), agentId('c')], detail: 'no' });
    for (let turn = 0; turn < 4; turn++) {
      rig.clock.advance(1);
      await settle();
    }
    const acted = rig.events.flatMap((event) =>
      event.type === 'alert.acted' ? [`${event.key} ${event.action} ${event.outcome}`] : [],
    );
    assert.deepEqual(acted.toSorted(), [
      'ill/c drain-agent done',
      'ill/c open-breaker refused',
      'ill/c restart-agent refused',
      'ill/m drain-agent done',
      'ill/m open-breaker done',
      'ill/m restart-agent done',
    ]);
    assert.ok(rig.types().includes('agent.restart-planned'));
    // Drained, it gets nothing before somebody says so.
    await engine.dispatch(submitOf([taskOf('t')]));
    await settle();
    assert.ok(!rig.types().includes('attempt.assigned'));
    await engine.dispatch({ type: 'agent.revive', agentId: agentId('c') });
    await settle();
    assert.ok(rig.types().includes('attempt.assigned'));
  });
});

describe('an alert that asks for more agents', () => {
  const busy = [ruleOf({ name: 'busy', condition: 'tasks_ready > 2', actions: ['scale-up'] })];
  const acts = (): readonly string[] =>
    rig.events.flatMap((event) => (event.type === 'alert.acted' ? [`${event.outcome} ${event.detail}`] : []));
  const decided = (): readonly unknown[] =>
    rig.events.flatMap((event) => (event.type === 'scaling.decided' ? [[event.to, event.because.reason]] : []));

  async function submit(max: number): Promise<void> {
    const shape = { role: 'w', capabilities: ['command'], driver: 'function', slots: 1, host: 'local' } as const;
    const scale = [{ ...shape, min: 1, max }];
    const tasks = Array.from({ length: 6 }, (_, index) => taskOf(`t${index}`));
    await engine.dispatch(
      submitOf(tasks, { run: runSpecOf({ scale }), agents: [agentOf('r1/w-1', { role: 'w', runId: RUN })] }),
    );
    for (let turn = 0; turn < 3; turn++) {
      rig.clock.advance(1);
      await settle();
    }
  }

  test('gets one, as a decision of its group', async () => {
    engine = await start(busy);
    await submit(3);
    assert.deepEqual(acts(), ['done r1/w 1 to 2']);
    assert.deepEqual(decided(), [[2, 'asked']]);
  });

  test('gets none beyond the most of the group', async () => {
    engine = await start(busy);
    await submit(1);
    assert.deepEqual(acts(), [
      'refused every group is at its most, may only grow after a vote, or was changed a moment ago',
    ]);
    assert.deepEqual(decided(), []);
  });
});

describe('notices', () => {
  test('of an agent that is lost again are other ones', async () => {
    engine = await start([]);
    await engine.dispatch({ type: 'agents.register', agents: [agentOf('m', { supervised: true })] });
    for (let time = 0; time < 2; time++) {
      await engine.dispatch({ type: 'agents.lose', agentIds: [agentId('m')] });
      await engine.dispatch({ type: 'agent.end-restart', agentId: agentId('m'), ok: true });
      rig.clock.advance(1_000);
      await settle();
    }
    const keys = notices.map(({ key }) => key);
    assert.equal(keys.length, 2);
    assert.equal(new Set(keys).size, 2);
  });

  test('of what fires are given again by the next leader, under the same key', async () => {
    engine = await start(DEFAULT_ALERTS);
    await endTen(5);
    engine.stop();
    engine = await start(DEFAULT_ALERTS);
    assert.deepEqual(
      notices.map(({ key }) => key),
      ['alert:high_task_failure_rate:1', 'alert:high_task_failure_rate:1'],
    );
  });
});

describe('figures that are measured', () => {
  test('are stored only where they change what a rule makes of them', async () => {
    engine = await start([ruleOf({ name: 'full', condition: 'memory_ratio > 0.9' })]);
    for (const memory_ratio of [0.1, 0.5, 0.89, 0.95, 0.97, 0.99, 0.5, 0.6]) {
      await engine.dispatch({ type: 'metrics.sample', samples: { memory_ratio } });
    }
    const stored = rig.events.flatMap((event) =>
      event.type === 'metrics.sampled' ? [event.samples.memory_ratio] : [],
    );
    assert.deepEqual(stored, [0.1, 0.95, 0.5]);
    assert.deepEqual(alertTypes(), ['alert.fired', 'alert.resolved']);
  });
});
