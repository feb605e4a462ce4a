import type { Packet } from './frames.ts';
import { MAX_EARLY, MAX_WAITING, PACKETS_PER_FRAME, REPEAT_MS, WINDOW } from './host-limits.ts';

/** What a `data` frame carries: packets, and up to which packet all of the other side have arrived. */
type Data<Body> = Readonly<{ ack: number; packets: readonly Packet<Body>[] }>;
type Sent<Body> = { readonly packet: Packet<Body>; sentMs: number | undefined };

/**
 * One direction each way of a session over a link that loses, doubles and reorders: every body arrives in order and
 * once. What is not acknowledged is sent again.
 */
export class Channel<Out, In> {
  /** By seq, oldest first. */
  readonly #unacknowledged = new Map<number, Sent<Out>>();
  readonly #early = new Map<number, In>();
  #nextSeq = 1;
  #received = 0;
  #owesAck = false;

  /** The newest packet of the other side up to which all have arrived. */
  get received(): number {
    return this.#received;
  }

  get waiting(): number {
    return this.#unacknowledged.size;
  }

  /** False, and nothing sent, when the other side has not taken anything for long. */
  send(body: Out): boolean {
    if (this.#unacknowledged.size >= MAX_WAITING) return false;
    const packet = { seq: this.#nextSeq++, body };
    this.#unacknowledged.set(packet.seq, { packet, sentMs: undefined });
    return true;
  }

  /** The other side has everything up to `seq`. What it cannot have is ignored. */
  acknowledge(seq: number): void {
    if (seq >= this.#nextSeq) return;
    for (const known of this.#unacknowledged.keys()) {
      if (known > seq) return;
      this.#unacknowledged.delete(known);
    }
  }

  /**
   * What is to be sent now, frame by frame: new packets, and those that were not acknowledged in time. One without
   * packets when the other side has sent something since the last call: it wants to know what has arrived.
   */
  due(nowMs: number): readonly Data<Out>[] {
    const packets = this.#duePackets(nowMs);
    const ack = this.#received;
    const frames: Data<Out>[] = [];
    for (let from = 0; from < packets.length; from += PACKETS_PER_FRAME) {
      frames.push({ ack, packets: packets.slice(from, from + PACKETS_PER_FRAME) });
    }
    if (frames.length === 0 && this.#owesAck) frames.push({ ack, packets: [] });
    this.#owesAck = false;
    return frames;
  }

  /** Everything not acknowledged goes out with the next look: the link is another one. */
  sendAllAgain(): void {
    for (const sent of this.#unacknowledged.values()) sent.sentMs = undefined;
  }

  /** What has arrived now, in order: nothing for a repeat, several when a gap has closed. */
  take(packets: readonly Packet<In>[]): readonly In[] {
    const arrived: In[] = [];
    for (const { seq, body } of packets) {
      this.#owesAck = true;
      if (seq > this.#received && seq <= this.#received + MAX_EARLY) this.#early.set(seq, body);
      for (let next = this.#takeNext(); next !== undefined; next = this.#takeNext()) arrived.push(next.body);
    }
    return arrived;
  }

  #duePackets(nowMs: number): readonly Packet<Out>[] {
    const due: Packet<Out>[] = [];
    let open = 0;
    for (const sent of this.#unacknowledged.values()) {
      if (++open > WINDOW) break;
      if (sent.sentMs !== undefined && nowMs - sent.sentMs < REPEAT_MS) continue;
      sent.sentMs = nowMs;
      due.push(sent.packet);
    }
    return due;
  }

  #takeNext(): Readonly<{ body: In }> | undefined {
    const seq = this.#received + 1;
    const body = this.#early.get(seq);
    if (body === undefined) return undefined;
    this.#early.delete(seq);
    this.#received = seq;
    return { body };
  }
}
