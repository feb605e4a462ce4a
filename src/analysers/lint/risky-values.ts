import { child, children, isFunction, textOf, type AstNode } from '../syntax.ts';
import { FileTops } from './risky-tops.ts';

/** Calls whose result cannot carry foreign text: numbers, and what was made safe. */
export const SAFE_CALL: RegExp =
  /(?<!un)escape|sanit|purify|(?<!de)serializ|encode|quote|^(?:Number|parseInt|parseFloat|Boolean|String\.raw|toFixed|stringify|html|t|highlight|codeToHtml|renderToString|renderToStaticMarkup|svg|toSvg)$|placeholder|shellescape|literal|identifier|^(?:isArray|includes|has)$/i;
/** Names that hold nothing from outside; which program installs packages is one of a few. */
const FIXED_NAME =
  /^(?:__dirname|__filename|undefined|NaN|Infinity|p(?:ackage|kg)Manager|pid|[A-Z][A-Z\d]*(?:_[A-Z\d]+)*)$/;
/** Members that are numbers or paths of the program itself. */
const FIXED_MEMBER =
  /^(?:length|size|pid|execPath|platform|arch|dirname|filename|version|innerHTML|outerHTML|__html|[A-Z][A-Z\d_]+)$/;
const SAFE_NAME = /escaped|sanit|quoted|safe|encoded|placeholder|purif/i;
const PROCESSES = new Set(['exec', 'execSync', 'spawn', 'spawnSync', 'execFile', 'execFileSync']);

/** The name of a callee or member: `b` of `a.b`, `a` of `a`. */
export function nameOf(node: AstNode): string {
  if (node.type === 'MemberExpression') {
    const property = child(node, 'property');
    return textOf(property, 'name') ?? textOf(property, 'value') ?? '';
  }
  return textOf(node, 'name') ?? '';
}

/** What the names of one file stand for, as far as its top shows: constants, built texts, modules. */
export class FileValues {
  readonly #fixed = new Set<string>();
  readonly #behind = new Map<string, AstNode>();
  /** Names of functions of `child_process`, by the name they have here. */
  readonly #processes = new Map<string, string>();
  readonly #modules = new Map<string, string>();
  readonly #tops: FileTops = new FileTops();

  enter(node: AstNode): void {
    if (node.type === 'Program') this.#tops.read(node);
    else if (node.type === 'ImportDeclaration') this.#imported(node);
    else if (node.type === 'VariableDeclarator') this.#declared(node);
    else if (node.type === 'AssignmentExpression') this.#assigned(node);
    else if (isFunction(node)) for (const one of children(node, 'params')) this.#forget(one);
  }

  isModule(node: AstNode | undefined, name: string): boolean {
    return node?.type === 'Identifier' && this.#modules.get(nameOf(node)) === name;
  }

  /** Which function of `child_process` is called; undefined when it is another one. */
  processCall(callee: AstNode): string | undefined {
    if (callee.type === 'Identifier') return this.#processes.get(nameOf(callee));
    const isOne = callee.type === 'MemberExpression' && this.isModule(child(callee, 'object'), 'child_process');
    return isOne && PROCESSES.has(nameOf(callee)) ? nameOf(callee) : undefined;
  }

