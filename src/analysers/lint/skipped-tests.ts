import { child, children, isFunction, textOf, type AstNode } from '../syntax.ts';

const SUITES = new Set(['describe', 'it', 'test', 'context', 'suite', 'specify', 'bench']);
const SWITCHED_OFF = new Set(['xit', 'xtest', 'xdescribe', 'xcontext', 'xspecify']);
/** Tests of a test runner, and measurements that are run by hand. */
const ABOUT_SKIPPING = /skip|\bonly\b|todo|focus|chainable|performance|\bbench/i;

/** A test or group of tests that is switched off for good, and nothing beside it says why. */
export function isSkippedTest(node: AstNode, source: string): boolean {
  const callee = node.type === 'CallExpression' ? child(node, 'callee') : undefined;
  const [name, ...others] = children(node, 'arguments');
  if (callee === undefined || name === undefined || !isSwitchedOff(callee, others)) return false;
  const isTest = others.some(isFunction) && (name.type === 'Literal' || name.type === 'TemplateLiteral');
  return isTest && !ABOUT_SKIPPING.test(source.slice(name.start, name.end)) && !hasReason(node, source);
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

/** A comment on the line above, at the end of the line, or first inside. */
function hasReason(node: AstNode, source: string): boolean {
  const lineStart = source.lastIndexOf('\n', node.start - 1) + 1;
  const above = source.slice(source.lastIndexOf('\n', lineStart - 2) + 1, lineStart).trim();
  const lineEnd = source.indexOf('\n', node.start);
  const here = source.slice(node.start, lineEnd < 0 ? undefined : lineEnd);
  const below = lineEnd < 0 ? '' : source.slice(lineEnd + 1, lineEnd + 120).trimStart();
  return (
    /^(?:\/\/|\/\*|\*)|\*\/$/.test(above) || /\/\/|\/\*/.test(here.replace(/https?:\/\//g, '')) || /^\/[/*]/.test(below)
  );
}
