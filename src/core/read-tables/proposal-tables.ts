import { assert } from '../../util/assert.ts';
import { tallyOf } from '../consensus/proposal.ts';
import type { ProposalEvent, SwarmEvent } from '../events.ts';
import { type ProposalId, runOf, type RunId } from '../ids.ts';
import type { ProposalRecord, VoteRecord } from './records.ts';
import type { ProposalRow, VoteRow } from './rows.ts';

type EventOf<T extends ProposalEvent['type']> = Extract<ProposalEvent, { type: T }>;

/** What is asked for of the proposals in a store. */
export type ProposalFilter = Readonly<{
  /** @default of all runs */
  runId?: RunId;
  /** Only those whose vote goes on. */
  isOpen?: true;
  /** The newest so many. @default all */
  limit?: number;
}>;

/** Where rows and events of proposals come from. Throws on damage, naming what is damaged. */
export interface ProposalSource {
  /** Of one run or of all, the newest first, read as they are asked for. */
  proposals(runId?: RunId): Iterable<ProposalRow>;
  proposal(proposalId: ProposalId): ProposalRow | undefined;
  /** In any order, one per member. */
  votes(proposalId: ProposalId): readonly VoteRow[];
  event(seq: number): SwarmEvent;
}

/** In the order in which they were opened. Votes are read of those alone that are shown. */
export function proposalRecords(
  source: ProposalSource,
  { runId, isOpen, limit = Infinity }: ProposalFilter = {},
): readonly ProposalRecord[] {
  const rows: ProposalRow[] = [];
  for (const row of limit > 0 ? source.proposals(runId) : []) {
    if (isOpen === true && row.state !== 'open') continue;
    rows.push(row);
    if (rows.length >= limit) break;
  }
  return rows.toReversed().map((row) => proposalRecord(source, row));
}

/** A proposal for people and programs out of its rows and the events they name. */
export function proposalRecord(source: ProposalSource, row: ProposalRow): ProposalRecord {
  const { proposalId, openedSeq, openedAtMs, state, closedSeq, closedAtMs, actedSeq } = row;
  const { spec, rule } = eventOf(source, openedSeq, 'proposal.opened');
  const votes = voteRecords(source, proposalId);
  const closed = closedSeq === null ? undefined : eventOf(source, closedSeq, 'proposal.closed');
  const acted = actedSeq === null ? undefined : eventOf(source, actedSeq, 'proposal.acted');
  return {
    proposalId,
    runId: runOf(proposalId),
    spec,
    rule,
    state,
    openedAtMs,
    ...(closedAtMs === null ? {} : { closedAtMs }),
    ...(closed === undefined ? {} : { cause: closed.cause, votesHash: closed.votesHash }),
    tally: closed?.tally ?? tallyOf({ spec, votes }),
    ...(acted === undefined ? {} : { action: acted.result }),
    votes,
  };
}

function voteRecords(source: ProposalSource, proposalId: ProposalId): readonly VoteRecord[] {
  const rows = [...source.votes(proposalId)].sort((one, other) => one.votedSeq - other.votedSeq);
  return rows.map(({ votedSeq, votedAtMs, judgedSeq }) => {
    const { vote } = eventOf(source, votedSeq, 'proposal.voted');
    const judged = judgedSeq === null ? undefined : eventOf(source, judgedSeq, 'proposal.veto-judged');
    return { ...vote, ...(judged === undefined ? {} : { finding: judged.finding }), votedAtMs };
  });
}

function eventOf<T extends ProposalEvent['type']>(source: ProposalSource, seq: number, type: T): EventOf<T> {
  const event = source.event(seq);
  assert(isOf(event, type), `record ${seq} is ${event.type}, not ${type}`);
  return event;
}

function isOf<T extends ProposalEvent['type']>(event: SwarmEvent, type: T): event is EventOf<T> {
  return event.type === type;
}
