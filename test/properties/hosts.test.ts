import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { HostWorld } from '../support/host-world.ts';
import type { HostWorldPlan } from '../support/host-world-parts.ts';
import { seededRandom } from '../support/seeded-random.ts';

const SEEDS = 400;

const CALM: HostWorldPlan = {
  seed: 1,
  hosts: 2,
  tasks: 6,
  loss: 0,
  doubling: 0,
  meanDelayMs: 1,
  cuts: 0,
  crashes: 0,
  pauses: 0,
  kills: 0,
  zombies: 0,
  healMs: 30_000,
};

/** Each kind of fault is off in half of the plans. */
function planOf(seed: number): HostWorldPlan {
  const random = seededRandom(seed * 7_919);
  const some = (most: number): number => (random() < 0.5 ? 0 : random() * most);
  const count = (most: number): number => Math.round(some(most));
  return {
    seed,
    hosts: 1 + Math.floor(random() * 3),
    tasks: 1 + Math.floor(random() * 12),
    loss: some(0.3),
    doubling: some(0.3),
    meanDelayMs: 1 + some(400),
    cuts: count(6),
    crashes: count(4),
    pauses: count(4),
    kills: count(3),
    zombies: count(3),
    healMs: 30_000,
  };
}

describe('hosts and leaders over links that lose, double and reorder', () => {
  test(`in ${SEEDS} histories no attempt begins twice, no result counts twice, and every task ends`, () => {
    const totals = { staleEnds: 0, adopted: 0, orphaned: 0 };
    for (let seed = 1; seed <= SEEDS; seed++) {
      const world = new HostWorld(planOf(seed)).run();
      assert.deepEqual(world.ledger.problems, [], `seed ${seed}`);
      const open = world.tasks.filter(({ isDone }) => !isDone);
      assert.deepEqual(open, [], `seed ${seed}: not done at ${world.nowMs}`);
      const held = world.processes.filter(({ isDead, session }) => !isDead && session.held > 0);
      assert.deepEqual(
        held.map(({ host }) => host),
        [],
        `seed ${seed}: still held`,
      );
      totals.staleEnds += world.ledger.staleEnds;
      totals.adopted += world.ledger.adopted;
      totals.orphaned += world.ledger.orphaned;
    }
    // The faults were there: hosts were told that they were late, were taken over, and were left alone too long.
    for (const [what, total] of Object.entries(totals)) assert.ok(total > 10, `${what}: ${total}`);
  });

  test('without faults every task needs one attempt, and a change of leader costs none', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const world = new HostWorld({ ...CALM, seed, kills: 2 }).run();
      assert.deepEqual(world.ledger.problems, []);
      assert.deepEqual(
        world.tasks.filter(({ isDone }) => !isDone),
        [],
      );
      // Between the commit and the offer a leader may die: then nothing has begun.
      const begun = [...world.ledger.begun.values()].reduce((sum, count) => sum + count, 0);
      assert.equal(begun, world.tasks.length);
    }
  });
});
