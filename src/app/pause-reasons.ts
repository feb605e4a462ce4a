import { PAUSED_BY_ALERT } from '../core/alerts/alert-rule.ts';

/** Why a run stands still that was submitted by a program with functions of its own. The names follow. */
export const FUNCTIONS_MISSING = 'waits for the program that has its functions: ';

/** Why a run stands still that came here with a copy of its folder, or whose folder was moved. The folder follows. */
export const OTHER_FOLDER = 'its tasks belong in another folder: ';

const OURS: readonly string[] = [FUNCTIONS_MISSING, OTHER_FOLDER, PAUSED_BY_ALERT];

/** What somebody else says must not pass for a reason of ours: such runs go on, or end what waits for them, by themselves. */
export function reasonOfPerson(reason: string): string {
  return OURS.some((words) => reason.startsWith(words)) ? `asked for: ${reason}` : reason;
}
