import { unreachable } from '../../util/assert.ts';
import { canonicalJson } from '../../util/canonical-json.ts';
import { sha256 } from '../../util/sha256.ts';
import type { SwarmEvent } from '../events.ts';
import { NAME_PATTERN, runOf, taskId, type TaskId } from '../ids.ts';
import type { DelegationInput } from '../inputs.ts';
import type { Json } from '../json.ts';
import { accept, refuse, type Ruling } from '../ruling.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import { findPatchProblems, implicitCapability, limitsOf, type Parent } from './delegation-problems.ts';
import { cancelWithChildren } from './end-children.ts';
import type { Child } from './family.ts';
import { openChildren } from './families.ts';
import type { SubtaskSpec } from './subtask-spec.ts';
import { isEnded, isWorking, type Task } from './task.ts';
import type { DelegationRights, TaskSpec } from './task-spec.ts';

type PatchInput = Extract<DelegationInput, { type: 'attempt.delegate' }>;
type AwaitInput = Extract<DelegationInput, { type: 'attempt.await' }>;

const MAX_NAME = 64;
/** Problems that one refusal lists. */
const MAX_PROBLEMS = 50;

/** Pure: what a running attempt asks for about its sub-tasks. An older attempt, or one that must end, has no say. */
export function decideDelegation(swarm: Swarm, input: DelegationInput): Ruling {
  const task = swarm.tasks.get(input.taskId);
  const run = swarm.runs.get(runOf(input.taskId));
  if (task === undefined || run === undefined) return refuse({ reason: 'task-unknown' });
  if (task.attempt !== input.attempt) return refuse({ reason: 'attempt-stale', currentAttempt: task.attempt });
  if (!isWorking(task)) return refuse({ reason: 'status-wrong', status: task.status });
  const parent: Parent = { swarm, run, task, family: run.families.get(input.taskId) };
  switch (input.type) {
    case 'attempt.await':
      return decideAwait(parent, input);
    case 'attempt.await-only':
      return decideAwaitOnly(parent, input.children);
    case 'attempt.delegate':
      return decidePatch(parent, input);
    default:
      return unreachable(input);
  }
}

/** What becomes of one sub-task of a patch. */
type Step =
  /** It is there already; an earlier attempt's is taken over. */
  | Readonly<{ kind: 'keep'; child: Child }>
  /** It is new, and takes the place of `instead`. */
  | Readonly<{ kind: 'add'; given: SubtaskSpec; contentKey: string; instead: Task | undefined }>
  | Readonly<{ kind: 'refuse'; problem: string }>;

function decidePatch(parent: Parent, { add, cancel, attempt }: PatchInput): Ruling {
  const { run, task, family } = parent;
  const steps = stepsFor(parent, add, attempt);
  const isNew = steps.some(({ kind }) => kind === 'add');
  const problems = [
    ...findPatchProblems(parent, add, isNew),
    ...steps.flatMap((step) => (step.kind === 'refuse' ? [step.problem] : [])),
    ...cancel.flatMap((name) =>
      family?.children.has(name) === true ? [] : [`there is no sub-task "${name}" to cancel`],
    ),
  ];
  if (problems.length > 0) return refuse({ reason: 'delegation-invalid', problems: problems.slice(0, MAX_PROBLEMS) });
  const events = cancelsOf(parent, steps, cancel);
  const adopted = steps.flatMap((step) =>
    step.kind === 'keep' && step.child.adoptedBy !== attempt ? [step.child] : [],
  );
  const tasks = specsOf(parent, steps);
  if (tasks.length + adopted.length === 0) return { ok: true, events };
  const names = adopted.map(({ id }) => id.slice(run.id.length + 1));
  const { name } = task.identity.spec;
  return {
    ok: true,
    events: [...events, { type: 'tasks.delegated', runId: run.id, parent: name, attempt, tasks, adopted: names }],
  };
}

/** Each once: what is superseded may also be named. */
function cancelsOf(
  { swarm, run, family }: Parent,
  steps: readonly Step[],
  cancel: readonly string[],
): readonly SwarmEvent[] {
  const reasons = new Map<TaskId, string>();
  for (const step of steps) {
    if (step.kind !== 'add' || step.instead === undefined) continue;
    reasons.set(step.instead.identity.id, 'superseded by another sub-task of the same name');
  }
  for (const name of cancel) {
    const child = family?.children.get(name);
    if (child !== undefined && !reasons.has(child.id)) reasons.set(child.id, 'no longer wanted');
  }
  return [...reasons].flatMap(([id, reason]) => {
    const task = swarm.tasks.get(id);
    return task === undefined || isEnded(task) ? [] : cancelWithChildren(swarm, run, task, reason);
  });
}

