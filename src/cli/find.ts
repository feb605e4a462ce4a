import { type RunArchive, type RunRecord, taskId, type TaskRecord } from '../app/views.ts';
import { nearestName } from '../util/nearest-name.ts';
import { userError, type UserError } from '../util/user-error.ts';

/** Runs looked through for the first letters of an id. */
const MOST_RUNS = 10_000;

/** The run that `text` means: an id, its first letters, or `last`. */
export function findRun(archive: RunArchive, text: string): RunRecord {
  if (text === 'last') {
    const [newest] = archive.runs({ limit: 1 });
    if (newest !== undefined) return newest;
    throw mistake('NO_RUNS', 'Nothing has run in this project yet.', 'Start with: waggle check');
  }
  const runs = archive.runs({ limit: MOST_RUNS });
  const exact = runs.find(({ runId }) => runId === text);
  const matches = exact === undefined ? runs.filter(({ runId }) => runId.startsWith(text)) : [exact];
  const [only, second] = matches;
  if (only !== undefined && second === undefined) return only;
  if (only !== undefined) {
    const ids = matches.slice(0, 5).map(({ runId }) => runId);
    throw mistake('RUN_AMBIGUOUS', `"${text}" can mean ${ids.join(', ')}.`, 'Give more letters of the id.');
  }
  const near = nearestName(
    text,
    runs.map(({ runId }) => runId),
  );
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  throw mistake('RUN_UNKNOWN', `There is no run "${text}".`, `See: waggle runs list.${hint}`);
}

/** The task that `text` means: `run/task` with the run as in `findRun`, or a task of the newest run. */
export function findTask(archive: RunArchive, text: string): TaskRecord {
  const slash = text.indexOf('/');
  const run = findRun(archive, slash < 0 ? 'last' : text.slice(0, slash));
  const name = text.slice(slash + 1);
  const task = archive.task(taskId(run.runId, name));
  if (task !== undefined) return task;
  const names = archive.tasks(run.runId).map(({ spec }) => spec.name);
  const near = nearestName(name, names);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  throw mistake(
    'TASK_UNKNOWN',
    `Run ${run.runId} has no task "${name}".`,
    `See: waggle tasks list ${run.runId}.${hint}`,
  );
}

function mistake(code: string, message: string, fix: string): UserError {
  return userError({ code, message, fix });
}