  /** The text that a name was given, when it was given one only. */
  behind(node: AstNode): AstNode {
    return (node.type === 'Identifier' ? this.#behind.get(nameOf(node)) : undefined) ?? node;
  }

  /** Whether it is a text put together from parts that are not fixed. */
  isBuilt(node: AstNode): boolean {
    const text = this.behind(node);
    return partsOf(text).length > 1 && !this.isFixed(text);
  }

  /** What is put into a text and is not fixed. */
  openParts(node: AstNode): readonly AstNode[] {
    return partsOf(this.behind(node)).filter((one) => staticText(one) === undefined && !this.isFixed(one));
  }

  /** Whether text from elsewhere may become markup. */
  isOpenHtml(node: AstNode): boolean {
    const text = this.behind(node);
    if (isFunction(text)) return false;
    return !this.isFixed(text);
  }

  /** Whether nothing from outside this file can be in it. */
  isFixed(node: AstNode): boolean {
    switch (node.type) {
      case 'Literal':
      case 'UnaryExpression':
      case 'UpdateExpression':
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
      case 'MetaProperty':
        return true;
      case 'Identifier':
        return this.#isFixedName(nameOf(node));
      case 'MemberExpression':
        return FIXED_MEMBER.test(nameOf(node)) || SAFE_NAME.test(nameOf(node)) || this.#tops.isListed(node);
      case 'TemplateLiteral':
        return children(node, 'expressions').every((one) => this.isFixed(one));
      case 'TaggedTemplateExpression':
        return true;
      case 'BinaryExpression':
        return node['operator'] !== '+' || this.#areFixed(node, ['left', 'right']);
      case 'ConditionalExpression':
        return this.#areFixed(node, ['consequent', 'alternate']);
      case 'LogicalExpression':
        return this.#areFixed(node, ['left', 'right']);
      case 'CallExpression':
        return this.#isFixedCall(node);
      case 'TSAsExpression':
      case 'TSNonNullExpression':
      case 'ParenthesizedExpression':
      case 'AwaitExpression':
        return this.#areFixed(node, ['expression', 'argument']);
      default:
        return false;
    }
  }

  #areFixed(node: AstNode, keys: readonly string[]): boolean {
    return keys.every((key) => {
      const part = child(node, key);
      return part === undefined || this.isFixed(part);
    });
  }

  #isFixedName(name: string): boolean {
    return FIXED_NAME.test(name) || this.#fixed.has(name) || SAFE_NAME.test(name);
  }

  /** Made safe, or made from fixed parts: `resolve(__dirname, 'a')`, `lines.join('')` of a fixed list. */
  #isFixedCall(node: AstNode): boolean {
    const callee = child(node, 'callee');
    if (callee === undefined) return false;
    if (this.#tops.givesFixed(callee, isSafeAnswer) || SAFE_CALL.test(nameOf(callee))) return true;
    return this.#isMadeOfFixed(node, callee);
  }

  #isMadeOfFixed(node: AstNode, callee: AstNode): boolean {
    const object = callee.type === 'MemberExpression' ? child(callee, 'object') : undefined;
    const all = children(node, 'arguments');
    const isPath = /^(?:join|resolve|fileURLToPath|dirname)$/.test(nameOf(callee));
    if (isPath && all.length > 0 && all.every((one) => this.isFixed(one)))
      return object?.type !== 'ArrayExpression' || this.#isFixedList(object);
    if (
      object === undefined ||
      !/^(?:join|trim|replace|replaceAll|toString|slice|toUpperCase|toLowerCase)$/.test(nameOf(callee))
    )
      return false;
    return object.type === 'ArrayExpression' ? this.#isFixedList(object) : this.isFixed(object);
  }

  #isFixedList(node: AstNode): boolean {
    return children(node, 'elements').every((one) => this.isFixed(one));
  }

  #imported(node: AstNode): void {
    const module = textOf(child(node, 'source'), 'value')?.replace(/^node:/, '');
    if (module !== 'child_process' && module !== 'vm') return;
    for (const specifier of children(node, 'specifiers')) {
      const local = textOf(child(specifier, 'local'), 'name') ?? '';
      if (specifier.type === 'ImportSpecifier')
        this.#named(module, nameOf(child(specifier, 'imported') ?? specifier), local);
      else this.#modules.set(local, module);
    }
  }

  #named(module: string, name: string, local: string): void {
    if (module === 'child_process' && PROCESSES.has(name)) this.#processes.set(local, name);
  }

  #declared(node: AstNode): void {
    const [id, init] = [child(node, 'id'), child(node, 'init')];
    if (id === undefined) return;
    if (init === undefined) return this.#forget(id);
    const required = requiredModule(init);
    if (required !== undefined) this.#required(id, required);
    else if (id.type !== 'Identifier') this.#forget(id);
    else this.#known(nameOf(id), init);
  }

  #required(id: AstNode, module: string): void {
    if (id.type === 'Identifier') this.#modules.set(nameOf(id), module);
    for (const property of children(id, 'properties')) {
      const [key, value] = [child(property, 'key'), child(property, 'value')];
      if (key !== undefined && value !== undefined) this.#named(module, nameOf(key), nameOf(value));
    }
  }

  #known(name: string, init: AstNode): void {
    const wrapped = wrappedProcess(init);
    const process = wrapped === undefined ? undefined : this.processCall(wrapped);
    if (process !== undefined) this.#processes.set(name, process);
    this.#behind.delete(name);
    this.#fixed.delete(name);
    if (this.isFixed(init)) this.#fixed.add(name);
    else if (init.type === 'TemplateLiteral' || init.type === 'BinaryExpression') this.#behind.set(name, init);
  }

  /** A name that is set again holds what it was set to last; a part that is added counts too. */
  #assigned(node: AstNode): void {
    const [left, right] = [child(node, 'left'), child(node, 'right')];
    if (left?.type !== 'Identifier' || right === undefined) return;
    if (node['operator'] === '=') this.#known(nameOf(left), right);
    else if (!this.isFixed(right)) {
      this.#fixed.delete(nameOf(left));
      this.#behind.set(nameOf(left), right);
    }
  }

  /** A parameter hides what the name meant outside. */
  #forget(node: AstNode): void {
    const names = [
      node,
      ...children(node, 'properties').map((one) => child(one, 'value') ?? one),
      ...children(node, 'elements'),
    ];
    for (const one of names) {
      const bound = one.type === 'AssignmentPattern' ? (child(one, 'left') ?? one) : one;
      const name = nameOf(bound);
      this.#fixed.delete(name);
      this.#behind.delete(name);
      if (isNumber(bound)) this.#fixed.add(name);
    }
  }
}

