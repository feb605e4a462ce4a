import { z } from 'zod';
import type { RunProposals } from '../../../ports/run-proposals.ts';
import { ATTEMPT_VOTE, PROPOSAL_SPEC } from '../../../tools/vote-schemas.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

type Question = keyof RunProposals;

const MAX_AT_ONCE = 1_000;
/** Mistakes that one message lists. */
const MAX_MISTAKES = 5;

const list = <One>(one: z.ZodType<One>): z.ZodType<readonly One[]> => z.array(one).max(MAX_AT_ONCE).readonly();
const SPECS = list(PROPOSAL_SPEC);
const VOTES = list(ATTEMPT_VOTE);
const NAMES = list(z.string().max(256));

/** Functions may be plain JavaScript: what has another form is the function's mistake, and goes no further. */
export function checkedProposals(proposals: RunProposals): RunProposals {
  return {
    open: (given) => asked(() => proposals.open(parsed('open', SPECS, given))),
    vote: (given) => asked(() => proposals.vote(parsed('vote', VOTES, given))),
    outcomes: (given) => asked(() => proposals.outcomes(parsed('outcomes', NAMES, given))),
  };
}

/** Asks for a worker thread. Resolves with what to tell it; never rejects. */
export async function askForWorker(
  proposals: () => RunProposals,
  { call, id, question, given }: Extract<FromWorker, { kind: 'ask' }>,
): Promise<Exclude<ToWorker, { kind: 'call' }>> {
  try {
    switch (question) {
      case 'open':
        return { kind: 'answers', call, id, answers: await proposals().open(parsed(question, SPECS, given)) };
      case 'vote':
        return { kind: 'answers', call, id, answers: await proposals().vote(parsed(question, VOTES, given)) };
      case 'outcomes':
        return { kind: 'outcomes', call, id, outcomes: await proposals().outcomes(parsed(question, NAMES, given)) };
    }
  } catch (error) {
    return { kind: 'failed', call, id, message: error instanceof Error ? error.message : String(error) };
  }
}

function parsed<Value>(question: Question, schema: z.ZodType<Value>, given: unknown): Value {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const mistakes = result.error.issues
    .slice(0, MAX_MISTAKES)
    .map(({ path, message }) => `${placeOf(path)}: ${message}`);
  throw new TypeError(`call.proposals.${question} was given something else than it takes. ${mistakes.join('; ')}`);
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the list' : path.map(String).join('.');
}

/** A function that does not wait for its own question must not take the process down with it. */
function asked<Value>(ask: () => Promise<Value>): Promise<Value> {
  const answer = new Promise<Value>((resolve) => resolve(ask()));
  answer.catch(() => {});
  return answer;
}
