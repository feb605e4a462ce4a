import { userError } from '../../util/user-error.ts';
import { wordsOf } from './text.ts';

/**
 * One thing that an entry must have, or must not: words in a row, of which the last may be a beginning. `text`: as it was
 * written, for an index that has its own way to tell words apart; it holds no quotation marks.
 */
export type QueryTerm = Readonly<{ words: readonly string[]; text: string; isPrefix: boolean; isExcluded: boolean }>;

/** At least one term is not excluded. */
export type TextQuery = readonly QueryTerm[];

const MAX_CHARS = 256;
const MAX_TERMS = 16;

/**
 * `red "round ball" bounc* -flat`: entries with the word red, the words "round ball" in a row and a word that begins
 * with bounc, but without flat. Everything else is taken as a word, so no text is a mistake but one without words.
 * Throws a `UserError` for such a text, and for one of more than 256 characters or 16 terms.
 */
export function parseQuery(text: string): TextQuery {
  if (text.length > MAX_CHARS) throw badQuery(`It has ${text.length} characters; the most is ${MAX_CHARS}.`);
  const terms = [...text.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)].flatMap(([, minus, phrase, word]) => {
    const isPrefix = word?.endsWith('*') === true;
    const written = (phrase ?? word ?? '').replaceAll('\0', ' ').toWellFormed();
    const words = wordsOf(written);
    return words.length === 0 ? [] : [{ words, text: written, isPrefix, isExcluded: minus === '-' }];
  });
  if (terms.length > MAX_TERMS) throw badQuery(`It has ${terms.length} terms; the most is ${MAX_TERMS}.`);
  if (terms.every(({ isExcluded }) => isExcluded)) throw badQuery('It names no word that an entry must have.');
  return terms;
}

function badQuery(message: string): Error {
  const fix = 'Write words, "words in a row", beginnings like deploy*, and -words that must not be there.';
  return userError({ code: 'MEMORY_QUERY', message: `The search cannot be done. ${message}`, fix });
}
