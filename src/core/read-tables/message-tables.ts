import { unreachable } from '../../util/assert.ts';
import type { MessageEvent } from '../events.ts';
import { rankOf } from '../messaging/message.ts';
import type { DeliveryRecord, MessageRecord } from './records.ts';

/** A stored event of the mail of a run, with the wall time of its commit. */
export type MailEntry = Readonly<{ wallTimeMs: number; event: MessageEvent }>;

/** What is asked for of the messages of one run. */
export type MessageFilter = Readonly<{
  /** The newest so many; with `waitingFor` the most urgent. @default 1_000 */
  limit?: number;
  /** Only these. */
  ids?: readonly string[];
  /** Only what this address has still to receive, in the order in which it is received. */
  waitingFor?: string;
}>;

const DEFAULT_LIMIT = 1_000;

/**
 * Messages for people and programs, oldest first, out of the events of their run. There are no rows of their own: their
 * events are found by their type in the part of the journal that the run takes up.
 */
export function messageRecords(entries: Iterable<MailEntry>, filter: MessageFilter = {}): readonly MessageRecord[] {
  const open = new OpenMessages(filter);
  for (const entry of entries) open.note(entry);
  const { waitingFor, limit = DEFAULT_LIMIT } = filter;
  return waitingFor === undefined ? open.records() : open.records().toSorted(byUrgency).slice(0, limit);
}

type Open = { readonly sent: MessageRecord; readonly deliveries: Map<string, DeliveryRecord> };
type Sent = Extract<MessageEvent, { type: 'message.sent' }>;
type Ended = Omit<DeliveryRecord, 'address'>;

/** Messages as they stand, in the order of sending: those that are asked for. */
class OpenMessages {
  readonly #ids: ReadonlySet<string> | undefined;
  readonly #waitingFor: string | undefined;
  readonly #most: number;
  readonly #all = new Map<number, Open>();
  /** The newest of each id. */
  readonly #byId = new Map<string, Open>();

  constructor({ ids, waitingFor, limit = DEFAULT_LIMIT }: MessageFilter) {
    this.#ids = ids === undefined ? undefined : new Set(ids);
    this.#waitingFor = waitingFor;
    // What waits is bounded by the mailbox that it waits in.
    this.#most = waitingFor === undefined ? limit : Infinity;
  }

  note({ event, wallTimeMs: endedAtMs }: MailEntry): void {
    switch (event.type) {
      case 'message.sent':
        if (this.#isWanted(event)) this.#put(event, endedAtMs);
        return;
      case 'messages.acknowledged':
        for (const [index, id] of event.ids.entries()) {
          this.#end(id, event.address, { state: 'acknowledged', endedAtMs, waitedMs: event.waitedMs[index] ?? 0 });
        }
        return;
      case 'messages.died':
        for (const id of event.ids) this.#end(id, event.address, { state: 'dead', why: event.why, endedAtMs });
        return;
      case 'topic.subscribed':
      case 'topic.unsubscribed':
        return;
      default:
        unreachable(event);
    }
  }

  records(): readonly MessageRecord[] {
    return [...this.#all.values()].map(({ sent, deliveries }) => ({ ...sent, deliveries: [...deliveries.values()] }));
  }

  #isWanted({ message, recipients }: Sent): boolean {
    if (this.#ids?.has(message.id) === false) return false;
    return this.#waitingFor === undefined || recipients.includes(this.#waitingFor);
  }

  #put({ runId, no, from, message, hops, bytes, recipients, dead = [] }: Sent, sentAtMs: number): void {
    const deliveries = new Map<string, DeliveryRecord>();
    for (const address of recipients) deliveries.set(address, { address, state: 'waiting' });
    for (const { address, why } of dead) deliveries.set(address, { address, state: 'dead', why, endedAtMs: sentAtMs });
    const open = { sent: { runId, no, from, message, hops, bytes, sentAtMs, deliveries: [] }, deliveries };
    this.#all.set(no, open);
    this.#byId.set(message.id, open);
    const [oldest] = this.#all.size > this.#most ? this.#all.values() : [];
    if (oldest !== undefined) this.#drop(oldest);
  }

  #end(id: string, address: string, how: Ended): void {
    const open = this.#byId.get(id);
    open?.deliveries.set(address, { address, ...how });
    if (open !== undefined && address === this.#waitingFor) this.#drop(open);
  }

  #drop(open: Open): void {
    const { no, message } = open.sent;
    this.#all.delete(no);
    if (this.#byId.get(message.id) === open) this.#byId.delete(message.id);
  }
}

function byUrgency(one: MessageRecord, other: MessageRecord): number {
  return rankOf(one.message) - rankOf(other.message) || one.no - other.no;
}
