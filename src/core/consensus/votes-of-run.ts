import type { SwarmEvent } from '../events.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import { closeWithRun, isOpen, owesAction, type Proposal } from './proposal.ts';

/** Keeps the index of those that the end of the run has to do with: it is asked after every event of any run. */
export function noteUndone({ undone }: Run, proposal: Proposal): void {
  if (isOpen(proposal) || owesAction(proposal)) undone.add(proposal.id);
  else undone.delete(proposal.id);
}

/** Closes what is open: the run ends, so nobody in it waits for an answer any more, and nothing is approved by silence. */
export function endVotes(swarm: Swarm, run: Run): readonly SwarmEvent[] {
  return undoneOf(swarm, run).filter(isOpen).map(closeWithRun);
}

/** A run does not end before what it has approved is done. */
export function owesActions(swarm: Swarm, run: Run): boolean {
  return undoneOf(swarm, run).some(owesAction);
}

function undoneOf({ proposals }: Swarm, run: Run): readonly Proposal[] {
  return [...run.undone].flatMap((id) => proposals.get(id) ?? []);
}
