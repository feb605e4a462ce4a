import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { relative } from 'node:path';
import type { Project } from '../app/project.ts';
import { nameOf, runOf, type TaskId } from '../app/views.ts';
import type { LogPlace } from './render/failure.ts';

/** More than the lines that are shown have. */
const TAIL_BYTES = 16 * 1024;

/** Where the whole log of a task's last attempt is: the command that prints it, and a path and its end where the store has files. */
export function logOfTask(project: Project, taskId: TaskId): LogPlace | undefined {
  const log = project.logs(taskId).at(-1);
  if (log === undefined) return undefined;
  const command = `waggle tasks logs ${runOf(taskId)}/${nameOf(taskId)}`;
  return log.path === undefined ? { command } : { command, path: shortest(log.path), tail: endOf(log.path) };
}

/** Nothing where it cannot be read: who looks for it is told why. */
function endOf(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, size - buffer.length));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}

/** Relative to the current folder where that is shorter. */
export function shortest(path: string): string {
  const short = relative(process.cwd(), path);
  return short !== '' && short.length < path.length ? short : path;
}
