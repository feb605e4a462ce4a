import { type RunId, taskId } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { Run } from './runs/run.ts';
import { at, type Needs } from './tasks/edges.ts';
import type { Task } from './tasks/task.ts';
import type { ChildOf, TaskSpec, Work } from './tasks/task-spec.ts';

/** What most tasks of a run have in common with others: what they declare but for these, and how they stand. */
type SpecRest = Omit<TaskSpec, 'name' | 'needs' | 'work' | 'child'>;
type StateRest = Readonly<{ status: Task['status'] }>;

/**
 * The tasks of a run as a snapshot has them: columns, and what several tasks share only once. A fifth of a list of
 * tasks in size, and so in the time to write and to read it. The identity follows from the rest.
 */
export type PackedTasks = Readonly<{
  names: readonly string[];
  /** So many has each task; and their positions, one task after the other. */
  needCounts: readonly number[];
  needs: readonly number[];
  specs: readonly SpecRest[];
  works: readonly Work[];
  states: readonly StateRest[];
  /** Of each task, its position in `specs`, `works` and `states`. */
  specOf: readonly number[];
  workOf: readonly number[];
  stateOf: readonly number[];
  /** Of those that have succeeded, one after the other. */
  outputs: readonly JsonObject[];
  /** Sub-tasks by position. */
  children: readonly (readonly [index: number, child: ChildOf])[];
}>;

/** Values that differ, in the order in which they were first seen. */
class Distinct<Value> {
  readonly values: Value[] = [];
  readonly #places = new Map<string, number>();

  placeOf(value: Value): number {
    const text = JSON.stringify(value);
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.values.length);
    return this.values.push(value) - 1;
  }
}

export function packTasks({ graph, cells }: Run): PackedTasks {
  const specs = new Distinct<SpecRest>();
  const works = new Distinct<Work>();
  const states = new Distinct<StateRest>();
  const columns = { specOf: [] as number[], workOf: [] as number[], stateOf: [] as number[] };
  const names: string[] = [];
  const needCounts: number[] = [];
  const needs: number[] = [];
  const outputs: JsonObject[] = [];
  const children: [number, ChildOf][] = [];
  for (const { identity, task } of cells) {
    const { name, needs: named, work, child, ...rest } = identity.spec;
    names.push(name);
    needCounts.push(named.length);
    for (const need of graph.needsOf(identity.index)) needs.push(need);
    columns.specOf.push(specs.placeOf(rest));
    columns.workOf.push(works.placeOf(work));
    columns.stateOf.push(states.placeOf(stateOf(task, outputs)));
    if (child !== undefined) children.push([identity.index, child]);
  }
  const distinct = { specs: specs.values, works: works.values, states: states.values };
  return { names, needCounts, needs, ...distinct, ...columns, outputs, children };
}

/** What is said of the task besides its identity and its outputs, which go to `outputs`. */
function stateOf(task: Task, outputs: JsonObject[]): StateRest {
  if (task.status !== 'succeeded') {
    const { identity: _identity, ...state } = task;
    return state;
  }
  const { identity: _identity, outputs: made, ...state } = task;
  outputs.push(made);
  return state;
}

/** The tasks in their order. */
export function unpackTasks(runId: RunId, packed: PackedTasks): readonly Task[] {
  const { names, specOf, workOf, stateOf: stateAt, outputs } = packed;
  const children = new Map(packed.children);
  let need = 0;
  let output = 0;
  return names.map((name, index): Task => {
    const count = packed.needCounts[index] ?? 0;
    const needs = count === 0 ? NO_NEEDS : packed.needs.slice(need, need + count).map((place) => names[place] ?? '');
    need += count;
    const child = children.get(index);
    const rest = { ...sharedAt(packed.specs, specOf[index]), name, needs, work: sharedAt(packed.works, workOf[index]) };
    const spec: TaskSpec = child === undefined ? rest : { ...rest, child };
    const identity = { id: taskId(runId, name), runId, index, spec };
    const state = sharedAt(packed.states, stateAt[index]);
    const whole =
      state.status === 'succeeded' ? { ...state, identity, outputs: outputs[output++] } : { ...state, identity };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `packTasks` took just these away
    return whole as Task;
  });
}

/** The needs of the first `count` tasks. */
export function packedNeeds({ needCounts, needs }: PackedTasks, count: number): Needs {
  const needsFrom = new Int32Array(count + 1);
  for (let index = 0; index < count; index++) needsFrom[index + 1] = at(needsFrom, index) + (needCounts[index] ?? 0);
  return { needsFrom, needs: Int32Array.from(needs.slice(0, at(needsFrom, count))) };
}

const NO_NEEDS: readonly string[] = [];

function sharedAt<Value>(values: readonly Value[], place: number | undefined): Value {
  const value = values[place ?? -1];
  if (value === undefined) throw new Error('Internal error: a snapshot lacks what its tasks share');
  return value;
}
