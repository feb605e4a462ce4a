import { expect, test } from 'vitest';
import { LruTier } from '../adapters/in-memory/lru-tier.ts';
import { MapTier, type MapTierOptions } from '../adapters/in-memory/map-tier.ts';
import type { SwarmEvent } from '../core/events.ts';
import { agentId, runId, taskId } from '../core/ids.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { JournalRecord } from '../ports/journal.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { TaskHistory } from './task-history.ts';
import { TieredMemory } from './tiered-memory.ts';

const run = runId('r');
const failure = { reason: 'crashed', signal: 'SIGSEGV', command: 'x', tail: '' } as const;

function memoryOf(room: MapTierOptions = {}): TieredMemory {
  const clock = new ManualClock();
  return new TieredMemory({ local: new LruTier(clock), persistent: new MapTier(clock, room) }, clock);
}

function spec(name: string, type: string): TaskSpec {
  return { name, type, work: { kind: 'function', function: 'f' }, needs: [], requires: [] };
}

function record(event: SwarmEvent, atMs: number): JournalRecord {
  return { seq: 1, epoch: 1, atMs, event };
}

function attempt(name: string, startMs: number, endMs: number): readonly JournalRecord[] {
  const id = taskId(run, name);
  return [
    record({ type: 'attempt.assigned', taskId: id, attempt: 1, agentId: agentId('a') }, startMs),
    record({ type: 'task.succeeded', taskId: id, attempt: 1, outputs: {}, evidence: [] }, endMs),
  ];
}

const added = (...tasks: readonly TaskSpec[]): JournalRecord => record({ type: 'tasks.added', runId: run, tasks }, 0);

const finished = record({ type: 'run.finished', runId: run, outcome: { state: 'succeeded' } }, 9);

test('learns a moving average that leans a fifth towards the newest, and percentiles', async () => {
  const history = await TaskHistory.load(memoryOf());
  history.committed([added(spec('a', 'build'), spec('b', 'build'), spec('c', 'test'))]);
  expect(history.estimateMs('build')).toBeUndefined();
  history.committed([...attempt('a', 0, 1_000), ...attempt('b', 0, 2_000), ...attempt('c', 5, 15)]);
  expect(history.stats('build')).toEqual({
    succeeded: 2,
    failed: 0,
    successRatio: 0.75,
    expectedMs: 1_200,
    p50Ms: 1_000,
    p95Ms: 2_000,
  });
  expect(history.estimateMs('test')).toBe(10);
});

test('tasks of a run that was open when the lead was taken are looked for when they begin or end', async () => {
  const history = await TaskHistory.load(memoryOf());
  history.know(run, (name) => (name === 'a' ? 'build' : undefined));
  history.committed([added(spec('late', 'test')), ...attempt('a', 0, 1_000), ...attempt('late', 0, 10)]);
  history.committed([...attempt('unknown', 0, 5), finished, ...attempt('a', 0, 9_000)]);
  expect(history.stats('build')).toMatchObject({ succeeded: 1, expectedMs: 1_000 });
  expect(history.estimateMs('test')).toBe(10);
});

test('charged failures count against the type, others do not', async () => {
  const history = await TaskHistory.load(memoryOf());
  history.committed([added(spec('a', 'build'))]);
  const id = taskId(run, 'a');
  const start = record({ type: 'attempt.assigned', taskId: id, attempt: 1, agentId: agentId('a') }, 0);
  const common = { taskId: id, attempt: 1, failure, retryAtMs: 0 };
  history.committed([start, record({ type: 'attempt.failed', ...common, charge: 'crash' }, 5)]);
  history.committed([start, record({ type: 'attempt.failed', ...common, charge: 'none' }, 5)]);
  history.committed([start, record({ type: 'task.failed', taskId: id, attempt: 2, failure }, 5)]);
  history.committed([record({ type: 'task.failed', taskId: id, attempt: 2, failure }, 6)]);
  expect(history.stats('build')).toMatchObject({ succeeded: 0, failed: 2, successRatio: 0.25, expectedMs: undefined });
});

test('what a run taught is there for the next process, and grows', async () => {
  const memory = memoryOf();
  const first = await TaskHistory.load(memory);
  first.committed([added(spec('a', 'build'))]);
  first.committed([...attempt('a', 0, 1_000), finished]);
  await first.close();
  const second = await TaskHistory.load(memory);
  expect(second.estimateMs('build')).toBe(1_000);
  second.committed([added(spec('a', 'build'))]);
  second.committed([...attempt('a', 0, 2_000), finished]);
  await second.close();
  expect((await TaskHistory.load(memory)).estimateMs('build')).toBe(1_200);
});

test('keeps a bounded number of types and durations', async () => {
  const memory = memoryOf();
  const history = await TaskHistory.load(memory);
  for (let index = 0; index < 600; index++) {
    history.committed([added(spec(`t${index}`, `type-${index}`))]);
    history.committed(attempt(`t${index}`, 0, 10));
  }
  expect(history.stats('type-99')).toBeUndefined();
  expect(history.stats('type-100')).toBeDefined();
  for (let index = 0; index < 100; index++) history.committed(attempt('t599', 0, index < 50 ? 1 : 7));
  expect(history.stats('type-599')).toMatchObject({ succeeded: 101, p50Ms: 7 });
  history.committed([finished]);
  await history.close();
  expect(JSON.stringify((await memory.get('history:task-types'))?.value).length).toBeLessThan(100_000);
});

test('a stored form that it does not know counts as nothing', async () => {
  const memory = memoryOf();
  await memory.set('history:task-types', {
    build: 'fast',
    test: { succeeded: 1, failed: 0, averageMs: 5, recentMs: [5] },
  });
  const history = await TaskHistory.load(memory);
  expect(history.estimateMs('build')).toBeUndefined();
  expect(history.estimateMs('test')).toBe(5);
});

test('tells when it cannot be stored, and tries again at the end of the next run', async () => {
  const memory = memoryOf({ maxBytes: 10 });
  const troubles: unknown[] = [];
  const history = await TaskHistory.load(memory, { onTrouble: (error) => troubles.push(error) });
  history.committed([added(spec('a', 'build'))]);
  history.committed([...attempt('a', 0, 1), finished]);
  await expect(history.close()).rejects.toThrow(/bytes/);
  expect(troubles).toHaveLength(1);
});

test('what takes more room than one entry may is stored without the types that ended longest ago', async () => {
  const memory = memoryOf();
  const history = await TaskHistory.load(memory);
  const count = 400;
  const paths = Array.from({ length: 20 }, (_, index) => `${'folder/'.repeat(30)}${index}`);
  for (let index = 0; index < count; index++) {
    const id = taskId(run, `t${index}`);
    history.committed([added(spec(`t${index}`, `type-${index}`))]);
    history.committed([
      record({ type: 'attempt.assigned', taskId: id, attempt: 1, agentId: agentId('a') }, 0),
      record({ type: 'task.succeeded', taskId: id, attempt: 1, outputs: {}, evidence: [], usage: { wrote: paths } }, 5),
    ]);
  }
  await history.flush();
  const again = await TaskHistory.load(memory);
  expect(again.estimateMs(`type-${count - 1}`)).toBe(5);
  expect(again.estimateMs('type-0')).toBeUndefined();
  // What is not stored is still known here.
  expect(history.estimateMs('type-0')).toBe(5);
});
