import assert from 'node:assert/strict';
import type { MessageEvent } from '../../src/core/events.ts';

const MAX_HOPS = 8;
const MAX_WAITING = 1_000;

/** A recount of mail from its events alone, written apart from the core. Throws when an event breaks a promise. */
export class MailLedger {
  /** Hops by run and id. */
  readonly #sent = new Map<string, number>();
  readonly #numbers = new Map<string, number>();
  /** Ids that wait, by run and address. */
  readonly #waiting = new Map<string, Set<string>>();

  note(event: MessageEvent): void {
    if (event.type === 'message.sent') this.#send(event);
    if (event.type === 'messages.acknowledged') this.#take(event);
    if (event.type === 'messages.died') this.#take(event);
  }

  /** How many messages wait under this address. */
  waitingFor(run: string, address: string): number {
    return this.#waiting.get(`${run} ${address}`)?.size ?? 0;
  }

  #send(event: Extract<MessageEvent, { type: 'message.sent' }>): void {
    const { runId, no, message, hops, recipients, dead = [] } = event;
    const key = `${runId} ${message.id}`;
    assert.ok(!this.#sent.has(key), `message ${message.id} is sent twice`);
    assert.equal(no, (this.#numbers.get(runId) ?? 0) + 1, `message ${message.id} has number ${no}`);
    this.#numbers.set(runId, no);
    const before = [message.replyTo, message.cause].map((id) => (id === undefined ? 0 : this.#hopsOf(runId, id)));
    assert.equal(hops, Math.max(...before) + 1, `message ${message.id} has ${hops} hops`);
    assert.ok(hops <= MAX_HOPS, `message ${message.id} is number ${hops} of its chain`);
    this.#sent.set(key, hops);
    assert.equal(new Set([...recipients, ...dead.map(({ address }) => address)]).size, recipients.length + dead.length);
    for (const address of recipients) {
      const box = this.#waiting.get(`${runId} ${address}`) ?? new Set();
      this.#waiting.set(`${runId} ${address}`, box.add(message.id));
      assert.ok(box.size <= MAX_WAITING, `${box.size} messages wait for ${address}`);
    }
  }

  #hopsOf(run: string, id: string): number {
    return this.#sent.get(`${run} ${id}`) ?? assert.fail(`a message follows from ${id}, which was never sent`);
  }

  #take({ runId, address, ids, type }: Extract<MessageEvent, { ids: readonly string[] }>): void {
    for (const id of ids) {
      assert.ok(this.#waiting.get(`${runId} ${address}`)?.delete(id), `${type} of ${id}, which does not wait there`);
    }
  }
}
