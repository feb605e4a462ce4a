import type { ComplexFunction } from '../core/findings/check-report.ts';
import { child, children, isFunction, textOf, type AstNode, type Lines } from './syntax.ts';

/** One decision each. A `switch` counts one more for each ten cases only: a flat list is easy to read. */
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

/** Values that stand as they are. */
const PLAIN = new Set(['Literal', 'TemplateLiteral', 'ObjectExpression', 'ArrayExpression']);
/** Longer functions are named, whatever they decide. */
const LONG_LINES = 300;

/** What stands in them is read with them in mind; a `switch` or a `try` around it is not. */
const HELD = /^(?:If|For|ForIn|ForOf|While|DoWhile)Statement$/;
const STATEMENTS = /^(?:If|For|ForIn|ForOf|While|DoWhile|Switch)Statement$/;

/**
 * `depth`: how many branches and loops stand around a branch or loop, on average. `guards`: share of its `if`s that
 * leave what they stand in. `chosen`: share of its branches and loops in a `switch` or a long row of `else if`.
 * `ownLines`: without those of the functions inside it.
 */
export type MeasuredFunction = ComplexFunction &
  Readonly<{ depth: number; guards: number; chosen: number; ownLines: number }>;

type Frame = {
  node: AstNode;
  name: string;
  isVague: boolean;
  complexity: number;
  nesting: number;
  deepest: number;
  held: number;
  branches: number;
  depths: number;
  ifs: number;
  guards: number;
  choices: number;
  chosen: number;
  /** Lines of the functions inside it. */
  inner: number;
};

/** Counts the decisions of each function as the walk passes; a function inside another counts for itself. */
export class ComplexityMeter {
  readonly #frames: Frame[] = [];
  readonly #file: string;
  readonly #lines: Lines;
  readonly functions: MeasuredFunction[] = [];
  /** Decisions in the file, those outside functions too. */
  total = 0;
  count = 0;
  /** Of those that are very long. */
  longest: Readonly<{ name: string; line: number; lines: number }> | undefined;

  constructor(file: string, lines: Lines) {
    this.#file = file;
    this.#lines = lines;
  }

  enter(node: AstNode, path: readonly AstNode[], key: string): void {
    if (isFunction(node)) {
      this.count += 1;
      const own = nameOf(node, path);
      const isVague = VAGUE.test(own);
      const name = isVague ? this.#vagueName(own) : own;
      const counts = {
        complexity: 1,
        nesting: 0,
        deepest: 0,
        held: 0,
        branches: 0,
        depths: 0,
        ifs: 0,
        guards: 0,
        choices: 0,
        chosen: 0,
        inner: 0,
      };
      this.#frames.push({ node, name, isVague, ...counts });
      return;
    }
    const frame = this.#frames.at(-1);
    const decisions = decisionsOf(node, path);
    this.total += decisions;
    if (frame === undefined) return;
    frame.complexity += decisions;
    countBranch(frame, node, key);
    if (!NESTING.has(node.type) || isElseIf(node, key)) return;
    frame.nesting += 1;
    if (HELD.test(node.type)) frame.held += 1;
    if (isChoice(node)) frame.choices += 1;
    frame.deepest = Math.max(frame.deepest, frame.nesting);
  }

  leave(node: AstNode, key: string): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    if (frame.node === node) {
      this.#frames.pop();
      this.#close(frame);
    } else if (NESTING.has(node.type) && !isElseIf(node, key)) {
      frame.nesting -= 1;
      if (HELD.test(node.type)) frame.held -= 1;
      if (isChoice(node)) frame.choices -= 1;
    }
  }

  /** Without a name of its own: what it is given to, and the function around it that has a name. */
  #vagueName(name: string): string {
    const around = this.#frames.findLast(({ isVague }) => !isVague)?.name;
    return around === undefined ? name : `${name} in ${around}`;
  }

  #close({ node, name, complexity, deepest, ...counts }: Frame): void {
    const line = this.#lines.at(node.start);
    const lines = this.#lines.at(node.end) - line + 1;
    if (lines > Math.max(LONG_LINES, this.longest?.lines ?? 0)) this.longest = { name, line, lines };
    const around = this.#frames.at(-1);
    if (around !== undefined) around.inner += lines - 1;
    const ownLines = lines - counts.inner;
    const depth = ratio(counts.depths, counts.branches);
    const guards = ratio(counts.guards, counts.ifs);
    const chosen = ratio(counts.chosen, counts.branches);
    const own = { file: this.#file, line, name, complexity, nesting: deepest, lines, ownLines };
    this.functions.push({ ...own, depth, guards, chosen });
  }
}

