import { LruTier } from '../adapters/in-memory/lru-tier.ts';
import { SystemClock } from '../adapters/system/system-clock.ts';
import type { WriteSuggestion } from '../memory/type-record.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import { TaskHistory } from '../memory/task-history.ts';
import { TieredMemory } from '../memory/tiered-memory.ts';
import type { Store } from './store.ts';

/** Tasks that declare no estimate get what tasks of their type took. */
export function withEstimates(tasks: readonly TaskSpec[], history: TaskHistory): readonly TaskSpec[] {
  return tasks.map((task) => {
    const expectedMs = task.estimateMs === undefined ? history.estimateMs(task.type) : undefined;
    return expectedMs === undefined ? task : { ...task, estimateMs: Math.round(expectedMs) };
  });
}

/** The same for a process that only looks. */
export async function estimateFrom(store: Store, tasks: readonly TaskSpec[]): Promise<readonly TaskSpec[]> {
  return lookInto(store, (history) => withEstimates(tasks, history));
}

/** What tasks write and do not declare. */
export async function writeSuggestions(store: Store): Promise<readonly WriteSuggestion[]> {
  return lookInto(store, (history) => history.suggestions());
}

async function lookInto<Seen>(store: Store, look: (history: TaskHistory) => Seen): Promise<Seen> {
  const clock = new SystemClock();
  const { journal, memory: persistent } = await store.open();
  const memory = new TieredMemory({ local: new LruTier(clock), persistent }, clock);
  try {
    return look(await TaskHistory.load(memory));
  } finally {
    await Promise.all([journal.close(), memory.close()]);
  }
}
