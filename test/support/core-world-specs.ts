import type { AgentSpec } from '../../src/core/agents/agent-spec.ts';
import { agentId, runId } from '../../src/core/ids.ts';
import type { SwarmInput } from '../../src/core/inputs.ts';
import type { RunSpec } from '../../src/core/runs/run-spec.ts';
import type { ScaleGroup } from '../../src/core/scaling/scale-group.ts';
import type { AttemptResult, Claim } from '../../src/core/tasks/attempt.ts';
import type { SubtaskSpec } from '../../src/core/tasks/subtask-spec.ts';
import type { TaskSpec } from '../../src/core/tasks/task-spec.ts';

/** A task that any agent of `agentOf` can do. */
export function taskOf(name: string, more: Partial<TaskSpec> = {}): TaskSpec {
  const work = { kind: 'function', function: 'work' } as const;
  return { name, type: 'test', work, needs: [], requires: ['work'], ...more };
}

/** A sub-task that any agent of `agentOf` can do. */
export function subtaskOf(name: string, more: Partial<SubtaskSpec> = {}): SubtaskSpec {
  return { name, work: { kind: 'function', function: 'work' }, ...more };
}

/** An agent with one slot on host `here`. */
export function agentOf(id: string, more: Partial<Omit<AgentSpec, 'id'>> = {}): AgentSpec {
  const shape = {
    role: 'local',
    driver: 'function',
    capabilities: ['work', 'function:work'],
    slots: 1,
    host: 'here',
  } as const;
  return { id: agentId(id), ...shape, ...more };
}

/** `agentOf` several times: `a1`, `a2` ... */
export function agentsOf(count: number, more: Partial<Omit<AgentSpec, 'id'>> = {}): readonly AgentSpec[] {
  return Array.from({ length: count }, (_, index) => agentOf(`a${index + 1}`, more));
}

/** A group of up to three agents called `pool`, each as `agentOf` makes them for `taskOf`. */
export function poolOf(more: Partial<ScaleGroup> = {}): ScaleGroup {
  const shape = { driver: 'function', capabilities: ['work'], slots: 1, host: 'here' } as const;
  return { role: 'pool', ...shape, min: 0, max: 3, ...more };
}

export function runSpecOf(more: Partial<RunSpec> = {}): RunSpec {
  return { name: 'test', inputs: {}, budget: {}, project: '/project', source: 'code', fingerprint: 'f', ...more };
}

/** Submits `tasks` as run `r1`, unless `more` says otherwise. */
export function submitOf(
  tasks: readonly TaskSpec[],
  more: Partial<Omit<Extract<SwarmInput, { type: 'run.submit' }>, 'type' | 'tasks'>> = {},
): Extract<SwarmInput, { type: 'run.submit' }> {
  return { type: 'run.submit', runId: runId('r1'), run: runSpecOf(), agents: [], ...more, tasks };
}

export const DONE: Claim = { ok: true, outputs: {}, evidence: [{ check: 'returned', ok: true }] };

/** The work threw: charged to the task, and tried again. */
export const THREW: AttemptResult = { ok: false, failure: { reason: 'threw', message: 'no luck' } };

/** The work's process died: counted as a crash. */
export const CRASHED: AttemptResult = {
  ok: false,
  failure: { reason: 'crashed', signal: 'SIGSEGV', command: 'work', tail: '' },
};
