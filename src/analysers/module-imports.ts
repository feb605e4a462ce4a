import { posix } from 'node:path';
import type { EcmaScriptModule, StaticImport } from 'oxc-parser';
import type { ImportEntry, ImportKind } from './data.ts';
import { child, children, isFunction, textOf, type AstNode, type Lines } from './syntax.ts';

/** Statements that leave nothing to run. */
const NOTHING_RUNS = new Set(['ImportDeclaration', 'ExportAllDeclaration', 'EmptyStatement']);

type Found = { specifier: string; start: number; kind: ImportKind; isEager: boolean; eagerNames?: readonly string[] };

/** Finds what a file imports, and how: when it loads, when it runs, or for types only. */
export class ImportCollector {
  readonly #usedWhenRun = new Set<string>();
  readonly #usedWhenLoaded = new Set<string>();
  /** `all.one` → `one`: of what is there as a whole at once, its members may not be. */
  readonly #membersWhenLoaded = new Map<string, Set<string>>();
  readonly #required: Found[] = [];
  #functionDepth = 0;
  #hasDecorators = false;

  enter(node: AstNode, path: readonly AstNode[], key: string): void {
    if (isLater(node)) this.#functionDepth += 1;
    switch (node.type) {
      case 'Identifier':
      case 'JSXIdentifier':
        return this.#use(node, path.at(-1), key);
      case 'CallExpression':
        this.#pathBeside(node);
        return this.#require(node, path.at(-1));
      case 'NewExpression':
        return this.#url(node);
      case 'Decorator':
        this.#hasDecorators = true;
        return;
      default:
        return;
    }
  }

  leave(node: AstNode): void {
    if (isLater(node)) this.#functionDepth -= 1;
  }

