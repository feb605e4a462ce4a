import type { Choice } from '../../core/consensus/proposal-spec.ts';
import type { FindingEvidence } from '../../core/findings/finding-evidence.ts';
import type { TextReader } from '../read-text.ts';
import type { Motion, Usual } from './ballot.ts';

/** What a voter makes of one finding. */
export type Opinion = Readonly<{
  choice: Choice;
  /** One sentence for people, with its figure. */
  reason: string;
  /** What it measured, with its place; empty when it abstains. */
  seen: readonly Pick<FindingEvidence, 'text' | 'ref'>[];
}>;

/** What every voter is given. */
export type Bench = Readonly<{
  usual: Usual;
  /** Absolute path of the repository. */
  root: string;
  reader: TextReader;
}>;

/** Pure but for what it reads of the repository. */
export type JudgeMotion = (motion: Motion, bench: Bench) => Opinion;

type Seen = Opinion['seen'][number] | string;

const listed = (seen: readonly Seen[], reason: string): Opinion['seen'] =>
  seen.length === 0 ? [{ text: reason }] : seen.map((one) => (typeof one === 'string' ? { text: one } : one));

export function approve(reason: string, ...seen: readonly Seen[]): Opinion {
  return { choice: 'approve', reason, seen: listed(seen, reason) };
}

export function reject(reason: string, ...seen: readonly Seen[]): Opinion {
  return { choice: 'reject', reason, seen: listed(seen, reason) };
}

export function abstain(reason: string): Opinion {
  return { choice: 'abstain', reason, seen: [] };
}
