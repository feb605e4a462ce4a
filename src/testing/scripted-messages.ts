import type {
  MailAnswer,
  OutgoingMessage,
  ReceivedMessage,
  ReceiveOptions,
  RunMessages,
  SendAnswer,
} from '../ports/run-messages.ts';
import type { Refusal } from '../core/ruling.ts';

const DONE: MailAnswer = { ok: true };

/** Mail that the test plays: it sees what is sent and acknowledged, and delivers what it likes. */
export class ScriptedMessages implements RunMessages {
  readonly sent: OutgoingMessage[] = [];
  readonly acknowledged: string[] = [];
  readonly patterns: string[] = [];
  /** Given to every message from now on. */
  refusal: Refusal | undefined;
  readonly #waiting: ReceivedMessage[] = [];
  #more = Promise.withResolvers<void>();

  async send(message: OutgoingMessage): Promise<SendAnswer> {
    const { refusal } = this;
    if (refusal !== undefined) return { ok: false, refusal };
    this.sent.push(message);
    return { ok: true, id: message.id ?? `m${this.sent.length}`, recipients: 1, dead: 0 };
  }

  async receive({ limit = 100, waitMs, signal }: ReceiveOptions = {}): Promise<readonly ReceivedMessage[]> {
    const aborted = Promise.withResolvers<void>();
    signal?.addEventListener('abort', () => aborted.resolve(), { once: true });
    while (this.#waiting.length === 0 && waitMs === undefined && signal?.aborted !== true) {
      await Promise.race([this.#more.promise, aborted.promise]);
    }
    return this.#waiting.splice(0, limit);
  }

  async acknowledge(ids: readonly string[]): Promise<MailAnswer> {
    this.acknowledged.push(...ids);
    return DONE;
  }

  async subscribe(pattern: string): Promise<MailAnswer> {
    this.patterns.push(pattern);
    return DONE;
  }

  async unsubscribe(pattern: string): Promise<MailAnswer> {
    this.patterns.splice(0, this.patterns.length, ...this.patterns.filter((one) => one !== pattern));
    return DONE;
  }

  /** Whoever waits for mail gets it. */
  deliver(more: Partial<ReceivedMessage> = {}): void {
    const message: ReceivedMessage = {
      id: `in${this.#waiting.length + 1}`,
      from: 'task:other',
      to: 'task:task',
      type: 'message',
      priority: 'normal',
      body: null,
      hops: 1,
      atMs: 0,
      ...more,
    };
    this.#waiting.push(message);
    this.#more.resolve();
    this.#more = Promise.withResolvers();
  }
}
