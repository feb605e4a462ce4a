import type { FindingEvidence } from '../findings/finding-evidence.ts';
import type { JsonObject } from '../json.ts';
import type { Threshold } from './outcome.ts';

/** What is voted on: the review of a change, a contract between parts, a finding, a setting, the size of the swarm, anything. */
export type ProposalKind = 'review' | 'contract' | 'finding' | 'adjustment' | 'scaling' | 'question';

export type Choice = 'approve' | 'reject' | 'abstain';

/** One of those who may vote. */
export type Member = Readonly<{
  /** An agent, a task or a person: 1 to 130 printable ASCII characters without spaces, unique in the electorate. */
  id: string;
  /** Whole, 1 to 1,000,000. @default 1 */
  weight?: number;
  /** Its rejection may be a veto. @default false */
  mayVeto?: boolean;
  /**
   * SHA-256 in hex of the UTF-8 text that the voter must show with a vote. Absent: whoever passes the vote on answers
   * for who it is, and showing anything is refused.
   */
  credentialHash?: string;
  /** The model family behind it. */
  family?: string;
}>;

/** A proposal as it was submitted. Never changes. At most 48,000 characters as JSON. */
export type ProposalSpec = Readonly<{
  /** Unique in the run; `NAME_PATTERN`. */
  name: string;
  kind: ProposalKind;
  /** What it is about, for programs: the id of a finding, a change, an option. */
  subject: string;
  /** What it is about, for people: one sentence. */
  title: string;
  /** SHA-256 in hex of what is voted on. A vote for another content does not count. */
  contentHash: string;
  /** Who made what is voted on. A review must name it, and it has no vote there. */
  author?: string;
  /** 1 to 1,000. Whoever leaves later stays in it, and whoever comes later does not get in. */
  members: readonly Member[];
  /** Whole, 1 to 100. @default 60 */
  quorumPercent?: number;
  /** @default majority */
  threshold?: Threshold;
  /** ms of led time until the vote is over, 1 to 2,592,000,000 (30 days). @default 30_000 */
  timeoutMs?: number;
  /** The last vote of a member counts, and the vote always lasts until its time is over. @default false */
  revisable?: boolean;
  /** Needs members of at least two model families. */
  risk?: 'high';
  /** What the coordinator does, once, when it is approved. Absent: the decision itself is all. */
  action?: JsonObject;
}>;

/** A vote as it comes in. At most 16,000 characters as JSON. */
export type Vote = Readonly<{
  memberId: string;
  /** Of what the voter has looked at. */
  contentHash: string;
  credentialHash?: string;
  choice: Choice;
  /** For people. */
  reason?: string;
  evidence?: readonly FindingEvidence[];
  /** Makes a rejection a veto: a program with its arguments that ends with 0 when it shows what is wrong. */
  reproduce?: readonly string[];
}>;

/** A vote of whoever is known to be a member without saying so. */
export type OwnVote = Omit<Vote, 'memberId' | 'credentialHash'>;

/** A vote that counts. */
export type CastVote = Readonly<{
  memberId: string;
  choice: Choice;
  /** 1 for the member's first vote, one more for each change of it: what is found out about an older one is stale. */
  revision: number;
  reason?: string;
  evidence?: readonly FindingEvidence[];
  /** It is being checked until led time reaches `dueMs`. */
  veto?: Readonly<{ reproduce: readonly string[]; dueMs: number }>;
}>;

/** What came of the coordinator's check of a veto. All but `confirmed` leave a plain rejection. */
export type VetoFinding = 'confirmed' | 'refuted' | 'timed-out';

/** Why an approved action was not done, or not to its end. */
export type ActionFailure =
  /** What was voted on is not what is there now, so nothing was done. `foundHash` is absent when nothing is there. */
  | Readonly<{ reason: 'content-changed'; foundHash?: string }>
  /** It could not be done. */
  | Readonly<{ reason: 'failed'; message: string }>
  /** It did not end in time: whether it was done is not known. */
  | Readonly<{ reason: 'timed-out'; afterMs: number }>;

/** What became of the approved action. It is not tried again. */
export type ActionResult = Readonly<{ ok: true }> | Readonly<{ ok: false; failure: ActionFailure }>;
