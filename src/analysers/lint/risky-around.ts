import { child, isFunction, type AstNode } from '../syntax.ts';

/** What most have or want is no wish of a user: a secure address, the program in use. */
const USUAL = /\bhttps\b|\bprotocol\b|prod(?:uction)?\b|\bisProd/i;
const COMMENT = /^(?:\/\/|\/\*|\*)/;
/** Of a doc comment. */
const MAX_COMMENT = 40;

/** Under an `if`, a `case` or `a ? b : c` of the same function: somebody has to ask for it. */
export function isAskedFor(node: AstNode, path: readonly AstNode[], source: string): boolean {
  const above = path.slice(path.findLastIndex(isFunction) + 1);
  return above.some((one, index) => {
    if (one.type === 'SwitchCase') return child(one, 'test') !== undefined;
    if (one.type !== 'IfStatement' && one.type !== 'ConditionalExpression') return false;
    const test = child(one, 'test');
    const isTest = test === (above[index + 1] ?? node);
    return test !== undefined && !isTest && !USUAL.test(source.slice(test.start, test.end));
  });
}

/** Whether a comment above it, or above its function, has the word: somebody has thought about it. */
export function isSpokenOf(
  word: RegExp,
  at: Readonly<{ node: AstNode; path: readonly AstNode[]; source: string }>,
): boolean {
  const { node, path, source } = at;
  const inner = path.findLast(isFunction);
  const starts = [node.start, ...(inner === undefined ? [] : [inner.start])];
  return starts.some((start) => word.test(commentAbove(source, start)));
}

function commentAbove(source: string, start: number): string {
  const lines: string[] = [];
  for (let end = source.lastIndexOf('\n', start - 1); end > 0 && lines.length < MAX_COMMENT;) {
    const from = source.lastIndexOf('\n', end - 1);
    const line = source.slice(from + 1, end).trim();
    if (!COMMENT.test(line)) break;
    lines.push(line);
    end = from;
  }
  return lines.join('\n');
}
