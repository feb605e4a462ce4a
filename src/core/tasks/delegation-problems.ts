import { type AmountKind, AMOUNTS } from '../budgets/account.ts';
import { payerOf } from '../budgets/nested.ts';
import { poolOf } from '../budgets/shares.ts';
import { NAME_PATTERN } from '../ids.ts';
import { findSubscriptionProblems } from '../messaging/decide-messages.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import type { Family } from './family.ts';
import type { SubtaskSpec } from './subtask-spec.ts';
import { findGraphProblems } from './task-graph.ts';
import type { Task } from './task.ts';
import type { CommandWork, DelegationRights, TaskSpec, Work } from './task-spec.ts';

/** The task that delegates, and what it has. */
export type Parent = Readonly<{ swarm: Swarm; run: Run; task: Task; family: Family | undefined }>;

/** Characters of what the parent calls a sub-task: with the parent's name it is a name of the run. */
const MAX_OWN_NAME = 40;
/** All of a patch is one event. */
const MAX_PATCH_CHARS = 56_000;

/** What the task may delegate: its own rights within the swarm's limits. */
export function limitsOf(
  { rules }: Swarm,
  { delegate = {}, child }: TaskSpec,
): Required<Omit<DelegationRights, 'keep' | 'functions'>> & Pick<DelegationRights, 'functions'> {
  return {
    depth: Math.min(delegate.depth ?? Infinity, rules.maxDelegationDepth - (child?.depth ?? 0)),
    fanOut: Math.min(delegate.fanOut ?? Infinity, rules.maxFanOut),
    revisions: Math.min(delegate.revisions ?? Infinity, rules.maxRevisions),
    commands: delegate.commands ?? true,
    ...(delegate.functions === undefined ? {} : { functions: delegate.functions }),
  };
}

/** The capability that the work itself asks for. */
export function implicitCapability({ work }: Readonly<{ work: Work }>): string {
  return work.kind === 'function' ? `function:${work.function}` : 'command';
}

/** Everything that is wrong with a patch, at once. `isNew`: it adds something that is not there yet. */
export function findPatchProblems(parent: Parent, add: readonly SubtaskSpec[], isNew: boolean): readonly string[] {
  const { spec } = parent.task.identity;
  if (spec.delegate === undefined) {
    return [`task "${spec.name}" may not add sub-tasks: its definition needs "delegate: true"`];
  }
  return [
    ...(isNew ? findLimitProblems(parent, add) : []),
    ...findNameProblems(parent, add),
    ...add.flatMap((given) => findSubtaskProblems(parent, given)),
    ...(isNew ? findSubscriptionProblems(add, parent.run.mail?.topics.size) : []),
  ];
}

function findLimitProblems({ swarm, run, task, family }: Parent, add: readonly SubtaskSpec[]): readonly string[] {
  const { spec } = task.identity;
  const limits = limitsOf(swarm, spec);
  const { maxTasksPerRun } = swarm.rules;
  const depth = (spec.child?.depth ?? 0) + 1;
  const rules: readonly (readonly [holds: boolean, problem: string])[] = [
    [run.ending === undefined, 'the run is ending'],
    [limits.depth >= 1, `sub-tasks of "${spec.name}" would be ${depth} levels deep, which is too deep`],
    [add.length <= limits.fanOut, `${add.length} sub-tasks in one patch, but at most ${limits.fanOut} may be added`],
    [
      (family?.revisions ?? 0) < limits.revisions,
      `"${spec.name}" has added sub-tasks ${limits.revisions} times, which is as often as it may`,
    ],
    [run.taskCount + add.length <= maxTasksPerRun, `the run would have over ${maxTasksPerRun} tasks`],
    [JSON.stringify(add).length <= MAX_PATCH_CHARS, `the patch is over ${MAX_PATCH_CHARS} characters`],
  ];
  return rules.flatMap(([holds, problem]) => (holds ? [] : [problem]));
}

