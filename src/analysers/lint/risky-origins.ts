import { child, children, isFunction, nodesIn, textOf, type AstNode } from '../syntax.ts';
import { asPattern } from '../words.ts';
import { dotted, nameOf, SAFE_CALL, unwrapped } from './risky-values.ts';
import { namesBound, valueIn } from './risky-names.ts';

/** Where a dangerous statement stands; `fetched`: whether answers of servers count as values of others too. */
export type OriginScope = Readonly<{ path: readonly AstNode[]; source: string; fetched: boolean }>;

/** From one name to the next, so many times. */
const MAX_STEPS = 8;
/** What a request, the address of a page or a link brings. The first name must be one that the function was given. */
const OF_REQUEST =
  /^(?:this\.|c\.|ctx\.|context\.)?(?:req|request)\.(?:(?:body|query|params|headers|cookies|signedCookies|rawBody|url|originalUrl|nextUrl)$|(?:param|json|text|formData)\(\)$)|^(?:c|ctx|context)\.req\.(?:query|header)\(\)$|^(?:ctx|context)\.(?:query|querystring|params|cookies|headers)$|^event\.(?:queryStringParameters|pathParameters|multiValueQueryStringParameters|body)$/;
const OF_PAGE =
  /^(?:(?:window|document|self|globalThis|top|parent)\.)*location\.(?:hash|search|href)$|^document\.(?:referrer|URL|documentURI)$|^window\.name$|^(?:this\.)?\$route\.(?:query|params|hash)$|^(?:this\.\$?)?(?:route|router)\.query$/;
const OF_ANSWER = /^(?:await )?(?:globalThis\.|window\.)?fetch\(\)$/;
/** Functions that give what they are given, in another form. */
const GOES_THROUGH =
  /^(?:decodeURIComponent|decodeURI|unescape|atob|String|JSON\.parse|Buffer\.from|URL|URLSearchParams|(?:url|qs|querystring)\.parse|(?:path\.)?(?:join|resolve|normalize|basename)|util\.format)(?:\(\))?$/;
/** Methods whose answer holds nothing of the text, or only what was let through. */
const STOPS =
  /^(?:replace|replaceAll|includes|indexOf|lastIndexOf|startsWith|endsWith|test|match|has|some|every|charCodeAt|length|size|byteLength|ok|status)$/;
const HANDED_ON = /^(?:map|forEach|filter|flatMap|some|find|then)$/;
const PARTS: Readonly<Record<string, readonly string[]>> = {
  ConditionalExpression: ['consequent', 'alternate'],
  LogicalExpression: ['left', 'right'],
  AssignmentExpression: ['right'],
  SpreadElement: ['argument'],
};

/** The place from which somebody else's value comes into the expression, as far as the functions around it show. */
export function originOf(value: AstNode, scope: OriginScope): AstNode | undefined {
  return new OriginSearch(scope).of(value, MAX_STEPS);
}

class OriginSearch {
  readonly #scope: OriginScope;
  readonly #owners: readonly AstNode[];

  constructor(scope: OriginScope) {
    this.#scope = scope;
    this.#owners = scope.path.filter((one) => isFunction(one) || one.type === 'Program').toReversed();
  }

