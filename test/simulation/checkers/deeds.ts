import type { AttemptSign, Deed } from '../../../src/simulation/watcher.ts';
import type { Books } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

/** What happens outside rests on what is stored, happens no more often than it may, and success is never a lie. */
export function deedChecker(tell: Tell, books: Books): Checker {
  const must = checkerOf(tell);
  const irreversible = new Map<string, number>();
  const lies = new Set<string>();
  return {
    started: (sign) => {
      const task = books.task(sign.taskId);
      const isAssigned = task !== undefined && task.attempt >= sign.attempt;
      must(isAssigned, 'effect-after-commit', `${named(sign)} starts before its assignment is stored`);
    },
    claimed: (sign, isTrue) => {
      if (!isTrue) lies.add(named(sign));
    },
    done: (deed) => {
      if (deed.kind === 'approved')
        return must(isApproved(books, deed), 'approved-only', `${deed.id} is done, not as approved`);
      const task = books.task(deed.id);
      if (task?.spec.effect !== 'D') return;
      const times = (irreversible.get(deed.id) ?? 0) + 1;
      irreversible.set(deed.id, times);
      must(times <= 1 + task.retriesByPerson, 'irreversible-once', `${deed.id} is done ${times} times`);
    },
    before: ({ event }) => {
      if (event.type !== 'task.succeeded') return;
      const task = books.task(event.taskId);
      const isByPerson = event.evidence.some(({ check }) => check === 'person');
      if (task?.spec.verify === undefined || isByPerson) return;
      const name = named({ taskId: event.taskId, attempt: event.attempt });
      must(!lies.has(name), 'no-false-success', `${name} is a lie, and succeeded`);
    },
  };
}

function named({ taskId, attempt }: Pick<AttemptSign, 'taskId' | 'attempt'>): string {
  return `${taskId} attempt ${attempt}`;
}

function isApproved(books: Books, { id, contentHash }: Deed): boolean {
  const line = books.votes.lines.get(id);
  return line?.closed?.outcome === 'approved' && line.opened.spec.contentHash === contentHash;
}
