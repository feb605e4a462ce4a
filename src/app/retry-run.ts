import { isOwn } from '../core/consensus/own-proposals.ts';
import { nameOf, type RunId } from '../core/ids.ts';
import type { ArtifactRef, Evidence } from '../core/tasks/attempt.ts';
import type { JsonObject } from '../core/json.ts';
import type { ScaleGroup } from '../core/scaling/scale-group.ts';
import type { TaskSpec } from '../core/tasks/task-spec.ts';
import type { AgentDriver, Assignment, Probe, RunContext } from '../ports/agent-driver.ts';
import type { AttemptResult } from '../core/tasks/attempt.ts';
import type { RunArchive, TaskRecord } from '../ports/run-archive.ts';
import { isCheck } from './check-run.ts';
import type { AgentGroup, CommandRefusal, Coordinator, Submission } from './coordinator.ts';
import { REUSE } from './reused-tasks.ts';

/** As many as a run can send. */
const MAX_MESSAGES = 1_000_000;

/** What stands in the place of a task that is not done again. */
const REUSERS: AgentGroup = {
  role: 'reuse',
  driver: 'function',
  count: 1,
  slots: 1_000,
  capabilities: [`function:${REUSE}`],
};

/** Whether a task, by its whole name in the run, has left something in the memory of the run. */
export type Rememberers = (name: string) => boolean;

/** What it has left and has not expired. `memory`: as people ask it. */
export async function findRememberers(
  coordinator: Pick<Coordinator, 'memory'>,
  runId: RunId,
  limit: number = 10_000,
): Promise<Rememberers> {
  const patterns = [`run/${runId}:*`, `hand-off/${runId}:*`, `decision/${runId}:*`];
  const lists = await Promise.all(patterns.map((pattern) => coordinator.memory({ op: 'list', pattern, limit })));
  // More than is listed may be anybody's.
  if (lists.some((infos) => infos.length >= limit)) return () => true;
  const names = new Set(lists.flat().flatMap(({ author: { task } }) => (task === undefined ? [] : [nameOf(task)])));
  return (name) => names.has(name);
}

/** An ended run as a new one: tasks that succeeded give back their outputs at once, all others run. */
export function retryOf(
  archive: RunArchive,
  runId: RunId,
  isRememberer: Rememberers = () => false,
): Submission | CommandRefusal {
  const record = archive.run(runId);
  if (record === undefined) return { reason: 'run-unknown' };
  if (record.outcome === undefined) return { reason: 'status-wrong', status: record.state };
  if (isCheck(record)) return { reason: 'check-not-retried' };
  // Sub-tasks come again from their parents, where those run again.
  const all = archive.tasks(runId);
  const records = all.filter(({ spec }) => spec.child === undefined);
  const isTalker = findTalkers(archive, runId);
  const reused = reusable(
    records,
    rootsOf(all, (name) => isTalker(name) || isRememberer(name)),
  );
  const done = records.filter(
    ({ spec, status }) => spec.effect === 'D' && status === 'succeeded' && !reused.has(spec.name),
  );
  if (done.length > 0) return { reason: 'irreversible-done', names: done.map(({ spec }) => spec.name) };
  const { project: _project, fingerprint: _fingerprint, scale = [], ...run } = record.run;
  const agents = [...groupsOf(archive, runId, scale), ...scale.map(groupOf)];
  // The last attempt of each task comes last.
  const kept = new Map(archive.runAttempts(runId).map(({ taskId, artifacts }) => [taskId, artifacts]));
  return {
    run: { ...run, retryOf: runId },
    tasks: records.map((task) => (reused.has(task.spec.name) ? reuse(task, kept.get(task.taskId)) : task.spec)),
    agents: reused.size > 0 && agents.every(({ role }) => role !== REUSERS.role) ? [...agents, REUSERS] : agents,
  };
}

/**
 * Tasks of which more came than their outputs: messages and votes of the old run are not in the new one, nor is its memory. Who has opened
 * a vote is not known, so where there was one, that may be any of them.
 */
function findTalkers(archive: RunArchive, runId: RunId): (name: string) => boolean {
  // What the coordinator has asked for its groups, no task has opened.
  if (archive.proposals({ runId }).some(({ proposalId }) => !isOwn(proposalId))) return () => true;
  const senders = new Set(archive.messages(runId, { limit: MAX_MESSAGES }).map(({ from }) => from));
  return (name) => senders.has(`task:${name}`);
}

