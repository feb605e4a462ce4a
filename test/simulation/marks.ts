import type { ProposalEvent, SwarmEvent } from '../../src/core/events.ts';
import type { HostSign } from '../../src/simulation/watcher.ts';
import type { Books } from './checkers/books.ts';
import type { Checker } from './checkers/checker.ts';
import type { ProposalLine } from './checkers/vote-books.ts';

/** What a simulation has seen, and how often: states with their events, refusals, failures, causes. */
export type Marks = Map<string, number>;

export function addMark(marks: Marks, mark: string, times: number = 1): void {
  marks.set(mark, (marks.get(mark) ?? 0) + times);
}

/** Counts marks and checks nothing. */
export function markChecker(marks: Marks, books: Books): Checker {
  return {
    before: ({ event }) => {
      for (const mark of marksOf(books, event)) addMark(marks, mark);
    },
    answered: ({ input, answer }) =>
      addMark(marks, answer.ok ? `yes ${input.type}` : `refusal ${answer.refusal.reason}`),
    done: ({ kind }) => addMark(marks, `deed ${kind}`),
    claimed: (_sign, isTrue) => addMark(marks, isTrue ? 'claim true' : 'claim false'),
    started: ({ node }) => addMark(marks, books.hosts.has(node) ? 'start on host' : 'start'),
    host: (sign) => {
      for (const mark of marksOfHost(sign)) addMark(marks, mark);
    },
    called: (what) => addMark(marks, what),
    ended: ({ effects }) => {
      for (const type of effects) addMark(marks, `effect ${type}`);
    },
    fell: (_node, why) => addMark(marks, `fell ${why.split(/[:\s]/)[0] ?? ''}`),
  };
}

/** A session goes on where its first frame is not number one. */
function marksOfHost(sign: HostSign): readonly string[] {
  if (sign.kind === 'drains' || sign.kind === 'died') return [`host ${sign.kind}`];
  if (sign.kind !== 'hears') return [];
  const { frame } = sign;
  if (frame.type === 'welcome') return [frame.resumeFrom > 0 ? 'host goes on' : 'host begins anew'];
  if (frame.type !== 'data') return [];
  return frame.packets.flatMap(({ body }) => (body.type === 'stale' ? ['host stale'] : []));
}

function marksOf(books: Books, event: SwarmEvent): readonly string[] {
  if ('taskId' in event) {
    const status = books.task(event.taskId)?.status ?? 'none';
    return [`task ${status} ${event.type}`, ...detailOf(event)];
  }
  if ('proposalId' in event) {
    const line = books.votes.lines.get(event.proposalId);
    const status = line === undefined ? 'none' : (line.closed?.outcome ?? (line.hasVotingEnded ? 'awaiting' : 'open'));
    return [`proposal ${status} ${event.type}`, ...ownMarks(line, event), ...detailOf(event)];
  }
  return [event.type, ...detailOf(event)];
}

/** What becomes of what the coordinator asks of its own accord. */
function ownMarks(line: ProposalLine | undefined, event: ProposalEvent): readonly string[] {
  const { kind = '' } = line?.opened.spec ?? {};
  if (kind !== 'scaling' && kind !== 'adjustment') return [];
  if (event.type === 'proposal.closed') return [`${kind} ${event.outcome}`];
  return event.type === 'proposal.acted' ? [`${kind} ${event.result.ok ? 'done' : 'not done'}`] : [];
}

function detailOf(event: SwarmEvent): readonly string[] {
  if ('failure' in event) return [`failure ${event.failure.reason}`];
  if (event.type === 'task.skipped') return [`skip ${event.cause.reason}`];
  if (event.type === 'proposal.closed') return [`close ${event.outcome} ${event.cause}`];
  if (event.type === 'tuning.decided') return [`tuning ${event.outcome}`];
  if (event.type === 'proposal.veto-judged') return [`veto ${event.finding}`];
  if (event.type === 'proposal.acted') return [`acted ${event.result.ok ? 'ok' : event.result.failure.reason}`];
  if (event.type === 'run.finished' || event.type === 'run.ending') {
    const { outcome } = event;
    return [`${event.type} ${outcome.state}${outcome.state === 'failed' ? ` ${outcome.failure.reason}` : ''}`];
  }
  return [];
}
