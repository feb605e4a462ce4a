import fc from 'fast-check';
import type { SwarmEvent } from '../../src/core/events.ts';
import type { AgentSpec } from '../../src/core/agents/agent-spec.ts';
import { agentId, nameOf, runId, taskId, type AgentId, type RunId, type TaskId } from '../../src/core/ids.ts';
import type { TaskFailure } from '../../src/core/tasks/attempt.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';

const failure: TaskFailure = { reason: 'stalled', afterMs: 5 };

/** Where a world draws from, and what its names begin with. */
type World = Readonly<{ draw: Draw; agents: readonly AgentId[] }>;
type Draw = (max: number) => number;
type Made = { readonly id: TaskId; attempt: number; status: 'waiting' | 'running' | 'verifying' | 'over' | 'asked' };

/**
 * Batches of events as a swarm could write them: what each task may go through is drawn step by step. Names of runs and
 * agents begin with `prefix`, so that many can be written into one journal.
 */
export type RandomSwarm = (prefix: string) => readonly SwarmEvent[][];

export const randomSwarms: fc.Arbitrary<RandomSwarm> = fc
  .record({ runs: fc.integer({ min: 1, max: 3 }), seed: fc.array(fc.nat(9_999), { minLength: 300, maxLength: 300 }) })
  .map(({ runs, seed }) => (prefix) => {
    let at = 0;
    const draw: Draw = (max) => (seed[at++ % seed.length] ?? 0) % max;
    const agents = ['one', 'two', 'three'].map((name) => agentId(prefix + name));
    const events: SwarmEvent[] = [{ type: 'agents.registered', agents: agents.map(agentOf) }];
    for (let index = 0; index < runs; index++)
      events.push(...runEvents(runId(`${prefix}run-${index}`), { draw, agents }));
    return cut(events, draw);
  });

function cut(events: readonly SwarmEvent[], draw: Draw): readonly SwarmEvent[][] {
  const batches: SwarmEvent[][] = [];
  for (let from = 0; from < events.length;) {
    const size = 1 + draw(9);
    batches.push(events.slice(from, from + size));
    from += size;
  }
  return batches;
}

function runEvents(run: RunId, world: World): readonly SwarmEvent[] {
  const { draw } = world;
  const names = Array.from({ length: 1 + draw(8) }, (_, index) => `t${draw(3)}-${index}`);
  const tasks = names.map((name, index) => specOf(name, index === 0 ? [] : names.slice(0, draw(index + 1)), draw));
  const events: SwarmEvent[] = [
    {
      type: 'run.created',
      runId: run,
      run: { name: 'random', inputs: {}, budget: {}, project: '/p', source: 'code' },
      taskCount: tasks.length,
      wallTimeMs: 5,
    },
  ];
  const half = draw(tasks.length + 1);
  for (const part of [tasks.slice(0, half), tasks.slice(half)]) {
    if (part.length > 0) events.push({ type: 'tasks.added', runId: run, tasks: part });
  }
  const made = names.map((name): Made => ({ id: taskId(run, name), attempt: 0, status: 'waiting' }));
  for (let step = draw(60); step > 0; step--) {
    const task = made[draw(made.length)];
    if (task !== undefined) events.push(...advance(task, world));
  }
  if (draw(2) === 0) {
    for (const task of made) events.push(...end(task));
    events.push({ type: 'run.finished', runId: run, outcome: { state: 'cancelled', reason: 'random' } });
  } else if (draw(3) === 0) events.push({ type: 'run.paused', runId: run, reason: 'random' });
  return events;
}

function specOf(name: string, needs: readonly string[], draw: Draw): TaskSpec {
  const spec = { name, type: 'x', work: { kind: 'function', function: 'f' }, needs, requires: [] } as const;
  return draw(5) === 0 ? { ...spec, if: 'true' } : spec;
}

function agentOf(id: AgentId): AgentSpec {
  return { id, role: 'local', driver: 'function', capabilities: [], slots: 9, host: 'local' };
}

function advance(task: Made, { draw, agents }: World): readonly SwarmEvent[] {
  const { id: of, status } = task;
  const common = { taskId: of, attempt: task.attempt };
  if (status === 'over') return [];
  if (status === 'asked') {
    task.status = draw(2) === 0 ? 'waiting' : 'over';
    if (task.status === 'waiting') return [{ type: 'task.became-ready', taskId: of }];
    return [{ type: 'task.succeeded', ...common, outputs: { by: 'person' }, evidence: [] }];
  }
  if (status === 'waiting') {
    const choice = draw(8);
    if (choice === 0) return [{ type: 'task.became-ready', taskId: of }];
    if (choice === 1) return end(task);
    task.attempt++;
    task.status = 'running';
    const agent = agents[draw(agents.length)];
    if (agent === undefined) return [];
    return [{ type: 'attempt.assigned', taskId: of, attempt: task.attempt, agentId: agent }];
  }
  return endAttempt(task, draw);
}

function endAttempt(task: Made, draw: Draw): readonly SwarmEvent[] {
  const common = { taskId: task.id, attempt: task.attempt };
  switch (draw(9)) {
    case 0:
      return [{ type: 'attempt.reported', ...common, report: { kind: 'note', text: `${draw(99)}` } }];
    case 1: {
      if (task.status === 'verifying') return [];
      task.status = 'verifying';
      return [{ type: 'attempt.claimed', ...common, outputs: {}, evidence: [], artifacts: [artifact(draw)] }];
    }
    case 2:
      task.status = 'asked';
      return [{ type: 'task.outcome-unknown', ...common, failure }];
    case 3:
      task.status = 'over';
      return [{ type: 'task.failed', ...common, failure }];
    case 4:
    case 5: {
      task.status = 'waiting';
      const charge = draw(2) === 0 ? 'none' : 'attempt';
      return [{ type: 'attempt.failed', ...common, failure, charge, retryAtMs: 1 }];
    }
    case 6:
      return end(task);
    default:
      task.status = 'over';
      return [
        { type: 'task.succeeded', ...common, outputs: { n: draw(99) }, evidence: [], artifacts: [artifact(draw)] },
      ];
  }
}

function artifact(draw: Draw): Readonly<{ sha256: string; bytes: number; name: string }> {
  const bytes = draw(50);
  return { sha256: String(bytes).padStart(64, '0'), bytes, name: 'log' };
}

function end(task: Made): readonly SwarmEvent[] {
  if (task.status === 'over') return [];
  const wasActive = task.status === 'running' || task.status === 'verifying';
  task.status = 'over';
  const cancelled = { type: 'task.cancelled', taskId: task.id, reason: nameOf(task.id) } as const;
  return wasActive ? [{ type: 'task.cancelling', taskId: task.id, reason: 'why' }, cancelled] : [cancelled];
}
