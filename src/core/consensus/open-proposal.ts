import { NAME_PATTERN, proposalId } from '../ids.ts';
import type { Context, OpenProposalInput } from '../inputs.ts';
import { accept, refuse, type Ruling } from '../ruling.ts';
import { openCount, type Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import type { VotingRule } from './outcome.ts';
import type { Proposal } from './proposal.ts';
import type { Member, ProposalSpec } from './proposal-spec.ts';

/** Source of the figures: docs/semantics.md, Votes. */
const DEFAULT_RULE: VotingRule = { quorumPercent: 60, threshold: 'majority' };
/** ms of led time for a vote that says nothing about it. */
export const DEFAULT_VOTE_MS = 30_000;
const MAX_TIMEOUT_MS = 2_592_000_000;
const MAX_MEMBERS = 1_000;
const MAX_WEIGHT = 1_000_000;
const MAX_SPEC_CHARS = 48_000;
const MAX_TEXT_CHARS = 300;
/** All of a run, closed ones included: they stay in memory until it ends. */
const MAX_PER_RUN = 1_000;
/** Problems that one refusal lists. */
const MAX_PROBLEMS = 50;
const MEMBER_ID = /^[\x21-\x7e]{1,130}$/;
const CONTENT_HASH = /^[0-9a-f]{64}$/;

/** Pure: opens a proposal in a run that goes on, with its members, rule and due time fixed. */
export function openProposal(swarm: Swarm, { runId, proposal: spec }: OpenProposalInput, { nowMs }: Context): Ruling {
  const run = swarm.runs.get(runId);
  if (run === undefined) {
    return refuse(swarm.ended.has(runId) ? { reason: 'status-wrong', status: 'ended' } : { reason: 'run-unknown' });
  }
  const id = proposalId(runId, spec.name);
  const known = swarm.proposals.get(id);
  if (known !== undefined) return isSame(known, spec) ? accept() : refuse({ reason: 'proposal-conflict' });
  if (run.ending !== undefined || openCount(run) === 0) return refuse({ reason: 'status-wrong', status: 'ending' });
  const problems = findProblems(spec);
  if (problems.length > 0) return refuse({ reason: 'proposal-invalid', problems: problems.slice(0, MAX_PROBLEMS) });
  const full = fullLimit(swarm, run);
  if (full !== undefined) return full;
  const { quorumPercent = DEFAULT_RULE.quorumPercent, threshold = DEFAULT_RULE.threshold } = spec;
  const dueMs = nowMs + (spec.timeoutMs ?? DEFAULT_VOTE_MS);
  return accept({ type: 'proposal.opened', proposalId: id, spec, rule: { quorumPercent, threshold }, dueMs });
}

function fullLimit({ rules: { maxOpenProposals }, openProposals }: Swarm, { proposals }: Run): Ruling | undefined {
  if (openProposals.size >= maxOpenProposals) {
    return refuse({ reason: 'limit-reached', limit: 'open proposals', most: maxOpenProposals });
  }
  if (proposals.size < MAX_PER_RUN) return undefined;
  return refuse({ reason: 'limit-reached', limit: 'proposals per run', most: MAX_PER_RUN });
}

function isSame({ spec }: Proposal, other: ProposalSpec): boolean {
  return JSON.stringify(spec) === JSON.stringify(other);
}

/** Everything that is wrong with it, at once. */
function findProblems(spec: ProposalSpec): readonly string[] {
  return [...findSpecProblems(spec), ...findElectorateProblems(spec)];
}

function findSpecProblems(spec: ProposalSpec): readonly string[] {
  const { name, title, subject, contentHash, quorumPercent = 1, timeoutMs = 1 } = spec;
  const rules: readonly (readonly [holds: boolean, problem: string])[] = [
    [NAME_PATTERN.test(name), `"${name}" is no name: 1 to 64 letters, digits, ".", "_" or "-"`],
    [isText(title), `the title needs 1 to ${MAX_TEXT_CHARS} characters`],
    [isText(subject), `the subject needs 1 to ${MAX_TEXT_CHARS} characters`],
    [CONTENT_HASH.test(contentHash), 'the content hash is no SHA-256 in hex'],
    [isWhole(quorumPercent, 100), `the quorum is ${quorumPercent} %, but must be a whole 1 to 100`],
    [
      isWhole(timeoutMs, MAX_TIMEOUT_MS),
      `the time to vote is ${timeoutMs} ms, but must be a whole 1 to ${MAX_TIMEOUT_MS}`,
    ],
    [JSON.stringify(spec).length <= MAX_SPEC_CHARS, `it is over ${MAX_SPEC_CHARS} characters`],
  ];
  return rules.filter(([holds]) => !holds).map(([, problem]) => problem);
}

function findElectorateProblems({ kind, author, members, risk }: ProposalSpec): readonly string[] {
  const problems = members.slice(0, MAX_MEMBERS).flatMap(findMemberProblems);
  if (members.length === 0 || members.length > MAX_MEMBERS) {
    problems.push(`${members.length} members, but 1 to ${MAX_MEMBERS} can vote`);
  }
  if (new Set(members.map(({ id }) => id)).size < members.length) problems.push('a member is named twice');
  if (kind === 'review' && author === undefined) problems.push('a review must name its author');
  if (kind === 'review' && members.some(({ id }) => id === author)) problems.push(`the author "${author}" has no vote`);
  const families = new Set(members.flatMap(({ family }) => family ?? []));
  if (risk === 'high' && families.size < 2) problems.push('a high risk needs members of two model families');
  return problems;
}

function findMemberProblems({ id, weight = 1 }: Member): string[] {
  const problems: string[] = [];
  if (!MEMBER_ID.test(id)) problems.push('a member id needs 1 to 130 printable ASCII characters without spaces');
  if (!isWhole(weight, MAX_WEIGHT))
    problems.push(`member "${id}" weighs ${weight}, but must weigh a whole 1 to ${MAX_WEIGHT}`);
  return problems;
}

function isText(text: string): boolean {
  return text.length > 0 && text.length <= MAX_TEXT_CHARS;
}

function isWhole(figure: number, most: number): boolean {
  return Number.isInteger(figure) && figure >= 1 && figure <= most;
}
