/** `1 file`, `2 files` */
export function countOf(count: number, one: string, plural: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : plural}`;
}

/** The text as a pattern that fits just this text. */
export function asPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** At most so many signs, the last of them `…` where something was cut. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}
