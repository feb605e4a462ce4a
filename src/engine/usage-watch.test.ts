import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { EngineRig, settle } from '../../test/support/core-world-engine.ts';
import { agentOf, DONE, runSpecOf, submitOf, taskOf } from '../../test/support/core-world-specs.ts';
import { runId } from '../core/ids.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { LocalProvisioner } from '../adapters/in-memory/local-provisioner.ts';
import type { ScriptedAttempt } from '../testing/scripted-agent.ts';
import type { Engine } from './engine.ts';

const work = { kind: 'command', argv: ['work'] } as const;
const resources = { cpu: 1_000, memory: 8_000_000 };

let rig: EngineRig;
let engine: Engine;
beforeEach(async () => {
  rig = new EngineRig();
  engine = await rig.start({}, { provisioner: new LocalProvisioner() });
  await engine.dispatch({ type: 'host.register', host: { host: 'here', cpu: 2_000, memory: 20_000_000 } });
});

async function start(more: Partial<TaskSpec> = {}): Promise<ScriptedAttempt> {
  await engine.dispatch({ type: 'agents.register', agents: [agentOf('a', { slots: 4 })] });
  await engine.dispatch(submitOf([taskOf('t', { work, resources, estimateMs: 100_000, ...more })]));
  return rig.agent.nextAttempt();
}

/** Half a minute at a time, twice a second: milli-cores and bytes. */
async function use(attempt: ScriptedAttempt, cpu: number, memoryBytes: number, seconds = 30): Promise<void> {
  for (let half = 0; half < 2 * seconds; half++) {
    cpuMs += cpu / 2;
    rig.clock.advance(500);
    attempt.context.measured?.({ cpuMs, memoryBytes });
  }
  await settle();
}
let cpuMs = 0;
beforeEach(() => {
  cpuMs = 0;
});

const shrunk = (): readonly unknown[] =>
  rig.events.flatMap((event) => (event.type === 'reservation.shrunk' ? [event.reserved] : []));

describe('usage of a running attempt', () => {
  test('shrinks its reservation after two windows, and is not stored otherwise', async () => {
    const attempt = await start();
    const before = rig.events.length;
    await use(attempt, 200, 8_000_000);
    assert.equal(rig.events.length, before);
    await use(attempt, 100, 8_000_000);
    assert.deepEqual(shrunk(), [{ cpu: 240, memory: 8_000_000 }]);
    assert.equal(rig.events.length, before + 1);
  });

  test('changes nothing while it uses what it reserved, or after it has ended', async () => {
    const attempt = await start();
    await use(attempt, 900, 6_000_000, 90);
    attempt.end(DONE);
    await settle();
    await use(attempt, 0, 0, 90);
    assert.deepEqual(shrunk(), []);
    engine.stop();
    assert.equal(rig.clock.pending, 0);
  });

  test('says nothing about an attempt that reserves nothing', async () => {
    const attempt = await start({ resources: {} });
    await use(attempt, 0, 1, 90);
    assert.deepEqual(shrunk(), []);
  });
});

describe('an attempt that takes longer than expected', () => {
  test('is noted once at 1.2 times that, and keeps its reservation', async () => {
    const attempt = await start({ work: { kind: 'function', function: 'work' } });
    rig.clock.advance(119_999);
    await settle();
    assert.equal(rig.types().includes('reservation.reviewed'), false);
    rig.clock.advance(1);
    await settle();
    assert.equal((await rig.probe.next('reservation.reviewed')).expectedMs, 100_000);
    await engine.dispatch(submitOf([taskOf('u', { resources })], { runId: runId('r2') }));
    assert.equal(rig.types().filter((type) => type === 'attempt.assigned').length, 1);
    attempt.end(DONE);
    await settle();
    assert.equal(rig.types().filter((type) => type === 'attempt.assigned').length, 2);
  });
});

test('an agent whose tasks use most of the machine is loaded, also where it has slots left', async () => {
  const group = {
    role: 'pool',
    driver: 'function',
    capabilities: ['work'],
    slots: 4,
    host: 'here',
    min: 1,
    max: 2,
  } as const;
  const tasks = [taskOf('t', { work })];
  await engine.dispatch(submitOf(tasks, { run: runSpecOf({ scale: [group] }) }));
  await settle();
  const attempt = await rig.agent.nextAttempt();
  await use(attempt, 1_000, 1, 12);
  assert.equal(rig.types().filter((type) => type === 'scaling.decided').length, 1);
  await use(attempt, 1_900, 1, 12);
  const [, second] = rig.events.filter((event) => event.type === 'scaling.decided');
  assert.deepEqual(second?.because, { reason: 'load', averagePermille: 950, hot: 1, waiting: 0 });
});
