import type { MessageSpec } from '../core/messaging/message.ts';
import type { Refusal } from '../core/ruling.ts';

/** A message to send. Without an id it gets one; with one of its own, sending it again is answered like the first time. */
export type OutgoingMessage = Omit<MessageSpec, 'id' | 'type'> &
  Readonly<{
    id?: string;
    /** @default message */
    type?: string;
  }>;

/**
 * `recipients`: in how many mailboxes it was put. `dead`: how many it could not reach, because they have ended or their
 * mailbox is full. Nobody at all is no error for a topic or for `all`: look at `recipients`.
 */
export type SendAnswer =
  | Readonly<{ ok: true; id: string; recipients: number; dead: number }>
  | Readonly<{ ok: false; refusal: Refusal }>;

/** A message as its recipient sees it. */
export type ReceivedMessage = Readonly<{
  id: string;
  /** `task:<name>` or `user:<name>`. */
  from: string;
  /** Under which address it came: the task's or its agent's. */
  to: string;
  /** How it was addressed, where that is not `to`: `all`, `role:<role>`. */
  sentTo?: string;
  topic?: string;
  type: string;
  priority: 'critical' | 'high' | 'normal' | 'low';
  body: MessageSpec['body'];
  replyTo?: string;
  cause?: string;
  /** Position in its causal chain, from 1. */
  hops: number;
  /** Led time, ms. */
  atMs: number;
}>;

export type ReceiveOptions = Readonly<{
  /** At most so many, 1 to 1,000. @default 100 */
  limit?: number;
  /** How long to wait when there is none, ms; 0 only looks. @default until one comes or the attempt is stopped */
  waitMs?: number;
  /** Gives up waiting: the answer is then empty. */
  signal?: AbortSignal;
}>;

/** Done, or why not; nothing was changed then. */
export type MailAnswer = Readonly<{ ok: true }> | Readonly<{ ok: false; refusal: Refusal }>;

/**
 * The mail of the run that an attempt belongs to. It sends as its task (`task:<name>`) and receives what is for its task
 * or its agent. Every call rejects when the coordinator stops or has no room, and when what is passed has the wrong
 * form. After the attempt has ended everything is refused.
 */
export interface RunMessages {
  /** Durable when it resolves. Messages of one sender and priority arrive in the order of these calls. */
  send(message: OutgoingMessage): Promise<SendAnswer>;
  /**
   * What waits, the most urgent first, each message once per attempt. A message that is not acknowledged is received
   * again by the next attempt: at least once. Rejects when the attempt is stopped while it waits.
   */
  receive(options?: ReceiveOptions): Promise<readonly ReceivedMessage[]>;
  /** Says that messages are dealt with, by id; durable when it resolves. Those that do not wait are passed over. At most 1,000 at once. */
  acknowledge(ids: readonly string[]): Promise<MailAnswer>;
  /**
   * From now on the task gets what is sent to topics that fit: `findings.secrets`, `findings.*` (one name), `findings.**`
   * (one or more), `**` (all). It lasts until the task ends, over all its attempts.
   */
  subscribe(pattern: string): Promise<MailAnswer>;
  unsubscribe(pattern: string): Promise<MailAnswer>;
}
