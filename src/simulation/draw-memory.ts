import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { Stream } from './draw.ts';
import type { Json } from '../core/json.ts';
import type { MemoryPart, MemoryProfile, MemoryStep, Request } from './plan.ts';

/** What a step of memory is drawn among. Few keys, so that many want the same. */
const KEYS = ['swarm:count', 'swarm:a', 'swarm:b', 'run:count', 'run:plan/a', 'run:plan/b', 'agent:own'] as const;
const PATTERNS = ['swarm:*', 'run:plan/*', 'run:*a', 'agent:*', 'swarm:count'] as const;
const PERSONS_PATTERNS = ['swarm:*', 'run/r1:*', 'run/*:plan/*', 'swarm:a', '*count'] as const;

export function drawMemory(seed: number): MemoryProfile {
  const stream = new Stream(seed, 'memory');
  return {
    maxEntries: stream.pick(5, 10, 1_000),
    cacheSize: stream.pick(1, 3, 1_000),
    cacheTtlMs: stream.pick(200, 5_000, 300_000),
    passingMs: stream.pick(2_000, 30_000, 300_000),
    latencyMs: stream.pick(0, 1, 20),
    hasShared: stream.chance(400),
  };
}

/** In some worlds some tasks remember: they count, read, write and remove, some of it after their end. */
export function withMemory(seed: number, run: string, tasks: readonly TaskSpec[]): readonly TaskSpec[] {
  const stream = new Stream(seed, `memory ${run}`);
  if (stream.chance(700)) return tasks;
  const permille = stream.whole(100, 700);
  return tasks.map((task) => {
    const own = new Stream(seed, `memory ${run} ${task.name}`);
    const isFree = task.work.kind === 'function' && task.work.input === undefined;
    return isFree && own.chance(permille) ? remembering(own, task) : task;
  });
}

function remembering(stream: Stream, task: TaskSpec): TaskSpec {
  const memory: MemoryPart = {
    steps: Array.from({ length: stream.whole(1, 6) }, () => drawStep(stream)),
    ...(stream.chance(200) ? { afterMs: stream.whole(1, 4_000) } : {}),
  };
  const input: Json = { memory: memory as Json };
  return { ...task, work: { kind: 'function', function: 'remember', input } };
}

function drawStep(stream: Stream): MemoryStep {
  const act = stream.pick('count', 'count', 'get', 'get', 'set', 'delete', 'invalidate', 'list', 'note');
  return {
    do: act,
    key: act === 'count' ? stream.pick('swarm:count', 'run:count') : stream.of(KEYS),
    pattern: stream.of(PATTERNS),
    ...(stream.chance(250) ? { ttlMs: stream.whole(1, 5_000) } : {}),
    ...(stream.chance(400) ? { isLasting: true } : {}),
  };
}

type Asked = Readonly<{ seed: number; clients: readonly string[]; chaosMs: number }>;

/** People remove from memory what matches. */
export function drawRemovals({ seed, clients, chaosMs }: Asked): readonly Request[] {
  const stream = new Stream(seed, 'removals');
  const count = stream.chance(250) ? stream.whole(1, 4) : 0;
  return Array.from({ length: count }, (_, index): Request => {
    const id = `removal-${index + 1}`;
    const pattern = stream.of(PERSONS_PATTERNS);
    const input = { type: 'memory.invalidate', id, pattern, by: 'user:m1' } as const;
    return { id, client: stream.of(clients), atMs: stream.whole(1, chaosMs), input };
  });
}