  of(outer: AstNode, steps: number): AstNode | undefined {
    const node = unwrapped(outer);
    if (steps <= 0 || this.#isChecked(node)) return undefined;
    switch (node.type) {
      case 'Identifier':
        return this.#ofName(node, steps);
      case 'MemberExpression':
        return this.#ofMember(node, steps);
      case 'CallExpression':
      case 'NewExpression':
        return this.#ofCall(node, steps);
      case 'TemplateLiteral':
        return this.#first(children(node, 'expressions'), steps);
      case 'ArrayExpression':
        return this.#first(children(node, 'elements'), steps);
      case 'BinaryExpression':
        return node['operator'] === '+' ? this.#ofParts(node, ['left', 'right'], steps) : undefined;
      default:
        return this.#ofParts(node, PARTS[node.type] ?? [], steps);
    }
  }

  #ofParts(node: AstNode, keys: readonly string[], steps: number): AstNode | undefined {
    return this.#first(
      keys.flatMap((key) => child(node, key) ?? []),
      steps,
    );
  }

  #first(nodes: readonly AstNode[], steps: number): AstNode | undefined {
    for (const one of nodes) {
      const origin = this.of(one, steps - 1);
      if (origin !== undefined) return origin;
    }
    return undefined;
  }

  #ofMember(node: AstNode, steps: number): AstNode | undefined {
    if (STOPS.test(nameOf(node))) return undefined;
    if (this.#isOutside(node)) return node;
    const object = child(node, 'object');
    return object === undefined ? undefined : this.of(object, steps - 1);
  }

  /** What a method gives of a text from outside is from outside, and what some functions make of one. */
  #ofCall(node: AstNode, steps: number): AstNode | undefined {
    const callee = child(node, 'callee');
    if (callee === undefined) return undefined;
    if (this.#isOutside(node)) return node;
    if (GOES_THROUGH.test(dotted(callee))) return this.#first(children(node, 'arguments'), steps);
    const name = nameOf(unwrapped(callee));
    if (callee.type !== 'MemberExpression' || SAFE_CALL.test(name) || STOPS.test(name)) return undefined;
    const object = child(callee, 'object');
    return object === undefined ? undefined : this.of(object, steps - 1);
  }

  #isOutside(node: AstNode): boolean {
    const name = dotted(node);
    if (OF_PAGE.test(name) || (this.#scope.fetched && OF_ANSWER.test(name))) return true;
    return OF_REQUEST.test(name) && this.#isGiven(name.split('.')[0] ?? '');
  }

  /** A parameter, or a member of the class. */
  #isGiven(root: string): boolean {
    if (root === 'this') return true;
    return this.#owners.some(
      (owner) => isFunction(owner) && children(owner, 'params').some((one) => namesBound(one).includes(root)),
    );
  }

  #ofName(node: AstNode, steps: number): AstNode | undefined {
    const name = textOf(node, 'name') ?? '';
    for (const [index, owner] of this.#owners.entries()) {
      const at = isFunction(owner) ? children(owner, 'params').findIndex((one) => namesBound(one).includes(name)) : -1;
      if (at >= 0) return this.#ofParameter({ owner, at, name }, steps);
      const values = valuesOf(name, owner);
      if (values.length > 0 || index > MAX_STEPS) return this.#first(values, steps);
    }
    return undefined;
  }

  #ofParameter(given: Readonly<{ owner: AstNode; at: number; name: string }>, steps: number): AstNode | undefined {
    const { owner, at, name } = given;
    const all = children(owner, 'params');
    const parameter = all[at];
    if (parameter === undefined) return undefined;
    if (at === 0 && parameter.type === 'ObjectPattern') return ofRequestPattern(parameter, all[1], name);
    return at === 0 ? this.#ofCallback(owner, parameter, steps) : undefined;
  }

  /** What a list, a promise or a message hands to its callback. */
  #ofCallback(owner: AstNode, parameter: AstNode, steps: number): AstNode | undefined {
    const { path } = this.#scope;
    const call = path[path.indexOf(owner) - 1];
    const callee = call?.type === 'CallExpression' ? child(call, 'callee') : undefined;
    if (call === undefined || callee?.type !== 'MemberExpression') return undefined;
    const object = child(callee, 'object');
    if (object !== undefined && HANDED_ON.test(nameOf(callee))) return this.of(object, steps - 1);
    return isMessage(callee, call, this.#textOf(owner)) ? parameter : undefined;
  }

  /** `if (!/^\d+$/.test(id)) return;`, `NAMES.includes(name)`, `switch (name)`: only what is known gets through. */
  #isChecked(node: AstNode): boolean {
    if (node.type !== 'Identifier' && node.type !== 'MemberExpression') return false;
    const text = asPattern(this.#scope.source.slice(node.start, Math.min(node.end, node.start + 100)));
    const check = new RegExp(
      `(?:\\.(?:test|includes|has|hasOwn|safeParse)|\\b(?:is|assert|check|valid|verify|allow|ensure)\\w*|switch )\\(\\s*(?:\\w+,\\s*)?${text}\\b(?!\\s*\\()|\\b${text} in \\w`,
      'i',
    );
    const owner = this.#owners[0];
    return owner !== undefined && isFunction(owner) && check.test(this.#textOf(owner));
  }

  #textOf({ start, end }: AstNode): string {
    return this.#scope.source.slice(start, Math.min(end, start + 20_000));
  }
}

/** All that the name is set to in the function itself; what is taken apart counts as the whole. */
function valuesOf(name: string, owner: AstNode): readonly AstNode[] {
  const found: AstNode[] = [];
  for (const node of nodesIn(owner)) {
    const value = valueIn(node, name);
    if (value !== undefined) found.push(value);
  }
  return found;
}

const REQUEST_PART = /^(?:body|query|params|headers|cookies)$/;

/** `({ query: { q } }, res) => …` */
function ofRequestPattern(pattern: AstNode, next: AstNode | undefined, name: string): AstNode | undefined {
  if (next === undefined || !/^(?:res|reply|response)$/.test(textOf(next, 'name') ?? '')) return undefined;
  return children(pattern, 'properties').find(
    (one) => REQUEST_PART.test(textOf(child(one, 'key'), 'name') ?? '') && namesBound(one).includes(name),
  );
}

/** `addEventListener('message', (event) => …)` of whatever origin. */
function isMessage(callee: AstNode, call: AstNode, text: string): boolean {
  const [kind] = children(call, 'arguments');
  const isListener = nameOf(callee) === 'addEventListener' && textOf(kind, 'value') === 'message';
  return isListener && !/\borigin\b|\bsource\b/.test(text);
}
