import type { RunMessages } from '../../../ports/run-messages.ts';

const MOST_AT_START = 1_000;

/** The messages that wait when a command starts: it finds them in a file, and has dealt with them when it succeeds. */
export class CommandMail {
  readonly #messages: RunMessages;
  readonly #ids: readonly string[];
  /** As JSON lines, the most urgent first. */
  readonly lines: string;

  private constructor(messages: RunMessages, lines: string, ids: readonly string[]) {
    this.#messages = messages;
    this.lines = lines;
    this.#ids = ids;
  }

  static async open(messages: RunMessages): Promise<CommandMail> {
    const waiting = await messages.receive({ limit: MOST_AT_START, waitMs: 0 });
    const lines = waiting.map((message) => `${JSON.stringify(message)}\n`).join('');
    return new CommandMail(
      messages,
      lines,
      waiting.map(({ id }) => id),
    );
  }

  /** A command that failed is tried again, and finds them again. */
  async close(): Promise<void> {
    // What is not stored now is handed out once more: at least once.
    if (this.#ids.length > 0) await this.#messages.acknowledge(this.#ids).catch(() => {});
  }
}
