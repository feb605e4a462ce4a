import { createHash } from 'node:crypto';
import type { Detected } from './detected.ts';

/**
 * Ids in the order of `found`. Made of kind, file and the code itself with its white space squeezed, so that moved or
 * indented code keeps its id; equals in one file are told apart by their order.
 */
export function findingIds(found: readonly Pick<Detected, 'kind' | 'file' | 'anchor'>[]): readonly string[] {
  const times = new Map<string, number>();
  return found.map(({ kind, file, anchor }) => {
    const key = [kind, file, anchor.replace(/\s+/g, ' ').trim()].join('\0');
    const ordinal = times.get(key) ?? 0;
    times.set(key, ordinal + 1);
    return createHash('sha256').update(`${key}\0${ordinal}`).digest('hex').slice(0, 16);
  });
}
