import { IndexedHeap, NOT_IN_HEAP } from '../../util/indexed-heap.ts';
import { Mailbox } from './mailbox.ts';
import type { Message } from './message.ts';
import { Topics } from './topics.ts';

/** Messages of a run whose ids are remembered besides those that wait: the newest. Sent again, they are known; answers to them are counted. */
const MAX_KNOWN = 10_000;

/** What the address of a task begins with; its name follows. */
const TASK = 'task:';

/** What a waiting message takes besides its body, roughly. */
const OVERHEAD_BYTES = 512;

/** What a body of that size counts for while it waits. */
export function weightOf(bytes: number): number {
  return bytes + OVERHEAD_BYTES;
}

/** What is remembered of a message, whether or not anybody still has to receive it. */
export type KnownMessage = Readonly<{
  from: string;
  /** Of all that the sender gave: what differs is another message. */
  digest: number;
  hops: number;
  /** In whose mailboxes it was put, and who could not get it. */
  recipients: number;
  dead: number;
}>;

/** What a snapshot keeps: each message once, whoever waits for it. */
export type StoredMail = Readonly<{
  sent: number;
  messages: readonly Message[];
  boxes: readonly (readonly [address: string, ids: readonly string[]])[];
  known: readonly (readonly [id: string, known: KnownMessage])[];
  topics: ReturnType<Topics['dump']>;
}>;

/** One message that waits, and in whose mailboxes. Only one that expires is in the heap. */
type Waiting = { readonly message: Message; readonly addresses: Set<string>; heapIndex: number };

function expiryOf({ message }: Waiting): number {
  return message.expiresAtMs ?? Infinity;
}

/** All messages of one run that somebody has still to receive. */
export class Mail {
  readonly boxes: Map<string, Mailbox> = new Map();
  readonly topics: Topics = new Topics();
  /** Boxes whose owner is gone, and which are not empty. */
  readonly orphans: Set<string> = new Set();
  readonly #newest = new Map<string, KnownMessage>();
  /** Older ones that still wait. */
  readonly #older = new Map<string, KnownMessage>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #expiring = new IndexedHeap<Waiting>((one, other) => expiryOf(one) < expiryOf(other));
  /** Names of tasks that had mail or a subscription: most never have, and their address need not be put together. */
  readonly #tasks = new Set<string>();
  #sent = 0;
  #waitingBytes = 0;

  /** Messages sent so far. */
  get sent(): number {
    return this.#sent;
  }

  get knownCount(): number {
    return this.#newest.size + this.#older.size;
  }

  /** A message that waits, or is among the newest. */
  known(id: string): KnownMessage | undefined {
    return this.#newest.get(id) ?? this.#older.get(id);
  }

  /** Weight of all that waits, counted once per recipient. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Led time at which the first of all that waits expires; Infinity when nothing does. */
  get nextExpiryMs(): number {
    return this.#expiring.first?.message.expiresAtMs ?? Infinity;
  }

  /** Ids of what has expired by then and still waits, by mailbox; in the order of sending, then of addresses. */
  expiredBy(nowMs: number): ReadonlyMap<string, readonly string[]> {
    const expired = this.#expiring.while((waiting) => expiryOf(waiting) <= nowMs);
    const byAddress = new Map<string, string[]>();
    for (const { message, addresses } of expired.toSorted((one, other) => one.message.no - other.message.no)) {
      for (const address of [...addresses].sort()) {
        const ids = byAddress.get(address);
        if (ids === undefined) byAddress.set(address, [message.spec.id]);
        else ids.push(message.spec.id);
      }
    }
    return byAddress;
  }

  put(message: Message, known: KnownMessage, recipients: readonly string[]): void {
    this.#sent = message.no;
    this.#remember(message.spec.id, known);
    for (const address of recipients) this.#putInto(address, message);
  }

  /** Takes messages out of a box, whatever became of them. Those that are not there are passed over. */
  take(address: string, ids: readonly string[]): void {
    const box = this.boxes.get(address);
    if (box === undefined) return;
    for (const id of ids) {
      const message = box.remove(id);
      if (message === undefined) continue;
      this.#waitingBytes -= weightOf(message.bytes);
      this.#leave(id, address);
    }
    if (box.size > 0) return;
    this.boxes.delete(address);
    this.orphans.delete(address);
  }

  /** Whether the task of this name may have a box or a subscription; false when it never had either. */
  mayConcern(task: string): boolean {
    return this.#tasks.has(task);
  }

  subscribe(address: string, pattern: string): void {
    this.topics.add(address, pattern);
    this.#noteTask(address);
  }

  /** The owner of a box comes no more: what waits in it is dead. True when there is anything. */
  abandon(address: string): boolean {
    this.topics.forget(address);
    if (!this.boxes.has(address)) return false;
    this.orphans.add(address);
    return true;
  }

  dump(): StoredMail {
    const messages = new Map<string, Message>();
    const boxes = [...this.boxes].map(([address, box]): [string, readonly string[]] => {
      const waiting = [...box.messages()];
      for (const message of waiting) messages.set(message.spec.id, message);
      return [address, waiting.map(({ spec }) => spec.id)];
    });
    const ordered = [...messages.values()].sort((one, other) => one.no - other.no);
    const known = [...this.#older, ...this.#newest];
    return { sent: this.#sent, messages: ordered, boxes, known, topics: this.topics.dump() };
  }

  static restore({ sent, messages, boxes, known, topics }: StoredMail): Mail {
    const mail = new Mail();
    const byId = new Map(messages.map((message) => [message.spec.id, message]));
    for (const [address, ids] of boxes) {
      for (const id of ids) {
        const message = byId.get(id);
        if (message !== undefined) mail.#putInto(address, message);
      }
    }
    for (const [id, one] of known) mail.#remember(id, one);
    for (const [address, patterns] of topics) for (const pattern of patterns) mail.subscribe(address, pattern);
    mail.#sent = sent;
    return mail;
  }

  #putInto(address: string, message: Message): void {
    const box = this.boxes.get(address) ?? new Mailbox();
    this.boxes.set(address, box);
    this.#noteTask(address);
    box.add(message);
    this.#waitingBytes += weightOf(message.bytes);
    this.#enter(message, address);
  }

  #noteTask(address: string): void {
    if (address.startsWith(TASK)) this.#tasks.add(address.slice(TASK.length));
  }

  #enter(message: Message, address: string): void {
    const waiting = this.#waiting.get(message.spec.id);
    if (waiting !== undefined) {
      waiting.addresses.add(address);
      return;
    }
    const made: Waiting = { message, addresses: new Set([address]), heapIndex: NOT_IN_HEAP };
    this.#waiting.set(message.spec.id, made);
    if (message.expiresAtMs !== undefined) this.#expiring.push(made);
  }

  #leave(id: string, address: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    waiting.addresses.delete(address);
    if (waiting.addresses.size > 0) return;
    this.#waiting.delete(id);
    this.#older.delete(id);
    this.#expiring.remove(waiting);
  }

  #remember(id: string, known: KnownMessage): void {
    this.#newest.set(id, known);
    if (this.#newest.size <= MAX_KNOWN) return;
    const [oldest] = this.#newest;
    if (oldest === undefined) return;
    this.#newest.delete(oldest[0]);
    if (this.#waiting.has(oldest[0])) this.#older.set(...oldest);
  }
}
