import { agentId, runId, taskId } from '../../src/core/ids.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { TaskSpec, Work } from '../../src/core/tasks/task-spec.ts';
import type { Assignment } from '../../src/ports/agent-driver.ts';

const RUN = runId('run-1');

export type AssignmentExtras = Readonly<{
  project?: string;
  spec?: Partial<TaskSpec>;
  inputs?: JsonObject;
  needs?: Readonly<Record<string, JsonObject>>;
  attempt?: number;
}>;

/** An assignment of a task called `task` with this work. */
export function assignmentOf(work: Work, extras: AssignmentExtras = {}): Assignment {
  const { project = '/', spec, inputs = {}, needs = {}, attempt = 1 } = extras;
  return {
    taskId: taskId(RUN, 'task'),
    runId: RUN,
    agentId: agentId('local-1'),
    attempt,
    spec: { name: 'task', type: 'task', work, needs: Object.keys(needs), requires: [work.kind], ...spec },
    work,
    project,
    needs,
    inputs,
  };
}
