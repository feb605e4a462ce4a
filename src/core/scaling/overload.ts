import { reservationOf } from '../resources/reservation-of.ts';
import type { Agent } from '../agents/agent-class.ts';
import { loadRatio, roomOf } from '../agents/agent.ts';
import { blockAgent, unblockAgent } from '../agents/availability.ts';
import type { SwarmEvent } from '../events.ts';
import { isOnHost } from '../hosts/decide-host.ts';
import type { AgentId } from '../ids.ts';
import type { Context } from '../inputs.ts';
import { accept, type Ruling } from '../ruling.ts';
import type { Swarm } from '../swarm-state.ts';
import { decideTask } from '../tasks/decide-task.ts';
import { compareBegin, type Task } from '../tasks/task.ts';
import { overloadOf } from './load.ts';
import type { OverloadEvent, OverloadInput } from './overload-events.ts';

type RunningTask = Extract<Task, Readonly<{ status: 'running' }>>;

/** Pure. Samples that change nothing leave no trace. */
export function decideOverload(swarm: Swarm, { samples }: OverloadInput, context: Context): Ruling {
  // Agents that have too much to do at the same moment cannot take each other's work.
  const busy = new Set(samples.filter((sample) => overloadOf(sample) !== undefined).map(({ agentId }) => agentId));
  return accept(...samples.flatMap((sample) => decideOne(swarm, { ...sample, busy }, context)));
}

export function applyOverload(swarm: Swarm, event: OverloadEvent): void {
  if (event.type === 'agent.overloaded') blockAgent(swarm, event.agentId, 'overloaded');
  else unblockAgent(swarm, event.agentId, 'overloaded');
}

function decideOne(
  swarm: Swarm,
  { agentId, busy, ...sample }: OverloadInput['samples'][number] & Readonly<{ busy: ReadonlySet<AgentId> }>,
  context: Context,
): readonly SwarmEvent[] {
  const agent = swarm.registry.agents.get(agentId);
  if (agent === undefined) return [];
  const of = overloadOf(sample);
  const isNoted = agent.blocked.has('overloaded');
  const others = othersFor(swarm, agent).filter(({ spec }) => !busy.has(spec.id));
  // Where nobody else could do its work, keeping it from work would only stop the work.
  if (isNoted) return of === undefined || others.length === 0 ? [{ type: 'agent.relieved', agentId }] : [];
  if (of === undefined || isMerelyFull(swarm, agent) || !others.some((other) => roomOf(other) > 0)) return [];
  const event: SwarmEvent = { type: 'agent.overloaded', agentId, of, permille: sample[of] ?? 0 };
  return [event, ...moveOne(swarm, agent, context)];
}

/** It gets nothing new anyhow, and nothing of what it has may move: on hosts, what has not begun may. */
function isMerelyFull(swarm: Swarm, agent: Agent): boolean {
  return roomOf(agent) === 0 && !swarm.rules.scaling.rebalanceRunning && !isOnHost(swarm, agent.spec.id);
}

/** Agents that can do everything that this one can, for the same run, and have not too much to do themselves. */
function othersFor({ registry }: Swarm, { spec }: Agent): readonly Agent[] {
  return [...registry.agents.values()].filter(
    (other) =>
      other.spec.id !== spec.id &&
      other.blocked.size === 0 &&
      (other.spec.runId === undefined || other.spec.runId === spec.runId) &&
      spec.capabilities.every((name) => other.class.capabilities.has(name)),
  );
}

/**
 * Running work stays where it is, unless the rules say otherwise, it can be thrown away, and an agent on another host
 * has little to do: then the newest of it begins there anew, under a new number and uncharged.
 */
function moveOne(swarm: Swarm, agent: Agent, context: Context): readonly SwarmEvent[] {
  const { rebalanceRunning, downPermille } = swarm.rules.scaling;
  if (!rebalanceRunning) return [];
  const targets = othersFor(swarm, agent).filter(
    (other) => other.spec.host !== agent.spec.host && 1_000 * loadRatio(other) < downPermille,
  );
  const task = swarm.registry
    .tasksOf(agent.spec.id)
    .flatMap((id) => swarm.tasks.get(id) ?? [])
    .filter((one) => isMovable(one))
    .sort(compareBegin)
    .findLast((one) => targets.some((other) => hasRoom(swarm, other, one)));
  if (task === undefined) return [];
  const result = { ok: false, failure: { reason: 'stopped', why: 'rebalanced' } } as const;
  const input = { type: 'attempt.end', taskId: task.identity.id, attempt: task.attempt, result } as const;
  const ruling = decideTask(task, input, context, swarm.rules.retry);
  return ruling.ok ? ruling.events : [];
}

function isMovable(task: Task): task is RunningTask {
  const { spec } = task.identity;
  return task.status === 'running' && (spec.effect ?? 'A') === 'A' && spec.delegate === undefined;
}

function hasRoom({ capacity }: Swarm, agent: Agent, { identity }: Task): boolean {
  return roomOf(agent) > 0 && capacity.check(agent.spec.host, reservationOf(identity.spec)) === 'fits';
}
