import assert from 'node:assert/strict';
import { test } from 'vitest';
import { EngineRig, settle } from '../../test/support/core-world-engine.ts';
import { DEFAULT_RULES } from '../core/swarm-state.ts';

const live = [{ name: 'performance.cacheSize', configured: 1_000, min: 1, max: 1_000_000 }];
const rules = { ...DEFAULT_RULES, live };

test('an option outside the core is told to whoever has it, and to every next leader before anything else', async () => {
  const rig = new EngineRig();
  const told: unknown[] = [];
  const settings = { set: (name: string, value: number | string): void => void told.push([name, value]) };
  const first = await rig.start({ rules }, { settings });
  await first.dispatch({ type: 'config.set', name: 'performance.cacheSize', value: 50, by: 'user:ann' });
  await settle();
  assert.deepEqual(told, [['performance.cacheSize', 50]]);
  first.stop();
  const next = await rig.start({ rules }, { settings });
  assert.deepEqual(told, [
    ['performance.cacheSize', 50],
    ['performance.cacheSize', 50],
  ]);
  await next.dispatch({ type: 'config.reset', name: 'performance.cacheSize', by: 'user:ann' });
  await settle();
  assert.deepEqual(told.at(-1), ['performance.cacheSize', 1_000]);
  next.stop();
});
