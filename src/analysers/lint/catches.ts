import { child, children, isFunction, nodesIn, textOf, type AstNode } from '../syntax.ts';
import { brief, type Complaint, type RuleContext } from './rule.ts';

const COMMENT = /\/\/|\/\*/;
/** It changes something outside, which others count on afterwards. Anything else that fails is noticed, or harmless. */
const CHANGES =
  /^(?:save|store|persist|write|append|delete|remove|destroy|send|emit|notify|update|upsert|insert|commit|upload|unlink|rm|post|put|patch|publish|enqueue|transfer|charge|pay|refund|rename|copyFile|truncate|migrate|import|register)(?:[A-Z_\d]\w*)?$/;
/** Parts of a page or an object in memory. */
const IN_MEMORY =
  /(?:Listeners?|Child|Node|Element|Attributes?|Property|Class|Item|Header|Head|Style|Range|Layer|Marker|Cache|Timer|Handlers?|Tag|Cookie|Log|Warning)$|^(?:import|destroy|register|emit|copyFile)$/;
/** Whoever calls it is told by its name that it may not work. */
const SAYS_SO =
  /^_*(?:safe|safely|try|maybe|silent|silently|quiet|quietly|best[Ee]ffort|ignore|swallow|attempt)(?:[A-Z_]\w*)?$|(?:Safe|Safely|Silently|Quietly|IfPossible|BestEffort)$/;

export function emptyCatch(node: AstNode, context: RuleContext): readonly Complaint[] | undefined {
  const { source, path } = context;
  const attempt = path.at(-1);
  if (attempt?.type !== 'TryStatement' || !isSilent(node, source)) return undefined;
  // While another error is dealt with, that one matters more; within another try it is one of several ways.
  if (path.some((one) => one !== attempt && /^(?:CatchClause|TryStatement)$/.test(one.type))) return undefined;
  const tried = child(attempt, 'block');
  if (tried === undefined || hasComment(attempt, tried, source) || !losesSomething(tried)) return undefined;
  if (path.some(isSaidByName)) return undefined;
  if (path.some((around) => isWrapper(around, attempt) && isToldAbove(around, source))) return undefined;
  if (hasFallback(attempt, tried, path) || swallowedThrow(attempt, context) !== undefined) return undefined;
  return [
    {
      kind: 'empty-catch',
      severity: 'low',
      confidence: 0.6,
      title: 'An error is caught and dropped without a word',
      at: node,
      fix: 'Handle it, or say in a comment why it can be ignored.',
    },
  ];
}

/** The block holds nothing, and no comment says why. */
function isSilent(handler: AstNode, source: string): boolean {
  const body = child(handler, 'body');
  if (body === undefined || children(body, 'body').length > 0) return false;
  return source.slice(body.start + 1, body.end - 1).trim() === '';
}

