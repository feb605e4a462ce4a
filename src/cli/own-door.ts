import { askDoor } from '../app/attempt-door.ts';
import { type Environment, readEnvironment } from '../config/environment.ts';
import { userError } from '../util/user-error.ts';

/** Whether this process was started by a task of Waggle. */
export function isInTask({ door }: Environment): boolean {
  return door !== undefined;
}

/** Asks as the task that this process belongs to. Rejects with a `UserError` for what is refused, and outside of a task. */
export async function askOwnDoor(op: string, args: unknown): Promise<unknown> {
  const { door } = readEnvironment();
  if (door === undefined) {
    const message = 'This can only be asked inside a task: WAGGLE_SOCKET is not set.';
    throw userError({ code: 'NO_TASK', message, fix: 'Use it in a command that Waggle runs.' });
  }
  const answer = await askDoor(door, op, args);
  if (answer.ok) return answer.value;
  const { reason, message } = answer.error;
  const told = message.includes(reason) ? message : `${message} (${reason})`;
  throw userError({ code: 'REFUSED', message: told, fix: FIXES[reason] ?? 'Nothing was changed.' });
}

const FIXES: Readonly<Record<string, string>> = {
  'delegation-invalid': 'Nothing was added. Mend all of it, then ask again.',
  'mailbox-full': 'Try again when its recipient has read some.',
  'recipient-unknown': 'Use task:<name>, agent:<id>, role:<role>, user:<name> or all.',
  'token-unknown': 'Programs of a task can ask only while the task runs.',
};
