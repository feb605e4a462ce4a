import type { Assignment, RunAbilities } from './agent-driver.ts';

/** How the programs of one attempt reach the coordinator. */
export type Admission = Readonly<{
  /** `WAGGLE_SOCKET`, `WAGGLE_ATTEMPT_TOKEN`. */
  environment: Readonly<Record<string, string>>;
  /** What must not appear in anything that is kept. */
  secrets: readonly string[];
  /** Absolute path of a folder with the `waggle` client, to be searched first for programs; undefined where there is none. */
  programs: string | undefined;
  /** The attempt has ended: nobody of it is let in any more. Calling it twice does no harm. */
  close: () => void;
}>;

/** Lets programs that an agent starts act as their attempt. */
export interface AttemptDoor {
  /** Rejects when no socket can be made. */
  admit(assignment: Pick<Assignment, 'taskId' | 'attempt'>, abilities: RunAbilities): Promise<Admission>;
}
