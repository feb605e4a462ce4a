import type { Coordinator } from '../app/coordinator.ts';
import { Lifecycle } from '../app/lifecycle.ts';
import type { Project } from '../app/project.ts';
import { type RunId, type RunView, taskId } from '../app/views.ts';
import type { Cli } from './cli.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { logOfTask } from './log-of-task.ts';
import { summaryLines } from './render/run-screen.ts';
import { visible } from './render/text.ts';
import { RunFollower } from './run-follower.ts';
import { keepYoungGenerationSmall } from './young-generation.ts';

export type FollowRun = Readonly<{
  project: Project;
  coordinator: Coordinator;
  runId: RunId;
  /** Ctrl-C pauses it. Else it only ends the watching. */
  isOwn: boolean;
  /** Records up to this seq are history. */
  pastSeq?: number;
  /** Told when a signal has come. From then on the coordinator answers nothing more. */
  onStopping?: () => void;
}>;

/** Why the showing of a run ended, and how the run looked then. */
export type Watched = Readonly<{ end: 'ended' | 'waiting' | 'paused' | 'interrupted' | 'reader-gone'; view: RunView }>;

/** Shows a run until it ends, waits for a person who is not here, or is interrupted; says how it ended. */
export async function followRun(cli: Cli, options: FollowRun): Promise<ExitCode> {
  keepYoungGenerationSmall();
  return sayEnd(cli, await watchRun(cli, options), options.isOwn);
}

/** Shows a run until it ends, waits for a person who is not here, or is interrupted. */
export async function watchRun(cli: Cli, options: FollowRun): Promise<Watched> {
  const { coordinator, project, runId, isOwn, pastSeq = 0 } = options;
  const { out, launcherGone } = cli;
  using lifecycle = new Lifecycle({
    coordinator,
    ownRuns: () => (isOwn ? [runId] : []),
    onStopping: (kind) => {
      out.warn(stoppingLine(isOwn, kind));
      options.onStopping?.();
    },
    ...(launcherGone === undefined ? {} : { launcherGone }),
  });
  using follower = new RunFollower({
    out,
    runId,
    pastSeq,
    logOf: (task) => logOfTask(project, taskId(runId, task.spec.name)),
    wallStartOf: ({ spec }) => project.archive()?.attempts(taskId(runId, spec.name)).at(-1)?.startedAtMs,
  });
  const stop = coordinator.follow(runId, follower.onRecords);
  const interrupted = lifecycle.interrupted.then(() => 'interrupted' as const);
  try {
    const failed = failureOf(coordinator);
    const settled = settledOf(follower, isOwn);
    const end = await Promise.race([settled, interrupted, readerGone(out.closed, isOwn), failed]);
    return { end, view: follower.view };
  } finally {
    stop();
  }
}

/** Who only watches a run that an alert has paused may see how it goes on. */
async function settledOf({ settled }: RunFollower, isOwn: boolean): Promise<Watched['end']> {
  const end = await settled;
  return end === 'paused' && !isOwn ? new Promise(() => {}) : end;
}

/** Rejects when nothing more can come: the store is damaged, another version leads. Being closed is no failure. */
async function failureOf({ over }: Coordinator): Promise<never> {
  const { kind, error } = await over;
  if (kind === 'failed') throw error;
  return new Promise(() => {});
}

function stoppingLine(isOwn: boolean, kind: 'paused' | 'drained'): string {
  if (!isOwn) return 'Stops watching.';
  return `${kind === 'paused' ? 'Pausing' : 'Stopping'}: attempts are being ended. A second signal ends them at once.`;
}

/** A watcher whose reader went away has nothing left to do; a run of one's own goes on. */
function readerGone(closed: AbortSignal, isOwn: boolean): Promise<'reader-gone'> {
  const { promise, resolve } = Promise.withResolvers<'reader-gone'>();
  if (!isOwn) closed.addEventListener('abort', () => resolve('reader-gone'), { once: true });
  return promise;
}

function sayEnd({ out }: Cli, { end, view }: Watched, isOwn: boolean): ExitCode {
  switch (end) {
    case 'ended':
      out.result(...summaryLines(view, out.style));
      if (view.failures.length > 0) sayFailures(out, view);
      return view.outcome?.state === 'succeeded' ? EXIT.ok : EXIT.failed;
    case 'waiting':
      out.json({ type: 'run.waiting', run: view.runId, for: 'person', tasks: unknownOutcomes(view) });
      out.warn(...waitingLines(view));
      return EXIT.waiting;
    case 'paused':
      out.json({ type: 'run.waiting', run: view.runId, for: 'person', tasks: [], reason: view.pauseReason ?? null });
      out.warn(...pausedLines(view));
      return EXIT.waiting;
    case 'interrupted':
      if (isOwn) out.warn(interruptedLine(view));
      return EXIT.interrupted;
    case 'reader-gone':
      return EXIT.ok;
  }
}

/** What becomes of a run whose process was told to stop. */
export function interruptedLine(view: RunView): string {
  const done = `${view.ended} of ${view.tasks.size} tasks are done`;
  if (view.state === 'paused')
    return `Run ${view.runId} is paused, ${done}. Go on with: waggle runs resume ${view.runId}`;
  return `Run ${view.runId} is interrupted, ${done}. It goes on when waggle next runs something here, or with: waggle runs resume`;
}

/** Of a run that nobody here has paused. */
export function pausedLines(view: RunView): readonly string[] {
  const why = `Run ${view.runId} was paused by ${visible(view.pauseReason ?? 'an alert')}: waggle alerts history`;
  return [why, interruptedLine(view)];
}

function sayFailures(out: Cli['out'], { failures, runId }: RunView): void {
  if (failures.length > 5) out.warn(`${failures.length - 5} more failures: waggle tasks list ${runId} --status failed`);
  out.say(`Run again what did not succeed: waggle runs retry ${runId}`);
}

function unknownOutcomes(view: RunView): readonly string[] {
  return [...view.tasks.values()]
    .filter(({ stand }) => stand.status === 'outcome-unknown')
    .map(({ spec }) => spec.name);
}

function waitingLines(view: RunView): readonly string[] {
  const answers = unknownOutcomes(view).map(
    (name) => `  waggle tasks settle ${view.runId}/${visible(name)} --as succeeded|failed|retry`,
  );
  return [`Run ${view.runId} waits for you: nobody knows how these tasks ended. Look, then say it:`, ...answers];
}
