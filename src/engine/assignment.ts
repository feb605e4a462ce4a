import type { AgentId, RunId, TaskId } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import type { Run } from '../core/runs/run.ts';
import type { Swarm } from '../core/swarm-state.ts';
import type { TaskSpec, Work } from '../core/tasks/task-spec.ts';
import type { Assignment } from '../ports/agent-driver.ts';

/** What an assignment is made of. */
export type AssignmentParts = Readonly<{
  taskId: TaskId;
  agentId: AgentId;
  attempt: number;
  spec: TaskSpec;
  work: Work;
}>;

/** An assignment whose larger parts are put together only when a driver looks at them. */
export class RunAssignment implements Assignment {
  readonly taskId: TaskId;
  readonly agentId: AgentId;
  readonly attempt: number;
  readonly spec: TaskSpec;
  readonly work: Work;
  readonly #swarm: Swarm;
  readonly #run: Run;
  #needs: Readonly<Record<string, JsonObject>> | undefined;

  constructor(swarm: Swarm, run: Run, parts: AssignmentParts) {
    this.taskId = parts.taskId;
    this.agentId = parts.agentId;
    this.attempt = parts.attempt;
    this.spec = parts.spec;
    this.work = parts.work;
    this.#swarm = swarm;
    this.#run = run;
  }

  get runId(): RunId {
    return this.#run.id;
  }

  get project(): string {
    return this.#run.spec.project;
  }

  get inputs(): JsonObject {
    return this.#run.spec.inputs;
  }

  get needs(): Readonly<Record<string, JsonObject>> {
    return (this.#needs ??= this.#collectNeeds());
  }

  #collectNeeds(): Readonly<Record<string, JsonObject>> {
    const outputs: Record<string, JsonObject> = {};
    for (const name of this.spec.needs) {
      const id = this.#run.graph.idOf(name);
      const task = id === undefined ? undefined : this.#swarm.tasks.get(id);
      // Sub-tasks know each other by the names that their parent gave them.
      if (task?.status === 'succeeded') outputs[task.identity.spec.child?.name ?? name] = task.outputs;
    }
    return outputs;
  }
}
