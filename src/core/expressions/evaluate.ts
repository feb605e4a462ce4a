import { unreachable } from '../../util/assert.ts';
import type { Json, JsonObject } from '../json.ts';
import { formatReference, type CompareOperator, type Expression, type Reference } from './expression.ts';
import { describeValue, isList, isScalar, typeOf } from './value.ts';

/** What an expression can see. */
export type Scope = Readonly<{
  runId: string;
  inputs: JsonObject;
  /** Values of the task's matrix cell. */
  matrix?: JsonObject;
  /** The task's `env`, resolved. */
  env?: Readonly<Record<string, string>>;
  /** A task of the same run; undefined when there is none. `outputs` is empty until it has succeeded. */
  task: (name: string) => Readonly<{ state: string; outputs: JsonObject }> | undefined;
}>;

/** A value, or in one sentence why there is none. */
export type Evaluated<T = Json> = Readonly<{ ok: true; value: T }> | Readonly<{ ok: false; message: string }>;

/** Carries a missing value out of the recursion; caught in `evaluate`, never seen outside. */
class NoValue extends Error {}

/** Never throws: what is missing or does not fit is a message. `&&` and `||` look at their right side only if needed. */
export function evaluate(expression: Expression, scope: Scope): Evaluated {
  try {
    return { ok: true, value: valueOf(expression, scope) };
  } catch (error) {
    if (error instanceof NoValue) return { ok: false, message: error.message };
    throw error;
  }
}

/** What a reference stands for. */
export function lookUp(reference: Reference, scope: Scope): Evaluated {
  const value = find(reference, scope);
  if (value !== undefined) return { ok: true, value };
  return { ok: false, message: whyMissing(reference, scope) };
}

function valueOf(expression: Expression, scope: Scope): Json {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'reference': {
      const found = lookUp(expression.reference, scope);
      if (!found.ok) throw new NoValue(found.message);
      return found.value;
    }
    case 'not':
      return !truthOf(expression.operand, scope, '!');
    case 'and':
      return truthOf(expression.left, scope, '&&') && truthOf(expression.right, scope, '&&');
    case 'or':
      return truthOf(expression.left, scope, '||') || truthOf(expression.right, scope, '||');
    case 'compare':
      return compare(expression.operator, valueOf(expression.left, scope), valueOf(expression.right, scope));
    case 'contains':
      return contains(valueOf(expression.whole, scope), valueOf(expression.part, scope));
    default:
      return unreachable(expression);
  }
}

function truthOf(expression: Expression, scope: Scope, operator: string): boolean {
  const value = valueOf(expression, scope);
  if (typeof value === 'boolean') return value;
  throw new NoValue(`"${operator}" needs true or false, but one side is ${describeValue(value)}.`);
}

function compare(operator: CompareOperator, left: Json, right: Json): boolean {
  if (operator === '==' || operator === '!=') return isEqual(operator, left, right) === (operator === '==');
  if (typeof left !== 'number' || typeof right !== 'number') {
    throw new NoValue(`"${operator}" compares numbers, but got ${describeValue(left)} and ${describeValue(right)}.`);
  }
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return unreachable(operator);
  }
}

function isEqual(operator: string, left: Json, right: Json): boolean {
  // Nothing can be asked for: a function may well answer null.
  if (left === null || right === null) return left === right;
  if (isScalar(left) && isScalar(right) && typeOf(left) === typeOf(right)) return left === right;
  throw new NoValue(
    `"${operator}" compares two values of one type, but got ${describeValue(left)} and ${describeValue(right)}.`,
  );
}

function contains(whole: Json, part: Json): boolean {
  if (typeof whole === 'string' && typeof part === 'string') return whole.includes(part);
  if (isList(whole) && isScalar(part)) return whole.includes(part);
  throw new NoValue(
    `"contains" takes a text and a text, or a list and a value, but got ${describeValue(whole)} and ${describeValue(part)}.`,
  );
}

function find(reference: Reference, scope: Scope): Json | undefined {
  switch (reference.kind) {
    case 'input':
      return own(scope.inputs, reference.name);
    case 'matrix':
      return own(scope.matrix, reference.name);
    case 'env':
      return own(scope.env, reference.name);
    case 'run-id':
      return scope.runId;
    case 'task-state':
      return scope.task(reference.task)?.state;
    case 'task-output':
      return own(scope.task(reference.task)?.outputs, reference.output);
    default:
      return unreachable(reference);
  }
}

function whyMissing(reference: Reference, scope: Scope): string {
  const name = formatReference(reference);
  const task = 'task' in reference ? scope.task(reference.task) : undefined;
  if (!('task' in reference)) return `${name} has no value.`;
  if (task === undefined) return `${name} has no value: this run has no task "${reference.task}".`;
  return `${name} has no value: "${reference.task}" is ${task.state} and left no such output.`;
}

/** Never a value of the prototype, whatever the name. */
function own(record: JsonObject | undefined, name: string): Json | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
