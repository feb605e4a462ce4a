import type { Books } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

/** Once all faults are over: everything comes to its end, nothing is left over, and a restart finds the same state. */
export function endChecker(tell: Tell, books: Books): Checker {
  const must = checkerOf(tell);
  return {
    ended: ({ unfinished, states, owed, running, differing }) => {
      must(unfinished.length === 0, 'comes-to-its-end', unfinished.slice(0, 10).join(', '));
      for (const restored of states.restored) {
        if (restored !== states.folded) tell('snapshot-is-fold', firstDifference(states.folded, restored));
      }
      const due = owed.filter((effect) => !STANDING.test(effect));
      must(due.length === 0, 'nothing-owed', due.slice(0, 5).join(', '));
      must(differing.length === 0, 'memory-equal', differing.slice(0, 5).join(', '));
      must(running.length === 0, 'nothing-runs', running.slice(0, 5).join(', '));
      const busy = [...books.busy].filter(([, tasks]) => tasks.size > 0).map(([agentId]) => agentId);
      must(busy.length === 0, 'nobody-busy', `${busy.join(', ')} still hold attempts`);
    },
  };
}

/** A host is awaited, or kept from new work, for as long as it is known; the rest takes its time, with or without runs. */
const STANDING = /^\{"type":("(await-host|drain-host|restart-agent)"|"wake-at","key":"(breaker:|proposal:_swarm\/))/;

function firstDifference(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return `at ${at}: folded ${one.slice(Math.max(0, at - 60), at + 100)} but restored ${other.slice(Math.max(0, at - 60), at + 100)}`;
}
