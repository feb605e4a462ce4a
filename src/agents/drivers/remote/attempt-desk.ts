import type { Question } from '../../../core/hosts/frames.ts';

/** Answers what one attempt on a host asks of its run. */
export interface AttemptDesk {
  /** Tells the answer later, or why there is none. Never throws. */
  ask(id: number, question: Question): void;
  giveUp(id: number): void;
}
