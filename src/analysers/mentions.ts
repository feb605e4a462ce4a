import type { FileEntry } from './data.ts';
import type { TextReader } from './read-text.ts';

/** Something that a text may speak of. */
export type Mentionable = Readonly<{
  /** Stands in every text that speaks of it: looked for first. */
  hint: string;
  isIn: (text: string, file: FileEntry) => boolean;
}>;

export type Sources = Readonly<{ files: readonly FileEntry[]; reader: TextReader }>;

const MAX_SEARCHED_BYTES = 512 * 1024;

/** Those that some text of the repository speaks of. Prose, lock files and other people's code do not count. Each file is read once. */
export function mentioned<Wanted extends Mentionable>(
  wanted: readonly Wanted[],
  { files, reader }: Sources,
  isAlsoProse = false,
): ReadonlySet<Wanted> {
  const missing = new Set(wanted);
  const found = new Set<Wanted>();
  for (const file of files) {
    if (missing.size === 0) break;
    const text = isSearched(file, isAlsoProse) ? reader.text(file.path) : undefined;
    if (text === undefined) continue;
    for (const one of missing) {
      if (!text.includes(one.hint) || !one.isIn(text, file)) continue;
      missing.delete(one);
      found.add(one);
    }
  }
  return found;
}

const TOLD_LATER = /(?:^|\/)(?:changelog|changes|history|releases?|release-?notes|news|upgrading|migrat\w+)[\w.-]*$/i;

function isSearched({ path, isText, bytes, context, language }: FileEntry, isAlsoProse: boolean): boolean {
  if (language === 'Markdown' && (!isAlsoProse || TOLD_LATER.test(path))) return false;
  return isText && bytes <= MAX_SEARCHED_BYTES && context !== 'lock' && context !== 'vendored';
}
