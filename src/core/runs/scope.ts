import type { Scope } from '../expressions/evaluate.ts';
import type { JsonObject } from '../json.ts';
import type { Swarm } from '../swarm-state.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';
import type { Run } from './run.ts';

const NO_OUTPUTS: JsonObject = {};

/** What the expressions of a task can see: inputs, its matrix cell, and the tasks of its run. */
export function scopeOf(swarm: Swarm, run: Run, spec: TaskSpec): Scope {
  const env = spec.work.kind === 'command' ? spec.work.env : undefined;
  return {
    runId: run.id,
    inputs: run.spec.inputs,
    ...(spec.matrix === undefined ? {} : { matrix: spec.matrix }),
    ...(env === undefined ? {} : { env }),
    task: (name) => {
      const id = run.graph.idOf(name);
      const task = id === undefined ? undefined : swarm.tasks.get(id);
      if (task === undefined) return undefined;
      return { state: task.status, outputs: task.status === 'succeeded' ? task.outputs : NO_OUTPUTS };
    },
  };
}
