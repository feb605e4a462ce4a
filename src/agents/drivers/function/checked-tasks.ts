import type { RunTasks } from '../../../ports/run-tasks.ts';
import { SUBTASK_NAMES, SUBTASKS } from '../../../tools/subtask-schemas.ts';
import { asked, checkedForm } from './checked-form.ts';

/** `RunTasks` for callers who may give anything. */
export type CheckedTasks = {
  readonly [Question in keyof RunTasks]: (
    given?: unknown,
    options?: Parameters<RunTasks['outcomes']>[1],
  ) => ReturnType<RunTasks[Question]>;
};

export function checkedTasks(tasks: () => RunTasks): CheckedTasks {
  return {
    delegate: (given) => asked(() => tasks().delegate(checkedForm('call.tasks.delegate', SUBTASKS, given))),
    cancel: (given) => asked(() => tasks().cancel(checkedForm('call.tasks.cancel', SUBTASK_NAMES, given))),
    outcomes: (given, options) =>
      asked(() => tasks().outcomes(checkedForm('call.tasks.outcomes', SUBTASK_NAMES, given), options)),
    overview: () => asked(() => tasks().overview()),
    run: (given) => asked(() => tasks().run(checkedForm('call.tasks.run', SUBTASKS, given))),
  };
}