/** Tasks of the definition of which that holds, or of a sub-task below them. */
function rootsOf(records: readonly TaskRecord[], holds: (name: string) => boolean): (name: string) => boolean {
  const parents = new Map(records.map(({ spec }) => [spec.name, spec.child?.parent]));
  const found = new Set<string>();
  for (const { spec } of records) {
    if (!holds(spec.name)) continue;
    let root = spec.name;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    found.add(root);
  }
  return (name) => found.has(name);
}

/** A task counts only with all that it rests on: what runs again may give something else. */
function reusable(records: readonly TaskRecord[], isTalker: (name: string) => boolean): ReadonlySet<string> {
  const dependents = new Map<string, string[]>();
  for (const { spec } of records) {
    for (const need of spec.needs) {
      const known = dependents.get(need);
      if (known === undefined) dependents.set(need, [spec.name]);
      else known.push(spec.name);
    }
  }
  const isPlain = ({ spec, status }: TaskRecord): boolean =>
    status === 'succeeded' && (spec.when ?? 'success') === 'success' && !isTalker(spec.name);
  const again = records.filter((record) => !isPlain(record)).map(({ spec }) => spec.name);
  const reused = new Set(records.map(({ spec }) => spec.name));
  for (let name = again.pop(); name !== undefined; name = again.pop()) {
    if (reused.delete(name)) again.push(...(dependents.get(name) ?? []));
  }
  return reused;
}

/** Artifacts are named again, so that they stay as long as the new run does. The log belongs to the old one. */
function reuse({ spec, outputs = {}, evidence = [] }: TaskRecord, kept: readonly ArtifactRef[] = []): TaskSpec {
  const { name, needs, matrix, writes } = spec;
  const artifacts = kept.filter((artifact) => !artifact.name.endsWith('.log')).map((artifact) => ({ ...artifact }));
  return {
    name,
    type: 'reused',
    work: { kind: 'function', function: REUSE, input: { outputs, evidence, artifacts } },
    needs,
    requires: [`function:${REUSE}`],
    ...(matrix === undefined ? {} : { matrix }),
    ...(writes === undefined ? {} : { writes }),
  };
}

/** `artifacts`: absent in runs of older releases. */
type Reused = Readonly<{ outputs: JsonObject; evidence: readonly Evidence[]; artifacts?: readonly ArtifactRef[] }>;

/** A group whose number of agents follows the work begins anew, with its fewest. */
function groupOf({ host: _host, min, max, voteAbove, ...shape }: ScaleGroup): AgentGroup {
  return { ...shape, count: min, scale: { min, max, ...(voteAbove === undefined ? {} : { voteAbove }) } };
}

/** The agents that the old run had, put together again. */
function groupsOf(archive: RunArchive, runId: RunId, scaled: readonly ScaleGroup[]): readonly AgentGroup[] {
  const groups = new Map<string, AgentGroup>();
  for (const { agent } of archive.agents()) {
    if (agent.runId !== runId || scaled.some(({ role }) => role === agent.role)) continue;
    const { id: _id, host: _host, runId: _run, ...shape } = agent;
    const count = (groups.get(shape.role)?.count ?? 0) + 1;
    groups.set(shape.role, { ...shape, count });
  }
  return [...groups.values()];
}

/** Carries out reuse, and leaves every other function to the driver behind it. */
export class ReusingDriver implements AgentDriver {
  readonly kind = 'function';
  readonly #functions: AgentDriver;

  constructor(functions: AgentDriver) {
    this.#functions = functions;
  }

  probe(signal: AbortSignal): Promise<Probe> {
    return this.#functions.probe(signal);
  }

  run(assignment: Assignment, context: RunContext): Promise<AttemptResult> | AttemptResult {
    const { work } = assignment;
    if (work.kind !== 'function' || work.function !== REUSE) return this.#functions.run(assignment, context);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `reuse` makes this work, from a record
    const { outputs, evidence, artifacts = [] } = work.input as unknown as Reused;
    return { ok: true, outputs, evidence, artifacts };
  }
}
