import { assert, unreachable } from '../../util/assert.ts';
import { blockAgent, unblockAgent } from '../agents/availability.ts';
import type { SwarmEvent } from '../events.ts';
import type { AgentId } from '../ids.ts';
import type { Context } from '../inputs.ts';
import { accept, refuse, type Ruling } from '../ruling.ts';
import type { Swarm } from '../swarm-state.ts';
import { decideTask } from '../tasks/decide-task.ts';
import { compareBegin, isActive } from '../tasks/task.ts';
import { type Health, type HealthCause, HEALTHY, causesOf, statusOf, withOutcome } from './health.ts';
import type { HealthEvent, HealthInput } from './health-events.ts';
import { planRestart } from './restarts.ts';

type AgentHealthInput = Exclude<HealthInput, { type: 'breaker.due' }>;
type AgentHealthEvent = Extract<HealthEvent, { agentId: AgentId }>;

/** Pure: what is concluded from signs of life, or from their absence. Signs that change nothing leave no trace. */
export function decideHealth(swarm: Swarm, input: AgentHealthInput, context: Context): Ruling {
  switch (input.type) {
    case 'agents.beat':
      return forEach(swarm, input.agentIds, (id, health) =>
        change(id, health, causesOf(health, input, swarm.rules.health)),
      );
    case 'agents.ail':
      return forEach(swarm, input.agentIds, (id, health) => change(id, health, ['ailing']));
    case 'agents.lose':
      return forEach(swarm, input.agentIds, (id, health) => lose(swarm, id, health, context));
    case 'agent.end-restart':
    case 'agent.revive':
      return decideRestart(swarm, input, context);
    default:
      return unreachable(input);
  }
}

export function applyHealth(swarm: Swarm, event: AgentHealthEvent, atMs: number): void {
  const { agentId } = event;
  if (!swarm.registry.agents.has(agentId)) return;
  const before = healthOf(swarm, agentId);
  switch (event.type) {
    case 'agent.health-changed':
      setHealth(swarm, agentId, { ...before, status: event.status, causes: event.causes });
      return settle(swarm, agentId, event.status);
    case 'agent.restart-planned': {
      const restartsMs = [...before.restartsMs, atMs].slice(-swarm.rules.health.maxRestarts - 1);
      return setHealth(swarm, agentId, { ...before, restartsMs, phase: 'restart-planned', restartAtMs: event.atMs });
    }
    case 'agent.restarted':
      setHealth(swarm, agentId, { ...HEALTHY, restartsMs: before.restartsMs });
      return settle(swarm, agentId, 'healthy');
    case 'agent.stopped':
      setHealth(swarm, agentId, { ...before, phase: 'stopped' });
      return blockAgent(swarm, agentId, 'stopped');
    case 'agent.draining':
      return blockAgent(swarm, agentId, 'draining');
    case 'agent.revived':
      swarm.health.delete(agentId);
      unblockAgent(swarm, agentId, 'stopped');
      unblockAgent(swarm, agentId, 'draining');
      return settle(swarm, agentId, 'healthy');
    default:
      return unreachable(event);
  }
}

/** The end of an attempt that counts for or against its agent. */
export function noteHealth(swarm: Swarm, id: AgentId, hasSucceeded: boolean): void {
  setHealth(swarm, id, withOutcome(healthOf(swarm, id), hasSucceeded));
}

export function healthOf({ health }: Swarm, id: AgentId): Health {
  return health.get(id) ?? HEALTHY;
}

/** Restarts that are owed. */
export function owedRestarts({ health }: Swarm): readonly Readonly<{ agentId: AgentId; dueMs: number }>[] {
  return [...health].flatMap(([agentId, { phase, restartAtMs }]) =>
    phase === 'restart-planned' ? [{ agentId, dueMs: restartAtMs }] : [],
  );
}

function forEach(
  swarm: Swarm,
  ids: readonly AgentId[],
  decide: (id: AgentId, health: Health) => readonly SwarmEvent[],
): Ruling {
  const events: SwarmEvent[] = [];
  for (const id of ids) {
    if (swarm.registry.agents.has(id)) events.push(...decide(id, healthOf(swarm, id)));
  }
  return { ok: true, events };
}

