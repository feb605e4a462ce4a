import { z } from 'zod';

/** A graph of tasks with the time that each takes. A parent's index is always smaller than its child's. */
export type TaskDag = Readonly<{
  name: string;
  n: number;
  kinds: readonly string[];
  /** Index into `kinds`, by task. */
  kind: readonly number[];
  /** Seconds, by task. */
  runtime: readonly number[];
  parents: readonly (readonly number[])[];
  /** Names for people, by task; without them tasks are counted. */
  names?: readonly string[];
}>;

/** What is wrong, and where in the file. */
export type DagProblem = Readonly<{ path: string; message: string; fix: string }>;
export type DagResult = Readonly<{ ok: true; dag: TaskDag }> | Readonly<{ ok: false; problems: readonly DagProblem[] }>;

/** Source: docs/guides/simulate.md. */
export const MAX_DAG_TASKS = 1_000_000;
const MAX_PARENTS = 1_000;
/** What is said of one file; the first mistakes mostly explain the others. */
const MOST_PROBLEMS = 20;

const SECONDS = 'It is no number of seconds, 0 or more';
const NAME = 'It is no name of 1 to 200 characters';
const COUNT = 'It is no number of tasks, 1 or more';
const KINDS = 'It is no list of kinds, with at least one';
const KIND = 'It is no name of a kind, of 1 to 100 characters';
const INDEX = 'It is no place in kinds';
const PARENTS = 'It is no list of the numbers of tasks';
const LIST = 'It is no list with one entry for each task';
const wfName = z.string(NAME).max(200, NAME);
const seconds = z.number(SECONDS).nonnegative(SECONDS);
const placeIn = (message: string): z.ZodInt => z.int(message).nonnegative(message);

const swarmDag = z.object({
  format: z.literal('swarm-dag/1', 'It is no format that is known: swarm-dag/1'),
  name: z.string(NAME).min(1, NAME).max(200, NAME),
  n: z.int(COUNT).positive(COUNT),
  kinds: z.array(z.string(KIND).min(1, KIND).max(100, KIND), KINDS).min(1, KINDS),
  kind: z.array(placeIn(INDEX), LIST),
  runtime: z.array(seconds, LIST),
  parents: z.array(z.array(placeIn(PARENTS), PARENTS), LIST),
});

/** WfCommons, format 1.5: the parts that say what needs what and how long it took. */
const wfTask = z.object({
  name: wfName,
  id: wfName,
  parents: z.array(wfName).default([]),
});
const wfFormat = z.object({
  name: wfName.min(1, NAME),
  workflow: z.object({
    specification: z.object({ tasks: z.array(wfTask).min(1) }),
    execution: z.object({ tasks: z.array(z.object({ id: wfName, runtimeInSeconds: seconds })) }),
  }),
});
/** Formats 1.3 and 1.4: a task holds its own time. */
const oldWfTask = z
  .object({
    name: wfName,
    id: wfName.optional(),
    category: wfName.optional(),
    parents: z.array(wfName).default([]),
    runtimeInSeconds: seconds.optional(),
    runtime: seconds.optional(),
  })
  .refine((task) => task.runtimeInSeconds !== undefined || task.runtime !== undefined, 'has no runtimeInSeconds');
const oldWfFormat = z.object({
  name: wfName.min(1, NAME),
  workflow: z.object({ tasks: z.array(oldWfTask).min(1) }),
});

/** A graph in the format `swarm-dag/1` or of WfCommons, checked whole: all that is wrong with it at once. */
export function readTaskDag(content: unknown): DagResult {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return failed([{ path: '', message: 'This is no object.', fix: FORMATS }]);
  }
  if ('format' in content) return readSwarmDag(content);
  if ('workflow' in content) return readWfCommons(content);
  return failed([{ path: '', message: 'Neither "format" nor "workflow" is in it.', fix: FORMATS }]);
}

const FORMATS = 'Give a graph in the format swarm-dag/1, or of WfCommons (wfformat).';

function readSwarmDag(content: object): DagResult {
  const parsed = swarmDag.safeParse(content);
  const problems = parsed.success ? [] : [...problemsIn(parsed.error)];
  for (const problem of misfitsIn(content)) if (problems.push(problem) >= MOST_PROBLEMS) break;
  if (problems.length > 0) return failed(problems);
  if (!parsed.success) return failed([]);
  const { format: _format, ...dag } = parsed.data;
  return { ok: true, dag };
}

