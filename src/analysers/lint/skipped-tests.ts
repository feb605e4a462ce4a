import { child, children, isFunction, textOf, type AstNode } from '../syntax.ts';

const SUITES = new Set(['describe', 'it', 'test', 'context', 'suite', 'specify', 'bench']);
const SWITCHED_OFF = new Set(['xit', 'xtest', 'xdescribe', 'xcontext', 'xspecify']);
/** Tests of a test runner, and measurements that are run by hand. */
const ABOUT_SKIPPING = /skip|pending|\bonly\b|todo|focus|chainable|performance|\bbench/i;

/** A title that gives the reason, or the issue. */
const SAYS_WHY =
  /#\d+|https?:|\bbugs?\b|\bbroken\b|flak|\bfixme\b|not (?:yet )?(?:supported|implemented)|unsupported|deprecated/i;
const ISSUE_KEY = /\b(?!UTF|ISO|SHA|ES|HTTP|RFC)[A-Z]{2,}-\d{2,}\b/;
/** What a comment above a whole group says of the tests in it. */
const TELLS_OF_FAULTS = /\b(?:do|does|did) not (?:pass|work|run)|\bfail(?:s|ing)?\b|\bswitched off\b|\bdisabled\b/i;

/** A test or group of tests that is switched off for good, and nothing beside it says why. */
export function isSkippedTest(node: AstNode, source: string, path: readonly AstNode[] = []): boolean {
  const callee = node.type === 'CallExpression' ? child(node, 'callee') : undefined;
  const [name, ...others] = children(node, 'arguments');
  if (callee === undefined || name === undefined || !isSwitchedOff(callee, others)) return false;
  const isTest = others.some(isFunction) && (name.type === 'Literal' || name.type === 'TemplateLiteral');
  if (!isTest || others.every(isEmpty) || isOnPurpose(path, source)) return false;
  return !isTold(source.slice(name.start, name.end)) && !hasReason(node, source);
}

/** By what is around it. */
function isOnPurpose(path: readonly AstNode[], source: string): boolean {
  return isKept(path) || path.some((around) => isCondition(around) || isGroupTold(around, source));
}

function isTold(title: string): boolean {
  return ABOUT_SKIPPING.test(title) || SAYS_WHY.test(title) || ISSUE_KEY.test(title);
}

/** A group around it that is about such tests, or above which stands what is wrong with them. */
function isGroupTold(around: AstNode, source: string): boolean {
  const callee = around.type === 'CallExpression' ? child(around, 'callee') : undefined;
  const [name] = children(around, 'arguments');
  if (callee === undefined || name === undefined || !SUITES.has(suiteOf(callee))) return false;
  const title = name.type === 'Literal' || name.type === 'TemplateLiteral' ? source.slice(name.start, name.end) : '';
  const above = commentAbove(around, source);
  return ABOUT_SKIPPING.test(title) || SAYS_WHY.test(above) || ISSUE_KEY.test(above) || TELLS_OF_FAULTS.test(above);
}

function commentAbove({ start }: AstNode, source: string): string {
  const lines = source
    .slice(Math.max(0, start - 2_000), start)
    .split('\n')
    .slice(0, -1);
  return lines.slice(lines.findLastIndex((line) => !/^\s*(?:\/\/|\/?\*)/.test(line)) + 1).join('\n');
}

/** `const skipped = xit(...)`: a test of the runner looks at what it gives back. */
function isKept(path: readonly AstNode[]): boolean {
  const holder = path.findLast(({ type }) => type !== 'MemberExpression' && type !== 'CallExpression');
  return holder?.type === 'VariableDeclarator' || holder?.type === 'AssignmentExpression';
}

/** It runs for some and not for others: somebody has thought about it. */
function isCondition({ type }: AstNode): boolean {
  return (
    type === 'IfStatement' || type === 'ConditionalExpression' || type === 'LogicalExpression' || type === 'SwitchCase'
  );
}

/** Nothing is in it that could run. */
function isEmpty(node: AstNode): boolean {
  const body = isFunction(node) ? child(node, 'body') : undefined;
  return !isFunction(node) || (body?.type === 'BlockStatement' && children(body, 'body').length === 0);
}

function isSwitchedOff(callee: AstNode, others: readonly AstNode[]): boolean {
  if (callee.type === 'Identifier') {
    const name = textOf(callee, 'name') ?? '';
    return SWITCHED_OFF.has(name) || (SUITES.has(name) && others.some(hasSkipOption));
  }
  const isSkip = callee.type === 'MemberExpression' && textOf(child(callee, 'property'), 'name') === 'skip';
  return isSkip && SUITES.has(suiteOf(child(callee, 'object')));
}

/** `describe` of `describe.skip`, and of `describe.concurrent.skip`. */
function suiteOf(node: AstNode | undefined): string {
  const inner = node?.type === 'MemberExpression' ? child(node, 'object') : node;
  return textOf(inner, 'name') ?? '';
}

/** `{ skip: true }`; a text in its place says why. */
function hasSkipOption(node: AstNode): boolean {
  return children(node, 'properties').some(
    (one) => textOf(child(one, 'key'), 'name') === 'skip' && child(one, 'value')?.['value'] === true,
  );
}

/** A comment above, blank lines between; at the end of the line; or in the first lines inside. */
function hasReason(node: AstNode, source: string): boolean {
  const lineStart = source.lastIndexOf('\n', node.start - 1) + 1;
  const above = source.slice(Math.max(0, lineStart - 2_000), lineStart).trimEnd();
  const last = above.slice(above.lastIndexOf('\n') + 1).trim();
  const lineEnd = source.indexOf('\n', node.start);
  const here = source.slice(node.start, lineEnd < 0 ? undefined : lineEnd);
  const below =
    lineEnd < 0
      ? []
      : source
          .slice(lineEnd + 1, lineEnd + 600)
          .split('\n')
          .slice(0, 3);
  return (
    /^(?:\/\/|\/\*|\*)|\*\/$/.test(last) ||
    /\/\/|\/\*/.test(here.replace(/https?:\/\//g, '')) ||
    below.some((line) => /^\s*\/[/*]/.test(line))
  );
}
