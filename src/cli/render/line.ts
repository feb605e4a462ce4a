import { cut, widthOf } from './text.ts';

/** A piece of a line: safe text, and how it is painted once its width is settled. */
export type Piece = string | readonly [text: string, paint: (text: string) => string];

/** The pieces one after another, cut at `columns`. Paint does not count. */
export function line(columns: number, ...pieces: readonly Piece[]): string {
  let painted = '';
  let left = columns;
  for (const piece of pieces) {
    const [text, paint] = typeof piece === 'string' ? [piece, same] : piece;
    if (left <= 0) break;
    const short = cut(text, left);
    painted += paint(short);
    if (short !== text) break;
    left -= widthOf(short);
  }
  return painted;
}

function same(text: string): string {
  return text;
}
