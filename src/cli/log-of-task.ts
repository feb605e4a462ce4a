import { relative } from 'node:path';
import type { Project } from '../app/project.ts';
import { nameOf, runOf, type TaskId } from '../app/views.ts';
import type { LogPlace } from './render/failure.ts';

/** Where the whole log of a task's last attempt is: the command that prints it, and a path where the store has files. */
export function logOfTask(project: Project, taskId: TaskId): LogPlace | undefined {
  const log = project.logs(taskId).at(-1);
  if (log === undefined) return undefined;
  const command = `waggle tasks logs ${runOf(taskId)}/${nameOf(taskId)}`;
  return log.path === undefined ? { command } : { command, path: shortest(log.path) };
}

/** Relative to the current folder where that is shorter. */
export function shortest(path: string): string {
  const short = relative(process.cwd(), path);
  return short !== '' && short.length < path.length ? short : path;
}
