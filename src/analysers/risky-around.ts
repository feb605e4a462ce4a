/** So far up a condition is looked for. */
const MAX_ABOVE = 60;
const CONDITION = /^(?:\}?\s*(?:else\s+if|elif|elsif|else)\b|(?:if|unless|when)\b)/;
/** What most have or want is no wish of a user: a secure address, the program in use. */
const USUAL = /\bhttps\b|\bprotocol\b|prod(?:uction)?\b|use_ssl|\berr\b|\bnil\b|__name__/i;
const FUNCTION = /^(?:async\s+)?(?:def|func|function|class|public|private|protected|static)\b/;
const COMMENT = /^(?:#|\/\/|\/\*|\*)/;

/** Whether the line stands within an `if` of its function, as far as the white space before the lines tells. */
export function isUnderCondition(lines: readonly string[], at: number): boolean {
  let depth = depthOf(lines[at] ?? '');
  for (const line of lines.slice(Math.max(0, at - MAX_ABOVE), at).toReversed()) {
    if (line.trim() === '' || depthOf(line) >= depth) continue;
    depth = depthOf(line);
    const code = line.trim();
    if (FUNCTION.test(code)) return false;
    if (CONDITION.test(code)) return !USUAL.test(code);
  }
  return false;
}

function depthOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Whether the comment above the line, or above its function, has the word. */
export function isSpokenOf(word: RegExp, lines: readonly string[], at: number): boolean {
  const near = lines.slice(Math.max(0, at - MAX_ABOVE), at);
  const own = near.findLastIndex((line) => FUNCTION.test(line.trim()));
  return word.test(commentAbove(near)) || (own >= 0 && word.test(commentAbove(near.slice(0, own))));
}

function commentAbove(lines: readonly string[]): string {
  const from = lines.findLastIndex((line) => !COMMENT.test(line.trim()));
  return lines.slice(from + 1).join('\n');
}
