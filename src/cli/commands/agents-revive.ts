import { agentId } from '../../app/views.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Refused } from '../refused.ts';
import { visible } from '../render/text.ts';
import { archiveOf, withProject } from '../with-project.ts';
import { findAgents } from './agents.ts';

/** `waggle agents revive` */
export function agentsRevive(cli: Cli, id: string): Promise<ExitCode> {
  return withProject(cli, async (project) => {
    findAgents(archiveOf(project), id);
    const coordinator = await project.connect({ isBrief: true, onTrouble: (text) => cli.out.warn(visible(text)) });
    const answer = await coordinator.command({ type: 'agent.revive', agentId: agentId(id) });
    if (!answer.ok) throw new Refused(answer.refusal);
    cli.out.json({ type: 'agent', agent: id, state: 'revived' });
    cli.out.result(`${visible(id)} may have work again, with nothing held against it.`);
    return EXIT.ok;
  });
}
