import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { drawPlan } from '../../src/simulation/draw-plan.ts';
import type { Plan } from '../../src/simulation/plan.ts';
import { changedFiles } from './mutant.ts';
import { MUTANTS } from './mutant-list.ts';
import { playChanged } from './metamorphic.ts';
import { play, playSeed } from './play.ts';
import { playScript, savedScripts } from './run-part.ts';

describe('worlds of chance', () => {
  test('keep every promise', { timeout: 60_000 }, async () => {
    for (let seed = 0; seed < 60; seed++) {
      const { violation, events } = await playSeed(seed);
      assert.equal(violation, undefined, `seed ${seed}`);
      assert.ok(events > 0, `nothing happens in seed ${seed}`);
    }
  });

  test('happen again just as before, and differ from each other', async () => {
    const first = await playSeed(11);
    assert.deepEqual(await playSeed(11), first);
    assert.notEqual((await playSeed(12)).hash, first.hash);
  });

  test('end their tasks the same in peace, with faults, in another order and with everything delivered twice', async () => {
    for (const seed of [3, 5, 8]) assert.deepEqual(await playChanged(seed), [], `seed ${seed}`);
  });

  test('are plain JSON: a plan that was saved plays the same', async () => {
    const plan = drawPlan(11);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a copy of a plan
    const copy = JSON.parse(JSON.stringify(plan)) as Plan;
    assert.equal((await play(copy)).hash, (await play(plan)).hash);
  });

  test('stay as they are when one fault is left out, until that fault would have come', async () => {
    const seed = [...Array(100).keys()].find((one) => drawPlan(one).faults.length > 2) ?? 0;
    const plan = drawPlan(seed);
    const last = plan.faults.toSorted((one, other) => other.atMs - one.atMs)[0];
    const without = { ...plan, faults: plan.faults.filter((fault) => fault !== last) };
    const before = (trace: readonly string[]): readonly string[] =>
      trace.filter((line) => Number(line.split(' ')[0]) < (last?.atMs ?? 0) * 1_000);
    const [whole, less] = [await play(plan, { keepsTrace: true }), await play(without, { keepsTrace: true })];
    assert.deepEqual(before(less.trace), before(whole.trace));
  });
});

describe('saved plans', () => {
  test.each(savedScripts())('%s comes to its end', async (file) => {
    assert.equal(await playScript(file), undefined);
  });
});

test.each(MUTANTS)('the bug $id can still be put into the code', (mutant) => {
  assert.ok(changedFiles(mutant).size > 0);
});