function findNameProblems({ family }: Parent, add: readonly SubtaskSpec[]): readonly string[] {
  const own = new Set(add.map(({ name }) => name));
  const known = [...(family?.children.keys() ?? [])].filter((name) => !own.has(name));
  const problems = findGraphProblems([
    ...known.map((name) => ({ name, needs: [] })),
    ...add.map(({ name, needs = [] }) => ({ name, needs })),
  ]);
  const bad = add.filter(({ name }) => name.length > MAX_OWN_NAME || !NAME_PATTERN.test(name));
  return [
    ...problems,
    ...bad.map(({ name }) => `"${name}" is no name: 1 to ${MAX_OWN_NAME} letters, digits, ".", "_" or "-"`),
  ];
}

function findSubtaskProblems(parent: Parent, given: SubtaskSpec): readonly string[] {
  const { swarm, run } = parent;
  const { name, requires = [], resources } = given;
  const { hosts } = swarm.capacity;
  const needed = [...new Set([implicitCapability(given), ...requires])];
  const problems = findRightsProblems(parent, given);
  if (!swarm.registry.canServe(needed, run.id)) {
    const missing = needed.filter((one) => !swarm.registry.canServe([one], run.id));
    const what = missing.length === 0 ? `${needed.join(' and ')} in one agent` : missing.join(' and ');
    problems.push(`"${name}" needs ${what}, which nobody has`);
  }
  if (resources !== undefined && hosts.length > 0) {
    const fits = hosts.some(({ host }) => swarm.capacity.check(host, resources) !== 'never');
    if (!fits) problems.push(`"${name}" reserves more than 80 % of any host`);
  }
  return [...problems, ...AMOUNTS.flatMap((kind) => findGrantProblems(parent, given, kind))];
}

function findRightsProblems({ swarm, task }: Parent, { name, work, delegate }: SubtaskSpec): string[] {
  const { spec } = task.identity;
  const limits = limitsOf(swarm, spec);
  const problems: string[] = [];
  if (delegate !== undefined && limits.depth < 2) {
    problems.push(`"${name}" may not delegate: its sub-tasks would be too deep`);
  }
  if (work.kind === 'command') {
    if (!limits.commands) problems.push(`"${name}" is a command, and "${spec.name}" may not delegate commands`);
    return [...problems, ...findSecretProblems(spec, name, work)];
  }
  if (limits.functions?.includes(work.function) === false) {
    problems.push(`"${name}" calls "${work.function}", which "${spec.name}" may not delegate`);
  }
  return problems;
}

/** A command hands on no more of the environment than it has. A function has all of it anyway. */
function findSecretProblems({ work, name: parent }: TaskSpec, name: string, { envFrom = [] }: CommandWork): string[] {
  if (work.kind !== 'command') return [];
  const own = new Set(work.envFrom);
  return envFrom.filter((one) => !own.has(one)).map((one) => `"${name}" asks for ${one}, which "${parent}" has not`);
}

/** More than is left, even when everything that is promised comes back unspent, can never be given. */
function findGrantProblems(parent: Parent, given: SubtaskSpec, kind: AmountKind): readonly string[] {
  const asked = given.grant?.[kind];
  if (asked === undefined) return [];
  if (!Number.isSafeInteger(asked) || asked < 0) return [`the ${kind} of "${given.name}" are no whole number from 0`];
  const { limit, spent } = purseOf(parent, kind);
  if (limit === undefined || asked <= limit - spent) return [];
  return [`"${given.name}" asks for ${asked} ${kind}, but ${limit - spent} are left of ${limit}`];
}

/** What the sub-tasks of a task are paid from. */
function purseOf({ run, task }: Parent, kind: AmountKind): Readonly<{ limit: number | undefined; spent: number }> {
  const { id, spec } = task.identity;
  const own = poolOf(spec)[kind];
  if (own !== undefined) return { limit: own, spent: run.families.get(id)?.account.spentOf(kind) ?? 0 };
  const payer = payerOf(run, spec, kind);
  return { limit: payer.limitOf(kind), spent: payer.spentOf(kind) };
}
