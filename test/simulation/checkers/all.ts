import type { Plan } from '../../../src/simulation/plan.ts';
import type { Watcher } from '../../../src/simulation/watcher.ts';
import type { World } from '../../../src/simulation/world.ts';
import { alertChecker } from './alerts.ts';
import { answerChecker } from './answers.ts';
import { careCheckers } from './breakers.ts';
import { Books } from './books.ts';
import type { Checker, Tell } from './checker.ts';
import { deedChecker } from './deeds.ts';
import { delegationChecker } from './delegation.ts';
import { effectChecker } from './effects.ts';
import { endChecker } from './end.ts';
import { fairnessChecker } from './fairness.ts';
import { hostChecker } from './hosts.ts';
import { journalChecker } from './journal.ts';
import { markChecker, type Marks } from '../marks.ts';
import { mailChecker } from './mail.ts';
import { memoryChecker } from './memory.ts';
import { quotaChecker } from './quota.ts';
import { runChecker } from './runs.ts';
import { scalingChecker } from './scaling.ts';
import { settingChecker } from './settings.ts';
import { taskChecker } from './tasks.ts';
import { voteChecker } from './votes.ts';
import { writeChecker } from './writes.ts';

function ofAgents(tell: Tell, books: Books, plan: Plan): readonly Checker[] {
  const [care, mayWork] = careCheckers(tell, books, plan.rules);
  return [...care, fairnessChecker(tell, books, plan, mayWork)];
}

/** What is told of a world besides broken promises. */
export type Seen = Readonly<{
  marks?: Marks;
  /** How each task ended. */
  ends?: Map<string, string>;
}>;

function checkersOf(world: World, tell: Tell, books: Books, plan: Plan): readonly Checker[] {
  return [
    journalChecker(tell),
    taskChecker(tell),
    runChecker(tell),
    voteChecker(tell),
    writeChecker(tell, books),
    effectChecker(tell, books, () => world.nowUs),
    answerChecker(tell, books),
    ...ofAgents(tell, books, plan),
    deedChecker(tell, books),
    delegationChecker(tell, books, plan.rules),
    alertChecker(tell, books, { rules: plan.rules.alerts, nowUs: () => world.nowUs }),
    settingChecker(tell, books, plan),
    memoryChecker(tell, books, plan),
    quotaChecker(tell, books),
    scalingChecker(tell, books, plan.rules.scaling),
    mailChecker(tell, books, plan.rules.maxMailboxMessages),
    ...hostChecker({ tell, books, plan, nowUs: () => world.nowUs }),
    endChecker(tell, books),
  ];
}

/** Every checker, on one set of books. The first one that finds something stops the world. */
export function watchAll(world: World, plan: Plan, { marks, ends }: Seen = {}): Watcher {
  const books = new Books();
  const tell = (invariant: string, message: string): void => world.fail(invariant, `${message} (seq ${books.seq})`);
  const own = marks === undefined ? [] : [markChecker(marks, books)];
  const checkers = [...checkersOf(world, tell, books, plan), ...own];
  // Most records pass by most checkers: those that do not look are left out once, and not for each record.
  const befores = checkers.flatMap(({ before }) => before ?? []);
  const afters = checkers.flatMap(({ after }) => after ?? []);
  return {
    stored: (records) => {
      for (const record of records) {
        if (world.violation !== undefined) return;
        for (const before of befores) before(record, books);
        books.note(record);
        for (const after of afters) after(record, books);
      }
    },
    answered: (exchange) => each(checkers, ({ answered }) => answered?.(exchange)),
    published: (records) => each(checkers, ({ published }) => published?.(records)),
    started: (sign) => each(checkers, ({ started }) => started?.(sign)),
    left: (sign) => each(checkers, ({ left }) => left?.(sign)),
    claimed: (sign, isTrue) => each(checkers, ({ claimed }) => claimed?.(sign, isTrue)),
    received: (sign, messages) => each(checkers, ({ received }) => received?.(sign, messages)),
    done: (deed) => each(checkers, ({ done }) => done?.(deed)),
    host: (sign) => each(checkers, ({ host }) => host?.(sign)),
    provisioned: (ask) => each(checkers, ({ provisioned }) => provisioned?.(ask)),
    remembered: (change) => each(checkers, ({ remembered }) => remembered?.(change)),
    recalled: (read) => each(checkers, ({ recalled }) => recalled?.(read)),
    answeredChange: (told) => each(checkers, ({ answeredChange }) => answeredChange?.(told)),
    set: (node, name, value) => each(checkers, ({ set }) => set?.(node, name, value)),
    called: (what) => each(checkers, ({ called }) => called?.(what)),
    fell: (node, why) => each(checkers, ({ fell }) => fell?.(node, why)),
    ended: (end) => {
      each(checkers, ({ ended }) => ended?.(end));
      if (ends !== undefined) noteEnds(books, ends);
    },
  };
}

function each(checkers: readonly Checker[], call: (checker: Checker) => void): void {
  for (const checker of checkers) call(checker);
}

function noteEnds({ runs }: Books, ends: Map<string, string>): void {
  for (const { tasks } of runs.values()) for (const { id, status } of tasks.values()) ends.set(id, status);
}
