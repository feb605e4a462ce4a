import type { Threshold } from '../../core/consensus/outcome.ts';
import type { Member, ProposalSpec } from '../../core/consensus/proposal-spec.ts';
import { type Finding, VOTERS, type Voter } from '../../core/findings/finding.ts';
import { ruleOf } from './kinds.ts';

/** How a finding is voted on. */
export type Electorate = Readonly<{ asked: readonly Voter[]; threshold: Threshold; weights: Weights }>;

type Weights = Readonly<Partial<Record<Voter, number>>>;

/** ms from the proposal until silence counts. */
const TIMEOUT_MS = 15_000;
const QUORUM_PERCENT = 60;
const MAX_TITLE = 300;

/** A fact does not become true by a majority: one voter with evidence against it is enough. */
const FACT: Electorate = { asked: VOTERS, threshold: 'unanimous', weights: {} };
/**
 * How good code is, is a matter of weight. The voter on shape, who alone asks whether it holds at all, counts 5 where
 * the others count 3, and two thirds are needed: its rejection stands unless all others approve, and two voters who
 * say that it does not matter stand against its approval. With these weights no single approval settles the vote
 * early, so the order of the votes changes no state. Source: docs/decisions/0016-voters-of-a-check.md.
 */
const QUALITY: Electorate = {
  asked: VOTERS,
  threshold: 'two-thirds',
  weights: { shape: 5, context: 3, history: 3, tests: 3, 'blast-radius': 3 },
};
/** How a file changes, and who uses it, says nothing about a key or a marker in it. */
const LOOKED_AT: Electorate = { asked: ['shape', 'context'], threshold: 'unanimous', weights: {} };
/** A checksum holds or it does not. */
const PROOF: Electorate = { asked: ['shape'], threshold: 'majority', weights: {} };

/** `isProven`: a token whose last characters prove the rest. */
export function electorateOf(kind: string, isProven: boolean): Electorate {
  const { class: kindClass } = ruleOf(kind);
  if (kindClass === 'secret') return isProven ? PROOF : LOOKED_AT;
  if (kind === 'merge-marker') return LOOKED_AT;
  return kindClass === 'quality' ? QUALITY : FACT;
}

export function memberOf(voter: Voter): string {
  return `task:vote.${voter}`;
}

export function voterOf(member: string): Voter | undefined {
  return VOTERS.find((voter) => memberOf(voter) === member);
}

export function proposalNameOf({ id }: Pick<Finding, 'id'>): string {
  return `finding-${id}`;
}

export function proposalOf(finding: Finding, contentHash: string, electorate: Electorate): ProposalSpec {
  return {
    name: proposalNameOf(finding),
    kind: 'finding',
    subject: finding.id,
    title: `${finding.kind}: ${finding.title}`.slice(0, MAX_TITLE),
    contentHash,
    members: electorate.asked.map((voter) => memberWith(voter, electorate.weights[voter])),
    quorumPercent: QUORUM_PERCENT,
    threshold: electorate.threshold,
    timeoutMs: TIMEOUT_MS,
  };
}

function memberWith(voter: Voter, weight: number | undefined): Member {
  return weight === undefined ? { id: memberOf(voter) } : { id: memberOf(voter), weight };
}
