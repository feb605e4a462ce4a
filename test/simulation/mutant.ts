import { readFileSync } from 'node:fs';

const SOURCES = new URL('../../src/', import.meta.url);

export type Edit = readonly [text: string, replacement: string, file?: string];

/** A bug that could be in the code. It is put in while the code is loaded; nothing in `src/` knows of it. */
export type Mutant = Readonly<{
  id: string;
  /** Below `src/`. */
  file: string;
  /** Each text must stand in the file just once; another file may be named. */
  edits: readonly Edit[];
  /** The promises that it breaks: one of them must be what the simulator says. */
  breaks: readonly string[];
  /** A seed in which it is seen. */
  seed: number;
  /** A saved plan in which it is seen, for those that few seeds show. */
  script?: string;
}>;

/** The files with the bug in them, by URL. Throws when the code has changed so that the bug does not fit any more. */
export function changedFiles({ id, file, edits }: Mutant): ReadonlyMap<string, string> {
  const changed = new Map<string, string>();
  for (const [text, replacement, elsewhere] of edits) {
    const { href } = new URL(elsewhere ?? file, SOURCES);
    const parts = (changed.get(href) ?? readFileSync(new URL(href), 'utf8')).split(text);
    if (parts.length !== 2) throw new Error(`Mutant ${id}: "${text}" stands in ${href} ${parts.length - 1} times.`);
    changed.set(href, parts.join(replacement));
  }
  return changed;
}
