import { child, textOf, type AstNode } from '../syntax.ts';
import { brief, hasEffect, squeeze, type Complaint, type RuleContext } from './rule.ts';

/**
 * What people compare with. Anything else on the right, such as a call, is worked out to be kept: nobody has written a
 * comparison with it by mistake in any repository that was judged (docs/judged.md).
 */
const PLAIN = new Set(['Literal', 'Identifier', 'MemberExpression', 'TemplateLiteral', 'UnaryExpression']);
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** What was taken is read after the condition: `var list; if (list = this.items) list.push(one)`. Nobody reads a literal. */
function isReadLater(test: AstNode, { source, path }: RuleContext): boolean {
  const left = child(test, 'left');
  if (left?.type !== 'Identifier' || child(test, 'right')?.type !== 'MemberExpression') return false;
  const end = path.findLast(({ type }) => FUNCTIONS.has(type))?.end ?? source.length;
  const name = source.slice(left.start, left.end).replaceAll('$', String.raw`\$`);
  return new RegExp(String.raw`(?<![\w$.])${name}(?![\w$])(?!\s*=[^=])`).test(source.slice(test.end, end));
}

/** Takes the value instead of comparing with it. */
function assigning(test: AstNode, context: RuleContext): readonly Complaint[] {
  if (test['operator'] !== '=' || !PLAIN.has(child(test, 'right')?.type ?? '') || isReadLater(test, context)) return [];
  const { source } = context;
  const title = `Condition assigns instead of comparing: ${brief(source, test)}`;
  return [
    {
      kind: 'assigns-in-condition',
      severity: 'high',
      confidence: 0.8,
      title,
      at: test,
      fix: 'Write === if a comparison is meant, or put the assignment on a line of its own.',
    },
  ];
}

/** A condition that is always the same, or that assigns. */
export function condition(node: AstNode, context: RuleContext): readonly Complaint[] {
  const test = child(node, 'test');
  if (test === undefined) return [];
  if (node.type === 'IfStatement' && test.type === 'AssignmentExpression') return assigning(test, context);
  const { source } = context;
  const isAlwaysTrue =
    test.type === 'ObjectExpression' || test.type === 'ArrayExpression' || test.type === 'ArrowFunctionExpression';
  const isLiteral =
    test.type === 'Literal' && !(node.type === 'WhileStatement' && (test['value'] === true || test['value'] === 1));
  if (!isAlwaysTrue && !isLiteral) return [];
  const title = `Condition never changes: ${brief(source, test)}`;
  return [
    {
      kind: 'constant-condition',
      severity: 'low',
      confidence: 0.8,
      title,
      at: test,
      fix: 'Remove the branch that never runs, or write the condition that is meant.',
    },
  ];
}

/** `if (a) ... else if (a) ...`: the second branch never runs. */
function repeatedElseIf(node: AstNode, { source, path, key }: RuleContext): readonly Complaint[] | undefined {
  if (key === 'alternate' && path.at(-1)?.type === 'IfStatement') return undefined; // seen from the first `if`
  const seen = new Set<string>();
  for (let next: AstNode | undefined = node; next?.type === 'IfStatement'; next = child(next, 'alternate')) {
    const test = child(next, 'test');
    if (test === undefined || hasEffect(test)) return undefined;
    const text = squeeze(source, test);
    if (seen.has(text)) {
      const title = `This branch never runs: ${brief(source, test)} was asked before`;
      return [
        {
          kind: 'repeated-condition',
          severity: 'high',
          confidence: 0.95,
          title,
          at: test,
          fix: 'Write the condition that is meant, or remove the branch.',
        },
      ];
    }
    seen.add(text);
  }
  return undefined;
}

export function ifStatement(node: AstNode, context: RuleContext): readonly Complaint[] {
  return [...condition(node, context), ...(repeatedElseIf(node, context) ?? [])];
}

/** A comment on the line above: for the compiler, or until another project mends something. */
const REASON = /(?:\/\/|\*).*(?:work-?around|https?:\/\/|\bTypeScript\b|\bcompiler\b)/i;

/** The last case of a row of choices, written as a table. */
function isChained(node: AstNode, path: readonly AstNode[]): boolean {
  const around = path.at(-1);
  return around?.type === 'ConditionalExpression' && child(around, 'alternate') === node;
}

