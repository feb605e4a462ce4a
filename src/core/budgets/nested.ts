import { taskId } from '../ids.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import type { Usage } from '../tasks/attempt.ts';
import { familyOf, isSettled, parentOf } from '../tasks/families.ts';
import type { Task, TaskIdentity } from '../tasks/task.ts';
import type { Grant, TaskSpec } from '../tasks/task-spec.ts';
import { type Account, type AmountKind, AMOUNTS, type BudgetAnswer, used } from './account.ts';
import { ownShare, poolOf } from './shares.ts';

/** `own`: the sub-task does not fit into what its parent was granted, which ends it alone. */
export type NestedAnswer = BudgetAnswer | Readonly<{ own: AmountKind; limit: number }>;

/** Who pays for a kind: the nearest task above it that was granted some for its sub-tasks, else the run. */
export function payerOf(run: Run, { child }: TaskSpec, kind: AmountKind): Account {
  for (let parent = child?.parent; parent !== undefined;) {
    const id = taskId(run.id, parent);
    const family = run.families.get(id);
    if (family?.account.limitOf(kind) !== undefined) return family.account;
    const index = run.graph.placeOf(parent);
    parent = index === undefined ? undefined : run.graph.identity(index).spec.child?.parent;
  }
  return run.account;
}

/** Whether an attempt of the task may be reserved now. `canMove`: something of the run goes on without it. */
export function checkBudget(run: Run, { id, spec }: TaskIdentity, canMove: () => boolean): NestedAnswer {
  const isPlain = spec.child === undefined && spec.delegate === undefined;
  if (isPlain) return patient(run.account.check(spec), canMove);
  const asked = askedFor(spec, run.families.get(id)?.isFunded === true);
  const fromRun: { tokens?: number; costMicros?: number } = {};
  for (const kind of AMOUNTS) {
    const amount = asked[kind] ?? 0;
    const payer = payerOf(run, spec, kind);
    if (payer === run.account) fromRun[kind] = amount;
    else {
      const answer = checkFamily(payer, kind, amount, canMove);
      if (answer !== 'fits') return answer;
    }
  }
  return patient(run.account.check({ grant: fromRun }), canMove);
}

/** What is spent is gone for good; what is promised may come back, as long as anything goes on. */
function checkFamily(payer: Account, kind: AmountKind, amount: number, canMove: () => boolean): NestedAnswer {
  const left = payer.leftOf(kind) ?? Infinity;
  if (amount <= left) return 'fits';
  const limit = payer.limitOf(kind) ?? 0;
  if (payer.spentOf(kind) + amount <= limit && canMove()) return 'wait';
  return { own: kind, limit };
}

/** Attempts that wait for sub-tasks do not count as running, but one that can go on will give something back. */
function patient(answer: BudgetAnswer, canMove: () => boolean): BudgetAnswer {
  return typeof answer === 'object' && canMove() ? 'wait' : answer;
}

function askedFor(spec: TaskSpec, isFunded: boolean): Grant {
  const own = ownShare(spec);
  const pool = isFunded ? {} : poolOf(spec);
  return Object.fromEntries(AMOUNTS.map((kind) => [kind, (own[kind] ?? 0) + (pool[kind] ?? 0)]));
}

/** An attempt begins: its share is reserved, and with the first one what its sub-tasks may spend. */
export function reserveAttempt(run: Run, identity: TaskIdentity): void {
  const { spec } = identity;
  run.account.begin();
  if (spec.delegate !== undefined) fund(run, identity);
  // Most tasks are granted nothing, and this is done for every attempt.
  if (spec.grant === undefined) return;
  const own = ownShare(spec);
  for (const kind of AMOUNTS) {
    const amount = own[kind];
    if (amount !== undefined) payerOf(run, spec, kind).hold(kind, amount);
  }
}

/** An attempt is over: what nobody knows counts as what was reserved. */
export function settleAttempt(run: Run, { spec }: TaskIdentity, usage: Usage | undefined): void {
  run.account.end();
  if (spec.grant === undefined && usage === undefined) return;
  const own = ownShare(spec);
  for (const kind of AMOUNTS) {
    const reserved = own[kind] ?? 0;
    const spent = used(kind, usage) ?? reserved;
    if (reserved > 0 || spent > 0) payerOf(run, spec, kind).release(kind, reserved, spent);
  }
}

/** Reserves once what the sub-tasks of a task may spend. */
export function fund(run: Run, identity: TaskIdentity): void {
  const family = familyOf(run, identity);
  if (family.isFunded) return;
  family.isFunded = true;
  const pool = poolOf(identity.spec);
  for (const kind of AMOUNTS) {
    const amount = pool[kind];
    if (amount !== undefined) payerOf(run, identity.spec, kind).hold(kind, amount);
  }
}

/** A task has ended: once all below it has, what it was granted for that is given back, and so on upwards. */
export function settleFamilies({ tasks }: Swarm, run: Run, ended: Task): void {
  if (run.families.size === 0) return;
  for (let task: Task | undefined = ended; task !== undefined && isSettled(run, task);) {
    closeFamily(run, task.identity);
    const parentId = parentOf(run, task.identity.spec);
    task = parentId === undefined ? undefined : tasks.get(parentId);
    if (task !== undefined) familyOf(run, task.identity).unsettled--;
  }
}

function closeFamily(run: Run, { id, spec }: TaskIdentity): void {
  const family = run.families.get(id);
  if (family?.isFunded !== true) return;
  family.isFunded = false;
  const pool = poolOf(spec);
  for (const kind of AMOUNTS) {
    const amount = pool[kind];
    if (amount !== undefined) payerOf(run, spec, kind).release(kind, amount, family.account.spentOf(kind));
  }
}
