import type { SwarmEvent } from '../events.ts';
import { runOf } from '../ids.ts';
import type { TaskInput } from '../inputs.ts';
import type { Ruling } from '../ruling.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import type { AttemptResult } from './attempt.ts';
import { cancelTask } from './decide-task.ts';
import { openChildren } from './families.ts';
import type { Task } from './task.ts';

/** Names of tasks that one failure lists. */
const MAX_NAMED = 50;

/** What is decided about a task, with what that means for its open sub-tasks: nobody works for a parent that is gone. */
export function withChildren(swarm: Swarm, task: Task, ruling: Ruling): Ruling {
  const run = swarm.runs.get(runOf(task.identity.id));
  if (!ruling.ok || run === undefined || !run.families.has(task.identity.id)) return ruling;
  const why = ruling.events.map(endOfParent).find((reason) => reason !== undefined);
  if (why === undefined) return ruling;
  return { ok: true, events: [...ruling.events, ...cancelChildren(swarm, run, task, why)] };
}

export function hasOpenChildren(swarm: Swarm, { identity }: Task): boolean {
  const run = swarm.runs.get(identity.runId);
  return run !== undefined && openChildren(swarm, run, identity.id).length > 0;
}

/** Cancels every open sub-task of the task, with all below them. */
export function cancelChildren(swarm: Swarm, run: Run, task: Task, reason: string): readonly SwarmEvent[] {
  return openChildren(swarm, run, task.identity.id).flatMap((child) => cancelWithChildren(swarm, run, child, reason));
}

/** Cancels a sub-task with all below it. */
export function cancelWithChildren(swarm: Swarm, run: Run, task: Task, reason: string): readonly SwarmEvent[] {
  const ruling = cancelTask(task, reason);
  return [...(ruling.ok ? ruling.events : []), ...cancelChildren(swarm, run, task, reason)];
}

/**
 * What the end of an attempt counts as: one that says it is done although sub-tasks are open, or while it waits for
 * some, has not done its work. The engine waits for all of them before it says so.
 */
export function checkedEnd(swarm: Swarm, task: Task, input: TaskInput): TaskInput {
  if (input.type !== 'attempt.end' || !input.result.ok) return input;
  const run = swarm.runs.get(runOf(task.identity.id));
  if (run === undefined || !run.families.has(task.identity.id)) return input;
  const open = openChildren(swarm, run, task.identity.id).map(({ identity }) => identity.spec.name);
  if (open.length === 0 && task.status !== 'awaiting-children') return input;
  const { artifacts, usage } = input.result;
  const result: AttemptResult = {
    ok: false,
    failure: { reason: 'children-open', tasks: open.slice(0, MAX_NAMED) },
    ...(artifacts === undefined ? {} : { artifacts }),
    ...(usage === undefined ? {} : { usage }),
  };
  return { ...input, result };
}

/** Why sub-tasks must end with their parent; undefined when they go on, as while another attempt of it will take over. */
function endOfParent(event: SwarmEvent): string | undefined {
  const { type } = event;
  if (type === 'attempt.failed') {
    return event.charge === 'none' ? undefined : `the attempt that wanted it failed: ${event.failure.reason}`;
  }
  if (type === 'task.failed' || type === 'task.outcome-unknown') {
    return `the task that wanted it failed: ${event.failure.reason}`;
  }
  if (type === 'task.cancelling' || type === 'task.cancelled') {
    return `the task that wanted it was cancelled: ${event.reason}`;
  }
  return undefined;
}
