import type { RunView, TaskView } from './run-view.ts';

/** How long the rest of a run takes, as far as anybody knows. */
export type TimeLeft =
  | Readonly<{ kind: 'unknown' }>
  /** Between the two: all that is left has an estimate. */
  | Readonly<{ kind: 'between'; fromMs: number; toMs: number }>
  /** Some of what is left has no estimate. */
  | Readonly<{ kind: 'at-least'; fromMs: number; withoutEstimate: number }>;

export type Outlook = Readonly<{
  /** The longest chain of unfinished tasks, in order of execution. */
  criticalPath: readonly TaskView[];
  /** Undefined when a task on the path has no estimate. */
  criticalMs: number | undefined;
  timeLeft: TimeLeft;
}>;

/** Stands in for an unknown duration when paths are compared: the scheduler does the same. It is never shown. */
const ASSUMED_MS = 60_000;

/**
 * What is left of a run at led time `nowMs`. Costs one pass over tasks and needs, so ask for it a few times a
 * second at most, less often for tens of thousands of tasks.
 */
export function outlookOf(view: RunView, nowMs: number): Outlook {
  const open = needsFirst(view);
  const tails = new Map<TaskView, number>();
  let workMs = 0;
  let unknown = 0;
  let longest: TaskView | undefined;
  // Needs come before their dependents, so walking backwards sees every tail before it is used.
  for (const task of open.toReversed()) {
    const leftMs = remainingOf(view, task, nowMs);
    if (leftMs === undefined) unknown += 1;
    workMs += leftMs ?? 0;
    tails.set(task, (leftMs ?? ASSUMED_MS) + longestTail(task, tails));
    if (isLonger(task, longest, tails)) longest = task;
  }
  const criticalPath = follow(longest, tails);
  const criticalMs = sumOrUndefined(criticalPath.map((task) => remainingOf(view, task, nowMs)));
  const timeLeft = timeLeftOf({ open: open.length, unknown, workMs, knownPathMs: criticalMs, slots: slotsOf(view) });
  return { criticalPath, criticalMs, timeLeft };
}

/** Unfinished tasks, needs first. */
export function needsFirst(view: RunView): readonly TaskView[] {
  const order: TaskView[] = [];
  const left = new Map<TaskView, number>();
  for (const task of view.tasks.values()) {
    if (isOver(task)) continue;
    left.set(task, task.openNeeds);
    if (task.openNeeds === 0) order.push(task);
  }
  for (let next = 0; next < order.length; next += 1) {
    for (const dependent of order[next]?.dependents ?? []) {
      const count = left.get(dependent);
      if (count === undefined) continue;
      left.set(dependent, count - 1);
      if (count === 1) order.push(dependent);
    }
  }
  return order;
}

function isOver({ stand: { status } }: TaskView): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled' || status === 'skipped';
}

function remainingOf(view: RunView, task: TaskView, nowMs: number): number | undefined {
  const estimate = view.estimateOf(task);
  if (estimate === undefined || !('startedAtMs' in task.stand)) return estimate;
  return Math.max(0, estimate - (nowMs - task.stand.startedAtMs));
}

function longestTail(task: TaskView, tails: ReadonlyMap<TaskView, number>): number {
  let most = 0;
  for (const dependent of task.dependents) most = Math.max(most, tails.get(dependent) ?? 0);
  return most;
}

function isLonger(task: TaskView, than: TaskView | undefined, tails: ReadonlyMap<TaskView, number>): boolean {
  if (than === undefined) return true;
  const [mine, theirs] = [tails.get(task) ?? 0, tails.get(than) ?? 0];
  return mine > theirs || (mine === theirs && task.index < than.index);
}

function follow(start: TaskView | undefined, tails: ReadonlyMap<TaskView, number>): readonly TaskView[] {
  const path: TaskView[] = [];
  let task = start;
  while (task !== undefined) {
    path.push(task);
    let next: TaskView | undefined;
    for (const dependent of task.dependents) {
      if (tails.has(dependent) && isLonger(dependent, next, tails)) next = dependent;
    }
    task = next;
  }
  return path;
}

function sumOrUndefined(amounts: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const amount of amounts) {
    if (amount === undefined) return undefined;
    sum += amount;
  }
  return sum;
}

function slotsOf(view: RunView): number {
  return Math.max(1, Math.min(view.slots, view.spec?.budget.agents ?? Infinity));
}

/**
 * Nothing ends before its longest chain nor before the work is shared out; a list scheduler needs at most both
 * together (Graham 1969: work / m + (1 - 1/m) · longest chain).
 */
function timeLeftOf(
  rest: Readonly<{ open: number; unknown: number; workMs: number; knownPathMs: number | undefined; slots: number }>,
): TimeLeft {
  const { open, unknown, workMs, knownPathMs = 0, slots } = rest;
  const fromMs = Math.max(knownPathMs, workMs / slots);
  if (open > 0 && unknown === open) return { kind: 'unknown' };
  if (unknown > 0) return { kind: 'at-least', fromMs, withoutEstimate: unknown };
  return { kind: 'between', fromMs, toMs: workMs / slots + (1 - 1 / slots) * knownPathMs };
}