/** In what is tried, or on the line above it: somebody has thought about it. */
function hasComment(attempt: AstNode, tried: AstNode, source: string): boolean {
  const inside = source.slice(tried.start, tried.end).replace(/https?:\/\//g, '');
  return COMMENT.test(inside) || isToldAbove(attempt, source);
}

function isToldAbove({ start }: AstNode, source: string): boolean {
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const above = source.slice(source.lastIndexOf('\n', lineStart - 2) + 1, lineStart).trim();
  return /^(?:\/\/|\/\*|\*)/.test(above);
}

/** A statement that holds hardly more than the try: `void (async () => { try { … } catch {} })()`, `if (a) { try … }`. */
function isWrapper(around: AstNode, attempt: AstNode): boolean {
  if (!/^(?:Expression|If)Statement$|^VariableDeclaration$/.test(around.type)) return false;
  return attempt.start - around.start < MAX_WRAPPING && around.end - attempt.end < MAX_WRAPPING;
}

const MAX_WRAPPING = 120;

/** Whether it does something: what only asks, waits for a name or gives its answer back says by failing that there is none. */
function losesSomething(tried: AstNode): boolean {
  if (isOneName(children(tried, 'body')) || onlyReads(tried)) return false;
  const nodes = [...nodesIn(tried)];
  if (nodes.some(({ type }) => type === 'ReturnStatement' || type === 'BreakStatement')) return false;
  if (nodes.some((one) => one.type === 'UnaryExpression' && one['operator'] === 'typeof')) return false;
  // Something that may be there or not is looked for.
  if (nodes.some((one) => one.type === 'CallExpression' && isRequire(one))) return false;
  const calls = nodes.filter(({ type }) => type === 'CallExpression' || type === 'NewExpression');
  const waited = nodes.filter(({ type }) => type === 'AwaitExpression').map((one) => child(one, 'argument'));
  return calls.some((call) => {
    const name = nameOfCall(call);
    if (name === 'push') return waited.includes(call);
    return call.type === 'CallExpression' && CHANGES.test(name) && !IN_MEMORY.test(name);
  });
}

/** `function safeSend() {}`, `const trySend = () => {}`, `{ maybeSend() {} }` */
function isSaidByName(around: AstNode, index: number, path: readonly AstNode[]): boolean {
  if (!isFunction(around)) return false;
  const holder = path[index - 1];
  const named = [child(around, 'id'), ...['id', 'key', 'left'].map((key) => holder && child(holder, key))];
  return named.some((one) => SAYS_SO.test(textOf(one, 'name') ?? ''));
}

/** `require(…)`, `require.resolve(…)` */
function isRequire(call: AstNode): boolean {
  const callee = child(call, 'callee');
  return (
    textOf(callee, 'name') === 'require' ||
    textOf(callee === undefined ? undefined : child(callee, 'object'), 'name') === 'require'
  );
}

/** It gets a value that may be missing: nothing is written, sent or changed but what holds that value. */
const READS =
  /^(?:get|find|read|ping|lookup|list|calc|calculate|compute|detect|measure|stat|exists|is|has|inspect|describe|format|guess|peek|slice|trim|split|toString|push)(?:[A-Z_]\w*)?$/;
const MAX_READ = 3;

function onlyReads(tried: AstNode): boolean {
  const nodes = [...nodesIn(tried)];
  const names = nodes.filter(({ type }) => type === 'CallExpression').map(nameOfCall);
  if (children(tried, 'body').length > MAX_READ || nodes.some(({ type }) => type === 'NewExpression')) return false;
  // What is pushed with a wait goes elsewhere.
  const waited = nodes.filter(({ type }) => type === 'AwaitExpression').map((one) => child(one, 'argument'));
  if (waited.some((one) => one?.type === 'CallExpression' && nameOfCall(one) === 'push')) return false;
  return names.every((name) => READS.test(name)) && names.some((name) => name !== 'push');
}

/** `data = read(data)`: the name keeps what it had. */
function isOneName([only, ...others]: readonly AstNode[]): boolean {
  const set = only === undefined ? undefined : child(only, 'expression');
  return others.length === 0 && set?.type === 'AssignmentExpression' && child(set, 'left')?.type === 'Identifier';
}

function nameOfCall(call: AstNode): string {
  const callee = child(call, 'callee');
  return textOf(callee, 'name') ?? textOf(callee === undefined ? undefined : child(callee, 'property'), 'name') ?? '';
}

/** Another answer comes right after it: a value, an error, a question about what the try has set. */
function hasFallback(attempt: AstNode, tried: AstNode, path: readonly AstNode[]): boolean {
  const next = statementAfter(attempt, path);
  if (next === undefined) return false;
  if (next.type === 'ReturnStatement') return child(next, 'argument') !== undefined;
  if (next.type === 'ThrowStatement' || next.type === 'TryStatement') return true;
  const test = next.type === 'IfStatement' ? child(next, 'test') : undefined;
  if (test === undefined) return false;
  const set = [...nodesIn(tried)]
    .filter(({ type }) => type === 'AssignmentExpression')
    .map((one) => textOf(child(one, 'left'), 'name'));
  return [test, ...nodesIn(test)].some((one) => one.type === 'Identifier' && set.includes(textOf(one, 'name')));
}

function statementAfter(statement: AstNode, path: readonly AstNode[]): AstNode | undefined {
  const around = path.findLast((one) => one !== statement);
  const all = around === undefined ? [] : children(around, 'body');
  return all[all.indexOf(statement) + 1];
}

/** `try { if (isBad(url)) throw new Error('bad url'); } catch {}`: the guard stops nothing. */
export function swallowedThrow(node: AstNode, context: RuleContext): readonly Complaint[] | undefined {
  const [tried, handler] = [child(node, 'block'), child(node, 'handler')];
  if (tried === undefined || handler === undefined || !isSilent(handler, context.source)) return undefined;
  if (hasComment(node, tried, context.source) || child(node, 'finalizer') !== undefined) return undefined;
  const guard = guardIn(children(tried, 'body'));
  if (guard === undefined) return undefined;
  const { thrown, isIdle } = guard;
  const what = brief(context.source, child(thrown, 'argument') ?? thrown);
  return [
    {
      kind: 'throw-swallowed',
      severity: isIdle ? 'high' : 'medium',
      confidence: isIdle ? 0.9 : 0.7,
      title: `This throw stops nothing, an empty catch drops it: ${what}`,
      at: thrown,
      fix: 'Throw it outside of the try, or catch only what the other statements of the try throw.',
    },
  ];
}

/** The last throw under a condition. Idle: nothing stands after it that it would skip. */
function guardIn(statements: readonly AstNode[]): Readonly<{ thrown: AstNode; isIdle: boolean }> | undefined {
  const at = statements.findLastIndex((one) => throwOf(one) !== undefined);
  const thrown = throwOf(statements[at]);
  if (thrown === undefined || thrown === statements[at] || !isMade(thrown)) return undefined;
  // What is skipped may be all that it is for: then the throw is a way to leave.
  const skipped = statements.slice(at + 1);
  if (skipped.some(isAnswer) || statements.some(({ type }) => type === 'ReturnStatement')) return undefined;
  return { thrown, isIdle: skipped.length === 0 };
}

/** The throw of an `if` without loop or function between. */
function throwOf(statement: AstNode | undefined): AstNode | undefined {
  if (statement === undefined || statement.type === 'ThrowStatement') return statement;
  if (statement.type === 'BlockStatement') return throwOf(children(statement, 'body').at(-1));
  if (statement.type !== 'IfStatement') return undefined;
  return throwOf(child(statement, 'consequent')) ?? throwOf(child(statement, 'alternate'));
}

/** An error of its own: what was caught elsewhere and is thrown on has a reason. */
function isMade(thrown: AstNode): boolean {
  const what = child(thrown, 'argument');
  return what?.type === 'NewExpression' || what?.type === 'CallExpression';
}

/** It gives or keeps a value, which the throw prevents. */
function isAnswer(statement: AstNode): boolean {
  const isGiven = (one: AstNode): boolean =>
    /^(?:Return|Break|Continue)Statement$|^VariableDeclaration$|^AssignmentExpression$|^UpdateExpression$/.test(
      one.type,
    );
  return isGiven(statement) || [...nodesIn(statement)].some(isGiven);
}
