import { cut, visible } from './visible.ts';

/** Text of a repository: no markup, no mentions, no line breaks. */
export function text(value: string): string {
  const shown = cut(visible(value.replace(/\s+/g, ' ')), 300);
  return shown.replace(/[\\`*[\]<>|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, (sign) => `\\${sign}`);
}

export function code(value: string): string {
  const shown = cut(visible(value), 200);
  return shown.includes('`') ? text(value) : `\`${shown.replaceAll('|', '\\|')}\``;
}

/** A table; empty without rows. `right`: the columns of figures, from 0. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): readonly string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = `|${head.map((_, index) => (right.includes(index) ? '---:' : '---')).join('|')}|`;
  return [line(head), rule, ...rows.map(line)];
}

/** A part with its heading and an empty line after it; nothing where it has no lines. */
export function part(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines, ''];
}
