import type { InputDefinition, OutputDefinition, TaskDefinition, WorkflowDefinition } from './definition.ts';

/** A task that was defined: put it into `needs`, and its outputs into commands, conditions and inputs of functions. */
export type TaskRef<Outputs extends string = string> = Readonly<{
  name: string;
  /** `${{ tasks.<name>.outputs.<output> }}` for every declared output, and `result`, what a function returned. */
  outputs: Readonly<Record<Outputs, string>>;
  /** `${{ tasks.<name>.state }}`. */
  state: string;
}>;

type OutputsOf<Task> = Task extends { outputs: Readonly<Record<infer Name extends string, OutputDefinition>> }
  ? Name
  : never;
type ResultOf<Task> = Task extends { function: string } ? 'result' : never;

/** A task in code: the same keys as in YAML, and `needs` takes what `task` gave. */
export type TaskInCode = Omit<TaskDefinition, 'needs'> & Readonly<{ needs?: readonly (string | TaskRef)[] }>;

/** What a workflow's function gets to define its tasks with. */
export type WorkflowBuilder<Inputs extends string> = Readonly<{
  /** `${{ inputs.<name> }}` for every declared input. */
  inputs: Readonly<Record<Inputs, string>>;
  /** `${{ run.id }}`. */
  runId: string;
  /** Defines a task. Throws when there is one of that name already. */
  task: <const Task extends TaskInCode>(name: string, task: Task) => TaskRef<OutputsOf<Task> | ResultOf<Task>>;
  /** `${{ matrix.<axis> }}`. */
  matrix: (axis: string) => string;
}>;

/** A workflow in code without its tasks. */
export type WorkflowInCode<Inputs extends string> = Omit<WorkflowDefinition, 'tasks' | 'inputs'> &
  Readonly<{ inputs?: Readonly<Record<Inputs, InputDefinition>> }>;

/**
 * Defines a workflow in code: the same definition that YAML gives. Outputs and inputs that do not exist are compile
 * errors; everything else is checked when the workflow is compiled.
 *
 * ```ts
 * const release = defineWorkflow(
 *   { name: 'release', inputs: { version: { type: 'string', required: true } } },
 *   ({ task, inputs }) => {
 *     const build = task('build', { command: ['npm', 'pack'], outputs: { tarball: { file: 'x.tgz' } } });
 *     task('publish', { needs: [build], command: ['publish', build.outputs.tarball, inputs.version] });
 *   },
 * );
 * ```
 */
export function defineWorkflow<const Inputs extends string = never>(
  workflow: WorkflowInCode<Inputs>,
  define: (builder: WorkflowBuilder<Inputs>) => void,
): WorkflowDefinition {
  const tasks = new Map<string, TaskDefinition>();
  const addTask = (name: string, { needs, ...task }: TaskInCode): void => {
    if (tasks.has(name)) throw new Error(`Workflow "${workflow.name}" has two tasks "${name}".`);
    const names = needs?.map((need) => (typeof need === 'string' ? need : need.name));
    tasks.set(name, { ...task, ...(names === undefined ? {} : { needs: names }) });
  };
  define({
    inputs: placeholders('inputs', Object.keys(workflow.inputs ?? {})),
    runId: '${{ run.id }}',
    matrix: (axis) => `\${{ matrix.${axis} }}`,
    task: (name, task) => {
      addTask(name, task);
      const outputs = [...Object.keys(task.outputs ?? {}), ...(task.function === undefined ? [] : ['result'])];
      return { name, outputs: placeholders(`tasks.${name}.outputs`, outputs), state: `\${{ tasks.${name}.state }}` };
    },
  });
  return { ...workflow, tasks: Object.fromEntries(tasks) };
}

/** For every name the text that stands for that value. */
function placeholders<Name extends string>(prefix: string, names: readonly string[]): Readonly<Record<Name, string>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller's type and these names have one source
  return Object.fromEntries(names.map((name) => [name, `\${{ ${prefix}.${name} }}`])) as Record<Name, string>;
}
