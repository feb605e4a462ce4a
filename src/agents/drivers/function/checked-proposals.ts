import { z } from 'zod';
import type { RunProposals } from '../../../ports/run-proposals.ts';
import { ATTEMPT_VOTE, PROPOSAL_SPEC } from '../../../tools/vote-schemas.ts';
import { asked, checkedForm } from './checked-form.ts';

const MAX_AT_ONCE = 1_000;

const list = <One>(one: z.ZodType<One>): z.ZodType<readonly One[]> => z.array(one).max(MAX_AT_ONCE).readonly();
const SPECS = list(PROPOSAL_SPEC);
const VOTES = list(ATTEMPT_VOTE);
const NAMES = list(z.string().max(256));

/** `RunProposals` for callers who may give anything. */
export type CheckedProposals = {
  readonly [Question in keyof RunProposals]: (given: unknown) => ReturnType<RunProposals[Question]>;
};

export function checkedProposals(proposals: () => RunProposals): CheckedProposals {
  return {
    open: (given) => asked(() => proposals().open(checkedForm('call.proposals.open', SPECS, given))),
    vote: (given) => asked(() => proposals().vote(checkedForm('call.proposals.vote', VOTES, given))),
    outcomes: (given) => asked(() => proposals().outcomes(checkedForm('call.proposals.outcomes', NAMES, given))),
  };
}
