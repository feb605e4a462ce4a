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
    case 'limit-reached':
      return { message: `At most ${refusal.most} ${refusal.limit} are allowed.`, fix: 'See: waggle config show' };
    case 'overloaded':
      return { message: 'Too many commands wait to be stored.', fix: 'Try again in a moment.' };
    case 'store-full':
      return { message: 'The disk is full, so nothing was stored.', fix: 'Make room, then try again.' };
    case 'closed':
      return { message: 'The coordinator ended before it answered.', fix: 'See what happened: waggle runs list' };
    case 'too-large':
      return {
        message: `It is larger than the ${bytes(refusal.most)} that a command may have.`,
        fix: 'Make it smaller.',
      };
  }
}
