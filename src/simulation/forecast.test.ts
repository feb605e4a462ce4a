import { describe, expect, test } from 'vitest';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { type Simulated, type SimulatedWork, simulateWork, type SimulationOptions } from './forecast.ts';
import { syntheticDag } from './synthetic-dag.ts';

const task = (name: string, needs: readonly string[] = [], more: Partial<TaskSpec> = {}): TaskSpec => {
  return { name, type: name, work: { kind: 'function', function: 'f' }, needs, requires: ['f'], ...more };
};
const workOf = (tasks: readonly TaskSpec[], ...seconds: readonly number[]): SimulatedWork => {
  return { name: 'work', tasks, durationsMs: seconds.map((each) => each * 1_000) };
};
const drawn = (layers: number, width: number): SimulatedWork => {
  const { parents, runtime } = syntheticDag({ layers, width });
  const tasks = parents.map((needs, index) =>
    task(
      `t${index}`,
      needs.map((need) => `t${need}`),
    ),
  );
  return workOf(tasks, ...runtime);
};

describe('a simulated run', () => {
  test('takes as long as its longest chain where there are agents enough', async () => {
    const work = workOf([task('a'), task('b', ['a']), task('c', ['a']), task('d', ['b', 'c'])], 10, 20, 30, 5);
    const { makespanMs, bounds, utilisation, waitMs, cost } = await simulateWork(work, { agents: 2, pricePerHour: 8 });
    expect({ makespanMs, lowerMs: bounds.lowerMs, path: bounds.path }).toEqual({
      makespanMs: 45_000,
      lowerMs: 45_000,
      path: ['a', 'c', 'd'],
    });
    expect([utilisation, waitMs.most, cost.agents]).toEqual([65 / 90, 0, 0.2]);
  });

  test('waits where agents are few, and no schedule beats the bound', async () => {
    for (const agents of [1, 3, 7, 20]) {
      const { makespanMs, bounds, outcome } = await simulateWork(drawn(5, 20), { agents });
      expect(outcome.succeeded).toBe(100);
      expect(makespanMs).toBeGreaterThanOrEqual(bounds.lowerMs - 0.001);
    }
    const { waitMs } = await simulateWork(workOf([task('a'), task('b')], 10, 20), { agents: 1 });
    expect(waitMs.most).toBeGreaterThan(0);
  });

  test('bounds groups by the work that only they can do', async () => {
    const tasks = [task('a', [], { requires: ['x'] }), task('b', [], { requires: ['x'] }), task('c')];
    const group = (role: string, capability: string) => ({ role, count: 1, capabilities: [capability], slots: 1 });
    const simulated = await simulateWork(workOf(tasks, 10, 10, 1), { agents: [group('one', 'x'), group('two', 'f')] });
    expect([simulated.makespanMs, simulated.bounds.lowerMs]).toEqual([20_000, 20_000]);
  });

  test('without faults leaves out of its bounds what is skipped when nothing fails', async () => {
    const tasks = [
      task('a'),
      task('cleanup', ['a'], { when: 'failed' }),
      task('tell', ['cleanup']),
      task('retell', ['tell'], { when: 'failed' }),
      task('end', ['cleanup', 'a'], { when: 'always' }),
    ];
    const { makespanMs, bounds, outcome } = await simulateWork(workOf(tasks, 45, 60, 60, 5, 5), { agents: 1 });
    expect(outcome).toEqual({ succeeded: 3, failed: 0, skipped: 2 });
    expect([makespanMs, bounds.lowerMs, bounds.pathMs, bounds.shareMs]).toEqual([55_000, 55_000, 50_000, 55_000]);
    expect(bounds.path).toEqual(['a', 'end']);
  });

  test('counts what grants allow for every attempt', async () => {
    const tasks = [task('a', [], { grant: { costMicros: 250_000, tokens: 10 } })];
    const { cost } = await simulateWork(workOf(tasks, 1), { agents: 1 });
    expect(cost).toEqual({ agents: 0, grants: 0.25, tokens: 10 });
  });
});

describe('faults', () => {
  const figures = async (options: SimulationOptions): Promise<readonly number[]> => {
    const { makespanMs, attempts }: Simulated = await simulateWork(drawn(5, 40), options);
    return [makespanMs, attempts];
  };

  test('hang on the seed alone', async () => {
    const first = await figures({ agents: 8, faults: 0.2, seed: 7 });
    expect(await figures({ agents: 8, faults: 0.2, seed: 7 })).toEqual(first);
    expect(await figures({ agents: 8, faults: 0.2, seed: 8 })).not.toEqual(first);
  });

  test('cost attempts and time, and lose no task whose attempts suffice', async () => {
    const without = await simulateWork(drawn(5, 40), { agents: 8 });
    const { attempts, makespanMs, outcome } = await simulateWork(drawn(5, 40), { agents: 8, faults: 0.1 });
    expect(attempts).toBeGreaterThan(without.attempts);
    expect(makespanMs).toBeGreaterThan(without.makespanMs);
    expect(outcome.succeeded + outcome.failed + outcome.skipped).toBe(200);
  });

  test('are final for what cannot be undone, also where nobody knows how it ended', async () => {
    const { tasks, ...work } = drawn(5, 40);
    const irreversible = { ...work, tasks: tasks.map((each) => ({ ...each, effect: 'D', when: 'always' }) as const) };
    const { attempts, outcome, makespanMs, log } = await simulateWork(irreversible, { agents: 8, faults: 0.3 });
    expect(attempts).toBe(200);
    expect(outcome.failed).toBeGreaterThan(0);
    expect(outcome).toMatchObject({ succeeded: 200 - outcome.failed, skipped: 0 });
    expect(Math.max(...[...log.attempts()].map(({ endMs }) => endMs))).toBe(makespanMs);
  });

  test('end: even where most attempts fail, every task comes to an end', async () => {
    const { outcome } = await simulateWork(drawn(5, 40), { agents: 3, faults: 0.9 });
    expect(outcome.failed).toBeGreaterThan(0);
    expect(outcome.succeeded + outcome.failed + outcome.skipped).toBe(200);
  });
});

test('a long simulation tells how far it is, and gives others their turn', async () => {
  let [said, turns] = [0, 0];
  const timer = setInterval(() => turns++, 1);
  await simulateWork(drawn(10, 1_000), { agents: 50, onProgress: () => said++ });
  clearInterval(timer);
  expect([said > 0, turns > 0]).toEqual([true, true]);
});
