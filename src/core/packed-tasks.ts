import { type RunId, taskId } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { TaskCell } from './task-table.ts';
import { at, type Needs } from './tasks/edges.ts';
import type { TaskGraph } from './tasks/task-graph.ts';
import { isEnded, type Task } from './tasks/task.ts';
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

/** Which of the distinct values each task has, once somebody has looked. */
class Column<Value> {
  readonly #distinct = new Distinct<Value>();
  readonly #places: number[] = [];

  note(index: number, make: () => Value): void {
    while (this.#places.length <= index) this.#places.push(UNSEEN);
    if (this.#places[index] === UNSEEN) this.#places[index] = this.#distinct.placeOf(make());
  }

  /** In the order of the tasks that have them, whoever was looked at first. `UNSEEN` stays. */
  ordered(): Readonly<{ values: readonly Value[]; places: readonly number[] }> {
    const values: Value[] = [];
    const newPlaces = new Int32Array(this.#distinct.values.length).fill(UNSEEN);
    const places = this.#places.map((place) => {
      if (place === UNSEEN) return UNSEEN;
      if (newPlaces[place] === UNSEEN) newPlaces[place] = values.push(sharedAt(this.#distinct.values, place)) - 1;
      return at(newPlaces, place);
    });
    return { values, places };
  }
}

/**
 * Packs the tasks of one run, again and again. It remembers what cannot change any more: what tasks declare, and how they
 * have ended. That takes two thirds of the time, during which the swarm stands still.
 */
export class TaskPacker {
  readonly #specs = new Column<SpecRest>();
  readonly #works = new Column<Work>();
  readonly #ends = new Column<StateRest>();

  pack(graph: TaskGraph, cells: readonly TaskCell[]): PackedTasks {
    const open = new Distinct<StateRest>();
    const openAt: number[] = [];
    const needs: number[] = [];
    const outputs: JsonObject[] = [];
    const children: [number, ChildOf][] = [];
    for (const { identity, task } of cells) {
      const { index, spec } = identity;
      this.#specs.note(index, () => restOf(spec));
      this.#works.note(index, () => spec.work);
      if (isEnded(task)) this.#ends.note(index, () => stateOf(task));
      else openAt.push(open.placeOf(stateOf(task)));
      for (const need of graph.needsOf(index)) needs.push(need);
      if (task.status === 'succeeded') outputs.push(task.outputs);
      if (spec.child !== undefined) children.push([index, spec.child]);
    }
    const names = cells.map(({ identity }) => identity.spec.name);
    const needCounts = cells.map(({ identity }) => identity.spec.needs.length);
    const [specs, works, ends] = [this.#specs.ordered(), this.#works.ordered(), this.#ends.ordered()];
    let next = 0;
    const stateAt = cells.map(({ identity: { index } }) => {
      const place = ends.places[index] ?? UNSEEN;
      return place === UNSEEN ? ends.values.length + (openAt[next++] ?? 0) : place;
    });
    const distinct = { specs: specs.values, works: works.values, states: [...ends.values, ...open.values] };
    const places = { specOf: specs.places, workOf: works.places, stateOf: stateAt };
    return { names, needCounts, needs, ...distinct, ...places, outputs, children };
  }
}

function restOf(spec: TaskSpec): SpecRest {
  const { name: _name, needs: _needs, work: _work, child: _child, ...rest } = spec;
  return rest;
}

/** What is said of the task besides its identity and its outputs. */
function stateOf(task: Task): StateRest {
  if (task.status === 'succeeded') {
    const { identity: _identity, outputs: _outputs, ...state } = task;
    return state;
  }
  const { identity: _identity, ...state } = task;
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
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `TaskPacker` took just these away
    return whole as Task;
  });
}

/** The needs of the first `count` tasks. */
export function packedNeeds({ needCounts, needs }: PackedTasks, count: number): Needs {
  const needsFrom = new Int32Array(count + 1);
  for (let index = 0; index < count; index++) needsFrom[index + 1] = at(needsFrom, index) + (needCounts[index] ?? 0);
  return { needsFrom, needs: Int32Array.from(needs.slice(0, at(needsFrom, count))) };
}

/** Nobody has looked at this one yet. */
const UNSEEN = -1;
const NO_NEEDS: readonly string[] = [];

function sharedAt<Value>(values: readonly Value[], place: number | undefined): Value {
  const value = values[place ?? -1];
  if (value === undefined) throw new Error('Internal error: a snapshot lacks what its tasks share');
  return value;
}