/** Declared as a number, or as true or false. */
function isNumber(bound: AstNode): boolean {
  const type = child(child(bound, 'typeAnnotation') ?? bound, 'typeAnnotation')?.type ?? '';
  return /^TS(?:Number|Boolean|BigInt)Keyword$/.test(type);
}

/** A text that stands there, or one of several. */
function isText(node: AstNode): boolean {
  if (node.type === 'Literal') return true;
  if (node.type === 'TemplateLiteral') return children(node, 'expressions').length === 0;
  const isChoice = node.type === 'ConditionalExpression' || node.type === 'LogicalExpression';
  const parts = ['consequent', 'alternate', 'left', 'right'].flatMap((key) => child(node, key) ?? []);
  return isChoice && parts.every(isText);
}

/** A fixed text, or what a cleaner gives. */
function isSafeAnswer(node: AstNode): boolean {
  if (isText(node)) return true;
  const callee = node.type === 'CallExpression' ? child(node, 'callee') : undefined;
  if (callee !== undefined) return SAFE_CALL.test(nameOf(callee));
  const isChoice = node.type === 'ConditionalExpression' || node.type === 'LogicalExpression';
  const parts = ['consequent', 'alternate', 'left', 'right'].flatMap((key) => child(node, key) ?? []);
  return isChoice && parts.every(isSafeAnswer);
}

function requiredModule(init: AstNode): string | undefined {
  const callee = init.type === 'CallExpression' ? child(init, 'callee') : undefined;
  if (callee === undefined || nameOf(callee) !== 'require') return undefined;
  const module = textOf(children(init, 'arguments')[0], 'value')?.replace(/^node:/, '');
  return module === 'child_process' || module === 'vm' ? module : undefined;
}

/** `exec` of `promisify(exec)`. */
function wrappedProcess(init: AstNode): AstNode | undefined {
  const callee = init.type === 'CallExpression' ? child(init, 'callee') : undefined;
  return callee !== undefined && nameOf(callee) === 'promisify' ? children(init, 'arguments')[0] : undefined;
}

