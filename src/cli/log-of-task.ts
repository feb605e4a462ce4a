import { relative } from 'node:path';
import type { Project } from '../app/project.ts';
import { nameOf, runOf, type TaskId } from '../app/views.ts';
import type { LogPlace } from './render/failure.ts';

/** Where the whole log of a task's last attempt is: a path where the store has files, and the command that prints it. */
export function logOfTask(project: Project, taskId: TaskId): LogPlace {
  const command = `waggle tasks logs ${runOf(taskId)}/${nameOf(taskId)}`;
  const logs = project.logs(taskId);
  const newest = logs.at(-1)?.attempt;
  const path = logs.find(({ attempt }) => attempt === newest)?.path;
  return path === undefined ? { command } : { command, path: shortest(path) };
}

/** Relative to the current folder where that is shorter. */
export function shortest(path: string): string {
  const short = relative(process.cwd(), path);
  return short !== '' && short.length < path.length ? short : path;
}
