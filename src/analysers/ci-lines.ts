/** `, also in line 9`, `, also in lines 9, 12 and 15`; nothing where there are none. */
export function alsoInLines(others: readonly Readonly<{ line: number }>[]): string {
  const lines = others.map(({ line }) => String(line));
  const last = lines.at(-1);
  if (last === undefined) return '';
  const named = lines.length === 1 ? last : `${lines.slice(0, -1).join(', ')} and ${last}`;
  return `, also in ${lines.length === 1 ? 'line' : 'lines'} ${named}`;
}
