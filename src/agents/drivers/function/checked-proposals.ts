import type { RunProposals } from '../../../ports/run-proposals.ts';
import { ATTEMPT_VOTES, PROPOSAL_NAMES, PROPOSAL_SPECS } from '../../../tools/vote-schemas.ts';
import { asked, checkedForm } from './checked-form.ts';

/** `RunProposals` for callers who may give anything. */
export type CheckedProposals = {
  readonly [Question in keyof RunProposals]: (given: unknown) => ReturnType<RunProposals[Question]>;
};

export function checkedProposals(proposals: () => RunProposals): CheckedProposals {
  return {
    open: (given) => asked(() => proposals().open(checkedForm('call.proposals.open', PROPOSAL_SPECS, given))),
    vote: (given) => asked(() => proposals().vote(checkedForm('call.proposals.vote', ATTEMPT_VOTES, given))),
    outcomes: (given) =>
      asked(() => proposals().outcomes(checkedForm('call.proposals.outcomes', PROPOSAL_NAMES, given))),
  };
}
