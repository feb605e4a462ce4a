import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'vitest';
import { taskOf } from '../../test/support/core-world-specs.ts';
import { LruTier } from '../adapters/in-memory/lru-tier.ts';
import { MapTier } from '../adapters/in-memory/map-tier.ts';
import { agentId, runId, taskId } from '../core/ids.ts';
import type { Usage } from '../core/tasks/attempt.ts';
import { TaskHistory } from '../memory/task-history.ts';
import { TieredMemory } from '../memory/tiered-memory.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { withEstimates } from './estimates.ts';

const HOST = { cpu: 4_000, memory: 1_000_000 };
const resources = { cpu: 1_000, memory: 100_000 };
const heavy = taskOf('a', { type: 'heavy', resources });

let history: TaskHistory;
let attempts = 0;
beforeEach(async () => {
  const clock = new ManualClock();
  history = await TaskHistory.load(
    new TieredMemory({ local: new LruTier(clock), persistent: new MapTier(clock) }, clock),
  );
});

function ran(tookMs: number, usage: Usage): void {
  const run = runId(`r${attempts++}`);
  const id = taskId(run, 'a');
  const about = { taskId: id, attempt: 1 } as const;
  const assigned = { type: 'attempt.assigned', ...about, agentId: agentId('x') } as const;
  const succeeded = { type: 'task.succeeded', ...about, outputs: {}, evidence: [], artifacts: [], usage } as const;
  history.committed([
    { seq: 1, epoch: 1, atMs: 0, event: { type: 'tasks.added', runId: run, tasks: [heavy] } },
    { seq: 2, epoch: 1, atMs: 0, event: assigned },
    { seq: 3, epoch: 1, atMs: tookMs, event: succeeded },
  ]);
}

const reserves = (): unknown => withEstimates([heavy], history, HOST)[0]?.reserves;

describe('what a task reserves', () => {
  test('is what it declares until three attempts of its type were measured, then what these used and a fifth', () => {
    for (let time = 0; time < 2; time++) ran(10_000, { cpuMs: 5_000, peakMemoryBytes: 50_000 });
    assert.equal(reserves(), undefined);
    ran(10_000, { cpuMs: 5_000, peakMemoryBytes: 50_000 });
    assert.deepEqual(reserves(), { cpu: 600, memory: 60_000 });
  });

  test('is not learned from a moment, as far as the processor is concerned', () => {
    for (let time = 0; time < 3; time++) ran(100, { cpuMs: 0, peakMemoryBytes: 200_000 });
    assert.deepEqual(reserves(), { cpu: 1_000, memory: 200_000 });
  });

  test('is asked for anew each time, whatever stood there before', () => {
    assert.equal(withEstimates([{ ...heavy, reserves: { cpu: 1 } }], history, HOST)[0]?.reserves, undefined);
  });
});
