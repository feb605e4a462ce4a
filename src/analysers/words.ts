/** `1 file`, `2 files` */
export function countOf(count: number, one: string, plural: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : plural}`;
}

/** The text as a pattern that fits just this text. */
export function asPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
