import { child, children, isFunction, nodesIn, textOf, type AstNode } from '../syntax.ts';

/** What stands at the top of a file, wherever it is used: it is there before the first line runs. */
export class FileTops {
  /** Bodies of functions by name, those of methods as `Name.method` and `this.method`; `null` when two share a name. */
  readonly #bodies = new Map<string, AstNode | null>();
  readonly #answers = new Map<string, boolean>();
  /** Names of enums, and of constants that list fixed values. */
  readonly #lists = new Set<string>();

  read(program: AstNode): void {
    for (const statement of children(program, 'body')) {
      const declared = child(statement, 'declaration') ?? statement;
      const name = textOf(child(declared, 'id'), 'name') ?? '';
      if (declared.type === 'FunctionDeclaration') this.#function(name, declared);
      else if (declared.type === 'ClassDeclaration') this.#methods(name, declared);
      else if (declared.type === 'TSEnumDeclaration') this.#lists.add(name);
      else if (declared.type === 'VariableDeclaration') this.#constants(declared);
    }
  }

  #constants(declared: AstNode): void {
    for (const one of children(declared, 'declarations')) {
      const [name, init] = [textOf(child(one, 'id'), 'name') ?? '', plain(child(one, 'init'))];
      if (init === undefined || declared['kind'] !== 'const') continue;
      if (isFunction(init)) this.#function(name, init);
      else if (init.type === 'ClassExpression') this.#methods(name, init);
      else if (isFixedList(init)) this.#lists.add(name);
    }
  }

  #function(name: string, declared: AstNode): void {
    const body = child(declared, 'body');
    if (body !== undefined) this.#bodies.set(name, this.#bodies.has(name) ? null : body);
  }

  #methods(name: string, declared: AstNode): void {
    const body = child(declared, 'body');
    for (const method of body === undefined ? [] : children(body, 'body')) {
      const [key, value] = [textOf(child(method, 'key'), 'name'), child(method, 'value')];
      if (key === undefined || value === undefined || !isFunction(value)) continue;
      this.#function(`${name}.${key}`, value);
      this.#function(`this.${key}`, value);
    }
  }

  /** Whether every answer of the called function is one that `isSafe` knows. */
  givesFixed(callee: AstNode, isSafe: (answer: AstNode) => boolean): boolean {
    const name = nameIn(callee);
    const known = this.#answers.get(name);
    if (known !== undefined) return known;
    const body = this.#bodies.get(name);
    if (body === undefined || body === null) return false;
    const given = body.type === 'BlockStatement' ? answersIn(body) : [body];
    const isFixed = given.length > 0 && given.every((one) => isSafe(one));
    this.#answers.set(name, isFixed);
    return isFixed;
  }

  /** `State.Open`, `TABLES[name]`. */
  isListed(member: AstNode): boolean {
    return this.#lists.has(textOf(child(member, 'object'), 'name') ?? '');
  }
}

function answersIn(body: AstNode): readonly AstNode[] {
  return [...nodesIn(body)]
    .filter(({ type }) => type === 'ReturnStatement')
    .map((one) => child(one, 'argument') ?? one);
}

function nameIn(callee: AstNode): string {
  if (callee.type === 'Identifier') return textOf(callee, 'name') ?? '';
  const [object, property] = [child(callee, 'object'), child(callee, 'property')];
  const of = object?.type === 'ThisExpression' ? 'this' : textOf(object, 'name');
  const isPlain = callee.type === 'MemberExpression' && callee['computed'] !== true;
  return isPlain ? `${of ?? ''}.${textOf(property, 'name') ?? ''}` : '';
}

/** Without what types say of it, and `Object.freeze()`. */
function plain(node: AstNode | undefined): AstNode | undefined {
  if (node === undefined) return undefined;
  if (/^TS(?:As|Satisfies)Expression$/.test(node.type)) return plain(child(node, 'expression'));
  const callee = node.type === 'CallExpression' ? child(node, 'callee') : undefined;
  return callee !== undefined && nameIn(callee) === 'Object.freeze' ? plain(children(node, 'arguments')[0]) : node;
}

function isFixedList(node: AstNode): boolean {
  const parts = [
    ...children(node, 'properties').map((one) => child(one, 'value')),
    ...(node.type === 'ArrayExpression' ? children(node, 'elements') : []),
  ];
  return parts.length > 0 && parts.every((one) => one?.type === 'Literal');
}
