import { child, children, isFunction, textOf, type AstNode } from '../syntax.ts';
import { brief, hasEffect, squeeze, type Complaint, type RuleContext } from './rule.ts';

export function duplicateKeys(node: AstNode, { source }: RuleContext): readonly Complaint[] | undefined {
  const seen = new Set<string>();
  for (const property of children(node, 'properties')) {
    const key = child(property, 'key');
    if (
      property.type !== 'Property' ||
      property['computed'] === true ||
      property['kind'] !== 'init' ||
      key === undefined
    )
      continue;
    const name = textOf(key, 'name') ?? String(key['value']);
    if (seen.has(name) && name !== '__proto__') {
      const title = `Key stands twice in one object, the last one wins: ${brief(source, key)}`;
      return [
        {
          kind: 'duplicate-key',
          severity: 'high',
          confidence: 0.9,
          title,
          at: property,
          fix: 'Remove the one that is not meant.',
        },
      ];
    }
    seen.add(name);
  }
  return undefined;
}

export function duplicateCases(node: AstNode, { source }: RuleContext): readonly Complaint[] | undefined {
  const seen = new Set<string>();
  for (const one of children(node, 'cases')) {
    const test = child(one, 'test');
    if (test === undefined || hasEffect(test)) continue;
    const text = squeeze(source, test);
    if (seen.has(text)) {
      const title = `Case stands twice, the second never runs: ${brief(source, test)}`;
      return [
        {
          kind: 'duplicate-case',
          severity: 'high',
          confidence: 0.95,
          title,
          at: test,
          fix: 'Remove it, or write the case that is meant.',
        },
      ];
    }
    seen.add(text);
  }
  return undefined;
}

const ENDS = new Set(['ReturnStatement', 'ThrowStatement', 'BreakStatement', 'ContinueStatement']);
const RUNS_ANYWAY = new Set(['FunctionDeclaration', 'EmptyStatement', 'ClassDeclaration', 'BreakStatement']);

export function unreachable(node: AstNode, { source }: RuleContext): readonly Complaint[] | undefined {
  const statements = children(node, node.type === 'SwitchCase' ? 'consequent' : 'body');
  const end = statements.findIndex(({ type }) => ENDS.has(type));
  if (end < 0) return undefined;
  const dead = statements
    .slice(end + 1)
    .find((one) => !RUNS_ANYWAY.has(one.type) && !one.type.startsWith('TS') && !isHoisted(one));
  if (dead === undefined) return undefined;
  const title = `Code after ${source.slice(statements[end]?.start, (statements[end]?.start ?? 0) + 8).split(/\W/)[0]} never runs: ${brief(source, dead)}`;
  return [
    {
      kind: 'unreachable-code',
      severity: 'medium',
      confidence: 0.9,
      title,
      at: dead,
      fix: 'Remove it, or move what ends the block.',
    },
  ];
}

/** `var x;` after a return still declares. */
function isHoisted(node: AstNode): boolean {
  return (
    node.type === 'VariableDeclaration' &&
    node['kind'] === 'var' &&
    children(node, 'declarations').every((one) => child(one, 'init') === undefined)
  );
}

export function asyncExecutor(node: AstNode): readonly Complaint[] | undefined {
  const [executor] = children(node, 'arguments');
  if (textOf(child(node, 'callee'), 'name') !== 'Promise' || executor?.['async'] !== true) return undefined;
  if (catchesAll(executor)) return undefined;
  return [
    {
      kind: 'async-executor',
      severity: 'medium',
      confidence: 0.85,
      title: 'A promise is made with an async function: when that throws, it never settles',
      at: node,
      fix: 'Use the async function itself, or catch inside and call reject: else the error is an unhandled rejection, and whoever waits for the promise waits for good.',
    },
  ];
}

/** Nothing stands outside one `try` with a `catch`. */
function catchesAll(callback: AstNode): boolean {
  const body = child(callback, 'body');
  const [only, ...others] = body === undefined ? [] : children(body, 'body');
  return only?.type === 'TryStatement' && others.length === 0 && child(only, 'handler') !== undefined;
}

export function asyncForEach(node: AstNode, context: RuleContext): readonly Complaint[] | undefined {
  const callee = child(node, 'callee');
  const [callback] = children(node, 'arguments');
  const isForEach = callee?.type === 'MemberExpression' && textOf(child(callee, 'property'), 'name') === 'forEach';
  if (!isForEach || callback?.['async'] !== true) return undefined;
  const title = `forEach does not wait for its async callback: ${brief(context.source, callee)}`;
  return [
    {
      kind: 'async-foreach',
      severity: 'medium',
      confidence: 0.85,
      title,
      at: node,
      fix: 'Use for ... of with await, or Promise.all over map.',
    },
  ];
}

const SUITES = new Set(['describe', 'it', 'test', 'context', 'suite', 'specify']);
const ABOUT_FOCUS = /\bonly\b|focus|failing/i;
const FOCUSED = new Set(['fdescribe', 'fit', 'fcontext']);

/** Other tests of the file do not run. Tests about the focus itself have it in their title. */
export function focusedTest(node: AstNode, { source, path, file }: RuleContext): readonly Complaint[] | undefined {
  const callee = node.type === 'CallExpression' ? child(node, 'callee') : undefined;
  const [name, ...others] = children(node, 'arguments');
  if (callee === undefined || name === undefined || !isFocused(callee)) return undefined;
  const isTest = others.some(isFunction) && (name.type === 'Literal' || name.type === 'TemplateLiteral');
  if (!isTest || path.some((above) => above.type === 'TemplateLiteral')) return undefined;
  if (ABOUT_FOCUS.test(source.slice(name.start, name.end)) || ABOUT_FOCUS.test(file)) return undefined;
  const title = `Only this test of the file runs: ${brief(source, callee)}(${brief(source, name)}`;
  const fix = 'Remove the focus, so that the other tests run again.';
  return [{ kind: 'focused-test', severity: 'high', confidence: 0.9, title, at: node, fix }];
}

function isFocused(callee: AstNode): boolean {
  if (callee.type === 'Identifier') return FOCUSED.has(textOf(callee, 'name') ?? '');
  const isOnly = callee.type === 'MemberExpression' && textOf(child(callee, 'property'), 'name') === 'only';
  return isOnly && SUITES.has(textOf(child(callee, 'object'), 'name') ?? '');
}
