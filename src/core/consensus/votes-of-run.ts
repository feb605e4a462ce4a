import type { SwarmEvent } from '../events.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import { closeWithRun, isOpen, owesAction, type Proposal } from './proposal.ts';

/** Closes what is open: the run ends, so nobody in it waits for an answer any more, and nothing is approved by silence. */
export function endVotes(swarm: Swarm, run: Run): readonly SwarmEvent[] {
  return proposalsOf(swarm, run).filter(isOpen).map(closeWithRun);
}

/** A run does not end before what it has approved is done. */
export function owesActions(swarm: Swarm, run: Run): boolean {
  return proposalsOf(swarm, run).some(owesAction);
}

function proposalsOf({ proposals }: Swarm, run: Run): readonly Proposal[] {
  return [...run.proposals].flatMap((id) => proposals.get(id) ?? []);
}
