import { visitorKeys } from 'oxc-parser';

/** A node of the syntax tree, in the ESTree form. */
export type AstNode = Readonly<Record<string, unknown>> & Readonly<{ type: string; start: number; end: number }>;

export function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The child called `key`, when it is a single node. */
export function child(node: AstNode, key: string): AstNode | undefined {
  const value = node[key];
  return isNode(value) ? value : undefined;
}

/** The children in the list called `key`. */
export function children(node: AstNode, key: string): readonly AstNode[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** A name or text in the node itself. */
export function textOf(node: AstNode | undefined, key: string): string | undefined {
  const value = node?.[key];
  return typeof value === 'string' ? value : undefined;
}

/** TypeScript nodes with something in them that runs; all others are types. */
const RUNNING_TS = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'TSEnumDeclaration',
  'TSEnumBody',
  'TSEnumMember',
  'TSModuleDeclaration',
  'TSModuleBlock',
  'TSExportAssignment',
  'TSParameterProperty',
]);

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

export function isFunction(node: AstNode): boolean {
  return FUNCTIONS.has(node.type);
}

/** A type, or a declaration without anything that runs. */
export function isTypeOnly(node: AstNode): boolean {
  return (node.type.startsWith('TS') && !RUNNING_TS.has(node.type)) || node['declare'] === true;
}

// Everything below a node, functions inside left out: they run at another time.
export function* nodesIn(root: AstNode): Generator<AstNode> {
  for (const value of Object.values(root)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (!isNode(one) || isFunction(one)) continue;
      yield one;
      yield* nodesIn(one);
    }
  }
}

export interface Visitor {
  /** Before the children. `path` holds the nodes above, the nearest last. */
  enter(node: AstNode, path: readonly AstNode[], key: string): void;
  /** After the children. */
  leave(node: AstNode, key: string): void;
}

/** Visits everything that runs, types left out. Throws a RangeError where the tree is deeper than the stack. */
export function walk(root: AstNode, visitor: Visitor): void {
  const path: AstNode[] = [];
  const visit = (node: AstNode, key: string): void => {
    if (isTypeOnly(node)) return;
    visitor.enter(node, path, key);
    path.push(node);
    for (const name of visitorKeys[node.type] ?? []) visitAll(node[name], name);
    path.pop();
    visitor.leave(node, key);
  };
  const visitAll = (value: unknown, key: string): void => {
    if (isNode(value)) visit(value, key);
    else if (Array.isArray(value)) for (const item of value) visitAll(item, key);
  };
  visit(root, '');
}

/** Where offsets stand, as lines from 1. */
export class Lines {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  at(offset: number): number {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}
