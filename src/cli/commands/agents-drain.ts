import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Refused } from '../refused.ts';
import { visible } from '../render/text.ts';
import { archiveOf, withProject } from '../with-project.ts';

/** `waggle agents drain` */
export function agentsDrain(cli: Cli, host: string, { reason }: Readonly<{ reason: string }>): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    archiveOf(project);
    const coordinator = await project.connect({ isBrief: true, onTrouble: (text) => cli.out.warn(visible(text)) });
    const answer = await coordinator.command({ type: 'host.drain', host, reason });
    if (!answer.ok) throw new Refused(answer.refusal);
    cli.out.json({ type: 'host', host, state: 'draining' });
    cli.out.result(`${visible(host)} takes nothing new, finishes what it has, and leaves.`);
    return EXIT.ok;
  });
}
