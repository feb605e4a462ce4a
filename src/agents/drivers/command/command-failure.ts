import type { TaskFailure } from '../../../core/tasks/attempt.ts';
import type { ProcessEnd } from '../../../ports/process-runner.ts';
import { redactText } from '../../../util/redact.ts';
import type { CommandPlan } from './command-plan.ts';

/** What `sysexits.h` calls EX_CONFIG: trying again changes nothing. */
const WRONGLY_SET_UP = 78;

type LimitEnd = Extract<ProcessEnd, { kind: 'limit' }>;

const LIMIT_MESSAGES: Readonly<Record<LimitEnd['limit'], string>> = {
  memory: 'It used more memory than it may. Raise resources.memory of the task, or let it use less.',
  cpu: 'It used more processor time than it may.',
  output: 'It printed more than is kept (50 MiB unless set otherwise). Write large output to a file.',
  processes: 'It started more processes than it may.',
};

/** Why a command did not end with exit code 0. */
export function failureOf(end: ProcessEnd, plan: CommandPlan, tail: string, signal: AbortSignal): TaskFailure {
  const { title: command, secrets } = plan;
  switch (end.kind) {
    case 'exited':
      return end.exitCode === WRONGLY_SET_UP
        ? { reason: 'start-failed', message: setUpMessage(tail) }
        : { reason: 'exit-non-zero', exitCode: end.exitCode, command, tail };
    case 'signalled':
      return { reason: 'crashed', signal: end.signal, command, tail };
    case 'limit':
      return { reason: 'limit-exceeded', limit: end.limit, message: LIMIT_MESSAGES[end.limit] };
    case 'stopped':
      return stopFailure(signal.reason, end.wallMs, tail);
    case 'not-started':
      return { reason: 'start-failed', message: redactText(end.message, secrets) };
  }
}

/** It gave a result that is none. */
export function wrongResult(problem: string): TaskFailure {
  const problems = [`The result in WAGGLE_OUTPUT was refused: ${problem}.`];
  return { reason: 'check-failed', evidence: [{ check: 'output-schema', ok: false, problems }] };
}

export function tooLarge(bytes: number, most: number): TaskFailure {
  const message = `The result has ${bytes} bytes, but at most ${most} fit. Write it to a file and declare that under outputs.`;
  return { reason: 'limit-exceeded', limit: 'output', message };
}

/** Something on our side failed while the command ran. */
export function outsideTrouble(error: unknown, secrets: readonly string[]): TaskFailure {
  const message = error instanceof Error ? error.message : String(error);
  return {
    reason: 'internal-error',
    message: redactText(`The command’s files could not be kept: ${message}`, secrets),
  };
}

function stopFailure(reason: unknown, afterMs: number, tail: string): TaskFailure {
  if (reason === 'timed-out') return { reason: 'timed-out', afterMs, tail };
  if (reason === 'lead-lost') return { reason: 'coordinator-lost' };
  return { reason: 'stopped', why: reason === 'paused' || reason === 'draining' ? reason : 'cancelled' };
}

function setUpMessage(tail: string): string {
  const [last] = tail.trimEnd().split('\n').slice(-1);
  const said = last === undefined || last === '' ? '' : ` It said: ${last.slice(0, 500)}`;
  return `The command says that it is wrongly set up (exit code ${WRONGLY_SET_UP}).${said}`;
}
