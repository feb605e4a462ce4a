import type { CommandRefusal } from '../app/coordinator.ts';
import { bytes } from './render/format.ts';

/** The swarm said no: the command exits with 1. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: CommandRefusal;
  readonly fix: string;

  constructor(refusal: CommandRefusal) {
    const { message, fix } = wordsFor(refusal);
    super(message);
    this.refusal = refusal;
    this.fix = fix;
  }
}

type VoteRefusal = Extract<
  CommandRefusal,
  {
    reason:
      | 'proposal-closed'
      | 'not-a-member'
      | 'credential-wrong'
      | 'content-differs'
      | 'already-cast'
      | 'veto-not-allowed';
  }
>;
type PlainReason = Extract<
  CommandRefusal['reason'],
  | 'task-unknown'
  | 'run-unknown'
  | 'agent-unknown'
  | 'host-unknown'
  | 'run-conflict'
  | 'proposal-unknown'
  | 'proposal-conflict'
  | 'overloaded'
  | 'store-full'
  | 'closed'
  | 'check-not-retried'
>;
type Words = Readonly<{ message: string; fix: string }>;
type MessageRefusal = Extract<
  CommandRefusal,
  { reason: 'message-conflict' | 'message-invalid' | 'message-unknown' | 'recipient-unknown' | 'mailbox-full' }
>;

const TOLD: { readonly [Reason in PlainReason]: Words } = {
  'task-unknown': { message: 'There is no such task.', fix: 'See: waggle tasks list' },
  'run-unknown': { message: 'There is no such run.', fix: 'See: waggle runs list' },
  'host-unknown': { message: 'There is no such host.', fix: 'See: waggle agents list' },
  'agent-unknown': { message: 'There is no such agent.', fix: 'See: waggle agents list' },
  'run-conflict': { message: 'A run with this id and other content is there already.', fix: 'Use another id.' },
  'proposal-unknown': {
    message: 'There is no such proposal, or its run has ended.',
    fix: 'See: waggle proposals list',
  },
  'proposal-conflict': {
    message: 'A proposal of this name and other content is there already.',
    fix: 'Use another name.',
  },
  overloaded: { message: 'Too many commands wait to be stored.', fix: 'Try again in a moment.' },
  'store-full': { message: 'The disk is full, so nothing was stored.', fix: 'Make room, then try again.' },
  'check-not-retried': {
    message: 'A check is not done again: it looks at the files as they are when it begins.',
    fix: 'Start a new one: waggle check',
  },
  closed: { message: 'The coordinator ended before it answered.', fix: 'See what happened: waggle runs list' },
};

type Form = Extract<CommandRefusal, { problems: readonly string[] }>['reason'];

const FORMS: { readonly [Reason in Exclude<Form, 'message-invalid'>]: Words } = {
  'graph-invalid': { message: 'The tasks do not fit together', fix: 'Nothing was started.' },
  'host-invalid': { message: 'The host was not admitted', fix: 'Nothing was changed.' },
  'delegation-invalid': { message: 'The sub-tasks are refused', fix: 'Nothing was added.' },
  'proposal-invalid': { message: 'It cannot be voted on', fix: 'Nothing was opened.' },
  malformed: { message: 'It cannot be carried out', fix: 'Nothing was started.' },
};

function wordsFor(refusal: CommandRefusal): Words {
  if (isPlain(refusal)) return TOLD[refusal.reason];
  switch (refusal.reason) {
    case 'irreversible-done':
      return {
        message: `What succeeded would be done again, and cannot be undone: ${refusal.names.join(', ')}.`,
        fix: 'Where that is wanted, run the workflow anew.',
      };
    case 'attempt-stale':
      return { message: `Attempt ${refusal.currentAttempt} runs already.`, fix: 'See: waggle tasks show <task>' };
    case 'status-wrong':
      return { message: `${standing(refusal.status)}, so this does not apply.`, fix: 'Nothing was changed.' };
    case 'graph-invalid':
    case 'host-invalid':
    case 'delegation-invalid':
    case 'proposal-invalid':
    case 'malformed': {
      const { message, fix } = FORMS[refusal.reason];
      return { message: `${message}: ${refusal.problems.join('; ')}`, fix };
    }
    case 'proposal-closed':
    case 'not-a-member':
    case 'credential-wrong':
    case 'content-differs':
    case 'already-cast':
    case 'veto-not-allowed':
      return { message: wordsForVote(refusal), fix: 'The vote was not counted. See: waggle proposals show <proposal>' };
    case 'message-conflict':
    case 'message-invalid':
    case 'message-unknown':
    case 'recipient-unknown':
    case 'mailbox-full':
      return wordsForMessage(refusal);
    case 'limit-reached':
    case 'option-invalid':
      return wordsForOption(refusal);
    case 'too-large': {
      const message = `It is larger than the ${bytes(refusal.most)} that a command may have.`;
      return { message, fix: 'Make it smaller.' };
    }
  }
}

/** Runs end, tasks and votes have a status. */
function standing(status: string): string {
  if (status === 'ended') return 'The run has ended';
  return status === 'ending' ? 'The run is about to end' : `It is ${status}`;
}

function isPlain(refusal: CommandRefusal): refusal is Extract<CommandRefusal, { reason: PlainReason }> {
  return Object.hasOwn(TOLD, refusal.reason);
}

function wordsForOption(refusal: Extract<CommandRefusal, { reason: 'limit-reached' | 'option-invalid' }>): Words {
  if (refusal.reason === 'option-invalid') {
    return { message: `Not changed: ${refusal.problem}.`, fix: 'See: waggle config explain <option>' };
  }
  return { message: `At most ${refusal.most} ${refusal.limit} are allowed.`, fix: 'See: waggle config show' };
}

function wordsForMessage(refusal: MessageRefusal): Words {
  switch (refusal.reason) {
    case 'message-conflict':
      return { message: 'A message with this id and other content was sent already.', fix: 'Use another id.' };
    case 'message-invalid':
      return { message: `It cannot be sent: ${refusal.problems.join('; ')}.`, fix: 'Nothing was sent.' };
    case 'message-unknown':
      return { message: 'The message that it follows from is not known.', fix: 'See: waggle messages list' };
    case 'recipient-unknown':
      return {
        message: `Nobody in this run has the address "${refusal.address}".`,
        fix: 'Use task:<name>, agent:<id>, role:<role>, user:<name> or all.',
      };
    case 'mailbox-full':
      return { message: `The mailbox of ${refusal.address} is full.`, fix: 'Try again when some of it was read.' };
  }
}

function wordsForVote(refusal: VoteRefusal): string {
  switch (refusal.reason) {
    case 'proposal-closed':
      return refusal.status === 'awaiting-veto'
        ? 'The time to vote is over; a veto is still being checked.'
        : `The vote is over: ${refusal.status}.`;
    case 'not-a-member':
      return 'Only those may vote who were named when the proposal was opened.';
    case 'credential-wrong':
      return 'The voter could not show who it is.';
    case 'content-differs':
      return 'The vote is for another content than the one that is voted on.';
    case 'already-cast':
      return `This member has voted already: ${refusal.choice}.`;
    case 'veto-not-allowed':
      return 'A veto is a rejection with a command that shows the problem, by a member who may veto.';
  }
}
