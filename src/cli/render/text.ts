/** What a terminal acts on or hides: controls, formats (bidi, zero width), ignorables, halves of pairs, line breaks. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?<=\p{M}{3})\p{M}/gu;
const ASCII = /^[\x20-\x7e]*$/;
/** Colour and weight only. Tools print it, it hides nothing once it is gone. */
// oxlint-disable-next-line no-control-regex -- ESC is what this is about
const COLOURS = /\x1b\[[\d;]*m/g;
const EMOJI = /\p{Emoji_Presentation}/u;
const MARK = /^\p{M}$/u;

/** Two columns wide: East Asian wide and full-width blocks, first and last code point of each. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x17000, 0x18cff],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
];

/** One line of text that is safe in a terminal: everything that acts or hides is shown as an escape. */
export function visible(text: string): string {
  if (ASCII.test(text)) return text;
  return text.replaceAll('\t', '  ').replace(UNSAFE, escapeOf);
}

/** A line that a program printed: colours are dropped, the rest of what acts or hides is shown as escapes. */
export function visibleOutput(line: string): string {
  return visible((line.endsWith('\r') ? line.slice(0, -1) : line).replace(COLOURS, ''));
}

/** Output of a program, line by line. */
export function visibleLines(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map(visibleOutput);
}

/** The last `count` lines of a program's output; empty lines at the end do not count. */
export function lastLines(text: string, count: number): readonly string[] {
  return visibleLines(text.trimEnd()).slice(-count);
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Columns that safe text takes in a terminal. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += columnsOf(character);
  return columns;
}

function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (MARK.test(character)) return 0;
  return EMOJI.test(character) || WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** At most `columns` wide; what is cut ends in `…`. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns < 1) return '';
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > columns - 1) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** Exactly `columns` wide: cut, or filled with spaces. */
export function fit(text: string, columns: number): string {
  const short = cut(text, columns);
  return short + ' '.repeat(Math.max(0, columns - widthOf(short)));
}

/** Right-aligned in `columns`. */
export function fitRight(text: string, columns: number): string {
  const short = cut(text, columns);
  return ' '.repeat(Math.max(0, columns - widthOf(short))) + short;
}

/** Broken at spaces into lines of at most `columns`; a word that is longer is cut in pieces. */
export function wrap(text: string, columns: number): readonly string[] {
  const width = Math.max(8, columns);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((piece) => pieces(piece, width))) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function pieces(word: string, columns: number): readonly string[] {
  if (widthOf(word) <= columns) return [word];
  const parts: string[] = [''];
  for (const character of word) {
    const last = parts.at(-1) ?? '';
    if (widthOf(last) + columnsOf(character) > columns) parts.push(character);
    else parts[parts.length - 1] = last + character;
  }
  return parts;
}
