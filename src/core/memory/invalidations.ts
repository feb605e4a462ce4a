import type { MemoryEvent } from '../events.ts';
import type { TaskId } from '../ids.ts';
import type { MemoryInput } from '../inputs.ts';
import { accept, refuse, type Refusal, type Ruling } from '../ruling.ts';
import type { Swarm } from '../swarm-state.ts';
import { isWorking } from '../tasks/task.ts';
import { isPattern, MAX_PATTERN_CHARS } from './entry.ts';

/** Removals under way at the same time. */
const MAX_OPEN = 1_000;
const MAX_NAME_CHARS = 512;

/**
 * Pure: removals by pattern go through the journal, so that whoever leads or reads it knows of them. The same id again,
 * while it is under way, is answered like the first time.
 */
export function decideMemory(swarm: Swarm, input: MemoryInput): Ruling {
  const { invalidations } = swarm;
  if (input.type === 'memory.clear') {
    const { id, removed } = input;
    return invalidations.has(id) ? accept({ type: 'memory.cleared', id, removed }) : accept();
  }
  const { id, pattern } = input;
  const isAgents = input.type === 'attempt.invalidate-memory';
  const why = isAgents ? whyNoWrite(swarm, input.taskId, input.attempt) : undefined;
  if (why !== undefined) return refuse(why);
  if (invalidations.has(id)) return accept();
  if (invalidations.size >= MAX_OPEN) return tooMuch('invalidations', MAX_OPEN);
  if (!isPattern(pattern)) return tooMuch('characters of a pattern', MAX_PATTERN_CHARS);
  const by = isAgents ? `task:${input.taskId}#${input.attempt}` : input.by;
  if (Math.max(id.length, by.length) > MAX_NAME_CHARS) return tooMuch('characters of a name', MAX_NAME_CHARS);
  return accept({ type: 'memory.invalidated', id, pattern, by });
}

export function applyMemory({ invalidations }: Swarm, event: MemoryEvent): void {
  const { id } = event;
  if (event.type === 'memory.cleared') invalidations.delete(id);
  else invalidations.set(id, { id, pattern: event.pattern, by: event.by });
}

/** Why this attempt may not write to memory: only the one that runs may. Undefined: it may. */
export function whyNoWrite({ tasks }: Swarm, taskId: TaskId, attempt: number): Refusal | undefined {
  const task = tasks.get(taskId);
  if (task === undefined) return { reason: 'task-unknown' };
  if (task.attempt !== attempt) return { reason: 'attempt-stale', currentAttempt: task.attempt };
  return isWorking(task) ? undefined : { reason: 'status-wrong', status: task.status };
}

function tooMuch(limit: string, most: number): Ruling {
  return refuse({ reason: 'limit-reached', limit, most });
}
