import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Config } from '../config/load-config.ts';
import { compileWorkflowFile, loadWorkflow } from '../config/load-workflow.ts';
import { type RunId, runId as asRunId } from '../core/ids.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { RunArchive, RunRecord } from '../ports/run-archive.ts';
import type { SimulatedGroup, SimulatedWork } from '../simulation/forecast.ts';
import { syntheticDag } from '../simulation/synthetic-dag.ts';
import { UserErrors, userError } from '../util/user-error.ts';
import { whyUnreadable } from '../util/why-unreadable.ts';
import { MAX_DAG_TASKS, readTaskDag, type TaskDag } from '../workflows/task-dag.ts';
import { compileOptionsOf } from './compile-options.ts';
import { isReused, REUSE } from './reused-tasks.ts';

/** Work to be simulated, the agents that it has by itself, and what has to be said about its times. */
export type SimulationSource = Readonly<{
  work: SimulatedWork;
  groups: readonly SimulatedGroup[];
  notes: readonly string[];
}>;

/** The longest graph file that is read. */
const MOST_BYTES = 512 * 1024 * 1024;
const MOST_NEEDS = 100;
const MOST_SHAPE = 1_000_000;
const UNKNOWN_MS = 60_000;
const SHAPE_KEYS = ['layers', 'width', 'needs', 'seconds', 'seed'] as const;

/** `synthetic:layers=10,width=100,seed=1`; everything that is wrong with it at once. */
export function drawnSource(text: string): SimulationSource {
  const words = text.slice('synthetic:'.length);
  const parts = words === '' ? [] : words.split(',');
  const given = parts.map((part): readonly [string, string] => {
    const [key = '', ...values] = part.split('=');
    return [key, values.join('=')];
  });
  const numbers = new Map(given.map(([key, value]) => [key, value === '' ? Number.NaN : Number(value)]));
  const layers = numbers.get('layers') ?? 10;
  const width = numbers.get('width') ?? 100;
  const needs = numbers.get('needs') ?? 3;
  const seconds = numbers.get('seconds') ?? 60;
  const seed = numbers.get('seed') ?? 1;
  const messages = given.flatMap(([key, value]) => shapeProblems(key, value));
  for (const key of SHAPE_KEYS) {
    if (given.filter(([one]) => one === key).length > 1) messages.push(`${key} stands in it twice.`);
  }
  if (layers * width > MAX_DAG_TASKS) {
    messages.push(`${layers} layers of ${width} are ${layers * width} tasks; ${MAX_DAG_TASKS} is the most.`);
  }
  if (needs > MOST_NEEDS) messages.push(`needs is ${needs}; ${MOST_NEEDS} is the most.`);
  if (messages.length === 0) return graphSource(syntheticDag({ layers, width, needs, seconds, seed }));
  const fix = 'Write synthetic:layers=10,width=100 and, if you like, needs=3,seconds=60,seed=1.';
  throw new UserErrors(
    messages.map((message) => userError({ code: 'SIMULATE_SHAPE', at: text.slice(0, 80), message, fix })),
  );
}

function shapeProblems(key: string, value: string): readonly string[] {
  if (!SHAPE_KEYS.some((known) => known === key)) return [`There is no "${key}" in a synthetic graph.`];
  const number = value === '' ? Number.NaN : Number(value);
  return number >= 1 && number <= MOST_SHAPE && Number.isInteger(number)
    ? []
    : [`${key} is "${value}", which is no whole number from 1 to ${MOST_SHAPE}.`];
}

/** A graph file: `swarm-dag/1` or WfCommons. Rejects with everything that is wrong with it at once. */
export async function fileSource(path: string, shownAs: string): Promise<SimulationSource> {
  return graphSource(checkedGraph(parsedJson(await textOf(path, shownAs), shownAs), shownAs));
}

/** Throws `UserErrors` with everything that is wrong with it at once. */
export function checkedGraph(content: unknown, shownAs: string): TaskDag {
  const result = readTaskDag(content);
  if (result.ok) return result.dag;
  throw new UserErrors(
    result.problems.map(({ path: place, message, fix }) =>
      userError({ code: 'SIMULATE_GRAPH', at: place === '' ? shownAs : `${shownAs}: ${place}`, message, fix }),
    ),
  );
}

