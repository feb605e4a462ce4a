import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { agentId, runId, taskId } from '../../src/core/ids.ts';
import { Capacity } from '../../src/core/resources/capacity.ts';
import { summarise } from '../../src/core/scaling/load.ts';
import { planScale } from '../../src/core/scaling/plan-scale.ts';
import { DEFAULT_SCALING } from '../../src/core/scaling/scale-group.ts';
import { CoreWorld } from '../support/core-world.ts';
import { EngineRig, settle } from '../support/core-world-engine.ts';
import { agentOf, DONE, submitOf, taskOf } from '../support/core-world-specs.ts';

/**
 * Rules of the design that this project began with, and what is wrong with them. Each test holds for ours, and fails
 * for a transcription of theirs.
 */
describe('averages over zero agents (NaN)', () => {
  /** Divides by how many there are. */
  function firstShouldScaleUp(loads: readonly number[]): boolean {
    const average = loads.reduce((sum, load) => sum + load, 0) / loads.length;
    const high = loads.filter((load) => load > 0.8).length;
    return average > 0.7 && high / loads.length > 0.6;
  }

  test('a group of nobody has a load of 0, and work that waits for it brings agents', () => {
    const load = summarise([], DEFAULT_SCALING);
    assert.equal(load.averagePermille, 0);
    const nobody = { size: 0, able: 0, used: 0, room: 64, lowForMs: 0, sinceMs: Infinity, load };
    const plan = planScale({ ...nobody, group: { min: 0, max: 8, slots: 1 }, waiting: 5 }, DEFAULT_SCALING);
    assert.deepEqual(plan, { to: 5, because: { reason: 'no-agent', waiting: 5 } });

    // 0 / 0 is above nothing: theirs never gets its first agent.
    assert.equal(firstShouldScaleUp([]), false);
  });
});

/** Looks at one allocation at a time, lets it lapse when its time should be over, and gives back in the last step. */
class FirstAllocator {
  readonly offered: number;
  readonly allocations: { cpu: number; expiresMs: number }[] = [];

  constructor(offered: number) {
    this.offered = offered;
  }

  allocate(cpu: number, nowMs: number, estimateMs: number): void {
    this.allocations.push({ cpu: Math.min(cpu, this.offered * 0.8), expiresMs: nowMs + estimateMs * 1.2 });
  }

  reservedAt(nowMs: number): number {
    return this.allocations.reduce((sum, { cpu, expiresMs }) => sum + (expiresMs > nowMs ? cpu : 0), 0);
  }

  async release(cleanUp: () => Promise<void>): Promise<void> {
    await cleanUp();
    this.allocations.pop();
  }
}

const resources = { cpu: 700 };

describe('80% cap per allocation only', () => {
  test('all reservations together stay below it', () => {
    const world = new CoreWorld({ play: () => ({ afterMs: 1_000, end: DONE }) });
    world.send({ type: 'host.register', host: { host: 'here', cpu: 1_000, memory: 1_000 } });
    world.send({ type: 'agents.register', agents: [agentOf('a', { slots: 4 })] });
    world.send(submitOf(['a', 'b', 'c'].map((name) => taskOf(name, { resources }))));
    assert.equal(world.swarm.capacity.reservedOn('here')?.cpu, 700);

    const first = new FirstAllocator(1_000);
    for (let task = 0; task < 3; task++) first.allocate(resources.cpu, 0, 60_000);
    assert.equal(first.reservedAt(0), 2_100);
  });
});

describe('resources lapse under a running task', () => {
  test('a reservation lasts as long as its attempt, however long that takes', async () => {
    const rig = new EngineRig();
    const engine = await rig.start();
    await engine.dispatch({ type: 'host.register', host: { host: 'here', cpu: 1_000, memory: 1_000 } });
    await engine.dispatch({ type: 'agents.register', agents: [agentOf('a', { slots: 4 })] });
    await engine.dispatch(submitOf(['a', 'b'].map((name) => taskOf(name, { resources, estimateMs: 60_000 }))));
    rig.clock.advance(600_000);
    await settle();
    const assigned = (): number => rig.types().filter((type) => type === 'attempt.assigned').length;
    assert.equal(assigned(), 1);
    assert.equal(rig.types().includes('reservation.reviewed'), true);
    (await rig.agent.nextAttempt()).end(DONE);
    await settle();
    assert.equal(assigned(), 2);
    engine.stop();

    const first = new FirstAllocator(1_000);
    first.allocate(resources.cpu, 0, 60_000);
    assert.equal(first.reservedAt(600_000), 0);
  });
});

describe('clean-up that throws leaks resources', () => {
  const THROWS = (): Promise<never> => Promise.reject(new Error('the disk is gone'));

  test('what an attempt held is free with its end, whatever breaks around it', async () => {
    const rig = new EngineRig();
    const engine = await rig.start({}, { workspaces: { forget: THROWS } });
    await engine.dispatch({ type: 'host.register', host: { host: 'here', cpu: 1_000, memory: 1_000 } });
    await engine.dispatch({ type: 'agents.register', agents: [agentOf('a', { slots: 4 })] });
    await engine.dispatch(submitOf([taskOf('a', { resources, retry: { maxAttempts: 1 } })]));
    (await rig.agent.nextAttempt()).crash(new Error('the driver broke'));
    await settle();
    await engine.dispatch(submitOf([taskOf('b', { resources })], { runId: runId('r2') }));
    assert.equal(rig.types().filter((type) => type === 'attempt.assigned').length, 2);
    engine.stop();

    const first = new FirstAllocator(1_000);
    first.allocate(resources.cpu, 0, 60_000);
    await assert.rejects(first.release(THROWS));
    assert.equal(first.reservedAt(0), 700);
  });

  test('giving back twice gives nothing that belongs to others', () => {
    const capacity = new Capacity();
    capacity.setHost({ host: 'here', cpu: 1_000, memory: 1_000 });
    const [a, b] = [taskId(runId('r1'), 'a'), taskId(runId('r1'), 'b')];
    capacity.reserve(a, 'here', { cpu: 300 });
    capacity.reserve(b, 'here', { cpu: 300 });
    capacity.release(a);
    capacity.release(a);
    assert.equal(capacity.reservedOn('here')?.cpu, 300);
  });
});

describe('moved tasks without a token', () => {
  test('the attempt that a task was moved away from can end it no more', () => {
    const rules = { scaling: { ...DEFAULT_SCALING, rebalanceRunning: true } };
    const world = new CoreWorld({ rules, play: () => ({ afterMs: 1_000, end: DONE }) });
    world.send({ type: 'agents.register', agents: [agentOf('a')] });
    world.send(submitOf([taskOf('t')]));
    world.send({ type: 'agents.register', agents: [agentOf('b', { host: 'there' })] });
    world.send({ type: 'agents.load', samples: [{ agentId: agentId('a'), cpu: 950 }] });
    const id = taskId(runId('r1'), 't');
    const late = { type: 'attempt.end', taskId: id, attempt: 1, result: DONE } as const;
    assert.equal(world.send(late).ok, false);
    assert.equal(world.task('t')?.status, 'running');

    /** Moves by name: whoever ends it first has ended it. */
    const first = { agentId: 'a', ends: 0 };
    const move = (to: string): void => void (first.agentId = to);
    const end = (): void => void first.ends++;
    move('b');
    end();
    end();
    assert.equal(first.ends, 2);
  });
});
