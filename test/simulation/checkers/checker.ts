import type { Watcher } from '../../../src/simulation/watcher.ts';
import type { JournalRecord } from '../../../src/ports/journal.ts';
import type { Books } from './books.ts';

/** Says that a promise is broken, by the name of the promise. */
export type Tell = (invariant: string, message: string) => void;

/** Looks at what happens and never asks the core: its own rules, on the books of what is stored. */
export type Checker = Readonly<{
  /** A record that is stored, and is not in the books yet. */
  before?: (record: JournalRecord, books: Books) => void;
  /** The same record, and it is in the books. */
  after?: (record: JournalRecord, books: Books) => void;
}> &
  Partial<Omit<Watcher, 'stored'>>;

/** Tells when `holds` is false. */
export function checkerOf(tell: Tell): (holds: boolean, invariant: string, message: string) => void {
  return (holds, invariant, message) => {
    if (!holds) tell(invariant, message);
  };
}
