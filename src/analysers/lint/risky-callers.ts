import { child, children, isFunction, textOf, walk, type AstNode } from '../syntax.ts';

type Call = Readonly<{ given: AstNode | undefined; path: readonly AstNode[] }>;
type Parameter = Readonly<{ owner: AstNode; name: string; index: number }>;

/** Whether the name is a parameter of a function that this file alone calls, with fixed texts in every call. */
export function isAlwaysFixed(value: AstNode, path: readonly AstNode[], program: AstNode): boolean {
  const name = value.type === 'Identifier' ? textOf(value, 'name') : undefined;
  const owner = path.findLast((one) => isFunction(one) && indexOf(one, name) >= 0);
  if (name === undefined || owner === undefined) return false;
  const above = path[path.indexOf(owner) - 1];
  const called = textOf(child(owner, 'id') ?? (above === undefined ? undefined : child(above, 'id')), 'name');
  if (called === undefined) return false;
  const calls = callsOf(called, { owner, name, index: indexOf(owner, name) }, program);
  return calls !== undefined && calls.length > 0 && calls.every(isFixedCall);
}

function indexOf(owner: AstNode, name: string | undefined): number {
  return children(owner, 'params').findIndex((one) => one.type === 'Identifier' && textOf(one, 'name') === name);
}

/** Undefined when it is given away, or the parameter is set again. */
function callsOf(called: string, { owner, name, index }: Parameter, program: AstNode): readonly Call[] | undefined {
  const calls: Call[] = [];
  let isOpen = false;
  walk(program, {
    enter: (node, path, key) => {
      const parent = path.at(-1);
      if (node.type === 'AssignmentExpression' && textOf(child(node, 'left'), 'name') === name)
        isOpen ||= path.includes(owner);
      if (node.type !== 'Identifier' || textOf(node, 'name') !== called || parent === undefined) return;
      if (parent.type === 'CallExpression' && key === 'callee')
        calls.push({ given: children(parent, 'arguments')[index], path: [...path] });
      else if (!isItsName(path, key)) isOpen = true;
    },
    leave: () => undefined,
  });
  return isOpen ? undefined : calls;
}

/** Where it is declared and not exported; members and keys of that name are others. */
function isItsName(path: readonly AstNode[], key: string): boolean {
  const parent = path.at(-1);
  if (parent?.type === 'MemberExpression') return key === 'property' && parent['computed'] !== true;
  if (key !== 'id') return false;
  return !path.slice(-3).some(({ type }) => type.startsWith('Export'));
}

function isFixedCall({ given, path }: Call): boolean {
  if (given === undefined) return false;
  if (given.type === 'Literal') return true;
  if (given.type === 'TemplateLiteral') return children(given, 'expressions').length === 0;
  const block = path.findLast(({ type }) => type === 'BlockStatement');
  const all = block === undefined ? [] : children(block, 'body');
  const before = all[all.findIndex((one) => path.includes(one)) - 1];
  return before !== undefined && setsTo(before, textOf(given, 'name'));
}

/** `name = 'text';` */
function setsTo(statement: AstNode, name: string | undefined): boolean {
  const set = child(statement, 'expression') ?? children(statement, 'declarations')[0];
  const target = set === undefined ? undefined : (child(set, 'left') ?? child(set, 'id'));
  const value = set === undefined ? undefined : (child(set, 'right') ?? child(set, 'init'));
  return name !== undefined && textOf(target, 'name') === name && value?.type === 'Literal';
}
