import type { Notice } from '../../core/health/notice.ts';
import type { NoticeTarget, Told } from '../../ports/notifier.ts';
import type { ProcessEnd, ProcessRunner } from '../../ports/process-runner.ts';

export type CommandTargetSettings = Readonly<{
  name: string;
  atLeast: Notice['severity'];
  /** A program with its arguments; never a shell. */
  argv: readonly string[];
  /** Absolute. */
  cwd: string;
  /** The whole environment of the program. */
  environment: Readonly<Record<string, string>>;
}>;

/** What a program may print: nobody reads it. */
const MOST_OUTPUT = 65_536;

/** Starts a program of the user with a notice as JSON on its stdin. Told when it ends with 0. */
export class CommandTarget implements NoticeTarget {
  readonly name: string;
  readonly atLeast: Notice['severity'];
  readonly #processes: ProcessRunner;
  readonly #settings: CommandTargetSettings;

  constructor(processes: ProcessRunner, settings: CommandTargetSettings) {
    this.name = settings.name;
    this.atLeast = settings.atLeast;
    this.#processes = processes;
    this.#settings = settings;
  }

  async tell(notice: Notice, signal: AbortSignal): Promise<Told> {
    const { argv, cwd, environment: env } = this.#settings;
    const stdin = `${JSON.stringify(notice)}\n`;
    const limits = { outputBytes: MOST_OUTPUT };
    const problem = problemOf(await this.#processes.run({ argv, cwd, env, stdin, limits, graceMs: 1_000 }, signal));
    // What it has done before it failed nobody knows: it is not started twice.
    return problem === undefined ? { ok: true } : { ok: false, problem, mayRetry: false };
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
