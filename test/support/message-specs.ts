import { runId, taskId } from '../../src/core/ids.ts';
import type { AttemptMessageInput, MessageInput } from '../../src/core/inputs.ts';
import type { MessageSpec } from '../../src/core/messaging/message.ts';

type Of<All, Type> = Extract<All, { type: Type }>;

/** A message to `task:b`. */
export function messageOf(more: Partial<MessageSpec> = {}): MessageSpec {
  const to = more.topic === undefined ? { to: 'task:b' } : {};
  return { id: 'm1', ...to, type: 'message', body: { x: 1 }, ...more };
}

/** Task `from` of run `r1` sends in its first attempt. */
export function sendOf(
  from: string,
  more: Partial<MessageSpec> = {},
  attempt = 1,
): Of<AttemptMessageInput, 'attempt.send'> {
  return { type: 'attempt.send', taskId: taskId(runId('r1'), from), attempt, message: messageOf(more) };
}

/** Task `by` of run `r1` has dealt with these. */
export function ackOf(by: string, ids: readonly string[], atMs = 0): Of<AttemptMessageInput, 'attempt.acknowledge'> {
  const received = ids.map((id) => [id, atMs] as const);
  return { type: 'attempt.acknowledge', taskId: taskId(runId('r1'), by), attempt: 1, received };
}

export function subscribeOf(by: string, pattern: string): Of<AttemptMessageInput, 'attempt.subscribe'> {
  return { type: 'attempt.subscribe', taskId: taskId(runId('r1'), by), attempt: 1, pattern };
}

/** A person writes into run `r1`. */
export function personSends(more: Partial<MessageSpec> = {}): Of<MessageInput, 'message.send'> {
  return { type: 'message.send', runId: runId('r1'), from: 'user:ann', message: messageOf(more) };
}