async function textOf(path: string, shownAs: string): Promise<string> {
  const unreadable = (error: unknown): never => {
    const message = `"${shownAs}" ${whyUnreadable(error)}.`;
    throw userError({ code: 'SIMULATE_FILE', message, fix: 'Check the path and its permissions.' });
  };
  const file = await open(path).catch(unreadable);
  try {
    const { size } = await file.stat();
    if (size <= MOST_BYTES) return await file.readFile('utf8').catch(unreadable);
    const message = `It has ${size} bytes; ${MOST_BYTES} is the most.`;
    throw userError({ code: 'SIMULATE_FILE', at: shownAs, message, fix: 'Take a part of the graph.' });
  } finally {
    await file.close();
  }
}

function parsedJson(text: string, shownAs: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `It is no JSON: ${error instanceof Error ? error.message : String(error)}.`;
    throw userError({ code: 'SIMULATE_FILE', at: shownAs, message, fix: 'Give a graph as JSON.' });
  }
}

/** Agents with the role of a kind do tasks of that kind. */
export function graphSource(dag: TaskDag): SimulationSource {
  const requires = dag.kinds.map((kind) => [`kind:${kind}`]);
  const names = dag.parents.map((_, index) => nameOf(dag, index));
  const tasks = dag.parents.map((parents, index): TaskSpec => {
    const kind = dag.kind[index] ?? 0;
    return {
      name: names[index] ?? '',
      type: dag.kinds[kind] ?? 'task',
      work: { kind: 'function', function: 'none' },
      needs: parents.map((parent) => names[parent] ?? ''),
      requires: requires[kind] ?? [],
    };
  });
  const durationsMs = Float64Array.from(dag.runtime, (seconds) => seconds * 1_000);
  const groups = dag.kinds.map((role, kind) => ({ role, count: 0, capabilities: requires[kind] ?? [], slots: 1 }));
  return { work: { name: dag.name, tasks, durationsMs }, groups, notes: [] };
}

/** A name of the file where it is one that tasks may have, else a number. */
function nameOf({ names, kinds, kind }: TaskDag, index: number): string {
  const given = names?.[index];
  if (given !== undefined && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(given)) return given;
  const readable = (kinds[kind[index] ?? 0] ?? 'task').replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 40);
  return `${/^[A-Za-z0-9]/.test(readable) ? readable : `t${readable}`}.${index}`;
}

/** A run as it was, with the time that each task took in the end. */
export function runSource(archive: RunArchive, record: RunRecord): SimulationSource {
  const { runId, run } = record;
  const { done, reused } = doneTasks(archive, record);
  const unmeasured = done.filter(({ spec, tookMs }) => tookMs === undefined && spec.estimateMs === undefined).length;
  const durationsMs = Float64Array.from(done, ({ spec, tookMs }) => tookMs ?? spec.estimateMs ?? UNKNOWN_MS);
  const measured = done.filter(({ tookMs }) => tookMs !== undefined).length;
  const notes = [`Times: ${measured} of ${done.length} tasks as measured in run ${runId}.`];
  if (reused > 0)
    notes.push(`${countOf(reused, 'task was', 'tasks were')} reused: as measured in the run that did it.`);
  const children = archive.tasks(runId).length - done.length;
  if (children > 0)
    notes.push(`${countOf(children, 'sub-task is', 'sub-tasks are')} part of the task that has added it.`);
  if (unmeasured > 0) notes.push(`${unmeasured} did not run and say nothing of their time: taken as 60 s.`);
  const tasks = done.map(({ spec }) => spec);
  const groups = groupsOfRun(archive, runId, run.scale);
  const isOfUse = ({ capabilities }: SimulatedGroup): boolean =>
    !capabilities.includes(`function:${REUSE}`) || tasks.some(isReused);
  return { work: { name: run.name, tasks, durationsMs }, groups: groups.filter(isOfUse), notes };
}

type Done = Readonly<{ spec: TaskSpec; tookMs: number | undefined }>;

