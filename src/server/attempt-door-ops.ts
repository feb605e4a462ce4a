import { z } from 'zod';
import type { RunAbilities } from '../ports/agent-driver.ts';
import type { RunMemory } from '../ports/run-memory.ts';
import { memoryQuestions } from '../tools/memory-questions.ts';
import { MESSAGE_IDS, OUTGOING_MESSAGE, RECEIVE_OPTIONS, TOPIC_PATTERN } from '../tools/message-schemas.ts';
import { SUBTASK_NAMES, SUBTASKS } from '../tools/subtask-schemas.ts';
import { ATTEMPT_VOTES, PROPOSAL_NAMES, PROPOSAL_SPECS } from '../tools/vote-schemas.ts';

/** What an operation is carried out with. */
export type OpCall = Readonly<{
  /** Of the attempt that asks. */
  context: RunAbilities;
  /** As it came. */
  args: unknown;
  /** Aborts when whoever asked has gone, or has ended its side and waits for nothing that has not come yet. */
  signal: AbortSignal;
}>;

/** Gives what the asker is told. An object `{ ok: false, refusal }` is told as an error; a `ZodError` is the asker's mistake. */
export type Op = (call: OpCall) => Promise<unknown>;

const ids = z.strictObject({ ids: MESSAGE_IDS });
const names = z.strictObject({ names: SUBTASK_NAMES });
const subtasks = z.strictObject({ tasks: SUBTASKS });
const pattern = z.strictObject({ pattern: TOPIC_PATTERN });
const proposals = z.strictObject({ proposals: PROPOSAL_SPECS });
const votes = z.strictObject({ votes: ATTEMPT_VOTES });
const proposalNames = z.strictObject({ names: PROPOSAL_NAMES });

const MEMORY = [
  'get',
  'set',
  'delete',
  'invalidate',
  'list',
  'search',
  'handOff',
  'handOffs',
  'decide',
  'decisions',
  'checkpoint',
  'lastCheckpoint',
] as const satisfies readonly (keyof RunMemory)[];

/** `memory.get` and so on, each with one object. */
const memoryOps = Object.fromEntries(
  MEMORY.map((question): [string, Op] => [
    `memory.${question}`,
    ({ context, args }) => memoryQuestions(() => context.memory)[question](args ?? {}),
  ]),
);

/** Everything that the programs of an attempt may ask, by name. */
export const DOOR_OPS: Readonly<Record<string, Op>> = {
  ...memoryOps,
  'messages.acknowledge': ({ context, args }) => context.messages.acknowledge(ids.parse(args).ids),
  'messages.receive': ({ context, args, signal }) =>
    context.messages.receive({ ...RECEIVE_OPTIONS.parse(args ?? {}), signal }),
  'messages.send': ({ context, args }) => context.messages.send(OUTGOING_MESSAGE.parse(args)),
  'messages.subscribe': ({ context, args }) => context.messages.subscribe(pattern.parse(args).pattern),
  'messages.unsubscribe': ({ context, args }) => context.messages.unsubscribe(pattern.parse(args).pattern),
  'proposals.open': ({ context, args }) => context.proposals.open(proposals.parse(args).proposals),
  'proposals.outcomes': ({ context, args, signal }) =>
    whileAwaited(signal, () => context.proposals.outcomes(proposalNames.parse(args).names)),
  'proposals.vote': ({ context, args }) => context.proposals.vote(votes.parse(args).votes),
  'tasks.cancel': ({ context, args }) => context.tasks.cancel(names.parse(args).names),
  'tasks.delegate': ({ context, args }) => context.tasks.delegate(subtasks.parse(args).tasks),
  'tasks.overview': ({ context }) => context.tasks.overview(),
  'tasks.outcomes': ({ context, args, signal }) =>
    whileAwaited(signal, (given) => context.tasks.outcomes(names.parse(args).names, { signal: given })),
};

/** How long an answer may take that is there already, ms. */
const KNOWN_WITHIN_MS = 1_000;

/**
 * What may take hours is answered when it comes, or not at all once nobody waits for it. `ask` is told then by its own
 * signal.
 */
async function whileAwaited<Value>(signal: AbortSignal, ask: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const given = new AbortController();
  const asked = ask(given.signal);
  const giveUp = (): void => {
    const error = new Error('It has not ended yet. Keep your side of the connection open to wait for it.');
    const end = (): void => {
      reject(error);
      given.abort();
    };
    setTimeout(end, KNOWN_WITHIN_MS).unref();
  };
  if (signal.aborted) giveUp();
  else signal.addEventListener('abort', giveUp, { once: true });
  return Promise.race([asked, late]).finally(() => signal.removeEventListener('abort', giveUp));
}
