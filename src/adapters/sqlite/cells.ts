import type { SQLOutputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';

export type Cells = Readonly<Record<string, SQLOutputValue>>;
type Cell = string | number | null;

/** Of one row, in the order in which its columns are written. Finds every single flipped bit. */
export function checksum(cells: readonly Cell[]): number {
  return crc32(cells.join('|'));
}

export function integer(row: Cells, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new BadCell(`column "${column}" holds what does not belong there`);
  return value;
}

export function text(row: Cells, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new BadCell(`column "${column}" holds what does not belong there`);
  return value;
}

export function integerOrNull(row: Cells, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

/** One of a closed set of words. */
export function word<Word extends string>(row: Cells, column: string, words: readonly Word[]): Word {
  const value = text(row, column);
  const known = words.find((one) => one === value);
  if (known === undefined) throw new BadCell(`column "${column}" holds what does not belong there`);
  return known;
}

/** A row that no program of ours wrote, or one that is missing. Whoever reads rows adds the store's name. */
export class BadCell extends Error {}