function countBranch(frame: Frame, node: AstNode, key: string): void {
  if (STATEMENTS.test(node.type)) {
    frame.branches += 1;
    if (frame.choices > 0 || isChoice(node)) frame.chosen += 1;
    frame.depths += frame.held - (isElseIf(node, key) ? 1 : 0);
  }
  if (node.type === 'IfStatement') {
    frame.ifs += 1;
    if (isGuard(node)) frame.guards += 1;
  }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 100) / 100;
}

/** A row of so many `else if` is a table, as a `switch` is. */
const MANY_CHOICES = 4;

function isChoice(node: AstNode): boolean {
  if (node.type !== 'IfStatement') return node.type === 'SwitchStatement';
  let others = 0;
  for (let at = child(node, 'alternate'); at?.type === 'IfStatement'; at = child(at, 'alternate')) others += 1;
  return others >= MANY_CHOICES;
}

/** What follows is only for the other case. */
function isGuard(node: AstNode): boolean {
  const then = child(node, 'consequent');
  const last = then?.type === 'BlockStatement' ? children(then, 'body').at(-1) : then;
  return last !== undefined && /^(?:Return|Throw|Continue|Break)Statement$/.test(last.type);
}

function decisionsOf(node: AstNode, path: readonly AstNode[]): number {
  if (!DECISIONS.has(node.type) || isDefault(node) || isLink(node, path)) return 0;
  return node.type === 'SwitchStatement' ? 1 + Math.floor(children(node, 'cases').length / 10) : 1;
}

/** `a && b && c` is one question: what stands in another chain does not count. */
function isLink({ type }: AstNode, path: readonly AstNode[]): boolean {
  if (type !== 'LogicalExpression') return false;
  const around = path.findLast(
    (one) => one.type !== 'ParenthesizedExpression' && one.type !== 'UnaryExpression' && !isDefault(one),
  );
  return around?.type === 'LogicalExpression';
}

/** `a ?? b`, `a || {}`: a value for when there is none, nothing to follow. */
function isDefault(node: AstNode): boolean {
  if (node.type !== 'LogicalExpression') return false;
  const right = child(node, 'right')?.type ?? '';
  return node['operator'] === '??' || (node['operator'] === '||' && PLAIN.has(right));
}

/** `else if` reads as one more branch, not one level deeper. */
function isElseIf(node: AstNode, key: string): boolean {
  return node.type === 'IfStatement' && key === 'alternate';
}

const VAGUE = /^(?:function|callback of \w+)$/;

/** A value goes through them unchanged: what holds the outer one holds the function too. */
const THROUGH = new Set([
  'LogicalExpression',
  'ConditionalExpression',
  'ParenthesizedExpression',
  'AwaitExpression',
  'TSAsExpression',
  'TSSatisfiesExpression',
]);
/** They call what they are given and leave something else. */
const CALLERS =
  /^(?:map|filter|forEach|each|reduce|reduceRight|some|every|find\w*|flatMap|sort|toSorted|then|catch|finally|replace|replaceAll|from|on|once|Promise)$/;

/** What people call the function: its own name, or where it is kept. */
function nameOf(node: AstNode, path: readonly AstNode[]): string {
  const own = textOf(child(node, 'id'), 'name');
  const parent = path.at(-1);
  if (own !== undefined || parent === undefined) return own ?? 'function';
  if (THROUGH.has(parent.type)) return nameOf(parent, path.slice(0, -1));
  switch (parent.type) {
    case 'VariableDeclarator':
      return textOf(child(parent, 'id'), 'name') ?? 'function';
    case 'AssignmentExpression':
      return assignedName(child(parent, 'left'));
    case 'Property':
    case 'PropertyDefinition':
    case 'MethodDefinition':
      return methodName(parent, path);
    case 'CallExpression':
    case 'NewExpression':
      return givenName(node, parent, path);
    case 'ExportDefaultDeclaration':
      return 'default export';
    default:
      return 'function';
  }
}

/** Called at once, or wrapped (`memo(() => …)`): the name of what comes of it. */
function givenName(node: AstNode, call: AstNode, path: readonly AstNode[]): string {
  const isCalled = call['callee'] === node;
  const callee = isCalled ? 'function' : keyName(child(call, 'callee'));
  const outer = CALLERS.test(callee) ? 'function' : nameOf(call, path.slice(0, -1));
  if (!VAGUE.test(outer)) return outer;
  return isCalled ? 'function' : `callback of ${callee}`;
}

function assignedName(left: AstNode | undefined): string {
  const name = keyName(left);
  return name === 'exports' ? 'module.exports' : name;
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
