import { isCheck } from '../../app/check-run.ts';
import type { Coordinator } from '../../app/coordinator.ts';
import type { Project } from '../../app/project.ts';
import type { RunArchive, RunRecord } from '../../app/views.ts';
import { userError } from '../../util/user-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findRun } from '../find.ts';
import { followRun } from '../follow-run.ts';
import { progressOf } from './runs.ts';
import { resumeCheck } from './check.ts';
import { Refused } from '../refused.ts';
import { visible } from '../render/text.ts';
import { archiveOf, withProject } from '../with-project.ts';

/** `waggle runs watch` */
export function runsWatch(cli: Cli, id: string): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = archiveOf(project);
    const { runId } = findRun(archive, id);
    const pastSeq = archive.headSeq();
    const coordinator = await connect(cli, project);
    // What is shown from here on is new: first, how it stands.
    const run = archive.run(runId);
    if (run !== undefined)
      cli.out.say(`Watching ${visible(run.run.name)} ${runId}: ${run.state}, ${progressOf(run)} tasks done.`);
    return followRun(cli, { project, coordinator, runId, isOwn: false, pastSeq });
  });
}

/** `waggle runs resume`: paused ones are told to go on; interrupted ones do so by themselves. */
export function runsResume(cli: Cli, id: string | undefined): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = archiveOf(project);
    const wanted = id === undefined ? openRuns(archive) : [findRun(archive, id)];
    if (wanted.length === 0) {
      cli.out.result('Nothing to go on with: no run is open.');
      return EXIT.ok;
    }
    const pastSeq = archive.headSeq();
    const coordinator = await connect(cli, project);
    // A check goes on when whoever will write its reports is there.
    for (const run of wanted) if (!isCheck(run)) await resume(coordinator, archive.run(run.runId) ?? run);
    let worst: ExitCode = EXIT.ok;
    for (const run of wanted) {
      const { runId } = run;
      cli.out.say(`${visible(run.run.name)} ${runId} goes on.`);
      const about = { project, coordinator, runId, pastSeq };
      const code = isCheck(run) ? await resumeCheck(cli, about) : await followRun(cli, { ...about, isOwn: true });
      if (code === EXIT.interrupted) return code;
      worst = code === EXIT.ok ? worst : code;
    }
    return worst;
  });
}

/** `waggle runs retry` */
export function runsRetry(cli: Cli, id: string): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const archive = archiveOf(project);
    const { runId: oldId } = findRun(archive, id);
    const pastSeq = archive.headSeq();
    const coordinator = await connect(cli, project);
    const answer = await coordinator.retry(oldId);
    if (!answer.ok) throw new Refused(answer.refusal);
    cli.out.say(`Run ${answer.runId} does ${oldId} again and reuses what succeeded.`);
    return followRun(cli, { project, coordinator, runId: answer.runId, isOwn: true, pastSeq });
  });
}

async function resume(coordinator: Coordinator, { runId, state }: RunRecord): Promise<void> {
  if (state === 'succeeded' || state === 'failed' || state === 'cancelled') {
    const message = `Run ${runId} has ended (${state}); that does not change any more.`;
    throw userError({ code: 'RUN_ENDED', message, fix: `Run it again: waggle runs retry ${runId}` });
  }
  if (state !== 'paused') return;
  const answer = await coordinator.command({ type: 'run.resume', runId });
  if (!answer.ok) throw new Refused(answer.refusal);
}

function openRuns(archive: RunArchive): readonly RunRecord[] {
  return archive.runs({ states: ['running', 'paused', 'waiting'], limit: 100 }).toReversed();
}

function connect({ out }: Cli, project: Project): Promise<Coordinator> {
  return project.connect({ onTrouble: (message) => out.warn(visible(message)) });
}
