import { cut, fit, fitRight, widthOf } from './text.ts';

export type Column = Readonly<{
  title: string;
  /** @default left */
  align?: 'left' | 'right';
  /** May be cut, down to `least` columns, when the terminal is narrow. */
  least?: number;
  paint?: (text: string, row: number) => string;
}>;

/**
 * Rows of safe text under titles. Where `columns` do not suffice, columns with `least` shrink from the widest on;
 * what still does not fit is cut at the right edge.
 */
export function table(
  heads: readonly Column[],
  rows: readonly (readonly string[])[],
  columns: number,
): readonly string[] {
  // A row may have more cells than there are columns: those are left out.
  const widths = heads.map(({ title }, index) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), widthOf(title)),
  );
  shrink(widths, heads, columns);
  const titles = heads.map(({ title }) => title);
  return [titles, ...rows].map((row, index) => rowLine(row, index - 1, { heads, widths, columns }));
}

function shrink(widths: number[], heads: readonly Column[], columns: number): void {
  const gaps = 2 * (heads.length - 1);
  let over = widths.reduce((sum, width) => sum + width, gaps) - columns;
  while (over > 0) {
    let widest = -1;
    for (const [index, width] of widths.entries()) {
      const least = heads[index]?.least ?? width;
      if (width > least && (widest < 0 || width > (widths[widest] ?? 0))) widest = index;
    }
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over -= 1;
  }
}

function rowLine(
  row: readonly string[],
  index: number,
  { heads, widths, columns }: Readonly<{ heads: readonly Column[]; widths: readonly number[]; columns: number }>,
): string {
  let left = columns;
  let line = '';
  for (const [column, head] of heads.entries()) {
    const isLast = column === heads.length - 1;
    const width = Math.min(widths[column] ?? 0, left);
    if (width <= 0) break;
    const text = row[column] ?? '';
    const fill = isLast ? cut : fit;
    const cell = head.align === 'right' ? fitRight(text, width) : fill(text, width);
    line += index >= 0 && head.paint !== undefined ? head.paint(cell, index) : cell;
    left -= width + 2;
    if (!isLast && left > 0) line += '  ';
  }
  return line.trimEnd();
}
