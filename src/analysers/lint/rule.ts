import type { Severity } from '../../core/findings/finding.ts';
import type { AstNode } from '../syntax.ts';

/** What a rule says about a node: in words for people, with its place. */
export type Complaint = Readonly<{
  kind: string;
  severity: Severity;
  confidence: number;
  title: string;
  at: AstNode;
  /** Where the function around it begins; undefined outside of any. */
  within?: number;
  fix: string;
}>;

export type RuleContext = Readonly<{
  file: string;
  source: string;
  /** Whether the file holds tests. */
  isTest: boolean;
  /** The nodes above, the nearest last. */
  path: readonly AstNode[];
  /** What the node is to the one above it: `test`, `body` ... */
  key: string;
}>;

export type Rule = (node: AstNode, context: RuleContext) => readonly Complaint[] | undefined;

/** Calls, assignments and the like may give another value each time. */
export function hasEffect(node: AstNode): boolean {
  const stack: unknown[] = [node];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if ('type' in next && typeof next.type === 'string' && EFFECTS.has(next.type)) return true;
    const below: unknown[] = Object.values(next);
    stack.push(...below.filter((value) => typeof value === 'object'));
  }
  return false;
}

const EFFECTS = new Set([
  'CallExpression',
  'NewExpression',
  'AssignmentExpression',
  'UpdateExpression',
  'AwaitExpression',
  'YieldExpression',
  'TaggedTemplateExpression',
  'ImportExpression',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);

export function squeeze(source: string, node: AstNode): string {
  return source.slice(node.start, node.end).replace(/\s+/g, ' ');
}

export function brief(source: string, node: AstNode): string {
  const text = squeeze(source, node);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