// What does not go together, of all that has its right form.
function* misfitsIn(content: object): Iterable<DagProblem> {
  const { n, kinds, kind, runtime, parents }: Readonly<Record<string, unknown>> = { ...content };
  if (typeof n === 'number' && Number.isInteger(n) && n > 0) yield* findSizeProblems(n, { kind, runtime, parents });
  const known = listIn(kinds).length;
  for (const [index, one] of listIn(kind).entries()) {
    if (!isPlace(one) || one < known || known === 0) continue;
    const message = `Kind ${one} does not exist: there are ${known}.`;
    yield { path: `kind[${index}]`, message, fix: 'Write an index into kinds.' };
  }
  for (const [index, own] of listIn(parents).entries()) yield* findParentProblems(index, listIn(own).filter(isPlace));
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isPlace(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function* findSizeProblems(n: number, lists: Readonly<Record<string, unknown>>): Iterable<DagProblem> {
  for (const [path, list] of Object.entries(lists)) {
    const { length } = listIn(list);
    if (!Array.isArray(list) || length === n) continue;
    const message = `It has ${length} entries, but n is ${n}.`;
    yield { path, message, fix: 'Write one entry for each task.' };
  }
  if (n > MAX_DAG_TASKS) yield tooMany('n', n);
}

function tooMany(path: string, count: number): DagProblem {
  return { path, message: `${count} tasks are more than ${MAX_DAG_TASKS}.`, fix: 'Take a part of the graph.' };
}

function findParentProblems(index: number, parents: readonly number[]): readonly DagProblem[] {
  const path = `parents[${index}]`;
  const problems: DagProblem[] = [];
  const late = parents.find((parent) => parent >= index);
  if (late !== undefined) {
    const message = `Task ${index} needs task ${late}, which does not come before it.`;
    problems.push({ path, message, fix: 'Number tasks so that what is needed comes first.' });
  }
  if (new Set(parents).size !== parents.length) {
    problems.push({ path, message: 'The same parent stands in it twice.', fix: 'Leave one out.' });
  }
  if (parents.length > MAX_PARENTS) {
    const message = `${parents.length} needs are more than ${MAX_PARENTS}.`;
    problems.push({ path, message, fix: 'Gather them in tasks between.' });
  }
  return problems;
}

type WfTask = Readonly<{ id: string; kind: string; parents: readonly string[]; seconds: number | undefined }>;

function readWfCommons(content: object): DagResult {
  const workflow: unknown = 'workflow' in content ? content.workflow : undefined;
  const isNew = typeof workflow === 'object' && workflow !== null && 'specification' in workflow;
  const parsed = isNew ? readNew(content) : readOld(content);
  if (!parsed.ok) return parsed;
  const { name, tasks } = parsed;
  if (tasks.length > MAX_DAG_TASKS) return failed([tooMany('workflow', tasks.length)]);
  const places = new Map(tasks.map(({ id }, index) => [id, index]));
  const problems = tasks.flatMap((task, index) => findWfProblems(task, index, places)).slice(0, MOST_PROBLEMS);
  if (problems.length > 0) return failed(problems);
  const order = parentsFirst(tasks, places);
  if (order.length < tasks.length) {
    const placed = new Set(order);
    const left = tasks.find((_, index) => !placed.has(index))?.id ?? '';
    const message = `Tasks need each other in a circle; "${left}" is in it or behind it.`;
    return failed([{ path: 'workflow', message, fix: 'Take one of these needs out.' }]);
  }
  return { ok: true, dag: dagOf(name, tasks, { places, order }) };
}

type WfTasks = Readonly<{ ok: true; name: string; tasks: readonly WfTask[] }> | Extract<DagResult, { ok: false }>;

function readNew(content: unknown): WfTasks {
  const parsed = wfFormat.safeParse(content);
  if (!parsed.success) return failed(problemsIn(parsed.error));
  const { name, workflow } = parsed.data;
  const times = new Map(workflow.execution.tasks.map(({ id, runtimeInSeconds }) => [id, runtimeInSeconds]));
  const tasks = workflow.specification.tasks.map((task): WfTask => {
    return { id: task.id, kind: kindOf(task.name), parents: task.parents, seconds: times.get(task.id) };
  });
  return { ok: true, name, tasks };
}

function readOld(content: unknown): WfTasks {
  const parsed = oldWfFormat.safeParse(content);
  if (!parsed.success) return failed(problemsIn(parsed.error));
  const { name, workflow } = parsed.data;
  // Parents are named by name; an id came with 1.4 and may be in their place.
  const byId = new Map(
    workflow.tasks.flatMap((task) => (task.id === undefined ? [] : [[task.id, task.name] as const])),
  );
  const tasks = workflow.tasks.map((task): WfTask => ({
    id: task.name,
    kind: task.category ?? kindOf(task.name),
    parents: task.parents.map((parent) => byId.get(parent) ?? parent),
    seconds: task.runtimeInSeconds ?? task.runtime,
  }));
  return { ok: true, name, tasks };
}

/** `mProject` of `mProject_ID0000001`. Digits are looked at from the first of each row alone. */
function kindOf(name: string): string {
  return name.replace(/[_.-]?(?:ID)?(?<!\d)\d+$/, '') || name;
}

function findWfProblems(
  { id, parents, seconds: time }: WfTask,
  index: number,
  places: ReadonlyMap<string, number>,
): readonly DagProblem[] {
  const path = `task "${id.slice(0, 80)}"`;
  const problems: DagProblem[] = [];
  if (places.get(id) !== index) problems.push({ path, message: 'Its name is there twice.', fix: 'Rename one.' });
  if (time === undefined) {
    problems.push({ path, message: 'It has no runtimeInSeconds.', fix: 'Give the time that it took.' });
  }
  const unknown = parents.find((parent) => !places.has(parent));
  if (unknown !== undefined) {
    const message = `It needs "${unknown.slice(0, 80)}", which is not there.`;
    problems.push({ path, message, fix: 'Add that task, or take the need out.' });
  }
  if (parents.length > MAX_PARENTS) {
    const message = `${parents.length} needs are more than ${MAX_PARENTS}.`;
    problems.push({ path, message, fix: 'Gather them in tasks between.' });
  }
  return problems;
}

/** Indices so that parents come first; those in a circle and behind it are left out. */
function parentsFirst(tasks: readonly WfTask[], places: ReadonlyMap<string, number>): readonly number[] {
  const open = tasks.map(({ parents }) => new Set(parents).size);
  const children: number[][] = tasks.map(() => []);
  for (const [index, { parents }] of tasks.entries()) {
    for (const parent of new Set(parents)) children[places.get(parent) ?? -1]?.push(index);
  }
  const order = [...open.keys()].filter((index) => open[index] === 0);
  for (const index of order) {
    for (const child of children[index] ?? []) {
      const left = (open[child] ?? 0) - 1;
      open[child] = left;
      if (left === 0) order.push(child);
    }
  }
  return order;
}

function dagOf(
  name: string,
  tasks: readonly WfTask[],
  { places, order }: Readonly<{ places: ReadonlyMap<string, number>; order: readonly number[] }>,
): TaskDag {
  const newPlaces = new Map(order.map((index, place) => [index, place]));
  const inOrder = order.flatMap((index) => tasks[index] ?? []);
  const kinds = [...new Set(inOrder.map(({ kind }) => kind))];
  const kindPlaces = new Map(kinds.map((kind, place) => [kind, place]));
  return {
    name,
    n: inOrder.length,
    kinds,
    kind: inOrder.map(({ kind }) => kindPlaces.get(kind) ?? 0),
    runtime: inOrder.map(({ seconds: time }) => time ?? 0),
    parents: inOrder.map(({ parents }) =>
      [...new Set(parents)].flatMap((parent) => newPlaces.get(places.get(parent) ?? -1) ?? []),
    ),
    names: inOrder.map(({ id }) => id),
  };
}

function problemsIn(error: z.ZodError): readonly DagProblem[] {
  return error.issues.slice(0, MOST_PROBLEMS).map(({ path, message }) => {
    const at = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
    return { path: at.replace(/^\./, ''), message: `${message}.`, fix: FORMATS };
  });
}

function failed(problems: readonly DagProblem[]): Extract<DagResult, { ok: false }> {
  return { ok: false, problems: problems.slice(0, MOST_PROBLEMS) };
}
