import { describe, expect, test } from 'vitest';
import { owedEffects } from '../owed-effects.ts';
import { restoreSwarm, snapshotOf } from '../snapshot.ts';
import { apply, decide } from '../swarm.ts';
import { newSwarm, type Swarm } from '../swarm-state.ts';
import type { SwarmInput } from '../inputs.ts';

const context = { nowMs: 0, wallTimeMs: 0, random: 0 };
const asked = { type: 'memory.invalidate', id: 'x1', pattern: 'swarm:*', by: 'user:ann' } as const;

function take(swarm: Swarm, input: SwarmInput): readonly unknown[] {
  const ruling = decide(swarm, input, context);
  if (!ruling.ok) return [ruling.refusal.reason];
  for (const event of ruling.events) apply(swarm, event, 0);
  return ruling.events;
}

describe('an invalidation', () => {
  test('is decided once, owed until it is done, and then forgotten', () => {
    const swarm = newSwarm();
    const { id, pattern, by } = asked;
    expect(take(swarm, asked)).toEqual([{ type: 'memory.invalidated', id, pattern, by }]);
    expect(take(swarm, asked)).toEqual([]);
    expect(owedEffects(swarm)).toEqual([{ type: 'invalidate-memory', id, pattern }]);
    expect(take(swarm, { type: 'memory.clear', id, removed: 3 })).toEqual([{ type: 'memory.cleared', id, removed: 3 }]);
    expect(take(swarm, { type: 'memory.clear', id, removed: 3 })).toEqual([]);
    expect(owedEffects(swarm)).toEqual([]);
  });

  test('survives a snapshot while it is owed', () => {
    const swarm = newSwarm();
    take(swarm, asked);
    const restored = newSwarm();
    restoreSwarm(restored, snapshotOf(swarm, 5));
    expect(restored.invalidations).toEqual(swarm.invalidations);
  });

  test('that nobody could match, or one too many, is refused', () => {
    const swarm = newSwarm();
    for (const bad of [
      { pattern: '' },
      { pattern: 'x'.repeat(513) },
      { id: 'x'.repeat(513) },
      { by: 'x'.repeat(513) },
    ]) {
      expect(take(swarm, { ...asked, ...bad })).toEqual(['limit-reached']);
    }
    for (let count = 0; count < 1_000; count++) take(swarm, { ...asked, id: `i${count}` });
    expect(take(swarm, asked)).toEqual(['limit-reached']);
  });

  test('by an attempt that is none is refused', () => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a brand exists in types only
    const taskId = 'r/t' as Extract<SwarmInput, { type: 'attempt.invalidate-memory' }>['taskId'];
    const input = { type: 'attempt.invalidate-memory', taskId, attempt: 1, id: 'x', pattern: 'run/r:*' } as const;
    expect(take(newSwarm(), input)).toEqual(['task-unknown']);
  });
});
