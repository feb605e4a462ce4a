import type { SwarmEvent } from '../events.ts';
import type { AgentId, TaskId } from '../ids.ts';
import type { Swarm } from '../swarm-state.ts';
import { isActive } from '../tasks/task.ts';

type Noters = {
  readonly [Type in SwarmEvent['type']]?: (
    swarm: Swarm,
    event: Extract<SwarmEvent, { type: Type }>,
    atMs: number,
  ) => void;
};

const touch = ({ metrics }: Swarm, { agentId }: Readonly<{ agentId: AgentId }>): void => metrics.touch(agentId);

/**
 * Count an event that is about to be applied. Everything in here follows from events and their led times alone; what
 * is not listed changes no figure.
 */
export const NOTERS: Noters = {
  'agent.health-changed': (swarm, event, atMs) => {
    if (event.status === 'lost') swarm.metrics.count('agents_lost', atMs);
    touch(swarm, event);
  },
  'agent.removed': touch,
  'agent.restarted': (swarm, event, atMs) => {
    swarm.metrics.count('agents_restarted', atMs);
    touch(swarm, event);
  },
  'agent.revived': touch,
  'agents.registered': ({ metrics }, { agents }) => {
    for (const { id } of agents) metrics.touch(id);
  },
  'attempt.assigned': noteAssignment,
  // Its slot is free meanwhile.
  'attempt.awaiting': touchAgent,
  'attempt.failed': noteEnd,
  'attempt.resumed': touchAgent,
  'breaker.opened': ({ metrics }, _event, atMs) => metrics.count('breakers_opened', atMs),
  'message.sent': ({ metrics }, { dead }, atMs) => {
    metrics.count('messages_sent', atMs);
    if (dead !== undefined) metrics.count('messages_died', atMs, dead.length);
  },
  'messages.acknowledged': ({ metrics }, { waitedMs }, atMs) => {
    for (const figure of waitedMs) metrics.sample('message_latency_ms', atMs, figure);
  },
  'messages.died': ({ metrics }, { ids }, atMs) => metrics.count('messages_died', atMs, ids.length),
  'metrics.sampled': ({ metrics }, { samples }) => metrics.setSampled(samples),
  'run.finished': ({ metrics, registry }, { runId }) => {
    for (const id of registry.ofRun(runId)) metrics.touch(id);
  },
  'task.cancelled': noteEnd,
  'task.failed': noteEnd,
  'task.outcome-unknown': noteEnd,
  'task.succeeded': noteEnd,
};

type End = Extract<
  SwarmEvent,
  { type: 'attempt.failed' | 'task.cancelled' | 'task.failed' | 'task.outcome-unknown' | 'task.succeeded' }
>;

function touchAgent({ tasks, metrics }: Swarm, event: Readonly<{ taskId: TaskId }>): void {
  const task = tasks.get(event.taskId);
  if (task !== undefined && isActive(task)) metrics.touch(task.agentId);
}

/** A task of a paused run waits for a person. */
function noteAssignment(
  { tasks, runs, metrics }: Swarm,
  { taskId, agentId }: Extract<SwarmEvent, { type: 'attempt.assigned' }>,
  atMs: number,
): void {
  metrics.count('attempts_started', atMs);
  metrics.touch(agentId);
  if (!metrics.wants('task_wait_ms')) return;
  const task = tasks.get(taskId);
  if (task?.status !== 'ready') return;
  const resumedMs = runs.get(task.identity.runId)?.resumedMs ?? 0;
  metrics.sample('task_wait_ms', atMs, atMs - Math.max(task.sinceMs, resumedMs));
}

function noteEnd({ tasks, metrics }: Swarm, event: End, atMs: number): void {
  const task = tasks.get(event.taskId);
  if (task === undefined) return;
  if (isActive(task)) metrics.touch(task.agentId);
  if (event.type === 'attempt.failed' && event.charge !== 'none') metrics.count('attempts_failed', atMs);
  if (event.type === 'task.failed' && isActive(task)) metrics.count('attempts_failed', atMs);
  if (event.type === 'task.failed') metrics.count('tasks_failed', atMs);
  if (event.type === 'task.failed' || event.type === 'task.succeeded') metrics.count('tasks_ended', atMs);
  if (event.type === 'task.succeeded' && isActive(task)) {
    metrics.sample('task_duration_ms', atMs, atMs - task.startedMs);
  }
}
