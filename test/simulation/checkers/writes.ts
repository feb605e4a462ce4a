import { type Books, isActive, type TaskLine } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

/** No two attempts that may write the same file work at the same time, over all runs of a project. */
export function writeChecker(tell: Tell, books: Books): Checker {
  const must = checkerOf(tell);
  return {
    after: ({ event }) => {
      if (event.type !== 'attempt.assigned' && event.type !== 'attempt.resumed') return;
      const task = books.task(event.taskId);
      if (task?.spec.writes === undefined) return;
      for (const other of busyTasks(books)) {
        if (other === task || isRelated(books, task, other)) continue;
        const both = shared(task, other);
        must(both === undefined, 'write-conflict', `${task.id} and ${other.id} both write ${both}`);
      }
    },
  };
}

function busyTasks({ busy }: Books): readonly TaskLine[] {
  return [...busy.values()].flatMap((tasks) => [...tasks].filter(isActive));
}

/** A task leaves its files to those below it. */
export function isRelated(books: Books, one: TaskLine, other: TaskLine): boolean {
  return isAbove(books, one, other) || isAbove(books, other, one);
}

function isAbove(books: Books, above: TaskLine, task: TaskLine): boolean {
  const run = books.runs.get(task.runId);
  for (let name = task.spec.child?.parent; name !== undefined; name = run?.tasks.get(name)?.spec.child?.parent) {
    if (above.runId === task.runId && above.spec.name === name) return true;
  }
  return false;
}

/** A file that both may write. */
export function shared(one: TaskLine, other: TaskLine): string | undefined {
  const [mine, theirs] = [one.spec.writes ?? [], other.spec.writes ?? []];
  return mine.find((path) => theirs.some((also) => path === also || isBelow(path, also) || isBelow(also, path)));
}

function isBelow(path: string, folder: string): boolean {
  return folder.endsWith('/') && path.startsWith(folder);
}
