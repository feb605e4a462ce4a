import type { Severity } from '../../core/findings/finding.ts';
import { UNSEEN_CONFIDENCE } from '../risk-texts.ts';
import { child, children, textOf, type AstNode } from '../syntax.ts';
import { isAskedFor, isSpokenOf } from './risky-around.ts';
import { isAlwaysFixed } from './risky-callers.ts';
import { originOf } from './risky-origins.ts';
import { bare, FileValues, isSqlValue, nameOf, sqlText } from './risky-values.ts';
import { brief } from './rule.ts';

/** Code that may be dangerous: for `risky-code` to judge, and for people to vote on. */
export type Risk = Readonly<{
  kind: string;
  severity: Severity;
  confidence: number;
  title: string;
  at: AstNode;
  /** Where somebody else's value comes in, as far as that is seen. */
  origin?: AstNode;
}>;

/** `values`: what becomes dangerous when somebody else chooses it. */
type Sink = Readonly<{ node: AstNode; path: readonly AstNode[]; values: readonly AstNode[] }>;

const MAX_RISKS = 60;
const SEEN_CONFIDENCE = 0.85;
/** Of `vm`: what is run is the first argument. */
const VM_RUNS = new Set(['runInThisContext', 'runInNewContext', 'runInContext', 'compileFunction']);
const QUERIES = new Set([
  'query',
  'execute',
  'raw',
  'exec',
  'prepare',
  'run',
  'all',
  'get',
  'each',
  '$queryRawUnsafe',
  '$executeRawUnsafe',
  'unsafe',
  'queryRaw',
  'executeSql',
]);
const HTML_SINKS = new Set(['innerHTML', 'outerHTML']);
/** The other end asks for that hash: nobody here can choose. */
const PROTOCOL = /\b(?:protocol|RFC ?\d+|handshake|wire format|AuthenticationMD5\w*)\b/i;
const ABOUT_SECRETS =
  /passw(?:or)?d|passphrase|\bpwd\b|\bpass\b|credential|(?:access|auth|reset|session|api|bearer|refresh|login)_?token|\btoken\b|secret/i;
/** A text put into an element that never shows it. */
const INERT = /^(?:template|tmpl|tpl|textarea)\w*$|Template$|Textarea$/i;