export function sameBranches(node: AstNode, { source, path }: RuleContext): readonly Complaint[] | undefined {
  const [yes, no] = [child(node, 'consequent'), child(node, 'alternate')];
  if (yes === undefined || no === undefined || squeeze(source, yes) !== squeeze(source, no)) return undefined;
  if (REASON.test(source.slice(source.lastIndexOf('\n', source.lastIndexOf('\n', node.start) - 1) + 1, node.start))) {
    return undefined;
  }
  if (node.type === 'ConditionalExpression' && isChained(node, path)) return undefined;
  const title = `Both sides of the choice are the same: ${brief(source, node)}`;
  return [
    {
      kind: 'same-branches',
      severity: 'medium',
      confidence: 0.85,
      title,
      at: node,
      fix: 'Write the other value, or remove the choice.',
    },
  ];
}

const TYPES = new Set(['undefined', 'object', 'boolean', 'number', 'string', 'function', 'symbol', 'bigint']);
const EQUALS = new Set(['===', '!==', '==', '!=']);
const ORDERS = new Set(['<', '>', '<=', '>=']);

export function comparison(node: AstNode, { source }: RuleContext): readonly Complaint[] | undefined {
  const [left, right] = [child(node, 'left'), child(node, 'right')];
  if (left === undefined || right === undefined) return undefined;
  const operator = String(node['operator']);
  const text = brief(source, node);
  const wrong = EQUALS.has(operator) ? wrongEquality(left, right, text) : wrongNegation(operator, left, text);
  if (wrong !== undefined) return [{ ...wrong, severity: 'high', confidence: 0.95, at: node }];
  // A name compared with itself is the old way to ask for NaN.
  const mayBeSame = ORDERS.has(operator) || (EQUALS.has(operator) && left.type === 'MemberExpression');
  if (!mayBeSame || left.type === 'Literal' || hasEffect(left)) return undefined;
  if (squeeze(source, left) !== squeeze(source, right)) return undefined;
  const title = `Compares a value with itself: ${text}`;
  return [
    {
      kind: 'compares-with-itself',
      severity: 'medium',
      confidence: 0.7,
      title,
      at: node,
      fix: 'Write the other side that is meant.',
    },
  ];
}

type Wrong = Pick<Complaint, 'kind' | 'title' | 'fix'> | undefined;

function wrongNegation(operator: string, left: AstNode, text: string): Wrong {
  const isTest = operator === 'in' || operator === 'instanceof';
  if (!isTest || left.type !== 'UnaryExpression' || left['operator'] !== '!') return undefined;
  const fix = `Put the whole test in brackets: !(a ${operator} b).`;
  return { kind: 'negates-left-side', title: `Negates the left side only: ${text}`, fix };
}

function wrongEquality(left: AstNode, right: AstNode, text: string): Wrong {
  if (isNotANumber(left) || isNotANumber(right)) {
    return { kind: 'compares-with-nan', title: `Nothing equals NaN: ${text}`, fix: 'Use Number.isNaN().' };
  }
  if (!isWrongType(left, right)) return undefined;
  return {
    kind: 'unknown-typeof',
    title: `typeof never gives this word: ${text}`,
    fix: `Use one of ${[...TYPES].join(', ')}.`,
  };
}

function isNotANumber(node: AstNode): boolean {
  return node.type === 'Identifier' && textOf(node, 'name') === 'NaN';
}

function isWrongType(left: AstNode, right: AstNode): boolean {
  const isTypeof = left.type === 'UnaryExpression' && left['operator'] === 'typeof';
  const word = textOf(right, 'value');
  return isTypeof && right.type === 'Literal' && word !== undefined && !TYPES.has(word) && word !== 'unknown';
}

export function sameOperands(node: AstNode, { source }: RuleContext): readonly Complaint[] | undefined {
  const [left, right] = [child(node, 'left'), child(node, 'right')];
  if (left === undefined || right === undefined || hasEffect(left)) return undefined;
  const last = left.type === 'LogicalExpression' && left['operator'] === node['operator'] ? child(left, 'right') : left;
  if (last === undefined || squeeze(source, last) !== squeeze(source, right)) return undefined;
  const title = `Asks the same twice: ${brief(source, node)}`;
  return [
    {
      kind: 'same-operands',
      severity: 'medium',
      confidence: 0.9,
      title,
      at: node,
      fix: 'Write the other condition that is meant, or ask once.',
    },
  ];
}
