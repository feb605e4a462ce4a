import type { Coordinator, LocalCommand } from '../../app/coordinator.ts';
import type { RunId, RunRecord } from '../../app/views.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findRun } from '../find.ts';
import { Refused } from '../refused.ts';
import { visible } from '../render/text.ts';
import { archiveOf, withProject } from '../with-project.ts';

type Options = Readonly<{ reason: string }>;

/** `waggle runs pause` */
export function runsPause(cli: Cli, id: string, { reason }: Options): Promise<ExitCode> {
  return steer(cli, id, ({ runId }) => ({
    input: { type: 'run.pause', runId, reason },
    done: `is paused; go on with: waggle runs resume ${runId}`,
  }));
}

/** `waggle runs cancel` */
export function runsCancel(cli: Cli, id: string, { reason }: Options): Promise<ExitCode> {
  return steer(cli, id, ({ runId }) => ({
    input: { type: 'run.cancel', runId, reason },
    done: 'is cancelled',
    underway: 'is being cancelled: what still runs of it, or was approved by a vote, is brought to its end',
  }));
}

/** The processes of an attempt are gone within 10 s. */
const END_WITHIN_MS = 11_000;

/** Whether the run ends in time: a lead that is given up before leaves it open, although nothing of it goes on. */
async function hasEnded(coordinator: Coordinator, runId: RunId): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, END_WITHIN_MS, false);
  try {
    return await Promise.race([coordinator.finished(runId).then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** `underway`: said in place of `done` as long as the run has not ended. Absent: it need not end. */
type Step = Readonly<{ input: LocalCommand; done: string; underway?: string }>;

/** Sends one command about a run and says what came of it. */
function steer(cli: Cli, id: string, make: (run: RunRecord) => Step): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const run = findRun(archiveOf(project), id);
    const { input, done, underway } = make(run);
    const coordinator = await project.connect({
      isBrief: true,
      onTrouble: (message) => cli.out.warn(visible(message)),
    });
    const answer = await coordinator.command(input);
    if (!answer.ok) throw new Refused(answer.refusal);
    const isOver = underway === undefined || (await hasEnded(coordinator, run.runId));
    cli.out.json({ ...input, run: run.runId });
    cli.out.result(`Run ${run.runId} (${visible(run.run.name)}) ${isOver ? done : underway}.`);
    return EXIT.ok;
  });
}
