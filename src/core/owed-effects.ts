import { unreachable } from '../util/assert.ts';
import type { Effect } from './effects.ts';
import type { SwarmEvent } from './events.ts';
import type { RunId, TaskId } from './ids.ts';
import type { Run } from './runs/run.ts';
import type { Swarm } from './swarm-state.ts';
import { isActive, type Task } from './tasks/task.ts';

const NOTHING: readonly Effect[] = [];

/**
 * What `event` asks for. Derived from stored facts alone, so nothing can be asked for that is not stored. `swarm` may
 * be ahead of the event by the rest of its batch: an attempt that has ended meanwhile is not started.
 */
export function effectsOf(swarm: Swarm, event: SwarmEvent): readonly Effect[] {
  switch (event.type) {
    case 'attempt.assigned':
      return [{ type: 'run-attempt', taskId: event.taskId, attempt: event.attempt, agentId: event.agentId }];
    case 'attempt.claimed':
      return [{ type: 'verify-attempt', taskId: event.taskId, attempt: event.attempt }];
    case 'attempt.failed':
      return swarm.tasks.get(event.taskId)?.status === 'backing-off'
        ? [retryAt(event.taskId, event.attempt, event.retryAtMs)]
        : NOTHING;
    case 'task.cancelling': {
      const attempt = swarm.tasks.get(event.taskId)?.attempt;
      return attempt === undefined
        ? NOTHING
        : [{ type: 'stop-attempt', taskId: event.taskId, attempt, why: 'cancelled' }];
    }
    case 'run.paused':
      return stopActive(swarm, event.runId);
    case 'run.created':
      return wallDeadline(swarm.runs.get(event.runId));
    case 'run.finished':
      return [
        { type: 'forget-wake', key: deadlineKey(event.runId) },
        { type: 'clean-up-run', runId: event.runId },
      ];
    case 'agent.removed':
    case 'agents.registered':
    case 'attempt.reported':
    case 'host.registered':
    case 'run.ending':
    case 'run.resumed':
    case 'task.became-ready':
    case 'task.cancelled':
    case 'task.failed':
    case 'task.outcome-unknown':
    case 'task.skipped':
    case 'task.succeeded':
    case 'tasks.added':
      return NOTHING;
    default:
      return unreachable(event);
  }
}

/** What a new leader owes: whatever the old process was doing has ended with that process. In the order of the tasks. */
export function owedEffects(swarm: Swarm): readonly Effect[] {
  const owed: Effect[] = [];
  for (const run of swarm.runs.values()) owed.push(...wallDeadline(run));
  for (const task of swarm.tasks.values()) {
    const effect = owedToTask(task);
    if (effect !== undefined) owed.push(effect);
  }
  return owed;
}

function owedToTask(task: Task): Effect | undefined {
  const { attempt } = task;
  const taskId = task.identity.id;
  if (task.status === 'backing-off') return retryAt(taskId, attempt, task.retryAtMs);
  if (task.status === 'verifying') return { type: 'verify-attempt', taskId, attempt };
  if (!isActive(task)) return undefined;
  const result = { ok: false, failure: { reason: 'coordinator-lost' } } as const;
  return { type: 'wake-at', key: `lost:${taskId}`, dueMs: 0, input: { type: 'attempt.end', taskId, attempt, result } };
}

/**
 * Irreversible work is let to its end: stopping it half-way would leave its outcome unknown. A pause that was taken
 * back in the same batch stops nothing.
 */
function stopActive(swarm: Swarm, runId: RunId): readonly Effect[] {
  const run = swarm.runs.get(runId);
  if (run?.pausedBecause === undefined) return NOTHING;
  const effects: Effect[] = [];
  for (const taskId of run.active) {
    const task = swarm.tasks.get(taskId);
    if (task === undefined || task.identity.spec.effect === 'D') continue;
    effects.push({ type: 'stop-attempt', taskId, attempt: task.attempt, why: 'paused' });
  }
  return effects;
}

function wallDeadline(run: Run | undefined): readonly Effect[] {
  const wallMs = run?.spec.budget.wallMs;
  if (run === undefined || wallMs === undefined || run.ending !== undefined) return NOTHING;
  const dueMs = run.createdMs + wallMs;
  return [{ type: 'wake-at', key: deadlineKey(run.id), dueMs, input: { type: 'run.deadline', runId: run.id } }];
}

function deadlineKey(runId: RunId): string {
  return `deadline:${runId}`;
}

function retryAt(taskId: TaskId, attempt: number, dueMs: number): Effect {
  return { type: 'wake-at', key: `retry:${taskId}`, dueMs, input: { type: 'task.retry', taskId, attempt } };
}