/** While it is being restarted, nothing that the old process still says counts. */
function change(agentId: AgentId, health: Health, causes: readonly HealthCause[]): readonly SwarmEvent[] {
  const isSame = causes.length === health.causes.length && causes.every((cause, at) => cause === health.causes[at]);
  if (isSame || health.phase !== 'running') return [];
  return [{ type: 'agent.health-changed', agentId, status: statusOf(causes), causes }];
}

/** Its attempts go to others, uncharged and under new numbers: whatever it still reports of them is too late. */
function lose(swarm: Swarm, agentId: AgentId, health: Health, context: Context): readonly SwarmEvent[] {
  if (health.status === 'lost' || health.phase !== 'running') return [];
  const events: SwarmEvent[] = [
    { type: 'agent.health-changed', agentId, status: 'lost', causes: ['silent'] },
    ...endAttempts(swarm, agentId, context),
  ];
  const plan = planRestart(health, context.nowMs, swarm.rules.health);
  if ('tooMany' in plan) events.push({ type: 'agent.stopped', agentId, restarts: plan.tooMany });
  else events.push({ type: 'agent.restart-planned', agentId, restart: plan.restart, atMs: plan.atMs });
  return events;
}

/** The agent is given up: what it has under way goes to others, uncharged. */
export function endAttempts(swarm: Swarm, agentId: AgentId, context: Context): readonly SwarmEvent[] {
  const events: SwarmEvent[] = [];
  const tasks = [...swarm.registry.tasksOf(agentId), ...swarm.leads.on(agentId)].map((taskId) => {
    const task = swarm.tasks.get(taskId);
    assert(task !== undefined && isActive(task), `agent ${agentId} is busy with ${taskId}, which does not run`);
    return task;
  });
  for (const task of tasks.sort(compareBegin)) {
    // What it claimed to have done is checked by the coordinator: that needs the agent no more.
    if (task.status === 'verifying') continue;
    const result = { ok: false, failure: { reason: 'agent-lost' } } as const;
    const end = { type: 'attempt.end', taskId: task.identity.id, attempt: task.attempt, result } as const;
    const ruling = decideTask(task, end, context, swarm.rules.retry);
    if (ruling.ok) events.push(...ruling.events);
  }
  return events;
}

function isGoing({ hosts, leaving, registry }: Swarm, id: AgentId): boolean {
  const host = hosts.get(registry.agents.get(id)?.spec.host ?? '');
  return leaving.has(id) || host?.drainingBecause !== undefined;
}

function decideRestart(
  swarm: Swarm,
  input: Extract<AgentHealthInput, { agentId: AgentId }>,
  { nowMs }: Context,
): Ruling {
  const { agentId } = input;
  if (!swarm.registry.agents.has(agentId)) return refuse({ reason: 'agent-unknown' });
  const health = healthOf(swarm, agentId);
  if (input.type === 'agent.revive') {
    // What was decided on its host or its group holds for it as well.
    if (isGoing(swarm, agentId)) return refuse({ reason: 'status-wrong', status: 'draining' });
    const isOut = health.phase === 'stopped' || swarm.registry.agents.get(agentId)?.blocked.has('draining') === true;
    return isOut ? accept({ type: 'agent.revived', agentId }) : accept();
  }
  if (health.phase !== 'restart-planned') return refuse({ reason: 'status-wrong', status: health.phase });
  if (input.ok) return accept({ type: 'agent.restarted', agentId });
  const plan = planRestart(health, nowMs, swarm.rules.health);
  if ('tooMany' in plan) return accept({ type: 'agent.stopped', agentId, restarts: plan.tooMany });
  return accept({ type: 'agent.restart-planned', agentId, restart: plan.restart, atMs: plan.atMs });
}

function settle(swarm: Swarm, id: AgentId, status: Health['status']): void {
  if (status === 'lost') blockAgent(swarm, id, 'lost');
  else unblockAgent(swarm, id, 'lost');
  if (status === 'unhealthy') blockAgent(swarm, id, 'unhealthy');
  else unblockAgent(swarm, id, 'unhealthy');
}

/** Who has nothing against him is not kept. */
function setHealth(swarm: Swarm, id: AgentId, health: Health): void {
  const isPlain = health.status === 'healthy' && health.outcomes.length === 0 && health.restartsMs.length === 0;
  if (isPlain && health.phase === 'running') swarm.health.delete(id);
  else swarm.health.set(id, health);
}
