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

function wordsFor(refusal: CommandRefusal): Readonly<{ message: string; fix: string }> {
  switch (refusal.reason) {
    case 'task-unknown':
      return { message: 'There is no such task.', fix: 'See: waggle tasks list' };
    case 'run-unknown':
      return { message: 'There is no such run.', fix: 'See: waggle runs list' };
    case 'agent-unknown':
      return { message: 'There is no such agent.', fix: 'See: waggle agents list' };
    case 'attempt-stale':
      return { message: `Attempt ${refusal.currentAttempt} runs already.`, fix: 'See: waggle tasks show <task>' };
    case 'status-wrong':
      return { message: `It is ${refusal.status}, so this does not apply.`, fix: 'Nothing was changed.' };
    case 'run-conflict':
      return { message: 'A run with this id and other content is there already.', fix: 'Use another id.' };
    case 'graph-invalid':
      return { message: `The tasks do not fit together: ${refusal.problems.join('; ')}`, fix: 'Nothing was started.' };
    case 'proposal-unknown':
      return { message: 'There is no such proposal, or its run has ended.', fix: 'See: waggle proposals list' };
    case 'proposal-conflict':
      return { message: 'A proposal of this name and other content is there already.', fix: 'Use another name.' };
    case 'proposal-invalid':
      return { message: `It cannot be voted on: ${refusal.problems.join('; ')}`, fix: 'Nothing was opened.' };
    case 'proposal-closed':
    case 'not-a-member':
    case 'credential-wrong':
    case 'content-differs':
    case 'already-cast':
    case 'veto-not-allowed':
      return { message: wordsForVote(refusal), fix: 'The vote was not counted. See: waggle proposals show <proposal>' };
    case 'limit-reached':
      return { message: `At most ${refusal.most} ${refusal.limit} are allowed.`, fix: 'See: waggle config show' };
    case 'overloaded':
      return { message: 'Too many commands wait to be stored.', fix: 'Try again in a moment.' };
    case 'store-full':
      return { message: 'The disk is full, so nothing was stored.', fix: 'Make room, then try again.' };
    case 'closed':
      return { message: 'The coordinator ended before it answered.', fix: 'See what happened: waggle runs list' };
    case 'malformed':
      return {
        message: `It cannot be carried out as it is: ${refusal.problems.join('; ')}`,
        fix: 'Nothing was started.',
      };
    case 'too-large':
      return {
        message: `It is larger than the ${bytes(refusal.most)} that a command may have.`,
        fix: 'Make it smaller.',
      };
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