/** Without one of these words in it a file holds none of the risks: most files are passed over by that. */
const HINT =
  /\beval\b|\bFunction\(|child_process|\bvm['"]|(?:inner|outer|Adjacent)HTML|__html|document\.write|rejectUnauthorized|strictSSL|TLS_REJECT|createHash|\b(?:md5|sha1)\(|\b(?:select|insert\s+into|update|delete\s+from|replace\s+into)\s[^;]{0,300}?\b(?:from|set|where|values)\b/i;

/** Whether it is worth to look for risks in the source at all. */
export function mayHoldRisks(source: string): boolean {
  return HINT.test(source);
}

/** Collects risks of one file while it is walked once. */
export class RiskCollector {
  readonly risks: Risk[] = [];
  readonly #source: string;
  readonly #values: FileValues = new FileValues();

  constructor(source: string) {
    this.#source = source;
  }

  enter(node: AstNode, path: readonly AstNode[]): void {
    this.#values.enter(node);
    if (this.risks.length >= MAX_RISKS) return;
    const found = this.#riskOf(node, path);
    if (found !== undefined) this.risks.push(found);
  }

  #riskOf(node: AstNode, path: readonly AstNode[]): Risk | undefined {
    switch (node.type) {
      case 'CallExpression':
        return (
          this.#evaluated(node, path) ??
          this.#shell(node, path) ??
          this.#weakHash(node, path) ??
          this.#written(node, path) ??
          this.#query(node, path)
        );
      case 'NewExpression':
        return this.#compiled(node, path);
      case 'Property':
        return this.#tlsOption(node, path) ?? this.#reactHtml(node, path);
      case 'AssignmentExpression':
        return this.#tlsVariable(node, path) ?? this.#html(node, path);
      default:
        return undefined;
    }
  }

  /** `eval(x)`, `vm.runInThisContext(x)`, `Function(x)`. */
  #evaluated(node: AstNode, path: readonly AstNode[]): Risk | undefined {
    const callee = child(node, 'callee');
    const [code] = children(node, 'arguments');
    if (callee === undefined || code === undefined) return undefined;
    if (callee.type === 'Identifier' && textOf(callee, 'name') === 'Function') return this.#compiled(node, path);
    const isEval = isNamedEval(callee);
    const isVm = VM_RUNS.has(nameOf(callee)) && this.#values.isModule(child(callee, 'object'), 'vm');
    if ((!isEval && !isVm) || this.#values.isFixed(code) || this.#isMeantToRun(node, path)) return undefined;
    return this.#risk('eval-of-variable', { node, path, values: [code] });
  }

  /** `new Function(x)`, `new vm.Script(x)`. */
  #compiled(node: AstNode, path: readonly AstNode[]): Risk | undefined {
    const callee = child(node, 'callee');
    const all = children(node, 'arguments');
    if (callee === undefined || all.length === 0) return undefined;
    const isFunction = callee.type === 'Identifier' && textOf(callee, 'name') === 'Function';
    const isScript = nameOf(callee) === 'Script' && this.#values.isModule(child(callee, 'object'), 'vm');
    const code = isFunction ? all : all.slice(0, 1);
    if ((!isFunction && !isScript) || code.every((one) => this.#values.isFixed(one))) return undefined;
    if (this.#isMeantToRun(node, path)) return undefined;
    return this.#risk('eval-of-variable', { node, path, values: code });
  }

  /** A comment speaks of it, or the text was made by a program that writes code. */
  #isMeantToRun(node: AstNode, path: readonly AstNode[]): boolean {
    const code = this.#source.slice(node.start, node.end);
    if (/serializ/i.test(code) && this.#source.includes('serialize-javascript')) return true;
    return isSpokenOf(/\beval(?:ed)?\b/i, { node, path, source: this.#source });
  }

  #shell(node: AstNode, path: readonly AstNode[]): Risk | undefined {
    const callee = child(node, 'callee');
    const [command, ...others] = children(node, 'arguments');
    const name = callee === undefined ? undefined : this.#values.processCall(callee);
    if (command === undefined || name === undefined) return undefined;
    if (name === 'exec' || name === 'execSync') {
      const sink = { node, path, values: [command] };
      return this.#isOpenCommand(command, path) ? this.#risk('shell-string', sink) : undefined;
    }
    const options = others.findLast(({ type }) => type === 'ObjectExpression');
    if (options === undefined || !hasShell(options)) return undefined;
    const given = [command, ...others.slice(0, 1).filter((one) => one !== options)];
    const isOpen = given.some((one) =>
      one.type === 'ArrayExpression'
        ? children(one, 'elements').some((part) => !this.#values.isFixed(part))
        : !this.#values.isFixed(one),
    );
    return isOpen ? this.#risk('shell-string', { node, path, values: given }) : undefined;
  }

  #isOpenCommand(command: AstNode, path: readonly AstNode[]): boolean {
    if (!this.#values.isBuilt(command)) return false;
    const [program] = path;
    const open = this.#values.openParts(command);
    return program === undefined || !open.every((one) => isAlwaysFixed(one, path, program));
  }

  #tlsOption(node: AstNode, path: readonly AstNode[]): Risk | undefined {
    const name = propertyName(node);
    const value = child(node, 'value');
    const isOff = value?.type === 'Literal' && value['value'] === false;
    if (!isOff || (name !== 'rejectUnauthorized' && name !== 'strictSSL')) return undefined;
    if (isAskedFor(node, path, this.#source)) return undefined;
    return this.#found('tls-check-off', node, { severity: 'high', confidence: 0.8 });
  }

  /** `process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'` and `agent.options.rejectUnauthorized = false`. */
  #tlsVariable(node: AstNode, path: readonly AstNode[]): Risk | undefined {
    const [left, right] = [child(node, 'left'), child(node, 'right')];
    if (left === undefined || right?.type !== 'Literal') return undefined;
    const name = nameOf(left);
    const isEnvironment = name === 'NODE_TLS_REJECT_UNAUTHORIZED' && String(right['value']) === '0';
    const isOption = name === 'rejectUnauthorized' && right['value'] === false;
    if ((!isEnvironment && !isOption) || isAskedFor(node, path, this.#source)) return undefined;
    return this.#found('tls-check-off', node, { severity: 'high', confidence: 0.85 });
  }

  #weakHash(node: AstNode, path: readonly AstNode[]): Risk | undefined {
    if (!this.#isWeakHash(node)) return undefined;
    const statement =
      path.findLast(({ type }) => /Statement$|VariableDeclaration$/.test(type) && type !== 'BlockStatement') ?? node;
    const text = this.#source.slice(statement.start, Math.min(statement.end, node.start + 300));
    if (!ABOUT_SECRETS.test(text.replace(/(['"])[^'"\n]*\1/g, ''))) return undefined;
    if (isSpokenOf(PROTOCOL, { node, path, source: this.#source })) return undefined;
    return this.#found('weak-password-hash', node, { severity: 'high', confidence: 0.65 });
  }

  /** `createHash('md5')`, `md5(x)`. */
  #isWeakHash(node: AstNode): boolean {
    const callee = child(node, 'callee');
    const [first] = children(node, 'arguments');
    if (callee === undefined || first === undefined) return false;
    const name = nameOf(callee);
    if (name === 'createHash') return /^(?:md5|sha-?1|md4)$/i.test(textOf(first, 'value') ?? '');
    return /^(?:md5|sha1)$/i.test(name) && !this.#values.isFixed(first);
  }

  #html(node: AstNode, path: readonly AstNode[]): Risk | undefined {
    const [left, right] = [child(node, 'left'), child(node, 'right')];
    if (left?.type !== 'MemberExpression' || right === undefined || !HTML_SINKS.has(nameOf(left))) return undefined;
    const target = child(left, 'object');
    if (INERT.test(target === undefined ? '' : nameOf(target)) || !this.#values.isOpenHtml(right)) return undefined;
    return this.#risk('html-from-variable', { node, path, values: [right] });
  }

  /** `document.write(x)`, `element.insertAdjacentHTML('beforeend', x)`. */
  #written(node: AstNode, path: readonly AstNode[]): Risk | undefined {
    const callee = child(node, 'callee');
    if (callee?.type !== 'MemberExpression') return undefined;
    const all = children(node, 'arguments');
    const object = child(callee, 'object');
    const isWrite = /^write(?:ln)?$/.test(nameOf(callee)) && textOf(object, 'name') === 'document';
    const html = isWrite ? all[0] : all[1];
    if ((!isWrite && nameOf(callee) !== 'insertAdjacentHTML') || html === undefined) return undefined;
    return this.#values.isOpenHtml(html) ? this.#risk('html-from-variable', { node, path, values: [html] }) : undefined;
  }

  /** `dangerouslySetInnerHTML={{ __html: x }}` */
  #reactHtml(node: AstNode, path: readonly AstNode[]): Risk | undefined {
    const value = child(node, 'value');
    if (propertyName(node) !== '__html' || value === undefined || !this.#values.isOpenHtml(value)) return undefined;
    const at = path.findLastIndex((above) => textOf(child(above, 'name'), 'name') === 'dangerouslySetInnerHTML');
    if (at < 0) return undefined;
    const tag = textOf(child(path[at - 1] ?? node, 'name'), 'name') ?? '';
    const found = this.#risk('html-from-variable', { node, path, values: [value] });
    // Styles and scripts cannot be set as text, and are made by the program that makes the page.
    return /^(?:style|script)$/i.test(tag) && found.origin === undefined ? undefined : found;
  }

  #query(node: AstNode, path: readonly AstNode[]): Risk | undefined {
    const callee = child(node, 'callee');
    const [query] = children(node, 'arguments');
    if (callee?.type !== 'MemberExpression' || query === undefined || !QUERIES.has(nameOf(callee))) return undefined;
    const text = this.#values.behind(query);
    const open = sqlText(text)?.filter(({ before, value }) => isSqlValue(before, value, this.#values)) ?? [];
    if (open.length === 0) return undefined;
    return this.#risk('sql-by-concatenation', { node: text, path, values: open.map(({ value }) => value) });
  }

  /** Only where somebody else's value is seen to come in it is more than a question. */
  #risk(kind: string, { node, path, values }: Sink): Risk {
    const scope = { path: [...path], source: this.#source, fetched: kind === 'eval-of-variable' };
    const origin = values.map((value) => originOf(value, scope)).find((one) => one !== undefined);
    if (origin === undefined) return this.#found(kind, node, { severity: 'low', confidence: UNSEEN_CONFIDENCE });
    return { ...this.#found(kind, node, { severity: 'high', confidence: SEEN_CONFIDENCE }), origin };
  }

  #found(kind: string, at: AstNode, worth: Pick<Risk, 'severity' | 'confidence'>): Risk {
    return { kind, ...worth, title: brief(this.#source, at), at };
  }
}

/** `eval`, and `(0, eval)`. */
function isNamedEval(callee: AstNode): boolean {
  const inner = bare(callee);
  const direct = inner.type === 'SequenceExpression' ? children(inner, 'expressions').at(-1) : inner;
  return direct?.type === 'Identifier' && textOf(direct, 'name') === 'eval';
}

function hasShell(options: AstNode): boolean {
  return children(options, 'properties').some((one) => {
    const value = child(one, 'value');
    const isSet = value?.type === 'Literal' && value['value'] !== false && value['value'] !== null;
    return propertyName(one) === 'shell' && isSet;
  });
}

function propertyName(node: AstNode): string {
  const key = child(node, 'key');
  return textOf(key, 'name') ?? textOf(key, 'value') ?? '';
}
