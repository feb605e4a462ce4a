/**
 * A native parser recurses, and a file that nests a few thousand levels ends the whole process. These limits are a
 * fifth of the lowest depth that did so in a worker thread with 4 MiB of stack (brackets 2,000, types 3,000, arrows
 * 4,000 of two words each).
 */
const MAX_BRACKETS = 400;
const MAX_ANGLES = 1_500;
const MAX_WORDS = 3_000;

/** Ends a chain of words. Not `return` or `var`, and no `;` before `else`: `if (a) return; else if (a) return; else ...` nests. */
const FRESH =
  /;(?!\s*(?:else\b|while\b|\/))|,|(?<![.\w$#])(?:const\s|(?:import|export)\s+[\w{*'"$]|let[ \t]+[\w$]+\s*[=:;])/;
const TOKEN = new RegExp(`([([{])|([)\\]}])|(${FRESH.source})|(<(?=[A-Za-z_$>]))|[\\w$]+|[^\\s\\w]`, 'g');

/**
 * Whether the source may nest more deeply than the parser can stand. Counts words without knowing strings from code,
 * so it is never too low: each level takes a bracket, an angle or a word since the last statement began.
 */
export function mayNestTooDeeply(source: string): boolean {
  const outer: number[] = [];
  let [words, angles] = [0, 0];
  for (const [, opens, closes, fresh, angle] of source.matchAll(TOKEN)) {
    if (opens !== undefined) {
      outer.push(words);
      words = 0;
    } else if (closes !== undefined) words = (outer.pop() ?? 0) + 1;
    else if (fresh !== undefined) words = 0;
    else if (angle === undefined) words += 1;
    else angles += 1;
    if (isTooDeep(words, angles, outer.length)) return true;
  }
  return false;
}

function isTooDeep(words: number, angles: number, brackets: number): boolean {
  return words > MAX_WORDS || angles > MAX_ANGLES || brackets > MAX_BRACKETS;
}
