import { rankOf } from '../../../core/messaging/message.ts';
import type { RunAbilities } from '../../../ports/agent-driver.ts';
import type { ReceivedMessage, ReceiveOptions, RunMessages } from '../../../ports/run-messages.ts';

const MOST_AT_START = 1_000;
const DEFAULT_LIMIT = 100;

/**
 * The mail of a command. What waits when it starts stands in a file, and its programs receive it like all that comes
 * later: nobody has to know what was there first. When the command succeeds, it has dealt with what was in the file.
 */
export class CommandMail {
  readonly #messages: RunMessages;
  readonly #ids: readonly string[];
  /** What its programs have not received yet. */
  #waiting: readonly ReceivedMessage[];
  /** As JSON lines, the most urgent first. */
  readonly lines: string;

  private constructor(messages: RunMessages, waiting: readonly ReceivedMessage[]) {
    this.#messages = messages;
    this.#ids = waiting.map(({ id }) => id);
    this.#waiting = waiting;
    this.lines = waiting.map((message) => `${JSON.stringify(message)}\n`).join('');
  }

  static async open(messages: RunMessages): Promise<CommandMail> {
    return new CommandMail(messages, await messages.receive({ limit: MOST_AT_START, waitMs: 0 }));
  }

  /** What the programs of the command can do: all that it can. */
  abilitiesOf(context: RunAbilities): RunAbilities {
    const all = this.#messages;
    const messages: RunMessages = {
      send: (message) => all.send(message),
      receive: (options) => this.#receive(options),
      acknowledge: (ids) => all.acknowledge(ids),
      subscribe: (pattern) => all.subscribe(pattern),
      unsubscribe: (pattern) => all.unsubscribe(pattern),
    };
    return {
      messages,
      get memory() {
        return context.memory;
      },
      get proposals() {
        return context.proposals;
      },
      get tasks() {
        return context.tasks;
      },
    };
  }

  /** A command that failed is tried again, and finds them again. */
  async close(): Promise<void> {
    // What is not stored now is handed out once more: at least once.
    if (this.#ids.length > 0) await this.#messages.acknowledge(this.#ids).catch(() => {});
  }

  async #receive(options: ReceiveOptions = {}): Promise<readonly ReceivedMessage[]> {
    if (this.#waiting.length === 0) return this.#messages.receive(options);
    const { limit = DEFAULT_LIMIT } = options;
    const since = await this.#messages.receive({ limit, waitMs: 0 });
    const all = [...this.#waiting, ...since].toSorted((one, other) => rankOf(one) - rankOf(other));
    this.#waiting = all.slice(limit);
    // Another program of the command was faster.
    return all.length === 0 ? this.#messages.receive(options) : all.slice(0, limit);
  }
}