/** Without the brackets around it. */
export function bare(node: AstNode): AstNode {
  const inner = node.type === 'ParenthesizedExpression' ? child(node, 'expression') : undefined;
  return inner === undefined ? node : bare(inner);
}

/** Without brackets, `await`, `?.` and what types say of it. */
export function unwrapped(node: AstNode): AstNode {
  const isAround =
    /^(?:ParenthesizedExpression|AwaitExpression|ChainExpression|TSAsExpression|TSSatisfiesExpression|TSNonNullExpression)$/;
  if (!isAround.test(node.type)) return node;
  const one = child(node, 'expression') ?? child(node, 'argument');
  return one === undefined ? node : unwrapped(one);
}

/** `a.b.c()` of members and calls, without arguments; `''` begins what has no name. */
export function dotted(outer: AstNode): string {
  const node = unwrapped(outer);
  if (node.type === 'Identifier') return nameOf(node);
  if (node.type === 'ThisExpression') return 'this';
  const callee = node.type === 'CallExpression' ? child(node, 'callee') : undefined;
  if (callee !== undefined) return `${dotted(callee)}()`;
  const object = node.type === 'MemberExpression' ? child(node, 'object') : undefined;
  if (object === undefined) return '';
  return node['computed'] === true ? `${dotted(object)}[]` : `${dotted(object)}.${nameOf(node)}`;
}

/** The parts of a text that is put together, in their order. */
function partsOf(outer: AstNode): readonly AstNode[] {
  const node = bare(outer);
  if (node.type === 'TemplateLiteral') {
    const expressions = children(node, 'expressions');
    return children(node, 'quasis').flatMap((quasi, index) => [quasi, ...expressions.slice(index, index + 1)]);
  }
  if (node.type !== 'BinaryExpression' || node['operator'] !== '+') return [node];
  const [left, right] = [child(node, 'left'), child(node, 'right')];
  return [...(left === undefined ? [] : partsOf(left)), ...(right === undefined ? [] : partsOf(right))];
}

/** Text of a part; undefined for what is put in. */
function staticText(node: AstNode): string | undefined {
  if (node.type === 'Literal') return String(node['value']);
  if (node.type !== 'TemplateElement') return undefined;
  const value = node['value'];
  return typeof value === 'object' && value !== null && 'raw' in value ? String(value.raw) : '';
}

type Hole = Readonly<{ before: string; value: AstNode }>;

const SQL = /^\s*(?:select\b[^;]*\bfrom\b|insert\s+into\b|update\b[^;]*\bset\b|delete\s+from\b|replace\s+into\b)/i;

/** What is put into a text that is SQL, each with the text before it; undefined when it is none. */
export function sqlText(node: AstNode): readonly Hole[] | undefined {
  const parts = partsOf(node);
  if (parts.length < 2) return undefined;
  const whole = parts.map((part) => staticText(part) ?? '?').join('');
  if (!SQL.test(whole)) return undefined;
  let before = '';
  const holes: Hole[] = [];
  for (const part of parts) {
    const text = staticText(part);
    if (text === undefined) holes.push({ before, value: part });
    before += text ?? '?';
  }
  return holes;
}

/** A piece of SQL by its name: no parameter can be one. */
const FRAGMENT = /^sql[A-Z_]\w*$|^\w*[a-z_](?:Sql|SQL|_sql)$/;

/** Whether a value stands there, which a parameter could be: names of tables and columns cannot. */
export function isSqlValue(before: string, value: AstNode, values: FileValues): boolean {
  if (FRAGMENT.test(nameOf(value.type === 'CallExpression' ? (child(value, 'callee') ?? value) : value))) return false;
  if (values.isFixed(value) || /^(?:count|limit|offset|index|page\w*)$/i.test(nameOf(value))) return false;
  return /(?:[=<>]|\blike|\bin\s*\(|\bvalues\s*\([^)]*|\bbetween|\band|%)\s*['"]?%?$/i.test(before.slice(-200));
}
