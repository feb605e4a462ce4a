import type { ComplexFunction } from '../core/findings/check-report.ts';
import { child, isFunction, textOf, type AstNode, type Lines } from './syntax.ts';

/** One decision each. A `switch` counts once, however many cases it has: a flat list is easy to read. */
const DECISIONS = new Set([
  'IfStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'SwitchStatement',
  'CatchClause',
  'ConditionalExpression',
  'LogicalExpression',
]);
const NESTING = new Set([
  'IfStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'SwitchStatement',
  'TryStatement',
]);

type Frame = { node: AstNode; name: string; complexity: number; nesting: number; deepest: number };

/** Counts the decisions of each function as the walk passes; a function inside another counts for itself. */
export class ComplexityMeter {
  readonly #frames: Frame[] = [];
  readonly #file: string;
  readonly #lines: Lines;
  readonly functions: ComplexFunction[] = [];
  /** Decisions in the file, those outside functions too. */
  total = 0;
  count = 0;

  constructor(file: string, lines: Lines) {
    this.#file = file;
    this.#lines = lines;
  }

  enter(node: AstNode, path: readonly AstNode[], key: string): void {
    if (isFunction(node)) {
      this.count += 1;
      this.#frames.push({ node, name: nameOf(node, path), complexity: 1, nesting: 0, deepest: 0 });
      return;
    }
    const frame = this.#frames.at(-1);
    if (DECISIONS.has(node.type)) {
      this.total += 1;
      if (frame !== undefined) frame.complexity += 1;
    }
    if (frame !== undefined && NESTING.has(node.type) && !isElseIf(node, key)) {
      frame.nesting += 1;
      frame.deepest = Math.max(frame.deepest, frame.nesting);
    }
  }

  leave(node: AstNode, key: string): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    if (frame.node === node) {
      this.#frames.pop();
      this.#close(frame);
    } else if (NESTING.has(node.type) && !isElseIf(node, key)) frame.nesting -= 1;
  }

  #close({ node, name, complexity, deepest }: Frame): void {
    const line = this.#lines.at(node.start);
    const lines = this.#lines.at(node.end) - line + 1;
    this.functions.push({ file: this.#file, line, name, complexity, nesting: deepest, lines });
  }
}

/** `else if` reads as one more branch, not one level deeper. */
function isElseIf(node: AstNode, key: string): boolean {
  return node.type === 'IfStatement' && key === 'alternate';
}

/** What people call the function: its own name, or where it is kept. */
function nameOf(node: AstNode, path: readonly AstNode[]): string {
  const own = textOf(child(node, 'id'), 'name');
  const parent = path.at(-1);
  if (own !== undefined || parent === undefined) return own ?? 'function';
  switch (parent.type) {
    case 'VariableDeclarator':
      return textOf(child(parent, 'id'), 'name') ?? 'function';
    case 'AssignmentExpression':
      return keyName(child(parent, 'left'));
    case 'Property':
    case 'PropertyDefinition':
    case 'MethodDefinition':
      return methodName(parent, path);
    case 'CallExpression':
      return `callback of ${keyName(child(parent, 'callee'))}`;
    case 'ExportDefaultDeclaration':
      return 'default export';
    default:
      return 'function';
  }
}

function methodName(parent: AstNode, path: readonly AstNode[]): string {
  const owner = path.findLast(({ type }) => type === 'ClassDeclaration' || type === 'ClassExpression');
  const name = keyName(child(parent, 'key'));
  const ownerName = owner === undefined || parent.type === 'Property' ? undefined : textOf(child(owner, 'id'), 'name');
  return ownerName === undefined ? name : `${ownerName}.${name}`;
}

function keyName(node: AstNode | undefined): string {
  if (node === undefined) return 'function';
  if (node.type === 'MemberExpression') return keyName(child(node, 'property'));
  return textOf(node, 'name') ?? textOf(node, 'value') ?? 'function';
}
