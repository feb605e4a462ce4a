import type { Account } from '../budgets/account.ts';
import type { TaskId } from '../ids.ts';

/** A sub-task as its parent knows it. `adoptedBy`: the newest attempt of the parent that has asked for it. */
export type Child = Readonly<{ id: TaskId; contentKey: string; adoptedBy: number }>;

/** The sub-tasks of one task, kept by the owner of the state until the run ends. */
export type Family = {
  /** By the name the parent uses: the newest of each. */
  readonly children: Map<string, Child>;
  /** Every one there has ever been, in the order in which they came. */
  readonly all: TaskId[];
  /** What the parent was granted for them. */
  readonly account: Account;
  /** Patches that have added something. */
  revisions: number;
  /** Sub-tasks that have not ended, or whose own have not. */
  unsettled: number;
  /** The parent's grant for them is reserved. */
  isFunded: boolean;
};
