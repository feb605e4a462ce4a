import type { Notice } from '../../core/health/notice.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { ProcessEnd, ProcessRunner } from '../../ports/process-runner.ts';

export type CommandNotifierSettings = Readonly<{
  /** Each is a program with its arguments; never a shell. */
  commands: readonly (readonly string[])[];
  /** When one that hangs is ended, ms. */
  timeoutMs: number;
  /** Absolute. */
  cwd: string;
  /** The whole environment of the programs. */
  environment: Readonly<Record<string, string>>;
}>;

/** Notices that wait for a program to end; beyond it the oldest go, and the log says so. */
const MOST_WAITING = 100;
/** What a program may print: nobody reads it. */
const MOST_OUTPUT = 65_536;
/** Keys of notices that were sent, so that a repeat is dropped. */
const MOST_KNOWN = 1_000;

type Line = { readonly argv: readonly string[]; readonly waiting: Notice[]; isBusy: boolean };

/**
 * Starts programs of the user with every notice, as JSON on stdin. Each has a queue of its own and tells one notice at
 * a time, so one that hangs delays neither the others nor anybody else; its time limit ends it.
 */
export class CommandNotifier implements Notifier {
  readonly #processes: ProcessRunner;
  readonly #settings: CommandNotifierSettings;
  readonly #logger: Logger;
  readonly #lines: readonly Line[];
  readonly #known = new Set<string>();

  constructor(processes: ProcessRunner, settings: CommandNotifierSettings, logger: Logger) {
    this.#processes = processes;
    this.#settings = settings;
    this.#logger = logger;
    this.#lines = settings.commands.map((argv) => ({ argv, waiting: [], isBusy: false }));
  }

  notify(notice: Notice): void {
    if (this.#known.has(notice.key)) return;
    this.#known.add(notice.key);
    const [oldest] = this.#known.size > MOST_KNOWN ? this.#known : [];
    if (oldest !== undefined) this.#known.delete(oldest);
    for (const line of this.#lines) {
      line.waiting.push(notice);
      if (line.waiting.length > MOST_WAITING)
        this.#complain(line, 'too many notices wait for it', line.waiting.shift());
      if (!line.isBusy) void this.#tell(line);
    }
  }

  async #tell(line: Line): Promise<void> {
    line.isBusy = true;
    for (let notice = line.waiting.shift(); notice !== undefined; notice = line.waiting.shift()) {
      const problem = await this.#run(line.argv, notice).catch(messageOf);
      if (problem !== undefined) this.#complain(line, problem, notice);
    }
    line.isBusy = false;
  }

  async #run(argv: readonly string[], notice: Notice): Promise<string | undefined> {
    const { cwd, environment, timeoutMs } = this.#settings;
    const stdin = `${JSON.stringify(notice)}\n`;
    const limits = { outputBytes: MOST_OUTPUT };
    const spec = { argv, cwd, env: environment, stdin, limits, graceMs: 1_000 };
    return problemOf(await this.#processes.run(spec, AbortSignal.timeout(timeoutMs)));
  }

  #complain({ argv }: Line, problem: string, notice: Notice | undefined): void {
    this.#logger.log('warn', 'a notice did not get through', { program: argv[0], problem, notice: notice?.key });
  }
}

function problemOf(end: ProcessEnd): string | undefined {
  switch (end.kind) {
    case 'exited':
      return end.exitCode === 0 ? undefined : `it ended with exit code ${end.exitCode}`;
    case 'signalled':
      return `it was ended by ${end.signal}`;
    case 'limit':
      return `it reached its ${end.limit} limit`;
    case 'stopped':
      return 'it took too long';
    case 'not-started':
      return end.message;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
