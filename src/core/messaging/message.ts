import type { Json } from '../json.ts';
import type { PriorityClass } from '../tasks/task-spec.ts';

/**
 * A message as its sender gives it. Never changes.
 *
 * `to`: `task:<name>` (whatever attempt runs that task of the run), `agent:<agent id>`, `user:<name>`, `role:<role>`
 * (every agent of that role) or `all` (every other task that runs). Instead of it `topic`: whoever has subscribed.
 */
export type MessageSpec = Readonly<{
  /** Unique in the run: 1 to 128 of `A-Z a-z 0-9 . _ : -`. Sent again by the same sender it is the same message. */
  id: string;
  to?: string;
  /** Names with dots between them, `findings.secrets`; at most 128 characters. */
  topic?: string;
  /** What it is, for its readers: `question`, `result`. 1 to 64 characters of a name. */
  type: string;
  /** At most 65,536 bytes as JSON. */
  body: Json;
  /** Higher ones are received first. @default normal */
  priority?: PriorityClass;
  /** Id of the message that this one answers. */
  replyTo?: string;
  /** Id of the message because of which this one is sent, where it is no answer. */
  cause?: string;
  /** ms of led time until it is not delivered any more; 1 to 2,592,000,000 (30 days). @default never */
  expiresMs?: number;
}>;

/** Why nobody will receive it any more. */
export type DeathCause =
  /** Nobody received it in time. */
  | 'expired'
  /** Its recipient had room for no more: only one of several; a single recipient without room refuses the message. */
  | 'mailbox-full'
  /** The task had ended or ended without it, or the agent was removed. */
  | 'recipient-gone'
  /** The run ended first. */
  | 'run-ended';

export type DeadRecipient = Readonly<{ address: string; why: DeathCause }>;

/** A message that waits in mailboxes. */
export type Message = Readonly<{
  /** Counts the messages of its run from 1. */
  no: number;
  from: string;
  spec: MessageSpec;
  /** Position in its causal chain, from 1. */
  hops: number;
  /** Bytes of its body. */
  bytes: number;
  /** Led time. */
  atMs: number;
  expiresAtMs?: number;
}>;

/** From the most urgent to the least. */
export const PRIORITIES: readonly PriorityClass[] = ['critical', 'high', 'normal', 'low'];

/** 0 for what is received first. */
export function rankOf({ priority = 'normal' }: Pick<MessageSpec, 'priority'>): number {
  return PRIORITIES.indexOf(priority);
}

/** How a message finds its recipients. */
export type RouteKind = 'direct' | 'broadcast' | 'topic';

export function routeOf({ to, topic }: Pick<MessageSpec, 'to' | 'topic'>): RouteKind {
  if (topic !== undefined) return 'topic';
  return to === 'all' || to?.startsWith('role:') === true ? 'broadcast' : 'direct';
}
