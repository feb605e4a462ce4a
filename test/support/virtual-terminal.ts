import { EventEmitter } from 'node:events';

/** Enough of a terminal to see what a picture does to it: cursor, wrapping, scrolling, erasing. Keeps what scrolled away. */
export class VirtualTerminal extends EventEmitter {
  columns: number;
  rows: number;
  isCursorShown = true;
  /** Writes so far. */
  writes = 0;
  #lines: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  /** All lines, those that scrolled away first. */
  get text(): readonly string[] {
    return this.#lines.map((cells) => cells.join('').trimEnd());
  }

  /** What is on screen now. */
  get screen(): readonly string[] {
    return this.text.slice(-this.rows);
  }

  /** As terminals do: lines that are now too long take two rows. */
  resize(columns: number, rows: number): void {
    this.#lines = this.#lines.flatMap((cells) => {
      const text = cells.join('').trimEnd();
      const parts = Math.max(1, Math.ceil(text.length / columns));
      return Array.from({ length: parts }, (_, part) => text.slice(part * columns, (part + 1) * columns).split(''));
    });
    this.#row = this.#lines.length - 1;
    this.#column = this.#lines[this.#row]?.length ?? 0;
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }

  write(text: string): boolean {
    this.writes += 1;
    // oxlint-disable-next-line no-control-regex -- escapes are what a terminal reads
    for (const [piece] of text.matchAll(/\u001B\[[?\d;]*[A-Za-z]|[^]/gu)) this.#take(piece);
    return true;
  }

  #take(piece: string): void {
    if (piece === '\n') this.#moveTo(this.#row + 1, 0);
    else if (piece === '\r') this.#column = 0;
    else if (piece.startsWith('\u001B[')) this.#obey(piece);
    else this.#put(piece);
  }

  #put(character: string): void {
    if (this.#column >= this.columns) this.#moveTo(this.#row + 1, 0);
    const line = this.#lines[this.#row];
    if (line === undefined) throw new Error('the cursor left the terminal');
    while (line.length < this.#column) line.push(' ');
    line[this.#column] = character;
    this.#column += 1;
  }

  #obey(code: string): void {
    const last = code.at(-1);
    const number = Number(code.slice(2, -1)) || 1;
    if (last === 'A') this.#moveTo(Math.max(this.#top(), this.#row - number), this.#column);
    else if (last === 'K') this.#lines[this.#row]?.splice(this.#column);
    else if (last === 'J') this.#eraseBelow();
    else if (code === '\u001B[?25l') this.isCursorShown = false;
    else if (code === '\u001B[?25h') this.isCursorShown = true;
    else if (last !== 'm') throw new Error(`unknown escape ${JSON.stringify(code)}`);
  }

  /** What has scrolled away cannot be reached any more. */
  #top(): number {
    return Math.max(0, this.#lines.length - this.rows);
  }

  #eraseBelow(): void {
    this.#lines[this.#row]?.splice(this.#column);
    this.#lines.length = this.#row + 1;
  }

  #moveTo(row: number, column: number): void {
    while (this.#lines.length <= row) this.#lines.push([]);
    this.#row = row;
    this.#column = column;
  }
}
