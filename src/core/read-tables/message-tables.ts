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
  /** Only the one with this number: the first one of the run has 1. */
  no?: number;
  /** Only what this address has sent. */
  from?: string;
  /** Only what was sent to this address or topic, or went to it among others. */
  to?: string;
  /** Only what somebody has still to deal with, or what somebody will never get. */
  standing?: 'waiting' | 'dead';
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
  readonly #filter: MessageFilter;
  readonly #ids: ReadonlySet<string> | undefined;
  readonly #waitingFor: string | undefined;
  readonly #most: number;
  readonly #all = new Map<number, Open>();
  /** The newest of each id. */
  readonly #byId = new Map<string, Open>();
  /** Those that somebody will never get, where they are asked for. */
  readonly #dead = new Set<Open>();

  constructor(filter: MessageFilter) {
    const { ids, waitingFor, limit = DEFAULT_LIMIT } = filter;
    this.#filter = filter;
    this.#ids = ids === undefined ? undefined : new Set(ids);
    this.#waitingFor = waitingFor;
    this.#most = limit;
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
    const { standing } = this.#filter;
    const open = [...this.#all.values()].filter((one) => standing === undefined || hasStanding(one, standing));
    const shown = standing === undefined ? open : open.slice(Math.max(0, open.length - this.#most));
    return shown.map(({ sent, deliveries }) => ({ ...sent, deliveries: [...deliveries.values()] }));
  }

  #isWanted(sent: Sent): boolean {
    const { no, from, message, recipients } = sent;
    const filter = this.#filter;
    if (this.#ids?.has(message.id) === false || (filter.no ?? no) !== no || (filter.from ?? from) !== from)
      return false;
    if (filter.to !== undefined && !wentTo(sent, filter.to)) return false;
    return this.#waitingFor === undefined || recipients.includes(this.#waitingFor);
  }

  #put({ runId, no, from, message, hops, bytes, recipients, dead = [] }: Sent, sentAtMs: number): void {
    const deliveries = new Map<string, DeliveryRecord>();
    for (const address of recipients) deliveries.set(address, { address, state: 'waiting' });
    for (const { address, why } of dead) deliveries.set(address, { address, state: 'dead', why, endedAtMs: sentAtMs });
    const open = { sent: { runId, no, from, message, hops, bytes, sentAtMs, deliveries: [] }, deliveries };
    this.#all.set(no, open);
    this.#byId.set(message.id, open);
    this.#bound(open);
  }

  /** Keeps no more than may be asked for. What waits is bounded by the mailboxes that it waits in. */
  #bound(changed: Open): void {
    const { standing } = this.#filter;
    if (standing === undefined) {
      const isOver = this.#waitingFor === undefined && this.#all.size > this.#most;
      const [oldest] = isOver ? this.#all.values() : [];
      if (oldest !== undefined) this.#drop(oldest);
      return;
    }
    if (standing === 'dead' && hasStanding(changed, 'dead')) {
      this.#dead.add(changed);
      if (this.#dead.size > this.#most) this.#drop(oldestOf(this.#dead));
    } else if (!hasStanding(changed, 'waiting')) this.#drop(changed);
  }

  #end(id: string, address: string, how: Ended): void {
    const open = this.#byId.get(id);
    if (open === undefined) return;
    open.deliveries.set(address, { address, ...how });
    if (address === this.#waitingFor) this.#drop(open);
    else if (this.#filter.standing !== undefined) this.#bound(open);
  }

  #drop(open: Open): void {
    const { no, message } = open.sent;
    this.#dead.delete(open);
    this.#all.delete(no);
    if (this.#byId.get(message.id) === open) this.#byId.delete(message.id);
  }
}

function wentTo({ message, recipients, dead = [] }: Sent, to: string): boolean {
  return [message.to, message.topic, ...recipients, ...dead.map(({ address }) => address)].includes(to);
}

function hasStanding({ deliveries }: Open, standing: 'waiting' | 'dead'): boolean {
  return [...deliveries.values()].some(({ state }) => state === standing);
}

function oldestOf(open: ReadonlySet<Open>): Open {
  return [...open].reduce((oldest, one) => (one.sent.no < oldest.sent.no ? one : oldest));
}

function byUrgency(one: MessageRecord, other: MessageRecord): number {
  return rankOf(one.message) - rankOf(other.message) || one.no - other.no;
}
