import { z } from 'zod';
import type { Member, OwnVote, ProposalSpec } from '../core/consensus/proposal-spec.ts';
import type { FindingEvidence } from '../core/findings/finding-evidence.ts';
import type { AttemptVote } from '../ports/run-proposals.ts';
import { ANY_JSON_OBJECT } from './any-json.ts';

/**
 * The form of proposals and votes that come from outside. Strict: an unknown key is a mistake that would be lost.
 * What they may say (names, sizes, weights) is decided by the core.
 */
const text = z.string().max(65_536);

const member: z.ZodType<Member> = z.strictObject({
  id: text,
  weight: z.exactOptional(z.number()),
  mayVeto: z.exactOptional(z.boolean()),
  credentialHash: z.exactOptional(
    z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex: 64 characters, 0 to 9 and a to f'),
  ),
  family: z.exactOptional(text),
});

const evidence: z.ZodType<FindingEvidence> = z.strictObject({ source: text, text, ref: z.exactOptional(text) });

export const PROPOSAL_SPEC: z.ZodType<ProposalSpec> = z.strictObject({
  name: text,
  kind: z.enum(['review', 'contract', 'finding', 'adjustment', 'scaling', 'question']),
  subject: text,
  title: text,
  contentHash: text,
  author: z.exactOptional(text),
  members: z.array(member).readonly(),
  quorumPercent: z.exactOptional(z.number()),
  threshold: z.exactOptional(z.enum(['majority', 'electorate', 'two-thirds', 'unanimous'])),
  timeoutMs: z.exactOptional(z.number()),
  revisable: z.exactOptional(z.boolean()),
  risk: z.exactOptional(z.literal('high')),
  action: z.exactOptional(ANY_JSON_OBJECT),
});

const ownVote = {
  contentHash: text,
  choice: z.enum(['approve', 'reject', 'abstain']),
  reason: z.exactOptional(text),
  evidence: z.exactOptional(z.array(evidence).readonly()),
  reproduce: z.exactOptional(z.array(text).readonly()),
} as const;

const ATTEMPT_VOTE: z.ZodType<AttemptVote> = z.strictObject({ ...ownVote, proposal: text });

/** Of one question. */
const MAX_AT_ONCE = 1_000;
export const PROPOSAL_SPECS: z.ZodType<readonly ProposalSpec[]> = z.array(PROPOSAL_SPEC).max(MAX_AT_ONCE).readonly();
export const ATTEMPT_VOTES: z.ZodType<readonly AttemptVote[]> = z.array(ATTEMPT_VOTE).max(MAX_AT_ONCE).readonly();
export const PROPOSAL_NAMES: z.ZodType<readonly string[]> = z.array(z.string().max(256)).max(MAX_AT_ONCE).readonly();

/** A vote with a name on it. `credential`: what the member must show, itself and not its hash; never stored. */
export type NamedVote = OwnVote & Readonly<{ memberId: string; credential?: string }>;

export const NAMED_VOTE: z.ZodType<NamedVote> = z.strictObject({
  ...ownVote,
  memberId: text,
  credential: z.exactOptional(text),
});
