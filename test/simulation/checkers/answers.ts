import type { Answer } from '../../../src/engine/answer.ts';
import type { Exchange } from '../../../src/simulation/watcher.ts';
import { type Books, hasEnded } from './books.ts';
import { type Checker, checkerOf, type Tell } from './checker.ts';

type Input = Exchange['input'];
type InputOf<Type extends Input['type']> = Extract<Input, { type: Type }>;
type Refusal = Extract<Answer, { ok: false }>['refusal'];

/** Nothing leaves the coordinator that rests on what is not stored; what was acknowledged stays. */
export function answerChecker(tell: Tell, books: Books): Checker {
  const must = checkerOf(tell);
  return {
    answered: ({ request, input, answer, node }) => {
      if (answer.ok)
        must(holds(books, input), 'ack-after-commit', `${node} says yes to ${request}, which is not stored`);
      else
        must(
          GROUNDS[answer.refusal.reason]?.(books, input) ?? true,
          'refusal-after-commit',
          `${node} says ${answer.refusal.reason} to ${request}`,
        );
    },
    published: (records) => {
      const newest = records.at(-1)?.seq ?? 0;
      must(newest <= books.seq, 'view-after-commit', `views are told of seq ${newest}, and ${books.seq} is stored`);
    },
    ended: ({ ledger }) => {
      for (const { request, input, answer } of ledger) {
        if (answer?.ok === true)
          must(holds(books, input), 'ack-kept', `${request} was acknowledged and is not in the journal`);
      }
    },
  };
}

type Look = (books: Books, input: Input) => boolean;

/** What was asked for is so, or was so and has gone on from there. */
function holds(books: Books, input: Input): boolean {
  return RESULTS[input.type]?.(books, input) ?? true;
}

const RESULTS: Partial<Record<Input['type'], Look>> = {
  'run.submit': (books, input) =>
    input.type === 'run.submit' && books.runs.get(input.runId)?.spec.fingerprint === input.run.fingerprint,
  'run.cancel': (books, input) => {
    const run = input.type === 'run.cancel' ? books.runs.get(input.runId) : undefined;
    return run?.isEnding === true || run?.isFinished === true;
  },
  'task.cancel': (books, input) => {
    const task = input.type === 'task.cancel' ? books.task(input.taskId) : undefined;
    return task !== undefined && (task.status === 'cancelling' || hasEnded(task));
  },
  'proposal.open': (books, input) =>
    input.type === 'proposal.open' && books.votes.lines.has(`${input.runId}/${input.proposal.name}`),
  'proposal.vote': (books, input) => input.type === 'proposal.vote' && isCast(books, input),
  'agents.register': (books, input) =>
    input.type === 'agents.register' && input.agents.every(({ id }) => books.everKnown.has(id)),
  'agent.remove': (books, input) => input.type === 'agent.remove' && books.everRemoved.has(input.agentId),
};

/** A revisable vote may have been changed since. */
function isCast(books: Books, { proposalId, vote }: InputOf<'proposal.vote'>): boolean {
  const line = books.votes.lines.get(proposalId);
  const cast = line?.votes.get(vote.memberId);
  return cast !== undefined && (cast.choice === vote.choice || line?.opened.spec.revisable === true);
}

/** Each refusal whose reason stays in the stored state for good, with how to see it there. */
const GROUNDS: Partial<Record<Refusal['reason'], Look>> = {
  'run-conflict': (books, input) =>
    input.type === 'run.submit' && books.runs.get(input.runId)?.spec.fingerprint !== input.run.fingerprint,
  'already-cast': (books, input) =>
    input.type === 'proposal.vote' && books.votes.lines.get(input.proposalId)?.votes.has(input.vote.memberId) === true,
  'proposal-closed': (books, input) => {
    const line = input.type === 'proposal.vote' ? books.votes.lines.get(input.proposalId) : undefined;
    return line?.closed !== undefined || line?.hasVotingEnded === true;
  },
  'proposal-conflict': (books, input) =>
    input.type === 'proposal.open' && books.votes.lines.has(`${input.runId}/${input.proposal.name}`),
  'status-wrong': isStatusWrong,
};

function isStatusWrong(books: Books, input: Input): boolean {
  if (input.type === 'task.cancel') {
    const task = books.task(input.taskId);
    return task !== undefined && hasEnded(task);
  }
  if (input.type !== 'run.cancel' && input.type !== 'run.pause' && input.type !== 'run.resume') return true;
  return books.runs.get(input.runId)?.isFinished === true;
}
