import type { Choice } from '../core/consensus/proposal-spec.ts';
import { VOTERS, type Finding, type FindingState, type FindingVote, type Voter } from '../core/findings/finding.ts';

/** How votes are counted for people: what came too late does not count. */
export type Tally = Readonly<Record<Choice, number>>;

export function tallyOf(votes: readonly FindingVote[]): Tally {
  const of = (choice: Choice): number => votes.filter((vote) => vote.isCounted && vote.choice === choice).length;
  return { approve: of('approve'), reject: of('reject'), abstain: of('abstain') };
}

/** `4 for, 1 against`; `nobody voted` where nobody did. Who abstained or came too late has no part in it. */
export function tallyText(votes: readonly FindingVote[]): string {
  const { approve, reject } = tallyOf(votes);
  return votes.length === 0 ? 'nobody voted' : `${approve} for, ${reject} against`;
}

/** How a vote is decided, for people. */
export const VOTING_RULE =
  'Abstentions do not count. On facts, one voter with evidence against is enough to reject. On how good code is, two thirds decide; shape counts 5, the others 3. Secrets and merge markers are decided by shape and context alone; a token whose checksum holds by shape. To be confirmed a finding needs two approvals, or all where fewer were asked, and that of shape among them.';

/** What a voter looks at, for people. */
export const VOTER_TEXTS: Readonly<Record<Voter, Readonly<{ name: string; asks: string }>>> = {
  shape: { name: 'shape', asks: 'Is it what it looks like? Looked at a second time, in another way.' },
  context: {
    name: 'context',
    asks: 'Does it stand where it counts: in what ships, not in tests, samples or generated files?',
  },
  history: { name: 'history', asks: 'Is the place alive: changed often, by whom, with how many fixes?' },
  tests: { name: 'tests', asks: 'Would a test notice?' },
  'blast-radius': { name: 'blast radius', asks: 'How much depends on it?' },
};

export const CHOICE_TEXTS: Readonly<Record<Choice, string>> = {
  approve: 'for',
  reject: 'against',
  abstain: 'abstained',
};

/** One mark for each voter, in the order of `VOTERS`; undefined where it was not asked, or gave no answer. */
export function marksOf({ votes }: Pick<Finding, 'votes'>): readonly Readonly<{ voter: Voter; vote?: FindingVote }>[] {
  return VOTERS.map((voter) => {
    const vote = votes.find((one) => one.voter === voter);
    return vote === undefined ? { voter } : { voter, vote };
  });
}

/** What is said first on why a finding was rejected: the first counted vote against it. */
export function reasonAgainst({ votes }: Pick<Finding, 'votes'>): FindingVote | undefined {
  return votes.find(({ choice, isCounted }) => choice === 'reject' && isCounted);
}

/** Why a finding was left open though votes were for it: what the voter on shape says, without whom none is confirmed. */
export function reasonOpen({ state, votes }: Pick<Finding, 'state' | 'votes'>): FindingVote | undefined {
  if (state !== 'unconfirmed' || tallyOf(votes).approve < 2) return undefined;
  return votes.find(({ voter, choice }) => voter === 'shape' && choice === 'abstain');
}

export type ByState = Readonly<Record<FindingState, readonly Finding[]>>;

/** Each list in the order of the report. */
export function byState(findings: readonly Finding[]): ByState {
  const of = (state: FindingState): readonly Finding[] => findings.filter((finding) => finding.state === state);
  return {
    confirmed: of('confirmed'),
    unconfirmed: of('unconfirmed'),
    rejected: of('rejected'),
    'not-voted': of('not-voted'),
  };
}
