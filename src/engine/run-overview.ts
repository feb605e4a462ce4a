import { openCount, type Run } from '../core/runs/run.ts';
import { expectedMs } from '../core/scheduling/choose-agent.ts';
import type { Swarm } from '../core/swarm-state.ts';
import { isActive } from '../core/tasks/task.ts';
import type { RunOverview, WorkingTask } from '../ports/run-tasks.ts';

/** Attempts that one overview lists. */
const MAX_WORKING = 1_000;

/** How a run stands at a led time. */
export function overviewOf(swarm: Swarm, run: Run, nowMs: number): RunOverview {
  const working = [...run.active].slice(0, MAX_WORKING).flatMap((id): readonly WorkingTask[] => {
    const task = swarm.tasks.get(id);
    const agent = task === undefined || !isActive(task) ? undefined : swarm.registry.agents.get(task.agentId);
    if (task === undefined || !isActive(task)) return [];
    const { spec } = task.identity;
    return [
      {
        name: spec.name,
        ...(spec.child === undefined ? {} : { parent: spec.child.parent }),
        ...(spec.work.kind === 'function' ? { function: spec.work.function } : {}),
        status: task.status,
        attempt: task.attempt,
        agentId: task.agentId,
        forMs: nowMs - task.startedMs,
        expectedMs: agent === undefined ? (spec.estimateMs ?? 0) : expectedMs(swarm.durations, spec, agent.class),
      },
    ];
  });
  const { taskCount, counts, failed } = run;
  return { taskCount, openCount: openCount(run), counts: { ...counts }, working, failed: [...failed] };
}
