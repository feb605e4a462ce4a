import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { DEFAULT_SCALING } from '../../src/core/scaling/scale-group.ts';
import { poolOf } from '../support/core-world-specs.ts';
import { playScenario, type Scenario } from '../support/scaled-world.ts';
import { seededRandom } from '../support/seeded-random.ts';

const SEEDS = 1_000;
const TICKS = 16;

type Draw = (below: number) => number;

/** Tasks that become ready at each tick. */
const SIGNALS: Readonly<Record<string, (draw: Draw) => (tick: number) => number>> = {
  step: (draw) => {
    const [from, until, height] = [draw(TICKS), draw(TICKS), draw(8)];
    return (tick) => (tick >= from && tick < from + until ? height : 0);
  },
  ramp: (draw) => {
    const slope = draw(10) / 10;
    return (tick) => Math.round(slope * tick);
  },
  saw: (draw) => {
    const [period, height] = [1 + draw(6), draw(8)];
    return (tick) => Math.round((height * (tick % period)) / period);
  },
  noise: (draw) => {
    const height = 1 + draw(8);
    return () => draw(height);
  },
};

function scenarioOf(seed: number, signal: (draw: Draw) => (tick: number) => number): Scenario {
  const random = seededRandom(seed);
  const draw: Draw = (below) => Math.floor(random() * below);
  const min = draw(3);
  const group = poolOf({ slots: 1 + draw(3), min, max: Math.max(1, min + draw(8)) });
  const at = signal(draw);
  const longest = 1_000 * (1 + draw(20));
  return {
    tasks: Array.from({ length: TICKS }, (_, tick) => at(tick)),
    group,
    rules: {
      ...DEFAULT_SCALING,
      maxAgents: 3 + draw(10),
      windowMs: 1_000 * (1 + draw(20)),
      coolDownMs: 1_000 * draw(60),
    },
    workMs: () => 1 + draw(longest),
    joinMs: () => (draw(10) === 0 ? undefined : draw(5_000)),
  };
}

describe('whatever the work is like', () => {
  test.each(Object.entries(SIGNALS))(
    'bounds hold, nobody at work is removed, and there is one decision per window: %s',
    (_name, signal) => {
      let decisions = 0;
      for (let seed = 0; seed < SEEDS; seed++) {
        const scenario = scenarioOf(seed, signal);
        try {
          decisions += playScenario(scenario).decisions;
        } catch (error) {
          throw new Error(`seed ${seed}`, { cause: error });
        }
      }
      // Nothing would be shown by a group that never changes.
      assert.ok(decisions > SEEDS, `${decisions} decisions`);
    },
  );
});
