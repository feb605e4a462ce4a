import { mayClash } from '../core/scheduling/write-locks.ts';
import type { RunArchive, TaskRecord } from '../ports/run-archive.ts';

/** Which filter keeps a ready task from starting, as far as it is other tasks that stop it. */
export type KeptBack = Readonly<{ filter: 'writes'; task: string; path: string }>;

/** Tasks that are under way, so that what they may write is theirs. */
const ACTIVE: ReadonlySet<string> = new Set(['running', 'verifying', 'cancelling', 'awaiting-children']);

/** Who keeps a ready task back because both may write the same file: tasks of all open runs of the project. */
export function keptBackBy(archive: RunArchive, { runId, status, spec }: TaskRecord): readonly KeptBack[] {
  const project = archive.run(runId)?.run.project;
  const { writes = [] } = spec;
  if (status !== 'ready' || writes.length === 0) return [];
  const runs = archive.runs({ states: ['running', 'paused', 'waiting'] }).filter(({ run }) => run.project === project);
  const active = runs.flatMap((run) => archive.tasks(run.runId)).filter((task) => ACTIVE.has(task.status));
  return active.flatMap(({ taskId, spec: other }): readonly KeptBack[] => {
    const path = other.writes?.find((one) => writes.some((wanted) => mayClash(one, wanted)));
    return path === undefined ? [] : [{ filter: 'writes', task: taskId, path }];
  });
}
