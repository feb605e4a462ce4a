import { WriteStream } from 'node:tty';
import type { Environment } from '../config/environment.ts';
import { styleFor, type Style } from './render/style.ts';
import { visible } from './render/text.ts';
import { watchStdout } from './watch-stdout.ts';

export type OutputOptions = Readonly<{ json: boolean; quiet: boolean; environment: Environment }>;

/** What a command says while a picture of the run is on the terminal. */
type Above = Readonly<{ print: (lines: readonly string[]) => void }>;

/**
 * Everything a command says. Results go to stdout, talk to stderr; with `--json` stdout gets JSON lines and
 * nothing else. A reader that went away ends nothing by itself: writes are dropped and `closed` aborts.
 */
export class Output {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  /** For results on stdout, and for talk on stderr. */
  readonly style: Style;
  readonly talkStyle: Style;
  readonly #isDumb: boolean;
  readonly #closed = new AbortController();
  #picture: Above | undefined;

  constructor({ json, quiet, environment }: OutputOptions) {
    this.isJson = json;
    this.isQuiet = quiet;
    this.#isDumb = environment.isDumbTerminal;
    const unicode = environment.variables['TERM'] !== 'linux';
    this.style = styleFor({ colour: environment.color ?? hasColours(process.stdout), unicode });
    this.talkStyle = styleFor({ colour: environment.color ?? hasColours(process.stderr), unicode });
    watchStdout(() => this.#closed.abort());
    process.stderr.on('error', () => undefined);
    // Node prints its warnings wherever the cursor stands, which would tear a picture apart.
    process.removeAllListeners('warning');
    process.on('warning', ({ name, message }) => this.say(`${name}: ${visible(message)}`));
  }

  /** Aborts when nobody reads stdout any more. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Columns of the terminal on stdout; endless for files and pipes. */
  get columns(): number {
    return process.stdout.isTTY ? process.stdout.columns || 80 : Infinity;
  }

  /** Columns of the terminal on stderr; endless for files and pipes. */
  get talkColumns(): number {
    return process.stderr.isTTY ? process.stderr.columns || 80 : Infinity;
  }

  /** Whether somebody sits at this terminal who could answer. */
  get hasPerson(): boolean {
    return process.stdin.isTTY && process.stderr.isTTY && !this.isJson;
  }

  /** The terminal for a live picture, where there is one. */
  get screen(): WriteStream | undefined {
    const canDraw = !this.isJson && !this.isQuiet && !this.#isDumb;
    return canDraw && process.stderr instanceof WriteStream ? process.stderr : undefined;
  }

  /** A result, line by line. Nothing with `--json`. */
  result(...lines: readonly string[]): void {
    if (this.isJson || lines.length === 0) return;
    if (this.#picture !== undefined && process.stdout.isTTY) this.#picture.print(lines);
    else this.#toStdout(lines.join('\n'));
  }

  /** A result for programs. Nothing without `--json`. */
  json(value: Readonly<Record<string, unknown>>): void {
    if (this.isJson) this.#toStdout(JSON.stringify(value));
  }

  /** Talk: what goes on. Nothing with `--quiet`. */
  say(...lines: readonly string[]): void {
    if (!this.isQuiet) this.warn(...lines);
  }

  /** Talk that must be seen. */
  warn(...lines: readonly string[]): void {
    if (lines.length === 0) return;
    if (this.#picture !== undefined) this.#picture.print(lines);
    else process.stderr.write(`${lines.join('\n')}\n`);
  }

  /** While `picture` is on the terminal, everything is printed above it. */
  showAbove(picture: Above | undefined): void {
    this.#picture = picture;
  }

  #toStdout(text: string): void {
    if (!this.closed.aborted) process.stdout.write(`${text}\n`);
  }
}

function hasColours(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && stream.hasColors();
}
