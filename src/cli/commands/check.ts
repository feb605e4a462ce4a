import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readEarlierReport, refuseGitData } from '../../app/check-input.ts';
import type { CheckRun } from '../../app/check-run.ts';
import type { Coordinator } from '../../app/coordinator.ts';
import { planOfCheck } from '../../app/plan-of-check.ts';
import type { Project } from '../../app/project.ts';
import type { RunId } from '../../app/views.ts';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type FailOn, reasonsToFail } from '../fail-on.ts';
import { pausedLines, type Watched, watchRun } from '../follow-run.ts';
import { shortest } from '../log-of-task.ts';
import { planData, planView } from '../plan-view.ts';
import { checkLines } from '../render/check-lines.ts';
import { planLines } from '../render/plan-lines.ts';
import { visible } from '../render/text.ts';
import { withProject } from '../with-project.ts';

export type CheckFlags = Readonly<{
  out?: string;
  open?: true;
  agents?: number;
  plan?: true;
  online?: true;
  all?: true;
  baseline?: string;
  resetBaseline?: true;
  failOn?: FailOn;
}>;

/** `waggle check` */
export async function check(cli: Cli, dir: string | undefined, flags: CheckFlags): Promise<ExitCode> {
  const root = dir === undefined ? cli.cwd : resolve(cli.cwd, dir);
  await assertFolder(root);
  const where = { ...cli, cwd: root };
  const use = async (project: Project): Promise<ExitCode> => {
    await refuseGitData(project.root);
    return flags.plan === true ? showPlan(cli, project, flags) : checkProject(cli, project, flags);
  };
  return withProject(where, use, { isRoot: dir !== undefined });
}

async function showPlan({ out }: Cli, project: Project, { agents, online }: CheckFlags): Promise<ExitCode> {
  const options = { isOnline: online === true, ...(agents === undefined ? {} : { agents }) };
  const view = planView(await planOfCheck(project, options), project.root);
  for (const line of planData(view)) out.json(line);
  out.result(...planLines(view, out.style, out.columns));
  return EXIT.ok;
}

async function checkProject(cli: Cli, project: Project, flags: CheckFlags): Promise<ExitCode> {
  // Before anything is started or written.
  const baseline = flags.baseline === undefined ? undefined : resolve(cli.cwd, flags.baseline);
  const earlier = baseline === undefined ? undefined : await readEarlierReport(baseline);
  const onTrouble = (message: string): void => cli.out.warn(visible(message));
  const coordinator = await project.connect({ onTrouble, usesThreads: true });
  cli.out.say(`Checking ${visible(shortest(project.root))}`);
  const begin = (onSubmitted: (runId: RunId) => void): Promise<CheckRun> =>
    project.check(coordinator, {
      ...(flags.out === undefined ? {} : { out: resolve(cli.cwd, flags.out) }),
      ...(flags.agents === undefined ? {} : { agents: flags.agents }),
      isBaselineReset: flags.resetBaseline === true,
      isAll: flags.all === true,
      isOnline: flags.online === true,
      ...(earlier === undefined ? {} : { baseline: earlier }),
      onSubmitted,
    });
  return checkAndShow(cli, { project, coordinator, flags, begin });
}

/** `waggle runs resume`, where the run is a check: to its end, reports included. */
export function resumeCheck(
  cli: Cli,
  { project, coordinator, runId, pastSeq }: Pick<Checking, 'project' | 'coordinator'> & Resumed,
): Promise<ExitCode> {
  const begin = (onSubmitted: (id: RunId) => void): Promise<CheckRun> => {
    onSubmitted(runId);
    return project.resumeCheck(coordinator, runId);
  };
  return checkAndShow(cli, { project, coordinator, flags: {}, begin, pastSeq });
}

type Resumed = Readonly<{ runId: RunId; pastSeq: number }>;

/** Shows a check while it goes on, and says what it has found. */
async function checkAndShow(cli: Cli, checking: Checking): Promise<ExitCode> {
  const outcome = await watchCheck(cli, checking);
  if (!('end' in outcome)) return sayOutcome(cli, outcome, checking.flags);
  const { runId } = outcome.view;
  if (outcome.end === 'paused') {
    cli.out.warn(...pausedLines(outcome.view));
    return EXIT.waiting;
  }
  cli.out.warn(`The check was interrupted: there is no report. Go on with: waggle runs resume ${runId}`);
  return EXIT.interrupted;
}

function sayOutcome({ out }: Cli, outcome: CheckRun, flags: CheckFlags): ExitCode {
  const { runId, counts, states, findings, reports, skipped, notes } = outcome;
  const failedOn = reasonsToFail(outcome, flags.failOn);
  for (const finding of findings) out.json({ type: 'check.finding', run: runId, ...finding });
  out.json({ type: 'check.finished', run: runId, counts, states, reports, skipped, notes, failedOn });
  out.result(...checkLines(outcome, out, { isAll: flags.all === true }));
  out.warn(...notes.map(visible), ...failedOn.map((reason) => `Fails (--fail-on): ${reason}.`));
  if (flags.open === true) openFile(reports.html);
  return failedOn.length > 0 ? EXIT.failed : EXIT.ok;
}

type Checking = Readonly<{
  project: Project;
  coordinator: Coordinator;
  flags: CheckFlags;
  /** Calls back once the run is durable. */
  begin: (onSubmitted: (runId: RunId) => void) => Promise<CheckRun>;
  /** Records up to this seq are history. */
  pastSeq?: number;
}>;

/** The check, with its run on screen. A signal ends both. */
async function watchCheck(
  cli: Cli,
  { project, coordinator, begin, pastSeq = 0 }: Checking,
): Promise<CheckRun | Watched> {
  const interrupted = Promise.withResolvers<Watched>();
  let shown: Promise<unknown> = Promise.resolve();
  let isStopping = false;
  const onStopping = (): void => void (isStopping = true);
  const checked = begin((runId) => {
    shown = watchRun(cli, { project, coordinator, runId, isOwn: true, pastSeq, onStopping }).then((watched) => {
      if (watched.end === 'interrupted' || watched.end === 'paused') interrupted.resolve(watched);
    }, interrupted.reject);
  });
  // After a signal the check ends first, because its coordinator is closed: that is no fault.
  const ended = checked.catch((error: unknown) => {
    if (isStopping) return interrupted.promise;
    throw error;
  });
  const outcome = await Promise.race([ended, interrupted.promise]);
  await shown;
  return outcome;
}

async function assertFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  const message = found === undefined ? `There is no folder "${path}".` : `"${path}" is not a folder.`;
  const fix = 'Name the folder of a repository: waggle check ../repo';
  throw userError({ code: 'NOT_A_FOLDER', message, fix });
}

/** Leaves it to the desktop; where there is none, the path has been printed. */
function openFile(path: string): void {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(opener, [path], { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}
