import { isReused } from '../../app/reused-tasks.ts';
import type { AttemptRecord, TaskRecord, TaskStatus } from '../../app/views.ts';
import { failureSentence } from './failure.ts';
import { duration } from './format.ts';
import { agentName } from './run-screen.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { visible } from './text.ts';

/** Tasks with how they stand and what they took, in the order of the definition; sub-tasks below their parents. */
export function taskTable(
  all: readonly TaskRecord[],
  attempts: readonly AttemptRecord[],
  style: Style,
  columns: number,
): readonly string[] {
  const last = new Map(attempts.map((attempt) => [attempt.taskId, attempt]));
  const placed = inTree(all);
  const tasks = placed.map(({ task }) => task);
  const rows = placed.map(({ task, level }) => [
    `${'  '.repeat(level)}${visible(task.spec.name)}`,
    task.status,
    task.attempt > 1 ? String(task.attempt) : '',
    tookWords(last.get(task.taskId)),
    agentName(last.get(task.taskId)?.agentId ?? '', task.runId),
    noteOf(task),
  ]);
  const paint = (text: string, row: number): string => statusColour(tasks[row]?.status ?? 'blocked', style)(text);
  const heads = [
    { title: 'task', least: 10 },
    { title: 'status', paint },
    { title: 'tries', align: 'right' },
    { title: 'took', align: 'right' },
    { title: 'agent', least: 5 },
    { title: 'note' },
  ] as const;
  return table(heads, rows, columns);
}

type Placed = Readonly<{ task: TaskRecord; level: number }>;

/** Each sub-task behind its parent, as long as that is in the list too. */
function inTree(tasks: readonly TaskRecord[]): readonly Placed[] {
  const names = new Set(tasks.map(({ spec }) => spec.name));
  const parentOf = ({ spec }: TaskRecord): string | undefined =>
    spec.child !== undefined && names.has(spec.child.parent) ? spec.child.parent : undefined;
  const below = Map.groupBy(tasks, parentOf);
  const placed: Placed[] = [];
  const place = (parent: string | undefined, level: number): void => {
    for (const task of below.get(parent) ?? []) {
      placed.push({ task, level });
      place(task.spec.name, level + 1);
    }
  };
  place(undefined, 0);
  return placed;
}

/** Time of an attempt that has ended. */
export function tookWords(attempt: AttemptRecord | undefined): string {
  if (attempt?.endedAtMs === undefined) return '';
  return duration(attempt.endedAtMs - attempt.startedAtMs);
}

function noteOf(task: TaskRecord): string {
  if (task.failure !== undefined) return failureSentence(task.failure);
  return visible(task.note ?? (isReused(task.spec) ? 'reused from the run before' : ''));
}

/** Colour beside the word, never instead of it. */
export function statusColour(status: TaskStatus, style: Style): (text: string) => string {
  if (status === 'succeeded') return style.green;
  if (status === 'failed') return style.red;
  if (status === 'blocked' || status === 'ready') return style.dim;
  return status === 'running' || status === 'verifying' ? style.cyan : style.yellow;
}