  /** Everything that was found, with `module` as the parser gives it. `isTyped`: types vanish when it is built. */
  imports(
    module: EcmaScriptModule,
    source: string,
    options: { lines: Lines; isTyped: boolean },
  ): readonly ImportEntry[] {
    const isElided = options.isTyped && !this.#hasDecorators;
    const imported = module.staticImports.map((entry) => this.#staticImport(entry, isElided));
    const exported = module.staticExports.flatMap(({ entries, start }) =>
      entries.flatMap(({ moduleRequest, isType }): Found[] =>
        moduleRequest === null
          ? []
          : [{ specifier: moduleRequest.value, start, kind: isType ? 'type' : 'value', isEager: false }],
      ),
    );
    const dynamic = module.dynamicImports.flatMap(({ start, moduleRequest }): Found[] => {
      const specifier = plainString(source.slice(moduleRequest.start, moduleRequest.end));
      return specifier === undefined ? [] : [{ specifier, start, kind: 'lazy', isEager: false }];
    });
    const byImport = new Map<string, Found>();
    for (const found of [...imported, ...exported, ...dynamic, ...this.#required]) {
      const key = `${found.kind} ${found.specifier}`;
      const known = byImport.get(key);
      if (known === undefined) byImport.set(key, found);
      else {
        known.isEager ||= found.isEager;
        // Asked for twice: nobody sees any more by which names alone.
        if (found.isEager) delete known.eagerNames;
      }
    }
    return [...byImport.values()].map(({ start, ...found }) => ({ ...found, line: options.lines.at(start) }));
  }

  #staticImport({ start, moduleRequest, entries }: StaticImport, isElided: boolean): Found {
    const specifier = moduleRequest.value;
    const names = entries.filter(({ isType }) => !isType).map(({ localName }) => localName.value);
    if (entries.length > 0 && names.length === 0) return { specifier, start, kind: 'type', isEager: false };
    const isUsed = names.some((name) => this.#usedWhenRun.has(name) || this.#usedWhenLoaded.has(name));
    const kind = isElided && entries.length > 0 && !isUsed ? 'type' : 'value';
    const eagerNames = entries.flatMap((entry) => this.#namesWhenLoaded(entry));
    return { specifier, start, kind, isEager: eagerNames.length > 0, ...(eagerNames.length > 0 ? { eagerNames } : {}) };
  }

  #namesWhenLoaded({ isType, localName, importName }: StaticImport['entries'][number]): readonly string[] {
    if (isType || !this.#usedWhenLoaded.has(localName.value)) return [];
    if (importName.kind === 'NamespaceObject') return [...(this.#membersWhenLoaded.get(localName.value) ?? [])];
    return [importName.name ?? importName.kind];
  }

  #use(node: AstNode, parent: AstNode | undefined, key: string): void {
    const name = textOf(node, 'name');
    if (name === undefined || parent === undefined || !isReference(parent, key)) return;
    const isReexport = parent.type === 'ExportSpecifier';
    if (this.#functionDepth > 0 || isReexport) {
      this.#usedWhenRun.add(name);
      return;
    }
    this.#usedWhenLoaded.add(name);
    const member = parent.type === 'MemberExpression' ? textOf(child(parent, 'property'), 'name') : undefined;
    if (member === undefined || key !== 'object') return;
    this.#membersWhenLoaded.set(name, (this.#membersWhenLoaded.get(name) ?? new Set()).add(member));
  }

  /** `require('x')`, and places that name a module without loading it: `require.resolve`, `import.meta.resolve`. */
  #require(node: AstNode, parent: AstNode | undefined): void {
    const callee = child(node, 'callee');
    const specifier = textOf(children(node, 'arguments')[0], 'value');
    if (callee === undefined || specifier === undefined) return;
    const isRequire = callee.type === 'Identifier' && textOf(callee, 'name') === 'require';
    const isResolve = callee.type === 'MemberExpression' && textOf(child(callee, 'property'), 'name') === 'resolve';
    if (!isRequire && !(isResolve && isModuleResolver(child(callee, 'object')))) return;
    const runs: ImportKind = this.#functionDepth === 0 ? 'value' : 'lazy';
    const isEager = runs === 'value' && isTakenApart(parent);
    this.#required.push({ specifier, start: node.start, kind: isRequire ? runs : 'reference', isEager });
  }

  /** `new URL('./worker.js', import.meta.url)` */
  #url(node: AstNode): void {
    const [first, second] = children(node, 'arguments');
    const specifier = textOf(first, 'value');
    if (textOf(child(node, 'callee'), 'name') !== 'URL' || specifier === undefined || second === undefined) return;
    if (!/^\.{1,2}\//.test(specifier)) return;
    this.#name(specifier, node.start);
  }

  /** `path.resolve(__dirname, 'a', 'b.js')`: a file that is started, or read, by its path beside this one. */
  #pathBeside(node: AstNode): void {
    const callee = child(node, 'callee');
    const path = callee === undefined ? undefined : pathBeside(callee, children(node, 'arguments'));
    if (path !== undefined) this.#name(path, node.start);
  }

  #name(specifier: string, start: number): void {
    this.#required.push({ specifier, start, kind: 'reference', isEager: false });
  }
}

const SOURCE = /\.[cm]?[jt]sx?$/;

function pathBeside(callee: AstNode, [from, ...parts]: readonly AstNode[]): string | undefined {
  const called = textOf(callee, 'name') ?? textOf(child(callee, 'property'), 'name');
  if (!/^(?:join|resolve)$/.test(called ?? '') || from === undefined || !isOwnFolder(from)) return undefined;
  const names = parts.map((part) => textOf(part, 'value'));
  if (names.length === 0 || names.includes(undefined)) return undefined;
  const path = posix.join(...names.map((name) => name ?? ''));
  if (!SOURCE.test(path) || path.startsWith('/')) return undefined;
  return path.startsWith('../') ? path : `./${path}`;
}

/** `__dirname`, `import.meta.dirname` */
function isOwnFolder(node: AstNode): boolean {
  if (textOf(node, 'name') === '__dirname') return true;
  return child(node, 'object')?.type === 'MetaProperty' && textOf(child(node, 'property'), 'name') === 'dirname';
}

/** What stands inside does not run while the module loads. */
function isLater(node: AstNode): boolean {
  return isFunction(node) || (node.type === 'PropertyDefinition' && node['static'] !== true);
}

/** `require('x').y`, `const { y } = require('x')`: what is not there yet is missed for good. */
function isTakenApart(parent: AstNode | undefined): boolean {
  if (parent?.type === 'VariableDeclarator') return child(parent, 'id')?.type === 'ObjectPattern';
  return parent?.type === 'MemberExpression';
}

function isModuleResolver(node: AstNode | undefined): boolean {
  return node?.type === 'MetaProperty' || textOf(node, 'name') === 'require';
}

function isReference(parent: AstNode, key: string): boolean {
  switch (parent.type) {
    case 'MemberExpression':
      return key === 'object' || parent['computed'] === true;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return key !== 'key' || parent['computed'] === true;
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
    case 'LabeledStatement':
    case 'JSXAttribute':
    case 'TSModuleDeclaration':
      return false;
    case 'ExportSpecifier':
      return key === 'local' && parent['exportKind'] !== 'type';
    default:
      return true;
  }
}

function plainString(text: string): string | undefined {
  return /^(['"`])([^'"`\\$]*)\1$/.exec(text)?.[2];
}

/** Whether a module is gone once its types are: nothing in it runs, so that importing it loads nothing. */
export function hasOnlyTypes(program: AstNode): boolean {
  return children(program, 'body').every((statement) => {
    if (NOTHING_RUNS.has(statement.type))
      return statement['exportKind'] === 'type' || statement.type !== 'ExportAllDeclaration';
    if (statement.type.startsWith('TS'))
      return statement.type !== 'TSEnumDeclaration' && statement.type !== 'TSModuleDeclaration';
    if (statement['declare'] === true) return true;
    if (statement.type !== 'ExportNamedDeclaration') return false;
    if (statement['exportKind'] === 'type') return true;
    const declared = child(statement, 'declaration');
    return declared !== undefined && declared.type.startsWith('TS') && declared.type !== 'TSEnumDeclaration';
  });
}
