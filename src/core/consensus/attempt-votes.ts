import { nameOf, proposalId, runOf } from '../ids.ts';
import type { AttemptVoteInput, Context } from '../inputs.ts';
import { refuse, type Ruling } from '../ruling.ts';
import type { Swarm } from '../swarm-state.ts';
import { decideProposal } from './decide-proposal.ts';
import { openProposal } from './open-proposal.ts';
import { isWorking } from '../tasks/task.ts';
import type { Proposal } from './proposal.ts';

/** Pure: what a running attempt asks for in the votes of its run. An older attempt, or one that must end, has no say. */
export function decideAttemptVote(swarm: Swarm, input: AttemptVoteInput, context: Context): Ruling {
  const task = swarm.tasks.get(input.taskId);
  if (task === undefined) return refuse({ reason: 'task-unknown' });
  if (task.attempt !== input.attempt) return refuse({ reason: 'attempt-stale', currentAttempt: task.attempt });
  if (!isWorking(task)) return refuse({ reason: 'status-wrong', status: task.status });
  const runId = runOf(input.taskId);
  if (input.type === 'attempt.propose') {
    return openProposal(swarm, { type: 'proposal.open', runId, proposal: input.proposal }, context);
  }
  const proposal = swarm.proposals.get(proposalId(runId, input.proposal));
  if (proposal === undefined) return refuse({ reason: 'proposal-unknown' });
  const [asTask, asAgent] = [`task:${nameOf(input.taskId)}`, `agent:${task.agentId}`];
  if (isAuthor(proposal, asTask) || isAuthor(proposal, asAgent)) return refuse({ reason: 'not-a-member' });
  const vote = { ...input.vote, memberId: voterOf(proposal, asTask, asAgent) };
  const cast = { type: 'proposal.vote', proposalId: proposal.id, vote } as const;
  return decideProposal(proposal, cast, context, swarm.rules.vetoCheckMs);
}

/** Nobody reviews what he made, under whichever of his names. */
function isAuthor({ spec }: Proposal, address: string): boolean {
  return spec.kind === 'review' && spec.author === address;
}

/** Where the task itself is no member, its agent may be one; if neither is, the vote is a stranger's. */
function voterOf({ spec }: Proposal, asTask: string, asAgent: string): string {
  return spec.members.some(({ id }) => id === asTask) ? asTask : asAgent;
}