/** Tasks with their times, each from the run that has done it: what was reused stands for one of an earlier run. */
function doneTasks(
  archive: RunArchive,
  { runId, run }: RunRecord,
): Readonly<{ done: readonly Done[]; reused: number }> {
  const took = new Map<string, number>();
  for (const { taskId, outcome, startedAtMs, endedAtMs } of archive.runAttempts(runId)) {
    const isWhole = outcome === 'succeeded' || !took.has(taskId);
    if (endedAtMs !== undefined && isWhole) took.set(taskId, endedAtMs - startedAtMs);
  }
  // Whoever has added a sub-task waits for it: its time is in that of the other.
  const records = archive.tasks(runId).filter(({ spec }) => spec.child === undefined);
  const earlier = records.some(({ spec }) => isReused(spec)) ? earlierTasks(archive, run) : undefined;
  let reused = 0;
  const done = records.map(({ taskId, spec }): Done => {
    const origin = isReused(spec) ? earlier?.get(spec.name) : undefined;
    if (origin !== undefined) reused += 1;
    return origin ?? { spec, tookMs: took.get(taskId) };
  });
  return { done, reused };
}

function earlierTasks(archive: RunArchive, { retryOf }: RunRecord['run']): ReadonlyMap<string, Done> {
  const record = retryOf === undefined ? undefined : archive.run(asRunId(retryOf));
  return new Map(record === undefined ? [] : doneTasks(archive, record).done.map((one) => [one.spec.name, one]));
}

function countOf(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

/**
 * Its own agents, and those of workers and other programs that have done something in it. Of groups with `scale` these
 * are all that there ever were, also one after the other: the most at the same time bounds them.
 */
function groupsOfRun(
  archive: RunArchive,
  runId: RunId,
  scale: RunRecord['run']['scale'] = [],
): SimulationSource['groups'] {
  const helpers = new Set(archive.runAttempts(runId).map(({ agentId }) => agentId));
  const groups = new Map<string, SimulationSource['groups'][number]>();
  for (const { agent } of archive.agents()) {
    if (agent.runId !== runId && !helpers.has(agent.id)) continue;
    const { role, capabilities, slots } = agent;
    const group = groups.get(role) ?? { role, count: 0, capabilities: [], slots };
    const all = [...new Set([...group.capabilities, ...capabilities])];
    groups.set(role, { ...group, count: group.count + 1, capabilities: all });
  }
  const mostOf = new Map(scale.map(({ role, max }) => [role, max]));
  return [...groups.values()].map((group) => {
    return { ...group, count: Math.min(group.count, mostOf.get(group.role) ?? Infinity) };
  });
}

/** A workflow file: its own estimates, else `estimate`'s from history, else 60 s; groups with `scale` at their most. */
export async function workflowSource(
  file: string,
  cwd: string,
  {
    config,
    estimate,
    inputTexts,
  }: Readonly<{
    config: Config;
    /** Values of inputs, as they were written. */
    inputTexts?: Readonly<Record<string, string>>;
    estimate: (
      compiled: ReturnType<typeof compileWorkflowFile>['compiled'],
    ) => Promise<Readonly<{ tasks: readonly TaskSpec[] }>>;
  }>,
): Promise<SimulationSource> {
  const workflow = await loadWorkflow(resolve(cwd, file), file);
  const { compiled } = compileWorkflowFile(workflow, {
    ...compileOptionsOf(config),
    ...(inputTexts === undefined ? {} : { inputTexts }),
  });
  const { tasks } = await estimate(compiled);
  const own = compiled.tasks.filter(({ estimateMs }) => estimateMs !== undefined).length;
  const known = tasks.filter(({ estimateMs }) => estimateMs !== undefined).length;
  const words = [
    `${own} as the file says`,
    `${known - own} from history`,
    `${tasks.length - known} unknown: taken as 60 s`,
  ];
  const notes = [`Times of ${tasks.length} tasks: ${words.join(', ')}.`];
  if (tasks.some((task) => task.if !== undefined)) notes.push('Conditions (if) are taken to hold.');
  const durationsMs = Float64Array.from(tasks, ({ estimateMs }) => estimateMs ?? UNKNOWN_MS);
  const mostScaled = config.options.coordination.maxScaledAgents;
  const groups = compiled.agents.map(({ role, count, scale, capabilities, slots }) => {
    return { role, count: scale === undefined ? count : Math.min(scale.max, mostScaled), capabilities, slots };
  });
  const scaled = groups.filter((_, place) => compiled.agents[place]?.scale !== undefined);
  if (scaled.length > 0) {
    const counts = scaled.map(({ role, count }) => `${role} ${count}`).join(', ');
    notes.push(`Groups with scale are taken at their most, unless --agents says otherwise: ${counts}.`);
  }
  return { work: { name: compiled.run.name, tasks, durationsMs }, groups, notes };
}
