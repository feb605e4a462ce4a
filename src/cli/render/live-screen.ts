import { widthOf } from './text.ts';

const HIDE_CURSOR = '\u001B[?25l';
const SHOW_CURSOR = '\u001B[?25h';
const ERASE_LINE_END = '\u001B[K';
const ERASE_BELOW = '\u001B[J';
// oxlint-disable-next-line no-control-regex -- ESC is what this is about
const PAINT = /\u001B\[\d+m/g;

/** What a picture needs of a terminal. */
export type Terminal = Readonly<{
  columns: number;
  rows: number;
  write: (text: string) => unknown;
  on: (event: 'resize', listener: () => void) => unknown;
  off: (event: 'resize', listener: () => void) => unknown;
}>;

/** Draws lines at the bottom of a terminal, each picture over the one before. The text above stays and scrolls as usual. */
export class LiveScreen implements Disposable {
  readonly #stream: Terminal;
  readonly #draw: (columns: number, rows: number) => readonly string[];
  readonly #intervalMs: number;
  #shown: readonly string[] = [];
  #columns = 0;
  #timer: NodeJS.Timeout | undefined;
  #isOpen = true;
  readonly #redraw = (): void => this.refresh();
  readonly #suspend = (): void => {
    this.#erase();
    this.#stream.write(SHOW_CURSOR);
    process.kill(process.pid, 'SIGSTOP');
  };
  readonly #continue = (): void => {
    this.#shown = [];
    this.#stream.write(HIDE_CURSOR);
    this.refresh();
  };
  readonly #leave = (): void => this[Symbol.dispose]();

  /** `draw` gives the picture for a size. It is called at once, on a change of size and every `intervalMs`. */
  constructor(stream: Terminal, draw: (columns: number, rows: number) => readonly string[], intervalMs = 100) {
    this.#stream = stream;
    this.#draw = draw;
    this.#intervalMs = intervalMs;
    stream.write(HIDE_CURSOR);
    stream.on('resize', this.#redraw);
    process.on('SIGTSTP', this.#suspend);
    process.on('SIGCONT', this.#continue);
    process.on('exit', this.#leave);
    this.refresh();
  }

  /** Draws now. */
  refresh(): void {
    if (!this.#isOpen) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#redraw, this.#intervalMs);
    const { columns, rows } = this.#size();
    // One column and one row stay free, so that the terminal never wraps or scrolls the picture.
    const lines = this.#draw(Math.max(10, columns - 1), Math.max(3, rows - 1)).slice(0, Math.max(3, rows - 1));
    if (columns === this.#columns && isSame(lines, this.#shown)) return;
    const body = lines.map((text) => `${text}${ERASE_LINE_END}`).join('\n');
    this.#stream.write(`${this.#goToTop(columns)}${body}${ERASE_BELOW}`);
    this.#shown = lines;
    this.#columns = columns;
  }

  /** Writes lines that stay, above the picture. */
  print(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#erase();
    this.#stream.write(`${lines.join('\n')}\n`);
    this.refresh();
  }

  /** Takes the picture away and gives the terminal back as it was. Calling it twice does no harm. */
  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    clearTimeout(this.#timer);
    this.#stream.off('resize', this.#redraw);
    process.off('SIGTSTP', this.#suspend);
    process.off('SIGCONT', this.#continue);
    process.off('exit', this.#leave);
    this.#erase();
    this.#stream.write(SHOW_CURSOR);
  }

  /** A terminal without a known size says 0. */
  #size(): Readonly<{ columns: number; rows: number }> {
    return { columns: this.#stream.columns || 80, rows: this.#stream.rows || 24 };
  }

  #erase(): void {
    this.#stream.write(`${this.#goToTop(this.#size().columns)}${ERASE_BELOW}`);
    this.#shown = [];
  }

  /** A terminal that became narrower has broken old lines in two: count what they take now. */
  #goToTop(columns: number): string {
    const rows = this.#shown.reduce((sum, text) => sum + Math.max(1, Math.ceil(plainWidth(text) / columns)), 0);
    return rows > 1 ? `\r\u001B[${rows - 1}A` : '\r';
  }
}

function plainWidth(text: string): number {
  return widthOf(text.replace(PAINT, ''));
}

function isSame(lines: readonly string[], others: readonly string[]): boolean {
  return lines.length === others.length && lines.every((text, index) => text === others[index]);
}
