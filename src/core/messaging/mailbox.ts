import type { PriorityClass } from '../tasks/task-spec.ts';
import { type Message, PRIORITIES } from './message.ts';

/** What waits for one recipient: by priority, and within it in the order of sending. */
export class Mailbox {
  readonly #lanes: Readonly<Record<PriorityClass, Map<string, Message>>> = {
    critical: new Map(),
    high: new Map(),
    normal: new Map(),
    low: new Map(),
  };
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(message: Message): void {
    this.#lanes[message.spec.priority ?? 'normal'].set(message.spec.id, message);
    this.#size++;
  }

  get(id: string): Message | undefined {
    for (const name of PRIORITIES) {
      const found = this.#lanes[name].get(id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The message that was there. */
  remove(id: string): Message | undefined {
    const message = this.get(id);
    if (message === undefined) return undefined;
    this.#lanes[message.spec.priority ?? 'normal'].delete(id);
    this.#size--;
    return message;
  }

  /**
   * All that waits, in the order in which it is received.
   * @yields each message once
   */
  *messages(): Generator<Message, void, undefined> {
    for (const name of PRIORITIES) yield* this.#lanes[name].values();
  }
}
