import type { Json } from '../json.ts';

/** Characters of one entry that can be found by its words. */
const MAX_CHARS = 65_536;

/** The words of an entry that people look for: its texts, numbers and member names, in their order. */
export function textOf(value: Json): string {
  const parts: string[] = [];
  let chars = 0;
  const waiting: Json[] = [value];
  while (waiting.length > 0 && chars < MAX_CHARS) {
    const next = waiting.pop() ?? null;
    if (typeof next === 'string' || typeof next === 'number') {
      const part = String(next).slice(0, MAX_CHARS - chars);
      parts.push(part);
      chars += part.length + 1;
    } else if (typeof next === 'object' && next !== null) {
      const inside: readonly Json[] = Array.isArray(next) ? next : Object.entries<Json>(next).flat();
      for (let index = inside.length - 1; index >= 0; index--) waiting.push(inside[index] ?? null);
    }
  }
  return parts.join('\n').toWellFormed().replaceAll('\0', ' ');
}

/** Words as full-text search sees them: lower case, without accents. */
export function wordsOf(text: string): readonly string[] {
  const plain = text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}
