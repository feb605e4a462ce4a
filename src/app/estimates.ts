import { LruTier } from '../adapters/in-memory/lru-tier.ts';
import { SystemClock } from '../adapters/system/system-clock.ts';
import type { WriteSuggestion } from '../memory/type-record.ts';
import { scaledReservation } from '../core/resources/reservation-of.ts';
import type { ResourceAmounts, TaskSpec } from '../core/tasks/task-spec.ts';
import { TaskHistory } from '../memory/task-history.ts';
import { TieredMemory } from '../memory/tiered-memory.ts';
import type { Store } from './store.ts';

/**
 * Tasks that declare no estimate get what tasks of their type took; what they declare to need is reserved as far as their
 * type was seen to use it, and their priority asks for. `host`: what this machine offers.
 */
export function withEstimates(
  tasks: readonly TaskSpec[],
  history: TaskHistory,
  host: ResourceAmounts = {},
): readonly TaskSpec[] {
  return tasks.map(({ reserves: _before, ...task }): TaskSpec => {
    const expectedMs = task.estimateMs === undefined ? history.estimateMs(task.type) : undefined;
    const reserves = reservesOf(task, history, host);
    return {
      ...task,
      ...(expectedMs === undefined ? {} : { estimateMs: Math.round(expectedMs) }),
      ...(reserves === undefined ? {} : { reserves }),
    };
  });
}

function reservesOf(task: TaskSpec, history: TaskHistory, host: ResourceAmounts): ResourceAmounts | undefined {
  const { resources = {}, type } = task;
  const used = history.usage(type);
  const part = (kind: 'cpu' | 'memory'): { [name in 'cpu' | 'memory']?: number } => {
    const [declared, seen] = [resources[kind], used[kind]];
    return declared === undefined || seen === undefined ? {} : { [kind]: Math.ceil((100 * seen) / declared) };
  };
  return scaledReservation(task, { ...part('cpu'), ...part('memory') }, host);
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
