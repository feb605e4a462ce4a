import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { planScale, type ScaleFacts } from './plan-scale.ts';
import { DEFAULT_SCALING } from './scale-group.ts';

const calm = { agents: 4, averagePermille: 500, hot: 1 };
const full = { agents: 4, averagePermille: 1_000, hot: 4 };
const low = { agents: 4, averagePermille: 250, hot: 1 };

function facts(more: Partial<ScaleFacts> = {}): ScaleFacts {
  const group = { min: 0, max: 10, slots: 1 };
  const start = { group, size: 4, able: 4, used: 2, waiting: 0, room: 100, load: calm, lowForMs: 0, sinceMs: Infinity };
  return { ...start, ...more };
}

const to = (more: Partial<ScaleFacts>): number | undefined => planScale(facts(more), DEFAULT_SCALING)?.to;

describe('a group gets more agents', () => {
  test('when it is loaded and most of its agents are hot: as many as the waiting work has use for', () => {
    assert.equal(to({ load: full, waiting: 3 }), 7);
    assert.equal(to({ load: full, waiting: 0 }), 5);
    assert.equal(to({ load: full, waiting: 9, group: { min: 0, max: 100, slots: 4 } }), 7);
  });

  test('not at the limits, only above them', () => {
    assert.equal(to({ load: { agents: 5, averagePermille: 700, hot: 5 } }), undefined);
    assert.equal(to({ load: { agents: 5, averagePermille: 701, hot: 3 } }), undefined);
    assert.equal(to({ load: { agents: 5, averagePermille: 701, hot: 4 } }), 5);
  });

  test('when work waits and nobody is there, or nobody who may be given any', () => {
    const nobody = { load: { agents: 0, averagePermille: 0, hot: 0 }, able: 0 };
    assert.equal(to({ ...nobody, size: 0, waiting: 5 }), 5);
    assert.equal(to({ ...nobody, size: 0, waiting: 0 }), undefined);
    assert.equal(to({ ...nobody, size: 2, waiting: 1 }), 3);
  });

  test('up to its least at once', () => {
    assert.equal(to({ size: 1, able: 1, group: { min: 3, max: 10, slots: 1 } }), 3);
  });

  test('never beyond its most, nor beyond what is left of the limit over all groups', () => {
    assert.equal(to({ load: full, waiting: 100 }), 10);
    assert.equal(to({ load: full, waiting: 100, room: 2 }), 6);
    assert.equal(to({ load: full, waiting: 100, room: 0 }), undefined);
    assert.equal(to({ load: full, waiting: 100, room: -3 }), undefined);
    assert.equal(to({ load: full, waiting: 100, size: 10, able: 10 }), undefined);
  });
});

describe('a group loses agents', () => {
  test('when its load was low for the whole cool-down, and nothing waits', () => {
    assert.equal(to({ load: low, used: 1, lowForMs: 60_000 }), 2);
    assert.equal(to({ load: low, used: 1, lowForMs: 59_999 }), undefined);
    assert.equal(to({ load: { ...low, averagePermille: 300 }, used: 1, lowForMs: 60_000 }), undefined);
    assert.equal(to({ load: low, used: 1, lowForMs: 60_000, waiting: 1 }), undefined);
  });

  test('down to nothing when it has nothing to do, but never below its least', () => {
    const idle = { load: { agents: 4, averagePermille: 0, hot: 0 }, used: 0, lowForMs: 60_000 };
    assert.equal(to(idle), 0);
    assert.equal(to({ ...idle, group: { min: 2, max: 10, slots: 1 } }), 2);
    assert.equal(to({ ...idle, size: 2, able: 2, group: { min: 2, max: 10, slots: 1 } }), undefined);
  });

  test('only so many that those who stay are not full at once', () => {
    const load = { agents: 10, averagePermille: 290, hot: 0 };
    assert.equal(
      to({ size: 10, able: 10, used: 29, load, lowForMs: 60_000, group: { min: 0, max: 10, slots: 10 } }),
      5,
    );
  });
});

test('one decision in a window, whatever the load', () => {
  assert.equal(to({ load: full, waiting: 9, sinceMs: 9_999 }), undefined);
  assert.equal(to({ load: full, waiting: 9, sinceMs: 10_000 }), 10);
});
