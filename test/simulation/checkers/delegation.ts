import type { RunEvent } from '../../../src/core/events.ts';
import type { Plan } from '../../../src/simulation/plan.ts';
import { type Books, hasEnded, type RunLine, type TaskLine } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

type Must = ReturnType<typeof checkerOf>;
type Delegated = Extract<RunEvent, { type: 'tasks.delegated' }>;

/** Sub-tasks come from a running attempt that may add them, no deeper and no more than allowed, each once, and none outlives its parent. */
export function delegationChecker(tell: Tell, books: Books, rules: Plan['rules']): Checker {
  const must = checkerOf(tell);
  return {
    before: ({ event }) => {
      if (event.type === 'tasks.delegated') checkDelegated(must, books, rules, event);
      if (event.type === 'attempt.assigned') checkParent(must, books, event.taskId);
    },
  };
}

function checkDelegated(must: Must, books: Books, rules: Plan['rules'], event: Delegated): void {
  const { runId, parent: parentName, attempt, tasks } = event;
  const run = books.runs.get(runId);
  const parent = run?.tasks.get(parentName);
  if (run === undefined || parent === undefined)
    return must(false, 'delegation', `sub-tasks of ${parentName}, a stranger`);
  const isRunning = parent.status === 'running' || parent.status === 'awaiting';
  must(
    isRunning && parent.attempt === attempt,
    'delegation',
    `${parent.id} adds sub-tasks as ${attempt}, ${parent.status}`,
  );
  checkRights(must, rules, parent, tasks.length);
  const depth = (parent.spec.child?.depth ?? 0) + 1;
  for (const { name, child } of tasks) {
    must(child?.parent === parentName && child.depth === depth, 'delegation', `${name} has other parents`);
    if (child !== undefined) checkOnce(must, run, parent, child);
  }
}

function checkRights(must: Must, rules: Plan['rules'], { id, spec }: TaskLine, count: number): void {
  const { delegate: rights, child } = spec;
  must(rights !== undefined, 'delegation', `${id} adds sub-tasks and may not`);
  const mostWide = Math.min(rights?.fanOut ?? Infinity, rules.maxFanOut);
  must(count <= mostWide, 'fan-out', `${id} adds ${count} sub-tasks, of ${mostWide}`);
  const depth = (child?.depth ?? 0) + 1;
  must(depth <= rules.maxDelegationDepth, 'delegation-depth', `sub-tasks of ${id} are ${depth} levels deep`);
  must((rights?.depth ?? 1) >= 1, 'delegation-depth', `${id} may go no deeper`);
}

/** The same sub-task of the same parent is there once, unless the first was cancelled. */
function checkOnce(
  must: Must,
  run: RunLine,
  parent: TaskLine,
  { name, contentKey }: { name: string; contentKey: string },
): void {
  for (const { id, spec, status } of run.tasks.values()) {
    if (spec.child?.parent !== parent.spec.name || spec.child.name !== name || spec.child.contentKey !== contentKey)
      continue;
    must(
      status === 'cancelled' || status === 'cancelling',
      'sub-task-once',
      `${id} is there and is ${status}, and comes again`,
    );
  }
}

function checkParent(must: Must, books: Books, taskId: string): void {
  const task = books.task(taskId);
  const name = task?.spec.child?.parent;
  const parent = name === undefined || task === undefined ? undefined : books.runs.get(task.runId)?.tasks.get(name);
  if (parent === undefined) return;
  must(!hasEnded(parent), 'no-orphans', `${taskId} starts although its parent has ${parent.status}`);
}
