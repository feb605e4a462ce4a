import type { RunId } from '../core/ids.ts';
import type { Mailbox } from '../core/messaging/mailbox.ts';
import { type Message, rankOf } from '../core/messaging/message.ts';
import type { Swarm } from '../core/swarm-state.ts';
import { addTo, removeFrom } from '../util/map-of-sets.ts';

type Look = () => void;

/** A message under one of the addresses that were asked for. */
export type Delivery = Readonly<{ address: string; message: Message }>;

/** At most `limit`, at led time `nowMs`. */
type HandOut = Readonly<{ limit: number; nowMs: number }>;

/** Ids of messages that are gone, which may be remembered for a while. */
const MAX_STALE = 1_000;

/**
 * Who waits in this process for mail, and what was handed out. Nothing of it outlives the lead: what nobody has
 * acknowledged is handed out again by the next one.
 */
export class Mailroom {
  readonly #swarm: Swarm;
  /** By run and address. */
  readonly #waiting = new Map<string, Set<Look>>();
  /** Ids that a running attempt has and has not acknowledged. */
  readonly #handedOut = new WeakMap<Mailbox, Set<string>>();
  /** Number of the newest stored message of a run: the state may be ahead of the journal by one commit. */
  readonly #stored = new Map<RunId, number>();

  constructor(swarm: Swarm) {
    this.#swarm = swarm;
  }

  /** The state is what the journal has: all of it may be handed out. */
  begin(): void {
    for (const run of this.#swarm.runs.values()) if (run.mail !== undefined) this.#stored.set(run.id, run.mail.sent);
  }

  /** Message `no` of the run is stored. Whoever waits for it looks. */
  stored(runId: RunId, recipients: readonly string[], no: number): void {
    this.#stored.set(runId, no);
    this.wake(runId, recipients);
  }

  /** Something may be handed out at these addresses: whoever waits there looks. */
  wake(runId: RunId, addresses: Iterable<string>): void {
    for (const address of addresses) {
      const looks = this.#waiting.get(keyOf(runId, address));
      // One message for one of them, and the others look in vain: they are the attempts of one agent, few.
      if (looks !== undefined) for (const look of looks) look();
    }
  }

  forgetRun(runId: RunId): void {
    this.#stored.delete(runId);
  }

  /** Calls `look` whenever something has come for one of the addresses. Returns how to give up. */
  wait(runId: RunId, addresses: readonly string[], look: Look): () => void {
    const keys = addresses.map((address) => keyOf(runId, address));
    for (const key of keys) addTo(this.#waiting, key, look);
    return () => {
      for (const key of keys) removeFrom(this.#waiting, key, look);
    };
  }

  /** Takes messages that nobody has, that are stored and have not expired: the most urgent first, then the oldest. */
  handOut(runId: RunId, addresses: readonly string[], { limit, nowMs }: HandOut): readonly Delivery[] {
    const newest = this.#stored.get(runId);
    const boxes = this.#swarm.runs.get(runId)?.mail?.boxes;
    if (boxes === undefined || newest === undefined) return NOTHING;
    const found: Delivery[] = [];
    for (const address of addresses) {
      const box = boxes.get(address);
      if (box !== undefined) found.push(...this.#free(address, box, { limit, nowMs, newest }));
    }
    if (addresses.length > 1) found.sort(compareDeliveries);
    const given = found.slice(0, limit);
    for (const { address, message } of given) this.#note(boxes.get(address), message.spec.id);
    return given;
  }

  /** The attempt does not have them any more: they were acknowledged, or another one may get them. */
  giveBack(runId: RunId, address: string, ids: Iterable<string>): void {
    const box = this.#swarm.runs.get(runId)?.mail?.boxes.get(address);
    const taken = box === undefined ? undefined : this.#handedOut.get(box);
    for (const id of ids) taken?.delete(id);
  }

  #free(address: string, box: Mailbox, wanted: HandOut & Readonly<{ newest: number }>): Delivery[] {
    const { limit, nowMs, newest } = wanted;
    const taken = this.#handedOut.get(box);
    const found: Delivery[] = [];
    for (const message of box.messages()) {
      if (found.length >= limit) break;
      const { no, spec, expiresAtMs = Infinity } = message;
      if (no <= newest && expiresAtMs > nowMs && taken?.has(spec.id) !== true) found.push({ address, message });
    }
    return found;
  }

  #note(box: Mailbox | undefined, id: string): void {
    if (box === undefined) return;
    const taken = this.#handedOut.get(box) ?? new Set<string>();
    this.#handedOut.set(box, taken.add(id));
    // What has expired in the hands of an attempt is in the box no more.
    if (taken.size > 2 * box.size + MAX_STALE)
      for (const old of taken) if (box.get(old) === undefined) taken.delete(old);
  }
}

const NOTHING: readonly Delivery[] = [];

function compareDeliveries({ message: one }: Delivery, { message: other }: Delivery): number {
  return rankOf(one.spec) - rankOf(other.spec) || one.no - other.no;
}

function keyOf(runId: RunId, address: string): string {
  return `${runId} ${address}`;
}
