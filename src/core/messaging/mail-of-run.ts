import { assert, unreachable } from '../../util/assert.ts';
import type { MessageEvent } from '../events.ts';
import type { Run } from '../runs/run.ts';
import type { Swarm } from '../swarm-state.ts';
import type { TaskSpec } from '../tasks/task-spec.ts';
import { Mail } from './mail.ts';
import type { Message } from './message.ts';

/** The only place where mailboxes change. */
export function applyToMail(swarm: Swarm, event: MessageEvent, atMs: number): void {
  const run = swarm.runs.get(event.runId);
  assert(run !== undefined, `${event.type} for an unknown run ${event.runId}`);
  const mail = (run.mail ??= new Mail());
  switch (event.type) {
    case 'message.sent':
      return putMessage(mail, event, atMs);
    case 'messages.acknowledged':
      return mail.take(event.address, event.ids);
    case 'messages.died':
      mail.take(event.address, event.ids);
      if (mail.orphans.size === 0) swarm.deadMail.delete(run.id);
      return;
    case 'topic.subscribed':
      return mail.subscribe(event.address, event.pattern);
    case 'topic.unsubscribed':
      return mail.topics.remove(event.address, event.pattern);
    default:
      unreachable(event);
  }
}

function putMessage(mail: Mail, event: Extract<MessageEvent, { type: 'message.sent' }>, atMs: number): void {
  const { no, message: spec, from, hops, bytes, digest, recipients, dead = [], expiresAtMs } = event;
  const message: Message = {
    no,
    from,
    spec,
    hops,
    bytes,
    atMs,
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  };
  mail.put(message, { from, digest, hops, recipients: recipients.length, dead: dead.length }, recipients);
}

/** What its definition asks for holds from the start of the run, so nothing is missed before it begins. */
export function subscribeTask(run: Run, { name, subscribes = [] }: TaskSpec): void {
  if (subscribes.length === 0) return;
  const mail = (run.mail ??= new Mail());
  for (const pattern of subscribes) mail.subscribe(`task:${name}`, pattern);
}

/** Nobody receives under this address any more. What waits there is dead by the next decision. */
export function noteGone(swarm: Swarm, run: Run, address: string): void {
  if (run.mail?.abandon(address) === true) swarm.deadMail.add(run.id);
}
