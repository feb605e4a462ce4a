import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { Network } from './network.ts';
import { SimNode } from './node.ts';
import { World } from './world.ts';

const never = (): boolean => false;

describe('virtual time', () => {
  test('runs what is due in order, ties as they were asked for, and settles promises in between', async () => {
    const world = new World(1, false);
    const seen: string[] = [];
    const settle = async (): Promise<void> => {
      await Promise.resolve();
      seen.push('20 settled');
    };
    world.at(20, () => void settle());
    world.at(10, () => seen.push('10'));
    world.at(20, () => seen.push('20 second'));
    world.at(30, () => seen.push('30'))();
    await world.run(1_000, never);
    assert.deepEqual(seen, ['10', '20 settled', '20 second']);
  });

  test('stands still once a promise is broken', async () => {
    const world = new World(1, false);
    let ran = 0;
    world.at(1, () => world.fail('first', 'this one counts'));
    world.at(2, () => ran++);
    await world.run(1_000, never);
    assert.deepEqual([ran, world.violation?.invariant], [0, 'first']);
  });
});

describe('a node', () => {
  test('that stands still does everything that came meanwhile when it wakes up, in order', async () => {
    const world = new World(1, false);
    const node = new SimNode(world, 'c1');
    const life = node.boot();
    const seen: string[] = [];
    node.after(life, 10, () => seen.push(`timer at ${world.nowUs}`));
    world.at(1, () => node.pause(100));
    const arrive = (): void => void seen.push(`arrival at ${world.nowUs}`);
    world.at(50, () => node.inside(life, arrive));
    await world.run(1_000, never);
    assert.deepEqual(seen, ['timer at 101', 'arrival at 101']);
  });

  test('that has died does nothing more, in its next life neither', async () => {
    const world = new World(1, false);
    const node = new SimNode(world, 'c1');
    let ran = 0;
    node.after(node.boot(), 10, () => ran++);
    node.kill('test');
    node.boot();
    await world.run(1_000, never);
    assert.equal(ran, 0);
  });

  test('has clocks that run at its own rate', async () => {
    const world = new World(1, false);
    const node = new SimNode(world, 'c1', 2_000);
    const clock = node.clockOf(node.boot());
    let rangAtUs = 0;
    clock.wakeAfter(10, () => (rangAtUs = world.nowUs));
    await world.run(1_000_000, never);
    assert.deepEqual([rangAtUs, clock.monotonicMs()], [5_000, 10]);
  });
});

describe('the network', () => {
  test('loses, doubles and cuts as it is told, the same each time', async () => {
    const arrivals = async (profile: { lostPermille: number; doubledPermille: number }): Promise<number> => {
      const world = new World(5, false);
      const network = new Network(world, { ...profile, delayMs: 5 });
      let count = 0;
      for (let message = 0; message < 1_000; message++) network.send('u1', 'c1', `${message}`, () => count++);
      network.cut('u1', 'c1', 1_000_000);
      network.send('u1', 'c1', 'cut', () => (count += 10_000));
      network.send('c1', 'u1', 'the other way', () => (count += 100_000));
      await world.run(60_000_000, never);
      return count;
    };
    assert.equal(await arrivals({ lostPermille: 0, doubledPermille: 0 }), 101_000);
    const lossy = await arrivals({ lostPermille: 200, doubledPermille: 100 });
    assert.ok(lossy % 10_000 > 800 && lossy % 10_000 < 960, `${lossy}`);
    assert.equal(await arrivals({ lostPermille: 200, doubledPermille: 100 }), lossy);
  });
});
