import { assert } from '../../util/assert.ts';
import type { ProposalEvent } from '../events.ts';
import { runOf, SWARM_ITSELF } from '../ids.ts';
import { noteGrowthVote } from '../scaling/growth-votes.ts';
import type { Swarm } from '../swarm-state.ts';
import { applyProposal, isOpen, newProposal, type Proposal } from './proposal.ts';
import { noteUndone } from './votes-of-run.ts';

/** The only way proposals change. Those of a run stay in memory until it ends, of the swarm's own the newest does. */
export function applyToProposals(swarm: Swarm, event: ProposalEvent, atMs: number): void {
  const { proposalId } = event;
  const owner = runOf(proposalId);
  const run = swarm.runs.get(owner);
  assert(run !== undefined || owner === SWARM_ITSELF, `${event.type} for an unknown run of ${proposalId}`);
  const before = swarm.proposals.get(proposalId);
  const after = before === undefined ? newProposal(event) : applyProposal(before, event);
  if (before === undefined && run === undefined) for (const { id } of ofSwarm(swarm)) swarm.proposals.delete(id);
  swarm.proposals.set(proposalId, after);
  if (isOpen(after)) swarm.openProposals.add(proposalId);
  else swarm.openProposals.delete(proposalId);
  if (run === undefined) return;
  run.proposals.add(proposalId);
  noteUndone(run, after);
  noteGrowthVote(swarm, run, after, { event, atMs });
}

/** At most one: the swarm itself asks one thing at a time. */
export function ofSwarm({ proposals }: Swarm): readonly Proposal[] {
  return [...proposals.values()].filter(({ id }) => runOf(id) === SWARM_ITSELF);
}
