import { reservationOf } from '../resources/reservation-of.ts';
import { checkBudget } from '../budgets/nested.ts';
import type { SwarmEvent } from '../events.ts';
import type { TaskId } from '../ids.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import { writeBlockOf } from './kept-back.ts';

/** An attempt whose sub-tasks have ended gets a free slot of its agent again, before anything new does. */
export function nextResumption(swarm: Swarm): readonly SwarmEvent[] | undefined {
  for (const agentId of swarm.leads.hopeful) {
    const agent = swarm.registry.agents.get(agentId);
    if (agent === undefined || agent.used >= agent.spec.slots) {
      swarm.leads.isFull(agentId);
      continue;
    }
    for (const id of swarm.leads.dueOn(agentId)) {
      const event = resumption(swarm, id, agent.spec.host);
      if (event !== undefined) return [event];
    }
  }
  return undefined;
}

/** Undefined while its host, its run's budget or a pause stands in the way. */
function resumption(swarm: Swarm, id: TaskId, host: string): SwarmEvent | undefined {
  const task = swarm.tasks.get(id);
  const run = task === undefined ? undefined : swarm.runs.get(task.identity.runId);
  if (task === undefined || run === undefined) throw new Error(`Internal error: ${id} waits, and is unknown`);
  const reserved = reservationOf(task.identity.spec);
  const hasRoom = reserved === undefined || swarm.capacity.check(host, reserved) === 'fits';
  if (!hasRoom || !run.account.hasPlace || run.pausedBecause !== undefined) return undefined;
  // Sub-tasks that it does not wait for may still write what it writes.
  if (writeBlockOf(swarm, run, task.identity) !== undefined) return undefined;
  return { type: 'attempt.resumed', taskId: id, attempt: task.attempt };
}

/**
 * Whether something of the run goes on without the task `id`, so that what it has reserved may come back: attempts that
 * run, can go on or are being ended, and tasks with sub-tasks, or such sub-tasks, that will be tried. Looks at all of
 * these; asked only when a budget has no room.
 */
export function canMove(swarm: Swarm, run: Run, id: TaskId): boolean {
  if (run.account.isBusy) return true;
  for (const [parent, { isFunded, all }] of run.families) {
    if (swarm.leads.isDue(parent) || swarm.tasks.get(parent)?.status === 'cancelling') return true;
    if (!isFunded) continue;
    if ([parent, ...all].some((one) => one !== id && willBeTried(swarm, run, one))) return true;
  }
  return false;
}

function willBeTried({ tasks }: Swarm, run: Run, id: TaskId): boolean {
  const task = tasks.get(id);
  if (task?.status === 'backing-off' || task?.status === 'awaiting-quota') return true;
  return task?.status === 'ready' && checkBudget(run, task.identity, () => false) === 'fits';
}
