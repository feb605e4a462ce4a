import { unreachable } from '../../util/assert.ts';
import type { MessageEvent } from '../events.ts';
import type { DeliveryRecord, MessageRecord } from './records.ts';

/** A stored event of the mail of a run, with the wall time of its commit. */
export type MailEntry = Readonly<{ wallTimeMs: number; event: MessageEvent }>;

/** What is asked for of the messages of one run. */
export type MessageFilter = Readonly<{
  /** The newest so many. @default 1_000 */
  limit?: number;
  /** Only these. */
  ids?: readonly string[];
}>;

const DEFAULT_LIMIT = 1_000;

type Open = { readonly sent: MessageRecord; readonly deliveries: Map<string, DeliveryRecord> };

/**
 * Messages for people and programs, oldest first, out of the events of their run. There are no rows of their own: their
 * events are found by their type in the part of the journal that the run takes up.
 */
export function messageRecords(
  entries: Iterable<MailEntry>,
  { limit = DEFAULT_LIMIT, ids }: MessageFilter = {},
): readonly MessageRecord[] {
  const wanted = ids === undefined ? undefined : new Set(ids);
  const open = new Map<string, Open>();
  for (const { event, wallTimeMs } of entries) {
    switch (event.type) {
      case 'message.sent':
        if (wanted?.has(event.message.id) !== false) put(open, event, wallTimeMs);
        if (open.size > limit) dropOldest(open);
        break;
      case 'messages.acknowledged':
        for (const [index, id] of event.ids.entries()) {
          const waitedMs = event.waitedMs[index] ?? 0;
          end(open.get(id), event.address, { state: 'acknowledged', endedAtMs: wallTimeMs, waitedMs });
        }
        break;
      case 'messages.died':
        for (const id of event.ids) {
          end(open.get(id), event.address, { state: 'dead', why: event.why, endedAtMs: wallTimeMs });
        }
        break;
      case 'topic.subscribed':
      case 'topic.unsubscribed':
        break;
      default:
        unreachable(event);
    }
  }
  return [...open.values()].map(({ sent, deliveries }) => ({ ...sent, deliveries: [...deliveries.values()] }));
}

function put(open: Map<string, Open>, event: Extract<MessageEvent, { type: 'message.sent' }>, sentAtMs: number): void {
  const { runId, no, from, message, hops, bytes, recipients, dead = [] } = event;
  const deliveries = new Map<string, DeliveryRecord>();
  for (const address of recipients) deliveries.set(address, { address, state: 'waiting' });
  for (const { address, why } of dead) deliveries.set(address, { address, state: 'dead', why, endedAtMs: sentAtMs });
  open.set(message.id, { sent: { runId, no, from, message, hops, bytes, sentAtMs, deliveries: [] }, deliveries });
}

type Ended = Omit<DeliveryRecord, 'address'>;

function end(open: Open | undefined, address: string, how: Ended): void {
  open?.deliveries.set(address, { address, ...how });
}

function dropOldest(open: Map<string, Open>): void {
  const [oldest] = open.keys();
  if (oldest !== undefined) open.delete(oldest);
}
