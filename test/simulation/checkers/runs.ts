import type { JournalRecord } from '../../../src/ports/journal.ts';
import { type Books, hasEnded, isActive, type RunLine, type TaskLine } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

type Must = ReturnType<typeof checkerOf>;

/** Budgets hold, runs are made once, and end when nothing of them is open. */
export function runChecker(tell: Tell): Checker {
  const must = checkerOf(tell);
  return {
    before: ({ event }, books) => {
      if (event.type === 'run.created')
        must(!books.runs.has(event.runId), 'run-once', `run ${event.runId} is created twice`);
      if (event.type === 'run.finished') checkFinished(must, books, event);
      if (event.type === 'run.ending') checkEnding(must, books, event);
    },
    after: (record, books) => checkBudget(must, record, books),
  };
}

function checkBudget(must: Must, { event }: JournalRecord, books: Books): void {
  const task = 'taskId' in event ? books.task(event.taskId) : undefined;
  const run = task === undefined ? undefined : books.runs.get(task.runId);
  if (run === undefined) return;
  const { tokens, costMicros, attempts, agents } = run.spec.budget;
  if (tokens === undefined && costMicros === undefined && attempts === undefined && agents === undefined) return;
  const active = [...run.tasks.values()].filter(isActive);
  const promised = (kind: 'tokens' | 'costMicros'): number =>
    active.reduce((sum, { spec }) => sum + (spec.grant?.[kind] ?? 0), run[kind]);
  const figures = [
    ['tokens', promised('tokens'), tokens],
    ['costMicros', promised('costMicros'), costMicros],
    ['attempts', run.attempts, attempts],
    // One that waits for its sub-tasks has no slot.
    ['agents', active.filter((one) => books.busy.get(one.agentId)?.has(one) === true).length, agents],
  ] as const;
  for (const [kind, figure, limit] of figures) {
    must(
      limit === undefined || figure <= limit,
      'budget',
      `${run.id}: ${figure} of ${limit} ${kind} spent or promised`,
    );
  }
}

type Finished = Extract<JournalRecord['event'], { type: 'run.finished' }>;

function checkFinished(must: Must, books: Books, { runId, outcome }: Finished): void {
  const run = books.runs.get(runId);
  if (run === undefined) return must(false, 'run-ends', `run ${runId} ends and was never created`);
  must(!run.isFinished, 'final-state', `run ${runId} ends twice`);
  const tasks = [...run.tasks.values()];
  must(tasks.length === run.taskCount, 'whole-run', `run ${runId} ends before it is whole`);
  for (const task of tasks) must(hasEnded(task), 'run-ends', `run ${runId} ends while ${task.id} is ${task.status}`);
  for (const line of books.votes.ofRun(runId)) {
    must(line.closed !== undefined, 'run-ends', `run ${runId} ends while the vote on ${line.id} goes on`);
    const isOwed = line.closed?.outcome === 'approved' && line.opened.spec.action !== undefined;
    must(
      line.hasActed === isOwed,
      'approved-is-done',
      `${line.id} is ${line.closed?.outcome}, and done: ${line.hasActed}`,
    );
  }
  if (run.isEnding) return;
  // A sub-task is its parent's affair.
  const own = tasks.filter(({ spec }) => spec.child === undefined);
  const worst = (['failed', 'cancelled'] as const).find((state) => own.some(({ status }) => status === state));
  must(outcome.state === (worst ?? 'succeeded'), 'run-outcome', `run ${runId} ends as ${outcome.state}`);
}

function checkEnding(must: Must, books: Books, event: Extract<JournalRecord['event'], { type: 'run.ending' }>): void {
  const run = books.runs.get(event.runId);
  if (run === undefined || run.isEnding)
    return must(false, 'run-ends', `run ${event.runId} ends twice or was never created`);
  const { outcome } = event;
  if (outcome.state !== 'failed' || outcome.failure.reason !== 'budget-exhausted') return;
  const { budget } = outcome.failure;
  must(run.spec.budget[budget] !== undefined, 'budget', `${run.id} has no budget of ${budget} to exhaust`);
  if (budget !== 'wallMs')
    must(!hasActive(run, books), 'budget', `${run.id} gives up although a running attempt may give back`);
}

/** Not those that wait for their sub-tasks, nor such a one that is cancelled meanwhile and was granted nothing. */
function hasActive({ tasks }: RunLine, { busy }: Books): boolean {
  const isResting = (task: TaskLine): boolean =>
    task.status === 'awaiting' || (task.spec.grant === undefined && busy.get(task.agentId)?.has(task) !== true);
  return [...tasks.values()].some((task) => isActive(task) && !isResting(task));
}
