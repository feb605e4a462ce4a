import { isList, isScalar } from '../core/expressions/value.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { nearestName } from '../util/nearest-name.ts';
import type { MatrixDefinition, Scalar, TaskDefinition, WorkflowDefinition } from './definition.ts';
import { didYouMean, type Findings } from './diagnostics.ts';

/** One task of the run: a task of the definition, or one cell of its matrix. */
export type TaskNode = Readonly<{
  /** Unique in the run. */
  name: string;
  /** Its name in the definition. */
  base: string;
  task: TaskDefinition;
  cell?: JsonObject;
}>;

type Cell = Readonly<Record<string, Scalar>>;

const MOST_CELLS = 256;
/** With `foreach`, whose list may be long by nature. */
const MOST_ITEMS = 10_000;
const LONGEST_NAME = 64;

/** Cells side by side, in the order of the definition. */
export function expandTasks(
  definition: WorkflowDefinition,
  inputs: JsonObject,
  findings: Findings,
): readonly TaskNode[] {
  const names = new Set(Object.keys(definition.tasks));
  const nodes: TaskNode[] = [];
  for (const [base, task] of Object.entries(definition.tasks)) {
    if (task.matrix === undefined && task.foreach === undefined) nodes.push({ name: base, base, task });
    else {
      const cells = cellsOf(base, task, inputs, findings);
      for (const cell of cells) nodes.push({ name: nameFor(base, cell, names), base, task, cell });
    }
  }
  return nodes;
}

function cellsOf(base: string, task: TaskDefinition, inputs: JsonObject, findings: Findings): readonly Cell[] {
  const path = ['tasks', base, 'matrix'];
  const axes = axesOf(base, task, inputs, findings);
  const { include = [], exclude = [] } = task.matrix ?? {};
  const count = [...axes.values()].reduce((product, values) => product * values.length, 1) + include.length;
  const most = task.foreach === undefined ? MOST_CELLS : MOST_ITEMS;
  if (count > most) {
    const message = `The matrix of "${base}" has ${count} cells, but ${most} is the most.`;
    findings.error({ code: 'WORKFLOW_MATRIX_LIMIT', path, message, fix: 'Use fewer values, or split the task.' });
    return [];
  }
  checkExclude(base, exclude, axes, findings);
  const product = axes.size === 0 ? [] : combine([...axes]);
  const cells = [...product.filter((cell) => !exclude.some((rule) => matches(cell, rule))), ...include];
  if (cells.length === 0 && task.foreach === undefined) {
    const message = `The matrix of "${base}" has no cells.`;
    findings.error({ code: 'WORKFLOW_MATRIX_EMPTY', path, message, fix: 'Give it at least one axis with a value.' });
  }
  return cells;
}

function axesOf(
  base: string,
  task: TaskDefinition,
  inputs: JsonObject,
  findings: Findings,
): Map<string, readonly Scalar[]> {
  const axes = new Map<string, readonly Scalar[]>();
  for (const [axis, values] of Object.entries(task.matrix ?? {})) {
    if (axis !== 'include' && axis !== 'exclude' && values !== undefined) axes.set(axis, values.filter(isPlain));
  }
  if (task.foreach === undefined) return axes;
  if (axes.has('item')) {
    const message = `Task "${base}" has foreach and an axis "item".`;
    const path = ['tasks', base, 'foreach'];
    findings.error({ code: 'WORKFLOW_FOREACH', path, message, fix: 'Give the axis another name.' });
  }
  return axes.set('item', itemsOf(base, task.foreach, inputs, findings));
}

/** `inputs.<list>`, bare or in `${{ }}`. */
function itemsOf(base: string, text: string, inputs: JsonObject, findings: Findings): readonly Scalar[] {
  const path = ['tasks', base, 'foreach'];
  const [, name = ''] = /^(?:\$\{\{)?\s*inputs\.([A-Za-z][A-Za-z0-9_-]{0,63})\s*(?:\}\})?$/.exec(text) ?? [];
  const value: Json | undefined = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
  if (value !== undefined && isList(value)) return value.filter(isScalar);
  const near = didYouMean(nearestName(name, Object.keys(inputs)));
  findings.error({
    code: 'WORKFLOW_FOREACH',
    path,
    message: `foreach of "${base}" is ${JSON.stringify(text)}, which is no input of type list.`,
    fix: `Write inputs.<name> of an input with type: list.${near}`,
  });
  return [];
}

function checkExclude(
  base: string,
  exclude: NonNullable<MatrixDefinition['exclude']>,
  axes: ReadonlyMap<string, readonly Scalar[]>,
  findings: Findings,
): void {
  for (const [index, rule] of exclude.entries()) {
    for (const [axis, value] of Object.entries(rule)) {
      const values = axes.get(axis);
      if (values?.includes(value) === true) continue;
      const message =
        values === undefined
          ? `The matrix of "${base}" has no axis "${axis}".`
          : `Axis "${axis}" never is ${JSON.stringify(value)}.`;
      const near = nearestName(
        String(values === undefined ? axis : value),
        values === undefined ? axes.keys() : values.map(String),
      );
      const path = ['tasks', base, 'matrix', 'exclude', index, axis];
      findings.error({
        code: 'WORKFLOW_MATRIX_EXCLUDE',
        path,
        message,
        fix: `Exclude what exists.${didYouMean(near)}`,
      });
    }
  }
}

/** All combinations; the last axis changes fastest. */
function combine(axes: readonly (readonly [string, readonly Scalar[]])[]): readonly Cell[] {
  let cells: readonly Cell[] = [{}];
  for (const [axis, values] of axes)
    cells = cells.flatMap((cell) => values.map((value) => ({ ...cell, [axis]: value })));
  return cells;
}

function matches(cell: Cell, rule: Cell): boolean {
  return Object.entries(rule).every(([axis, value]) => cell[axis] === value);
}

/** `build.linux.x64`: safe in file names, at most 64 characters, and not taken yet. */
function nameFor(base: string, cell: Cell, taken: Set<string>): string {
  const values = Object.values(cell).map((value) => String(value).replaceAll(/[^A-Za-z0-9._-]+/g, '-'));
  const wanted = [base, ...values].join('.').slice(0, LONGEST_NAME);
  let name = wanted;
  for (let next = 2; taken.has(name); next += 1) {
    const suffix = `-${next}`;
    name = `${wanted.slice(0, LONGEST_NAME - suffix.length)}${suffix}`;
  }
  taken.add(name);
  return name;
}

function isPlain(value: Scalar | Cell): value is Scalar {
  return typeof value !== 'object';
}
