import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CheckRun } from '../../app/check-run.ts';
import type { Coordinator } from '../../app/coordinator.ts';
import { planOfCheck } from '../../app/plan-of-check.ts';
import type { Project } from '../../app/project.ts';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { interruptedLine, type Watched, watchRun } from '../follow-run.ts';
import { shortest } from '../log-of-task.ts';
import { planData, planView } from '../plan-view.ts';
import type { Severity } from '../program/values.ts';
import { checkLines } from '../render/check-lines.ts';
import { planLines } from '../render/plan-lines.ts';
import { visible } from '../render/text.ts';
import { withProject } from '../with-project.ts';

export type CheckFlags = Readonly<{
  out?: string;
  open?: true;
  agents?: number;
  plan?: true;
  resetBaseline?: true;
  failOn?: Severity;
}>;

/** `waggle check` */
export async function check(cli: Cli, dir: string | undefined, flags: CheckFlags): Promise<ExitCode> {
  const root = dir === undefined ? cli.cwd : resolve(cli.cwd, dir);
  await assertFolder(root);
  const where = { ...cli, cwd: root };
  const use = (project: Project): Promise<ExitCode> =>
    flags.plan === true ? showPlan(cli, project, flags) : checkProject(cli, project, flags);
  return withProject(where, use, { isRoot: dir !== undefined });
}

async function showPlan({ out }: Cli, project: Project, { agents }: CheckFlags): Promise<ExitCode> {
  const view = planView(await planOfCheck(project, agents === undefined ? {} : { agents }), project.root);
  for (const line of planData(view)) out.json(line);
  out.result(...planLines(view, out.style, out.columns));
  return EXIT.ok;
}

async function checkProject(cli: Cli, project: Project, flags: CheckFlags): Promise<ExitCode> {
  const coordinator = await project.connect({ onTrouble: (message) => cli.out.warn(visible(message)) });
  cli.out.say(`Checking ${visible(shortest(project.root))}`);
  const outcome = await checkAndShow(cli, { project, coordinator, flags });
  if ('end' in outcome) {
    cli.out.warn(interruptedLine(outcome.view));
    return EXIT.interrupted;
  }
  const { runId, counts, findings, reports, skipped } = outcome;
  for (const finding of findings) cli.out.json({ type: 'check.finding', run: runId, ...finding });
  cli.out.json({ type: 'check.finished', run: runId, counts, reports, skipped });
  cli.out.result(...checkLines(outcome, cli.out));
  if (flags.open === true) openFile(reports.html);
  return isTooMuch(outcome, flags.failOn) ? EXIT.failed : EXIT.ok;
}

/** The check, with its run on screen. A signal ends both. */
async function checkAndShow(
  cli: Cli,
  { project, coordinator, flags }: Readonly<{ project: Project; coordinator: Coordinator; flags: CheckFlags }>,
): Promise<CheckRun | Watched> {
  const interrupted = Promise.withResolvers<Watched>();
  let shown: Promise<unknown> = Promise.resolve();
  const checked = project.check(coordinator, {
    ...(flags.out === undefined ? {} : { out: resolve(cli.cwd, flags.out) }),
    ...(flags.agents === undefined ? {} : { agents: flags.agents }),
    isBaselineReset: flags.resetBaseline === true,
    onSubmitted: (runId) => {
      shown = watchRun(cli, { project, coordinator, runId, isOwn: true }).then((watched) => {
        if (watched.end === 'interrupted') interrupted.resolve(watched);
      }, interrupted.reject);
    },
  });
  const outcome = await Promise.race([checked, interrupted.promise]);
  await shown;
  return outcome;
}

function isTooMuch({ counts }: CheckRun, failOn: Severity | undefined): boolean {
  switch (failOn) {
    case undefined:
      return false;
    case 'new':
      return counts.new > 0;
    case 'critical':
      return counts.critical > 0;
    case 'high':
      return counts.critical + counts.high > 0;
    case 'medium':
      return counts.critical + counts.high + counts.medium > 0;
  }
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