/** What is kept and has not begun waits for just those that it was made with: with one of them anew, it is made anew. */
function stepsFor(parent: Parent, add: readonly SubtaskSpec[], attempt: number): readonly Step[] {
  const first = add.map((given) => stepFor(parent, given, attempt));
  const anew = new Set(first.flatMap((step) => (step.kind === 'add' ? [step.given.name] : [])));
  const isStale = (step: Step, { needs = [] }: SubtaskSpec): step is Extract<Step, { kind: 'keep' }> =>
    step.kind === 'keep' && needs.some((need) => anew.has(need)) && !hasBegun(parent, step.child);
  const steps = [...first];
  // Each round finds at least one more, so there are no more of them than sub-tasks.
  for (let isDone = false; !isDone;) {
    isDone = true;
    for (const [index, given] of add.entries()) {
      const step = steps[index];
      if (step === undefined || !isStale(step, given)) continue;
      const { child } = step;
      steps[index] = { kind: 'add', given, contentKey: child.contentKey, instead: parent.swarm.tasks.get(child.id) };
      anew.add(given.name);
      isDone = false;
    }
  }
  return steps;
}

function hasBegun({ swarm }: Parent, { id }: Child): boolean {
  return swarm.tasks.get(id)?.attempt !== 0;
}

/** What has run is never rewritten: only what has not started, or belongs to an earlier attempt, makes room. */
function stepFor({ swarm, family }: Parent, given: SubtaskSpec, attempt: number): Step {
  const contentKey = keyOf(given);
  const child = family?.children.get(given.name);
  const known = child === undefined ? undefined : swarm.tasks.get(child.id);
  if (child === undefined || known === undefined) return { kind: 'add', given, contentKey, instead: undefined };
  const isGone = known.status === 'cancelled' || known.status === 'cancelling';
  if (isGone) return { kind: 'add', given, contentKey, instead: undefined };
  if (child.contentKey === contentKey) return { kind: 'keep', child };
  const isPending = known.attempt === 0 && !isEnded(known);
  if (isPending || child.adoptedBy !== attempt) return { kind: 'add', given, contentKey, instead: known };
  const problem = `"${given.name}" has begun, and what has run is not rewritten: give the other task another name`;
  return { kind: 'refuse', problem };
}

function keyOf(given: SubtaskSpec): string {
  // By way of text: what is absent and what is undefined is the same.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON gives back is JSON
  return sha256(canonicalJson(JSON.parse(JSON.stringify(given)) as Json));
}

/** The new sub-tasks as tasks of the run, each after those that it needs. */
function specsOf(parent: Parent, steps: readonly Step[]): readonly TaskSpec[] {
  const { run, task, family } = parent;
  const added = steps.flatMap((step) => (step.kind === 'add' ? [step] : []));
  const names = new Map<string, string>();
  for (const [name, { id }] of family?.children ?? []) names.set(name, id.slice(run.id.length + 1));
  const taken = new Set<string>();
  for (const { given } of added) {
    const name = freeName(run, task.identity.spec.name, given.name, taken);
    taken.add(name);
    names.set(given.name, name);
  }
  const revision = (family?.revisions ?? 0) + 1;
  const specs = added.map(({ given, contentKey }) => specOf(parent, given, { names, revision, contentKey }));
  return needsFirst(specs);
}

type Naming = Readonly<{ names: ReadonlyMap<string, string>; revision: number; contentKey: string }>;

function specOf({ swarm, task }: Parent, given: SubtaskSpec, { names, revision, contentKey }: Naming): TaskSpec {
  const { spec } = task.identity;
  const { needs = [], requires = [], type, delegate, ...rest } = given;
  const own = implicitCapability(given);
  const depth = (spec.child?.depth ?? 0) + 1;
  const priority = given.priority ?? spec.priority;
  return {
    ...rest,
    ...(priority === undefined ? {} : { priority }),
    name: names.get(given.name) ?? given.name,
    type: type ?? `${spec.type}/${given.name}`,
    needs: needs.map((need) => names.get(need) ?? need),
    requires: requires.includes(own) ? requires : [own, ...requires],
    ...(delegate === undefined ? {} : { delegate: narrowed(delegate, limitsOf(swarm, spec)) }),
    child: { parent: spec.name, name: given.name, depth, attempt: task.attempt, revision, contentKey },
  };
}

