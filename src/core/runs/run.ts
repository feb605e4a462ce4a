import { Account } from '../budgets/account.ts';
import type { ProposalId, RunId, TaskId } from '../ids.ts';
import type { Mail } from '../messaging/mail.ts';
import { TaskPacker } from '../packed-tasks.ts';
import type { TaskCell } from '../task-table.ts';
import type { Family } from '../tasks/family.ts';
import { TaskGraph } from '../tasks/task-graph.ts';
import { newScaleState, type ScaleState } from '../scaling/scale-group.ts';
import type { Task } from '../tasks/task.ts';
import type { RunOutcome, RunSpec, RunState } from './run-spec.ts';

/** For each task of a run: the first ends teach most. */
const FIRST_LOOKS = 64;

/** What is left to spend on putting the tasks of a run in order anew. */
export type RankCredit = { looks: number };

export type TaskCounts = Record<Task['status'], number>;

/** One run under way, kept by the owner of the state. */
export type Run = {
  readonly id: RunId;
  readonly spec: RunSpec;
  /** Rises when sub-tasks are added. */
  taskCount: number;
  /** Led time. */
  readonly createdMs: number;
  readonly graph: TaskGraph;
  /** Its tasks by position. */
  readonly cells: TaskCell[];
  readonly packer: TaskPacker;
  readonly account: Account;
  readonly counts: TaskCounts;
  readonly rankCredit: RankCredit;
  /** Tasks with an attempt under way. */
  readonly active: Set<TaskId>;
  /** Sub-tasks by the task that has added them. */
  readonly families: Map<TaskId, Family>;
  /** In the order in which they were opened; closed ones stay until the run ends. */
  readonly proposals: Set<ProposalId>;
  /** Of these, those that are open or whose approved action has not ended. */
  readonly undone: Set<ProposalId>;
  /** Names of tasks that failed, at most 100. Sub-tasks are the affair of their parents. */
  readonly failed: string[];
  /** Made with its first message or subscription. */
  mail: Mail | undefined;
  /** A task of the definition was cancelled. */
  hasCancelled: boolean;
  /** Groups whose number of agents follows the work, by role. */
  readonly scale: ReadonlyMap<string, ScaleState>;
  /** Led time of its last resumption, 0 when it was never paused. */
  resumedMs: number;
  /** Why it is paused; undefined when it is not. */
  pausedBecause: string | undefined;
  /** What it will end with, once nothing of it is open. */
  ending: RunOutcome | undefined;
};

export function newRun(id: RunId, spec: RunSpec, taskCount: number, createdMs: number): Run {
  const counts: TaskCounts = {
    blocked: 0,
    ready: 0,
    running: 0,
    verifying: 0,
    cancelling: 0,
    'awaiting-children': 0,
    'backing-off': 0,
    'awaiting-quota': 0,
    'outcome-unknown': 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    skipped: 0,
  };
  const cells: TaskCell[] = [];
  const start = {
    graph: new TaskGraph(),
    cells,
    packer: new TaskPacker(),
    account: new Account(spec.budget),
    counts,
    active: new Set<TaskId>(),
  };
  const rankCredit = { looks: FIRST_LOOKS * taskCount };
  const votes = { proposals: new Set<ProposalId>(), undone: new Set<ProposalId>() };
  const families = new Map<TaskId, Family>();
  const ends = { families, failed: [], hasCancelled: false };
  const open = { ...ends, mail: undefined, resumedMs: 0, pausedBecause: undefined, ending: undefined };
  const scale = new Map((spec.scale ?? []).map((group) => [group.role, newScaleState(group)]));
  return { id, spec, taskCount, createdMs, rankCredit, ...start, ...votes, ...open, scale };
}

/** Tasks that have not ended. */
export function openCount({ taskCount, counts }: Run): number {
  return taskCount - counts.succeeded - counts.failed - counts.cancelled - counts.skipped;
}

/** How the run stands while it is open. It waits when only a person can make it go on. */
export function stateOf(run: Run): Extract<RunState, 'running' | 'paused' | 'waiting'> {
  if (run.pausedBecause !== undefined) return 'paused';
  const { counts } = run;
  const isMoving =
    counts.ready +
      counts['backing-off'] +
      counts['awaiting-quota'] +
      counts.running +
      counts.verifying +
      counts.cancelling >
    0;
  return counts['outcome-unknown'] > 0 && !isMoving ? 'waiting' : 'running';
}

/** What a run ends with when its last task has ended and nothing else was decided. */
export function outcomeOf(run: Run): RunOutcome {
  if (run.ending !== undefined) return run.ending;
  if (run.failed.length === 0 && run.hasCancelled) return { state: 'cancelled', reason: 'a task was cancelled' };
  if (run.failed.length === 0) return { state: 'succeeded' };
  return { state: 'failed', failure: { reason: 'task-failed', tasks: [...run.failed] } };
}
