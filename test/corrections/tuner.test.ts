import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { changeOf } from '../../src/core/settings/settings.ts';
import type { LiveOption, SettingValue } from '../../src/core/settings/setting-events.ts';
import { DEFAULT_RULES, newSwarm } from '../../src/core/swarm-state.ts';
import { adjustmentsFor } from '../../src/core/tuning/adjustment.ts';
import type { Bottleneck } from '../../src/core/tuning/tuning-events.ts';
import { apply } from '../../src/core/swarm.ts';

/**
 * Rules of the design that this project began with, and what is wrong with them. Each test holds for ours, and fails
 * for a transcription of theirs.
 */

type FirstConfiguration = {
  coordination: { maxAgents: number };
  communication: { batchSize: number; timeout: number };
  performance: { cacheSize: number; cacheTTL: number };
};

const first = (): FirstConfiguration => ({
  coordination: { maxAgents: 100 },
  communication: { batchSize: 512, timeout: 5_000 },
  performance: { cacheSize: 1_001, cacheTTL: 300_000 },
});

/** Copies the outer object only, and multiplies. */
function firstOptimise(configuration: FirstConfiguration): FirstConfiguration {
  const optimised = { ...configuration };
  optimised.coordination.maxAgents = Math.min(optimised.coordination.maxAgents * 1.5, 20);
  optimised.communication.batchSize *= 2;
  optimised.communication.timeout *= 0.8;
  optimised.performance.cacheSize *= 1.5;
  optimised.performance.cacheTTL *= 0.8;
  return optimised;
}

const LIVE: readonly LiveOption[] = [
  { name: 'coordination.maxScaledAgents', configured: 100, min: 1, max: 1_000 },
  { name: 'communication.batchSize', configured: 512, min: 1, max: 10_000 },
  { name: 'performance.cacheSize', configured: 1_001, min: 1, max: 1_000_000 },
  { name: 'performance.cacheTTL', configured: 300_000, min: 0, max: 86_400_000 },
];

/** As often as there is something to adjust, at most `rounds` times. */
function adjust(bottleneck: Bottleneck, name: string, rounds: number): readonly SettingValue[] {
  let value: SettingValue = LIVE.find((option) => option.name === name)?.configured ?? 0;
  const seen: SettingValue[] = [];
  for (let round = 0; round < rounds; round++) {
    const [next] = adjustmentsFor(bottleneck, LIVE, (option) => (option === name ? value : undefined));
    if (next === undefined) break;
    value = next.to;
    seen.push(value);
  }
  return seen;
}

describe('tuner', () => {
  test('fractions', () => {
    assert.ok(adjust('caching', 'performance.cacheSize', 30).every((value) => Number.isInteger(value)));
    assert.equal(Number.isInteger(firstOptimise(first()).performance.cacheSize), false);
  });

  test('lowered maxima', () => {
    const [raised] = adjust('task-distribution', 'coordination.maxScaledAgents', 1);
    assert.ok(Number(raised) > 100);
    assert.ok(firstOptimise(first()).coordination.maxAgents < 100);
  });

  test('timeouts towards zero', () => {
    const times = adjust('memory', 'performance.cacheTTL', 1_000);
    assert.equal(times.at(-1), 10_000);
    let theirs = first();
    for (let round = 0; round < 100; round++) theirs = firstOptimise(theirs);
    assert.ok(theirs.communication.timeout < 1);
  });

  test('nested configuration mutated', () => {
    const swarm = newSwarm({ ...DEFAULT_RULES, live: LIVE });
    const before = JSON.stringify(swarm.configured);
    const [option] = LIVE;
    assert.ok(option !== undefined);
    const event = changeOf(swarm, option, 150, { cause: 'tuned', by: 'tuner' });
    assert.ok(event !== undefined);
    apply(swarm, event, 0);
    assert.equal(swarm.rules.scaling.maxAgents, 150);
    assert.equal(JSON.stringify(swarm.configured), before);
    const theirs = first();
    firstOptimise(theirs);
    assert.notDeepEqual(theirs, first());
  });
});
