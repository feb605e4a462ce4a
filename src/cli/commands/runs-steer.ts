import type { LocalCommand } from '../../app/coordinator.ts';
import type { RunRecord } from '../../app/views.ts';
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
  return steer(cli, id, ({ runId }) => ({ input: { type: 'run.cancel', runId, reason }, done: 'is cancelled' }));
}

/** Sends one command about a run and says what came of it. */
function steer(
  cli: Cli,
  id: string,
  make: (run: RunRecord) => Readonly<{ input: LocalCommand; done: string }>,
): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    const run = findRun(archiveOf(project), id);
    const { input, done } = make(run);
    const coordinator = await project.connect({
      isBrief: true,
      onTrouble: (message) => cli.out.warn(visible(message)),
    });
    const answer = await coordinator.command(input);
    if (!answer.ok) throw new Refused(answer.refusal);
    cli.out.json({ ...input, run: run.runId });
    cli.out.result(`Run ${run.runId} (${visible(run.run.name)}) ${done}.`);
    return EXIT.ok;
  });
}