/** A sub-task may delegate no more than its parent: one level less, and only what the parent may. */
function narrowed(asked: DelegationRights, limits: ReturnType<typeof limitsOf>): DelegationRights {
  const functions = asked.functions ?? limits.functions;
  return {
    ...asked,
    depth: Math.min(asked.depth ?? Infinity, limits.depth - 1),
    fanOut: Math.min(asked.fanOut ?? Infinity, limits.fanOut),
    revisions: Math.min(asked.revisions ?? Infinity, limits.revisions),
    commands: limits.commands && (asked.commands ?? true),
    ...(functions === undefined
      ? {}
      : { functions: functions.filter((name) => limits.functions?.includes(name) ?? true) }),
  };
}

/** `<parent>.<name>`, or the next free one like it; what is too long is shortened from the left, with a hash. */
function freeName(run: Run, parent: string, name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const own = number === 1 ? name : `${name}.${number}`;
    const whole = `${parent}.${own}`;
    const room = MAX_NAME - own.length - 10;
    const short = `${parent.slice(0, room)}-${sha256(parent).slice(0, 8)}.${own}`;
    const full = whole.length <= MAX_NAME ? whole : short;
    if (run.graph.placeOf(full) === undefined && !taken.has(full) && NAME_PATTERN.test(full)) return full;
  }
}

/** In the order given, but none before what it needs. There is no circle. */
function needsFirst(specs: readonly TaskSpec[]): readonly TaskSpec[] {
  const left = new Map(specs.map((spec) => [spec.name, spec]));
  const ordered: TaskSpec[] = [];
  const place = (spec: TaskSpec): void => {
    if (!left.delete(spec.name)) return;
    for (const need of spec.needs) {
      const other = left.get(need);
      if (other !== undefined) place(other);
    }
    ordered.push(spec);
  };
  for (const spec of specs) place(spec);
  return ordered;
}

function decideAwait(parent: Parent, { taskId: id, attempt, children }: AwaitInput): Ruling {
  const { swarm, run, task, family } = parent;
  if (children !== 'all') {
    const problems = children.flatMap((name) =>
      family?.children.has(name) === true ? [] : [`there is no sub-task "${name}"`],
    );
    if (problems.length > 0) return refuse({ reason: 'delegation-invalid', problems: problems.slice(0, MAX_PROBLEMS) });
  }
  const wanted =
    children === 'all' ? undefined : new Set(children.flatMap((name) => family?.children.get(name)?.id ?? []));
  const open = openChildren(swarm, run, id).filter(({ identity }) => wanted?.has(identity.id) ?? true);
  // Nobody has asked for these in this attempt, so nobody will look at what they find.
  const orphans = wanted === undefined ? open.filter((child) => !isAdopted(parent, child)) : [];
  const events = orphans.flatMap((child) => cancelWithChildren(swarm, run, child, 'the next attempt did not want it'));
  const gone = new Set(events.flatMap((event) => (event.type === 'task.cancelled' ? [event.taskId] : [])));
  const awaited = open.filter(({ identity }) => !gone.has(identity.id));
  if (awaited.length === 0) return accept(...events);
  const names = awaited.map(({ identity }) => identity.spec.name);
  if (task.status === 'awaiting-children' && names.every((name) => task.awaits.includes(taskId(run.id, name)))) {
    return accept(...events);
  }
  return accept(...events, { type: 'attempt.awaiting', taskId: id, attempt, children: names });
}

/** Who has asked for some of what it waits for is gone. With nothing left it gets its slot again, like one whose sub-tasks have ended. */
function decideAwaitOnly({ run, task, family }: Parent, children: readonly string[]): Ruling {
  if (task.status !== 'awaiting-children') return accept();
  const wanted = new Set(children.flatMap((name) => family?.children.get(name)?.id ?? []));
  const left = task.awaits.filter((id) => wanted.has(id));
  if (left.length === task.awaits.length) return accept();
  const names = left.map((id) => id.slice(run.id.length + 1));
  const { identity, attempt } = task;
  return accept({ type: 'attempt.awaiting', taskId: identity.id, attempt, children: names, isOnly: true });
}

function isAdopted({ family, task }: Parent, { identity }: Task): boolean {
  const child = family?.children.get(identity.spec.child?.name ?? '');
  return child?.id === identity.id && child.adoptedBy === task.attempt;
}
