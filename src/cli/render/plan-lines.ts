import type { RunView, TaskView, Work } from '../../app/views.ts';
import { needsFirst, outlookOf } from '../../app/views.ts';
import { workSentence } from './failure.ts';
import { plural, roughly } from './format.ts';
import { timeLeftWords } from './run-screen.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { visible, wrap } from './text.ts';

/** Above this the plan names steps, not tasks. */
const MOST_TASKS = 200;

/** The graph of a run that has not started, step by step, and what is known about its duration. */
export function planLines(view: RunView, style: Style, columns: number): readonly string[] {
  const steps = stepsOf(view);
  const head = `${style.bold(visible(view.spec?.name ?? 'run'))}: ${plural(view.tasks.size, 'task')}, ${plural(steps.length, 'step')}, ${plural(view.slots, 'agent')}`;
  const body = view.tasks.size > MOST_TASKS ? stepLines(steps, columns) : taskLines(view, steps, columns);
  return [head, '', ...body, '', ...forecastLines(view, style, columns), 'Nothing was run.'];
}

/**
 * Tasks by how many must end before them, one after another. A task starts as soon as its own needs have ended:
 * steps are for reading only.
 */
function stepsOf(view: RunView): readonly (readonly TaskView[])[] {
  const depth = new Map<TaskView, number>();
  const steps: TaskView[][] = [];
  for (const task of needsFirst(view)) {
    const step = task.spec.needs.reduce((most, name) => Math.max(most, 1 + stepOf(name)), 0);
    depth.set(task, step);
    (steps[step] ??= []).push(task);
  }
  return steps;

  function stepOf(name: string): number {
    const need = view.tasks.get(name);
    return need === undefined ? -1 : (depth.get(need) ?? -1);
  }
}

function stepLines(steps: readonly (readonly TaskView[])[], columns: number): readonly string[] {
  const rows = steps.map((tasks, index) => [
    String(index + 1),
    String(tasks.length),
    tasks
      .slice(0, 8)
      .map(({ spec }) => visible(spec.name))
      .join(' ') + (tasks.length > 8 ? ' …' : ''),
  ]);
  const heads = [{ title: 'step', align: 'right' }, { title: 'tasks', align: 'right' }, { title: 'names' }] as const;
  return table(heads, rows, columns);
}

function taskLines(view: RunView, steps: readonly (readonly TaskView[])[], columns: number): readonly string[] {
  const rows = steps.flatMap((tasks, index) =>
    tasks.map((task, position) => [
      position === 0 ? String(index + 1) : '',
      visible(task.spec.name),
      timeOf(view, task),
      visible(task.spec.needs.join(' ')),
      visible(`${conditionOf(task)}${workSentence(filledIn(view, task))}`),
    ]),
  );
  const heads = [
    { title: 'step', align: 'right' },
    { title: 'task', least: 10 },
    { title: 'about', align: 'right' },
    { title: 'after', least: 8 },
    { title: 'does', least: 10 },
  ] as const;
  const isNarrow = columns < 60;
  return table(isNarrow ? heads.slice(0, -1) : heads, rows, columns);
}

/** A program's arguments with what is known before the run: values of the cell and of inputs. */
function filledIn({ spec: run }: RunView, { spec }: TaskView): Work {
  const { work, matrix = {} } = spec;
  if (work.kind !== 'command' || work.argv === undefined) return work;
  const known = { matrix, inputs: run?.inputs ?? {} };
  const argv = work.argv.map((word) =>
    word.replaceAll(/\$\{\{\s*(matrix|inputs)\.([\w-]+)\s*\}\}/g, (text, group: 'matrix' | 'inputs', name: string) => {
      const value = Object.hasOwn(known[group], name) ? known[group][name] : undefined;
      if (value === undefined) return text;
      return typeof value === 'string' ? value : JSON.stringify(value);
    }),
  );
  return { ...work, argv };
}

function timeOf(view: RunView, task: TaskView): string {
  const estimate = view.estimateOf(task);
  return estimate === undefined ? '?' : roughly(estimate);
}

function conditionOf({ spec }: TaskView): string {
  const words: string[] = [];
  if (spec.when === 'always') words.push('always');
  if (spec.when === 'failed') words.push('after a failure');
  if (spec.if !== undefined) words.push(`if ${spec.if}`);
  return words.length === 0 ? '' : `[${words.join(', ')}] `;
}

function forecastLines(view: RunView, style: Style, columns: number): readonly string[] {
  const outlook = outlookOf(view, view.atMs);
  const path = outlook.criticalPath.map(({ spec }) => visible(spec.name)).join(` ${style.signs.to} `);
  const label = 'longest path  ';
  const time = outlook.criticalMs === undefined ? '' : ` (${roughly(outlook.criticalMs)})`;
  const room = Math.min(columns, 120) - label.length;
  const [first = '', ...more] = wrap(`${path}${time}`, room).slice(0, 6);
  return [
    `${style.dim(label)}${first}`,
    ...more.map((text) => ' '.repeat(label.length) + text),
    `${style.dim('forecast      ')}${timeLeftWords(outlook)}${budgetWords(view)}`,
  ];
}

function budgetWords({ spec }: RunView): string {
  const wallMs = spec?.budget.wallMs;
  return wallMs === undefined ? '' : `; ends at the latest after ${roughly(wallMs)}`;
}
